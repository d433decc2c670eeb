"""Stands in for the module with facts of CPython's build, which helpers of the tests read. minivm was not built so."""

build_time_vars = {}
