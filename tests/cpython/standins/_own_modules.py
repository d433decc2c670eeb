"""Adds to modules that minivm has what the library reads from them as it is imported and minivm lacks: the calendar of
`time` (Greenwich's), the names of events in `sys.monitoring`, of which none ever happens, and the switch of CPython's
compiler to machine code, which is off."""

import sys
import time

import _frozen_importlib_external
import _imp


class struct_time(tuple):
    _names = ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst")
    tm_zone, tm_gmtoff = "UTC", 0

    def __getattr__(self, name):
        try:
            return self[self._names.index(name)]
        except ValueError:
            raise AttributeError(name) from None


def _days_before(year):
    year -= 1
    return year * 365 + year // 4 - year // 100 + year // 400


def _months(year):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def gmtime(seconds=None, /):
    seconds = int(time.time() if seconds is None else seconds)
    days, rest = divmod(seconds, 86400)
    year = 1970 + days // 366
    while _days_before(year + 1) - _days_before(1970) <= days:
        year += 1
    in_year = days - _days_before(year) + _days_before(1970)
    day = in_year
    for month, length in enumerate(_months(year), 1):
        if day < length:
            break
        day -= length
    hour, minute = rest // 3600, rest // 60 % 60
    return struct_time((year, month, day + 1, hour, minute, rest % 60, (days + 3) % 7, in_year + 1, 0))


class _plain:
    """Is no function, since one in a class would be a method of it."""

    def __init__(self, call):
        self.__call = call

    def __call__(self, *args):
        return self.__call(*args)


def mktime(fields, /):
    days = _days_before(fields[0]) - _days_before(1970) + sum(_months(fields[0])[: fields[1] - 1]) + fields[2] - 1
    return float(days * 86400 + fields[3] * 3600 + fields[4] * 60 + fields[5])


def strftime(format, fields=None, /):
    fields = gmtime() if fields is None else fields
    parts = {"Y": f"{fields[0]:04}", "m": f"{fields[1]:02}", "d": f"{fields[2]:02}", "H": f"{fields[3]:02}",
             "M": f"{fields[4]:02}", "S": f"{fields[5]:02}", "j": f"{fields[7]:03}", "%": "%"}
    for letter, text in parts.items():
        format = format.replace("%" + letter, text)
    return format


def _get_clock_info(name):
    return type(sys.implementation)(implementation="", monotonic=True, adjustable=False, resolution=1e-09)


def _add(module, **parts):
    for name, part in parts.items():
        if not hasattr(module, name):
            setattr(module, name, part)


_add(
    time, struct_time=struct_time, gmtime=gmtime, localtime=_plain(gmtime), mktime=mktime, strftime=strftime,
    timezone=0, altzone=0, daylight=0, tzname=("UTC", "UTC"), thread_time=time.process_time,
    get_clock_info=_get_clock_info, process_time_ns=lambda: int(time.process_time() * 1e9),
)


class _Events:
    NO_EVENTS = 0
    PY_START, PY_RESUME, PY_RETURN, PY_YIELD, CALL, LINE, INSTRUCTION, JUMP = (1 << bit for bit in range(8))
    BRANCH_LEFT, BRANCH_RIGHT, STOP_ITERATION, RAISE, EXCEPTION_HANDLED = (1 << bit for bit in range(8, 13))
    PY_UNWIND, PY_THROW, RERAISE, C_RETURN, C_RAISE, BRANCH = (1 << bit for bit in range(13, 19))


class _Monitoring:
    DEBUGGER_ID, COVERAGE_ID, PROFILER_ID, OPTIMIZER_ID = 0, 1, 2, 5
    DISABLE, MISSING = object(), object()
    events = _Events


_add(sys, monitoring=_Monitoring)


class _NoCompiler:
    @staticmethod
    def is_available():
        return False

    is_enabled = is_active = is_available


def _clear_type_descriptors(cls):
    """Would free a class from what only its remade form is to have."""


_add(
    sys, _jit=_NoCompiler, _clear_type_descriptors=_clear_type_descriptors, gettrace=lambda: None,
    settrace=lambda function: None, getprofile=lambda: None, setprofile=lambda function: None,
)


def _get_sourcefile(path):
    """Returns the source beside a file of compiled code."""
    return path.removesuffix("c")


_add(_frozen_importlib_external, _get_sourcefile=_get_sourcefile)
_add(_imp, _override_frozen_modules_for_tests=lambda value: None)
