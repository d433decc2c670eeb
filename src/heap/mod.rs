//! Size classes, pages and local heaps.
