"""Stands in for `_opcode`: CPython's instructions are not minivm's, so it knows nothing of any of them."""

ENABLE_SPECIALIZATION = False
ENABLE_SPECIALIZATION_FT = False


def _none(*args, **kwargs):
    return None


def _false(opcode):
    return False


def _empty():
    return []


has_arg = has_const = has_name = has_jump = has_free = has_local = has_exc = is_valid = _false
get_intrinsic1_descs = get_intrinsic2_descs = get_special_method_names = get_nb_ops = _empty
get_executor = get_specialization_stats = _none


def stack_effect(opcode, oparg=None, /, *, jump=None):
    raise ValueError("invalid opcode or oparg")
