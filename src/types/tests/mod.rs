//! Types in a runtime without an interpreter: containers by protocol, and numbers and texts against CPython.

mod containers;
mod oracle;
