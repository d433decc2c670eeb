"""Stands in for `faulthandler`, which the helpers of the tests turn on and off."""


def enable(file=None, all_threads=True, c_stack=True):
    pass


def disable():
    return False


def is_enabled():
    return False


dump_traceback = dump_traceback_later = cancel_dump_traceback_later = register = unregister = enable
