state = __spec__._initializing, __spec__.parent, __package__
