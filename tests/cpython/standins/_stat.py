"""`os` asks for it before all else: so it is here that minivm's modules get what they lack. `stat` itself does without
it."""

import _own_modules

raise ImportError("the library's own `stat` is used")
