//! Floats of 16 bits (IEEE 754 binary16), as memory views and packed structures have them.

/// Bits of the fraction of a float of 16 bits.
const FRACTION: u32 = 10;
/// The exponent of the smallest normal number.
const LEAST: i32 = -14;

/// The value of a float of 16 bits.
pub fn to_float(half: u16) -> f64 {
    let sign = if half >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(half >> FRACTION & 0x1f), f64::from(half & 0x3ff));
    let unit = f64::from(1 << FRACTION);
    sign * match exponent {
        0 => fraction / unit * 2_f64.powi(LEAST),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        exponent => (1.0 + fraction / unit) * 2_f64.powi(exponent - 15),
    }
}

/// The nearest float of 16 bits, the even one of two; `None` if the number is too large.
pub fn from_float(float: f64) -> Option<u16> {
    let sign = if float.is_sign_negative() { 1 << 15 } else { 0 };
    if float.is_nan() {
        return Some(sign | 0x7e00);
    }
    let magnitude = float.abs();
    if magnitude.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if magnitude < 2_f64.powi(LEAST) {
        // A multiple of the smallest number; rounding up may make it the smallest normal one.
        let steps = (magnitude * 2_f64.powi(FRACTION as i32 - LEAST)).round_ties_even();
        return Some(sign | steps as u16);
    }
    let exponent = (magnitude.to_bits() >> 52) as i32 - 1023;
    let steps = (magnitude * 2_f64.powi(FRACTION as i32 - exponent)).round_ties_even() as i32;
    // Rounding up may carry into the exponent.
    let bits = ((exponent + 14) << FRACTION) + steps;
    if bits >= 0x7c00 { None } else { Some(sign | bits as u16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_survives_and_numbers_are_rounded() {
        for half in (0..0x7c00).chain(0x8000..0xfc00) {
            assert_eq!(from_float(to_float(half)), Some(half));
        }
        assert_eq!(from_float(65519.0), Some(0x7bff));
        assert_eq!(from_float(65520.0), None);
        assert_eq!(from_float(2_f64.powi(-25)), Some(0));
        assert_eq!(from_float(2_f64.powi(-25) * 1.5), Some(1));
        assert_eq!(from_float(f64::INFINITY), Some(0x7c00));
    }
}
