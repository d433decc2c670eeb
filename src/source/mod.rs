//! Source text, lines and spans.
//!
//! A `SourceText` owns one decoded file. Positions in it are `Span`s of byte offsets, which are converted to
//! lines and columns only for messages. Read `text.rs` first. `library.rs` has the sources that lie in the binary.

#![forbid(unsafe_code)]

pub mod library;
#[cfg(test)]
pub mod python;
mod span;
mod text;

pub use span::{Position, Span};
pub use text::SourceText;
