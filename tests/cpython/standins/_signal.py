"""Stands in for `_signal`: handlers are kept but nothing ever calls them."""

SIG_DFL = 0
SIG_IGN = 1
NSIG = 65
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2
SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1 = range(1, 11)
SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM = range(11, 16)
SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP = range(17, 21)
ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = range(3)
ItimerError = OSError


def default_int_handler(number, frame, /):
    raise KeyboardInterrupt


_handlers = {SIGINT: default_int_handler}


def signal(number, handler, /):
    old = _handlers.get(number, SIG_DFL)
    _handlers[number] = handler
    return old


def getsignal(number, /):
    return _handlers.get(number, SIG_DFL)


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    return -1


def siginterrupt(number, flag, /):
    pass


def setitimer(which, seconds, interval=0.0, /):
    return 0.0, 0.0


def alarm(seconds, /):
    return 0


def valid_signals():
    return set(range(1, NSIG))


def strsignal(number, /):
    return None
