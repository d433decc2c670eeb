//! The `math` module: its table; the functions are in `math_real.rs` and `math_combinatorics.rs`.

use super::{ModuleSpec, define, math_combinatorics as whole, math_fused as fused, math_real as real};
use crate::thread::Thread;
use crate::value::{Dict, NativeMethod, Object, Run};

/// `math`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "math",
    home: "math",
    doc: "",
    types: &[],
    functions: &[
        NativeMethod::function("acos", "x, /", real::acos),
        NativeMethod::function("acosh", "x, /", real::acosh),
        NativeMethod::function("asin", "x, /", real::asin),
        NativeMethod::function("asinh", "x, /", real::asinh),
        NativeMethod::function("atan", "x, /", real::atan),
        NativeMethod::function("atan2", "y, x, /", real::atan2),
        NativeMethod::function("atanh", "x, /", real::atanh),
        NativeMethod::function("cbrt", "x, /", real::cbrt),
        NativeMethod::function("ceil", "x, /", whole::ceil),
        NativeMethod::function("comb", "n, k, /", whole::comb),
        NativeMethod::function("copysign", "x, y, /", real::copysign),
        NativeMethod::function("cos", "x, /", real::cos),
        NativeMethod::function("cosh", "x, /", real::cosh),
        NativeMethod::function("degrees", "x, /", real::degrees),
        NativeMethod::function("dist", "p, q, /", real::dist),
        NativeMethod::function("erf", "x, /", real::erf),
        NativeMethod::function("erfc", "x, /", real::erfc),
        NativeMethod::function("exp", "x, /", real::exp),
        NativeMethod::function("exp2", "x, /", real::exp2),
        NativeMethod::function("expm1", "x, /", real::expm1),
        NativeMethod::function("fabs", "x, /", real::fabs),
        NativeMethod::function("factorial", "n, /", whole::factorial),
        NativeMethod::function("floor", "x, /", whole::floor),
        NativeMethod::function("fma", "x, y, z, /", fused::fma),
        NativeMethod::function("fmod", "x, y, /", real::fmod),
        NativeMethod::function("frexp", "x, /", real::frexp),
        NativeMethod::function("fsum", "seq, /", real::fsum),
        NativeMethod::function("gamma", "x, /", real::gamma),
        NativeMethod::function("gcd", "*integers", whole::gcd),
        NativeMethod::function("hypot", "*coordinates", real::hypot),
        NativeMethod::function("isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", real::isclose),
        NativeMethod::function("isfinite", "x, /", real::isfinite),
        NativeMethod::function("isinf", "x, /", real::isinf),
        NativeMethod::function("isnan", "x, /", real::isnan),
        NativeMethod::function("isqrt", "n, /", whole::isqrt),
        NativeMethod::function("lcm", "*integers", whole::lcm),
        NativeMethod::function("ldexp", "x, i, /", real::ldexp),
        NativeMethod::function("lgamma", "x, /", real::lgamma),
        NativeMethod::function("log", "x, base=None, /", real::log),
        NativeMethod::function("log10", "x, /", real::log10),
        NativeMethod::function("log1p", "x, /", real::log1p),
        NativeMethod::function("log2", "x, /", real::log2),
        NativeMethod::function("modf", "x, /", real::modf),
        NativeMethod::function("nextafter", "x, y, /, *, steps=None", real::nextafter),
        NativeMethod::function("perm", "n, k=None, /", whole::perm),
        NativeMethod::function("pow", "x, y, /", real::pow),
        NativeMethod::function("prod", "iterable, /, *, start=1", whole::prod),
        NativeMethod::function("radians", "x, /", real::radians),
        NativeMethod::function("remainder", "x, y, /", real::remainder),
        NativeMethod::function("sin", "x, /", real::sin),
        NativeMethod::function("sinh", "x, /", real::sinh),
        NativeMethod::function("sqrt", "x, /", real::sqrt),
        NativeMethod::function("sumprod", "p, q, /", fused::sumprod),
        NativeMethod::function("tan", "x, /", real::tan),
        NativeMethod::function("tanh", "x, /", real::tanh),
        NativeMethod::function("trunc", "x, /", whole::trunc),
        NativeMethod::function("ulp", "x, /", real::ulp),
    ],
    fill,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    use std::f64::consts;
    let constants = [
        ("pi", consts::PI),
        ("e", consts::E),
        ("tau", consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        let value = thread.new_float(value);
        define(thread, namespace, name, value);
    }
    Ok(())
}
