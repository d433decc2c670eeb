from fractions import attempt
import _own_name


def early():
    from _own_name import later


attempt(early)
attempt(lambda: _own_name.later)
