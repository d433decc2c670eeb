//! One file a built-in type.
