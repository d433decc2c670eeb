print("starting")
raise ValueError("cannot load")
