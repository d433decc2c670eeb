from .. import inner
from . import other

value = "leaf", inner.value, other.value
