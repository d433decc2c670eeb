//! The `math` module: its table; the functions are in `math_real.rs` and `math_combinatorics.rs`.

use super::{ModuleSpec, define, math_combinatorics as whole, math_real as real};
use crate::thread::Thread;
use crate::value::{Dict, NativeMethod, Object, Run};

/// `math`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        NativeMethod::function("acos", real::acos),
        NativeMethod::function("acosh", real::acosh),
        NativeMethod::function("asin", real::asin),
        NativeMethod::function("asinh", real::asinh),
        NativeMethod::function("atan", real::atan),
        NativeMethod::function("atan2", real::atan2),
        NativeMethod::function("atanh", real::atanh),
        NativeMethod::function("cbrt", real::cbrt),
        NativeMethod::function("ceil", whole::ceil),
        NativeMethod::function("comb", whole::comb),
        NativeMethod::function("copysign", real::copysign),
        NativeMethod::function("cos", real::cos),
        NativeMethod::function("cosh", real::cosh),
        NativeMethod::function("degrees", real::degrees),
        NativeMethod::function("dist", real::dist),
        NativeMethod::function("erf", real::erf),
        NativeMethod::function("erfc", real::erfc),
        NativeMethod::function("exp", real::exp),
        NativeMethod::function("exp2", real::exp2),
        NativeMethod::function("expm1", real::expm1),
        NativeMethod::function("fabs", real::fabs),
        NativeMethod::function("factorial", whole::factorial),
        NativeMethod::function("floor", whole::floor),
        NativeMethod::function("fmod", real::fmod),
        NativeMethod::function("frexp", real::frexp),
        NativeMethod::function("fsum", real::fsum),
        NativeMethod::function("gamma", real::gamma),
        NativeMethod::function("gcd", whole::gcd),
        NativeMethod::function("hypot", real::hypot),
        NativeMethod::function("isclose", real::isclose),
        NativeMethod::function("isfinite", real::isfinite),
        NativeMethod::function("isinf", real::isinf),
        NativeMethod::function("isnan", real::isnan),
        NativeMethod::function("isqrt", whole::isqrt),
        NativeMethod::function("lcm", whole::lcm),
        NativeMethod::function("ldexp", real::ldexp),
        NativeMethod::function("lgamma", real::lgamma),
        NativeMethod::function("log", real::log),
        NativeMethod::function("log10", real::log10),
        NativeMethod::function("log1p", real::log1p),
        NativeMethod::function("log2", real::log2),
        NativeMethod::function("modf", real::modf),
        NativeMethod::function("nextafter", real::nextafter),
        NativeMethod::function("perm", whole::perm),
        NativeMethod::function("pow", real::pow),
        NativeMethod::function("prod", whole::prod),
        NativeMethod::function("radians", real::radians),
        NativeMethod::function("remainder", real::remainder),
        NativeMethod::function("sin", real::sin),
        NativeMethod::function("sinh", real::sinh),
        NativeMethod::function("sqrt", real::sqrt),
        NativeMethod::function("tan", real::tan),
        NativeMethod::function("tanh", real::tanh),
        NativeMethod::function("trunc", whole::trunc),
        NativeMethod::function("ulp", real::ulp),
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
