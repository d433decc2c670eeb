names = sorted(name for name in globals() if name.startswith("__"))
state = __spec__._initializing, __spec__.parent, __package__
