//! The object header: counts, bits, type table, weak list.
