//! The native modules.
