//! The bytes payload: a buffer that never changes, and its hash.
//!
//! The methods scripts call are in `types/bytes/`.

use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::ThreadState;
use crate::value::class::kind::Kind;
use crate::value::hash::hash_bytes;
use crate::value::object::Payload;

/// The payload of a `bytes`.
pub struct Bytes {
    data: Vec<u8>,
    /// The hash, 0 while it is not known.
    hash: AtomicI64,
}

references!(Bytes {});

impl Payload for Bytes {
    const KIND: Kind = Kind::Bytes;
    const FLAGS: TypeFlags = TypeFlags::empty();
}

impl Bytes {
    /// Takes over a buffer.
    pub fn new(data: Vec<u8>) -> Bytes {
        Bytes { data, hash: AtomicI64::new(0) }
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        &self.data
    }

    /// The hash, computed once. A text of the same ASCII characters has the same.
    pub fn hash(&self, thread: &ThreadState) -> i64 {
        // Relaxed: a function of bytes that never change.
        match self.hash.load(Ordering::Relaxed) {
            0 => {
                let hash = hash_bytes(thread.known().hash_keys, &self.data);
                self.hash.store(hash, Ordering::Relaxed);
                hash
            }
            known => known,
        }
    }
}
