//! The instruction tables, code, the verifier and the disassembler.
