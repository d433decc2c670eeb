import _rings.one
