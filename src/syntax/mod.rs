//! Tokens, indentation, tree and parser.
