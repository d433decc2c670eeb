//! Scopes, code generation, borrow analysis, constant folding.
