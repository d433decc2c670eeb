//! Value, StackRef, typed handles, arguments, raised errors.
