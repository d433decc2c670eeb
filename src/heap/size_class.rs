//! Size classes: which block length serves a request.
//!
//! Multiples of 16 from 32 to 512 bytes, then four steps a doubling up to 8 KiB. What is longer gets a page
//! of its own. The index is computed with a shift below 512 bytes, so a constant size costs nothing.

const GRAIN: usize = 16;
const SMALLEST: usize = 32;
const FINE_LIMIT: usize = 512;
const FINE: usize = (FINE_LIMIT - SMALLEST) / GRAIN + 1;
const COARSE: [usize; 16] =
    [640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192];

/// How many size classes there are.
pub const CLASSES: usize = FINE + COARSE.len();
/// The longest block of a size class, 8 KiB, so that a page holds at least seven. A longer object gets a page
/// of its own.
pub const LARGEST_BLOCK_BYTES: usize = COARSE[COARSE.len() - 1];

/// The index of a size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SizeClass(u8);

impl SizeClass {
    /// Returns the class that serves `bytes`; `None` if they need a page of their own.
    #[inline(always)]
    pub const fn for_bytes(bytes: usize) -> Option<SizeClass> {
        if bytes <= SMALLEST {
            Some(SizeClass(0))
        } else if bytes <= FINE_LIMIT {
            Some(SizeClass((bytes.div_ceil(GRAIN) - SMALLEST / GRAIN) as u8))
        } else {
            Self::coarse(bytes)
        }
    }

    /// Returns the class of a block of at most 512 bytes, by one shift.
    #[inline(always)]
    pub const fn fine(bytes: usize) -> SizeClass {
        assert!(SMALLEST < bytes && bytes <= FINE_LIMIT);
        SizeClass((bytes.div_ceil(GRAIN) - SMALLEST / GRAIN) as u8)
    }

    const fn coarse(bytes: usize) -> Option<SizeClass> {
        let mut at = 0;
        while at < COARSE.len() {
            if bytes <= COARSE[at] {
                return Some(SizeClass((FINE + at) as u8));
            }
            at += 1;
        }
        None
    }

    /// Returns the class with this index.
    pub(super) const fn from_index(index: usize) -> SizeClass {
        assert!(index < CLASSES);
        SizeClass(index as u8)
    }

    /// Returns the index.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Returns the block length.
    pub const fn block_bytes(self) -> usize {
        let index = self.0 as usize;
        if index < FINE { SMALLEST + index * GRAIN } else { COARSE[index - FINE] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_fits_its_class_and_no_smaller_one() {
        for bytes in 1..=LARGEST_BLOCK_BYTES {
            let class = SizeClass::for_bytes(bytes).expect("small enough for a class");
            assert!(class.block_bytes() >= bytes);
            assert_eq!(class.block_bytes() % GRAIN, 0);
            if class.index() > 0 {
                assert!(SizeClass::from_index(class.index() - 1).block_bytes() < bytes);
            }
        }
        assert_eq!(SizeClass::for_bytes(LARGEST_BLOCK_BYTES + 1), None);
    }
}
