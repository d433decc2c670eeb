//! The type `complex`: its table, construction, comparison and methods.
//!
//! Begin with `arithmetic.rs`; text is in `text.rs`.

pub mod arithmetic;
pub mod text;

use crate::memory::Room;
use crate::protocol::{self, type_name};
use crate::thread::Thread;
use crate::types::float;
use crate::types::object::method_arguments::instantiate;
use crate::value::alloc::type_info;
use crate::value::hash::hash_float;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, Complex, ErrorKind, Kind, NativeAttribute, NativeMethod,
    Object, Raised, Run, Signature, Slots, Str, TypeSpec, Value,
};

/// What the hash of the imaginary part is multiplied with (CPython: `_PyHASH_IMAG`).
const IMAGINARY_FACTOR: i64 = 1_000_003;

/// The table of `complex`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Complex,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Complex>,
    slots: Slots {
        repr: Some(|thread, value| Ok(thread.new_string(text::repr(own(value))))),
        hash: Some(|_, value| Ok(hash(own(value)))),
        is_true: Some(|_, value| Ok(own(value) != Complex { real: 0.0, imag: 0.0 })),
        compare: Some(compare),
        binary: Slots::operators([
            (BinaryOp::Add, arithmetic::add),
            (BinaryOp::Subtract, arithmetic::subtract),
            (BinaryOp::Multiply, arithmetic::multiply),
            (BinaryOp::TrueDivide, arithmetic::divide),
            (BinaryOp::Power, arithmetic::power),
        ]),
        negative: Some(|thread, value| {
            let Complex { real, imag } = own(value);
            Ok(make(thread, -real, -imag))
        }),
        positive: Some(exact),
        absolute: Some(arithmetic::absolute),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("conjugate", "", |thread, args| {
            let Complex { real, imag } = own(&args.positionals()[0]);
            Ok(make(thread, real, -imag))
        }),
        NativeMethod::new("__getnewargs__", "", |thread, args| {
            let Complex { real, imag } = own(&args.positionals()[0]);
            Ok(thread.new_tuple(vec![thread.new_float(real), thread.new_float(imag)]))
        }),
        NativeMethod::class("from_number", "number, /", from_number),
        NativeMethod::new("__complex__", "", |thread, args| exact(thread, &args.positionals()[0])),
        NativeMethod::new("__format__", "format_spec, /", text::format_method),
    ],
    attributes: &[
        NativeAttribute::field("real", |thread, value| Ok(thread.new_float(own(value).real))),
        NativeAttribute::field("imag", |thread, value| Ok(thread.new_float(own(value).imag))),
    ],
    doc: "",
};

/// Returns the number of an instance of this type.
pub fn own(value: &Value) -> Complex {
    **value.downcast_ref::<Complex>().expect("a slot is called with an instance of its type")
}

/// Makes a complex number.
pub fn make(thread: &Thread, real: f64, imag: f64) -> Value {
    thread.alloc(Complex { real, imag }).into_value()
}

fn exact(thread: &mut Thread, value: &Value) -> Run<Value> {
    if value.downcast_exact::<Complex>().is_some() {
        return Ok(value.clone());
    }
    let Complex { real, imag } = own(value);
    Ok(make(thread, real, imag))
}

fn hash(value: Complex) -> i64 {
    let hash = hash_float(value.real).wrapping_add(hash_float(value.imag).wrapping_mul(IMAGINARY_FACTOR));
    // -1 is no hash, as in CPython.
    if hash == -1 { -2 } else { hash }
}

/// Complex numbers have no order; one without imaginary part equals the real number it is.
fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (this, other) = if left.kind() == Kind::Complex { (left, right) } else { (right, left) };
    let this = own(this);
    let equal = match other.downcast_ref::<Complex>() {
        Some(other) => this == **other,
        None if other.as_float_exact().is_some() || other.as_integer().is_some() => {
            let real = thread.new_float(this.real);
            this.imag == 0.0
                && float::compare(thread, &real, other, Comparison::Equal)?.as_bool() == Some(true)
        }
        None => return Ok(Value::NOT_IMPLEMENTED),
    };
    Ok(Value::bool(equal == wanted))
}

/// The parameters of `complex(…)`.
const SIGNATURE: Signature = Signature::new("real=0, imag=0");

