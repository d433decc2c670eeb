//! One file a built-in type.

pub mod float_arithmetic;
pub mod float_round;
pub mod float_text;
pub mod format_float;
pub mod format_int;
pub mod format_spec;
pub mod format_text;
pub mod format_value;
pub mod int_arithmetic;
pub mod int_divide;
pub mod int_power;
pub mod int_text;
pub mod str_concat;
pub mod str_repr;
pub mod stream;
pub mod unicode;
mod unicode_case;
mod unicode_ranges;
pub mod weak_ref;
