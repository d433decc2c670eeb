"""Stands in for `_socket`, of which event loops want two ends of a wire that nothing passes over."""

import os

AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC = 1, 2, 2048, 524288
SOL_SOCKET, SO_REUSEADDR, SO_BROADCAST, SO_KEEPALIVE, SO_REUSEPORT = 1, 2, 6, 9, 15
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, TCP_NODELAY, IPV6_V6ONLY = 6, 17, 41, 1, 26
AI_PASSIVE, NI_NUMERICHOST, NI_NUMERICSERV, SOMAXCONN, MSG_PEEK = 1, 1, 2, 4096, 2
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
EAI_FAMILY = -6
has_ipv6 = False
error = OSError
timeout = TimeoutError


class herror(OSError):
    pass


class gaierror(OSError):
    pass


_last = 1000


class socket:
    __slots__ = "family", "type", "proto", "_fileno"

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        # The library's class of this name has properties of these names, which read them here.
        _family.__set__(self, AF_INET if family == -1 else family)
        _type.__set__(self, SOCK_STREAM if type == -1 else type)
        _proto.__set__(self, max(proto, 0))
        global _last
        _last += 1
        self._fileno = _last

    def fileno(self):
        return self._fileno

    def close(self):
        self._fileno = -1

    def detach(self):
        number, self._fileno = self._fileno, -1
        return number

    def settimeout(self, seconds, /):
        pass

    def gettimeout(self):
        return 0.0

    def setblocking(self, flag, /):
        pass

    def send(self, data, flags=0, /):
        return len(data)

    def recv(self, size, flags=0, /):
        raise BlockingIOError(11, "Resource temporarily unavailable")


SocketType = socket
_family, _type, _proto = socket.family, socket.type, socket.proto


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /):
    return socket(family, type, proto), socket(family, type, proto)


def getdefaulttimeout():
    return None


def setdefaulttimeout(seconds, /):
    pass


def gethostname():
    return os.uname().nodename


def close(number, /):
    pass


def dup(number, /):
    return number


CAPI = None
