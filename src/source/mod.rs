//! Source text, lines and spans.
//!
//! A `SourceText` owns one decoded file; everything that points into it is a `Span` of byte
//! offsets, turned into lines and columns only when somebody must be told. Read `text.rs` first.

#![forbid(unsafe_code)]

mod decode;
mod span;
mod text;

pub use decode::{DecodeError, decode};
pub use span::{Position, Span};
pub use text::SourceText;
