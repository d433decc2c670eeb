//! Source text, lines and spans.
