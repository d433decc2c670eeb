//! Thread state, registry, breaker, world, QSBR, merge queues and ids.
