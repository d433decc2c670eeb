//! Source text, lines and spans.
//!
//! A `SourceText` owns one decoded file. Positions in it are `Span`s of byte offsets, which are converted to
//! lines and columns only for messages. Read `text.rs` first.

#![forbid(unsafe_code)]

#[cfg(test)]
pub mod python;
mod span;
mod text;

pub use span::{Position, Span};
pub use text::SourceText;
