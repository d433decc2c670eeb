//! The one door to atomics and locks; the model checker swaps it.
