def helper(n):
    raise LookupError(f"no {n}")


def go(n):
    helper(n)
