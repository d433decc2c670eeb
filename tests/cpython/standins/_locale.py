"""Stands in for `_locale`: the C locale with UTF-8, and no other."""

LC_CTYPE, LC_NUMERIC, LC_TIME, LC_COLLATE, LC_MONETARY, LC_MESSAGES, LC_ALL = range(7)
CHAR_MAX = 127


class Error(Exception):
    pass


def setlocale(category, locale=None, /):
    if locale not in (None, "", "C", "POSIX", "C.UTF-8"):
        raise Error("unsupported locale setting")
    return "C.UTF-8"


def localeconv():
    return {
        "grouping": [], "currency_symbol": "", "n_sign_posn": 127, "p_cs_precedes": 127, "n_cs_precedes": 127,
        "mon_grouping": [], "n_sep_by_space": 127, "decimal_point": ".", "negative_sign": "", "positive_sign": "",
        "p_sep_by_space": 127, "int_curr_symbol": "", "p_sign_posn": 127, "thousands_sep": "",
        "mon_thousands_sep": "", "frac_digits": 127, "mon_decimal_point": "", "int_frac_digits": 127,
    }


def strcoll(first, second, /):
    return (first > second) - (first < second)


def strxfrm(text, /):
    return text


def getencoding():
    return "UTF-8"