/// `complex(real=0, imag=0)` or `complex(text)`.
fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [real, imag] = SIGNATURE.bind("complex", args)?;
    if let (Some(real), None) = (real, imag)
        && real.downcast_exact::<Complex>().is_some()
        && class.root_shape().is_builtin()
    {
        return Ok(real.clone());
    }
    if let Some(text) = real.and_then(Value::downcast_ref::<Str>).map(Object::to_ref) {
        if imag.is_some() || args.has_keywords() {
            return Err(not_real("real", &type_name(thread, text.as_value())));
        }
        // The text in ASCII digits, without underscores, and in pieces.
        let _room = Room::of(text.as_str().len().saturating_mul(4))?;
        let Some(digits) = text::without_underscores(text.as_str()) else {
            let shown = protocol::repr(thread, text.as_value())?;
            let complaint = format_args!("could not convert string to complex: {}", shown.as_str());
            return Err(Raised::value_error(complaint));
        };
        let parsed = text::parse(&digits);
        let parsed = parsed.ok_or_else(|| Raised::value_error("complex() arg is a malformed string"))?;
        return Ok(finish(thread, class, parsed));
    }
    let real_part = if args.has_keywords() || imag.is_some() { Part::Real } else { Part::Whole };
    // `__complex__` comes first. Then it is asked what both are, before either is converted to a float.
    let made =
        real.filter(|real| is_complex(thread, real)).map(|real| part(thread, real, real_part)).transpose()?;
    for (number, part) in [(real, Part::Real), (imag, Part::Imaginary)] {
        if let (Some(number), Some(_)) = (number, imag)
            && !is_convertible(thread, number, part)
        {
            return Err(refused(thread, number, part));
        }
    }
    let mut value = match (made, real) {
        (Some(made), _) => made,
        (None, Some(real)) => part(thread, real, real_part)?,
        (None, None) => Complex { real: 0.0, imag: 0.0 },
    };
    if let Some(imag) = imag {
        let part = part(thread, imag, Part::Imaginary)?;
        if let Some(real) = real.filter(|real| is_complex(thread, real) && !is_real(thread, real)) {
            warn_of_complex(thread, "real", real)?;
        }
        if imag.kind() == Kind::Complex {
            warn_of_complex(thread, "imag", imag)?;
        }
        value.real -= part.imag;
        // Without an imaginary part of the first argument the sign of a zero stays.
        let is_complex = real.is_some_and(|real| real.kind() == Kind::Complex);
        value.imag = if is_complex || value.imag != 0.0 { value.imag + part.real } else { part.real };
    }
    Ok(finish(thread, class, value))
}

/// `complex.from_number(number)`: as the constructor, but takes no texts. Raises `TypeError` for what is no number.
fn from_number(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, number] = args.exactly();
    let class = class.downcast_ref::<Class>().expect("a class method gets its class");
    let is_plain = class.raw() == thread.known().class(Kind::Complex).raw();
    if is_plain && number.downcast_exact::<Complex>().is_some() {
        return Ok(number.clone());
    }
    let asks = is_complex(thread, number);
    let value = match asks {
        true => part(thread, number, Part::Whole)?,
        false => Complex { real: protocol::to_float(thread, number)?, imag: 0.0 },
    };
    let value = thread.alloc(value).into_value();
    if is_plain {
        return Ok(value);
    }
    protocol::call(thread, &class.to_value(), Args::positional(&[value]))
}

fn finish(thread: &mut Thread, class: &Object<Class>, value: Complex) -> Value {
    if class.root_shape().is_builtin() {
        return thread.alloc(value).into_value();
    }
    instantiate(thread, class, value).into_value()
}

/// What an argument of `complex` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Real,
    Imaginary,
}

#[cold]
fn not_real(argument: &str, given: &dyn std::fmt::Display) -> Raised {
    Raised::type_error(format_args!("complex() argument '{argument}' must be a real number, not {given}"))
}

/// Whether a number is made complex by itself or by its `__complex__`, not from a real one.
fn is_complex(thread: &Thread, value: &Value) -> bool {
    let name = &thread.known().names().complex;
    value.kind() == Kind::Complex
        || protocol::class_lookup(&protocol::class_of(thread, value), name).is_some()
}

/// Warns that a part of a complex number was given as a complex number. Raises the warning if a filter says so.
#[cold]
fn warn_of_complex(thread: &mut Thread, argument: &str, value: &Value) -> Run<()> {
    let given = type_name(thread, value);
    let text = format!("complex() argument '{argument}' must be a real number, not {given}");
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, &text)
}

/// Converts an argument of `complex` to a complex number.
/// It calls `__complex__` (for the first argument only), `__float__` or `__index__`.
fn part(thread: &mut Thread, value: &Value, part: Part) -> Run<Complex> {
    if let Some(number) = value.downcast_exact::<Complex>() {
        return Ok(**number);
    }
    let name = &thread.known().names().complex;
    if part != Part::Imaginary
        && let Some(made) = protocol::call_special_method(thread, value, name, Args::positional(&[]))
    {
        let made = made?;
        protocol::check_converted(thread, &made, Kind::Complex, "__complex__ returned non-complex")?;
        return Ok(**made.downcast_ref::<Complex>().expect("it was checked"));
    }
    if let Some(number) = value.downcast_ref::<Complex>() {
        return Ok(**number);
    }
    // Alone, a float is not asked for another one.
    if part == Part::Whole
        && let Some(real) = value.as_float_exact()
    {
        return Ok(Complex { real, imag: 0.0 });
    }
    if let Some(real) = protocol::asked_for_float(thread, value)? {
        return Ok(Complex { real, imag: 0.0 });
    }
    Err(refused(thread, value, part))
}

/// Whether `part` has a way to convert an argument, which may fail yet.
fn is_convertible(thread: &Thread, value: &Value, part: Part) -> bool {
    is_real(thread, value)
        || value.kind() == Kind::Complex
        || part != Part::Imaginary && is_complex(thread, value)
}

/// Whether a value converts to a float.
fn is_real(thread: &Thread, value: &Value) -> bool {
    let slots = protocol::slots_of(thread, value);
    slots.float.is_some() || slots.index.is_some()
}

/// Makes the error of an argument that is no number.
#[cold]
fn refused(thread: &Thread, value: &Value, part: Part) -> Raised {
    let given = type_name(thread, value);
    match part {
        Part::Whole => {
            Raised::type_error(format_args!("complex() argument must be a string or a number, not {given}"))
        }
        Part::Real => not_real("real", &given),
        Part::Imaginary => not_real("imag", &given),
    }
}
