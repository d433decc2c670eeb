"""Stands in for `cmath`: what tests of complex numbers ask for."""

import math

e, pi, tau, inf, nan = math.e, math.pi, math.tau, math.inf, math.nan
infj, nanj = complex(0.0, inf), complex(0.0, nan)


def phase(z, /):
    z = complex(z)
    return math.atan2(z.imag, z.real)


def polar(z, /):
    return abs(complex(z)), phase(z)


def rect(r, phi, /):
    return complex(r * math.cos(phi), r * math.sin(phi))


def isnan(z, /):
    return math.isnan(complex(z).real) or math.isnan(complex(z).imag)


def isinf(z, /):
    return math.isinf(complex(z).real) or math.isinf(complex(z).imag)


def isfinite(z, /):
    return math.isfinite(complex(z).real) and math.isfinite(complex(z).imag)


def exp(z, /):
    z = complex(z)
    return rect(math.exp(z.real), z.imag)


def sqrt(z, /):
    r, phi = polar(z)
    return rect(math.sqrt(r), phi / 2)


def log(z, base=None, /):
    r, phi = polar(z)
    made = complex(math.log(r), phi)
    return made if base is None else made / log(base)


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    return a == b or abs(a - b) <= max(rel_tol * max(abs(a), abs(b)), abs_tol)
