"""Adds to modules that minivm has what the library reads from them as it is imported and minivm lacks: the names of
events in `sys.monitoring`, of which none ever happens, and the switch of CPython's compiler to machine code, which is
off."""

import sys

import _frozen_importlib_external
import _imp


def _add(module, **parts):
    for name, part in parts.items():
        if not hasattr(module, name):
            setattr(module, name, part)


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
