"""Stands in for `_thread`: locks of a program with one thread. No thread can be started."""

TIMEOUT_MAX = 9223372036.0
daemon_threads_allowed = lambda: True
_threads = "scripts of minivm have no threads yet"

error = RuntimeError


class LockType:
    def __init__(self):
        self._held = False

    def acquire(self, blocking=True, timeout=-1):
        if self._held:
            if blocking and timeout < 0:
                raise RuntimeError("a lock that nobody can release is waited for: " + _threads)
            return False
        self._held = True
        return True

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        return self._held

    def _at_fork_reinit(self):
        self._held = False

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


lock = LockType
allocate_lock = allocate = LockType


class RLock:
    def __init__(self):
        self._depth = 0

    def acquire(self, blocking=True, timeout=-1):
        self._depth += 1
        return True

    def release(self):
        if not self._depth:
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1

    def locked(self):
        return self._depth > 0

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()

    def _is_owned(self):
        return self._depth > 0

    def _recursion_count(self):
        return self._depth

    def _release_save(self):
        depth, self._depth = self._depth, 0
        return depth

    def _acquire_restore(self, depth):
        self._depth = depth

    def _at_fork_reinit(self):
        self._depth = 0


class _local:
    pass


class _ThreadHandle:
    def __init__(self):
        self.ident = None
        self._done = False

    def is_done(self):
        return self._done

    def join(self, timeout=None):
        pass

    def _set_done(self):
        self._done = True


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle.ident = ident
    return handle


def start_joinable_thread(function, handle=None, daemon=True):
    raise RuntimeError("can't start new thread: " + _threads)


def start_new_thread(function, args, kwargs={}):
    raise RuntimeError("can't start new thread: " + _threads)


start_new = start_new_thread


def get_ident():
    return 1


get_native_id = _get_main_thread_ident = get_ident


def _is_main_interpreter():
    return True


def _shutdown():
    pass


def _count():
    return 0


def set_name(name):
    pass


def stack_size(size=0):
    return 0


def interrupt_main(signal=2):
    raise KeyboardInterrupt


def exit():
    raise SystemExit
