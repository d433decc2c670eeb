n = 0


def bump():
    global n
    n += 1
    return n
