//! Birth and death: allocate, release, merge, trashcan, delayed free, walk.
