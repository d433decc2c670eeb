//! What any object may be asked: call, attribute, arithmetic, compare, iterate.
