//! Models of the protocols between threads, checked under every interleaving (`.ci/loom`).
//!
//! The protocol files are compiled once more, here, against loom's atomics: `sync` below has the names that
//! `src/sync` has. Each test is one situation of two or three threads.
#![cfg(loom)]
// A model uses a part of what each file offers.
#![allow(dead_code, missing_docs)]

#[path = "loom/counts.rs"]
mod count_models;
#[path = "loom/lock.rs"]
mod lock_models;
#[path = "loom/pause.rs"]
mod pause_models;
#[path = "loom/qsbr.rs"]
mod qsbr_models;
#[path = "loom/sync.rs"]
mod sync;

#[path = "../src/object/byte_lock.rs"]
mod byte_lock;
#[path = "../src/object/counts.rs"]
mod counts;
#[path = "../src/thread/pause.rs"]
mod pause;
#[path = "../src/thread/qsbr.rs"]
mod qsbr;
