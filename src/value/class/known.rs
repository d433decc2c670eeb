//! The table of objects that the runtime itself uses, which a thread reaches by one load.
//!
//! It is made before the first script runs and freed after the last thread. Its functions about built-in
//! classes are in `builtins.rs`, about names in `names.rs`, about interned texts in `interned.rs`.

use crate::life;
use crate::object::Header;
use crate::sync::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Mutex};
use crate::thread::{Thread, ThreadState};
use crate::value::class::Class;
use crate::value::class::interned::Interned;
use crate::value::class::kind::{ErrorKind, Kind};
use crate::value::class::names::Names;
use crate::value::class::shape::Shape;
use crate::value::class::slots::BinaryOp;
use crate::value::class::syntax_classes::SyntaxClasses;
use crate::value::hash::HashKeys;
use crate::value::object::Ref;
use crate::value::payload::dict::Dict;
use crate::value::payload::list::List;
use crate::value::payload::str::Str;
use crate::value::raised::Raised;
use crate::value::upper_floors::UpperFloors;
use crate::value::value::Value;

/// The default of [`Known::int_max_str_digits`]. There is a limit because converting takes quadratic time, and
/// texts may come from anywhere.
pub const INT_MAX_STR_DIGITS: usize = 4300;

/// What scripts have registered for encodings (`types/str/codec_registry.rs`).
pub struct Codecs {
    /// The search functions.
    pub search: Ref<List>,
    /// What they found, by name.
    pub cache: Ref<Dict>,
    /// The error handlers, by name.
    pub handlers: Ref<Dict>,
}

/// The table of well-known objects.
pub struct Known {
    pub(super) shapes: [AtomicPtr<Shape>; Kind::COUNT],
    pub(super) errors: [AtomicPtr<Shape>; ErrorKind::COUNT],
    pub(super) interned: Mutex<Interned>,
    pub(super) ascii: std::sync::OnceLock<Vec<Value>>,
    names: std::sync::OnceLock<Names>,
    empty_tuple: std::sync::OnceLock<Value>,
    pub(super) next_shape_id: AtomicU32,
    /// How many decimal digits an integer may have to be converted to or from text; 0 for any number.
    pub int_max_str_digits: AtomicUsize,
    /// How many classes were registered with abstract ones: the version of what those remember (`_abc`).
    pub abstract_registrations: AtomicU64,
    /// Whether checks run that cost more than they usually find (`-X dev`).
    pub is_dev_mode: AtomicBool,
    /// Whether code is traced. Code that is made meanwhile is told when it is made.
    pub is_traced: AtomicBool,
    /// The two keys of the string hash.
    pub hash_keys: HashKeys,
    gc_garbage: std::sync::OnceLock<Ref<List>>,
    gc_callbacks: std::sync::OnceLock<Ref<List>>,
    /// `ExceptionGroup`, made with the built-in names.
    pub exception_group: std::sync::OnceLock<Ref<Class>>,
    /// The class of the argument of `sys.unraisablehook`, made when it is first needed.
    pub unraisable_facts: std::sync::OnceLock<Ref<Class>>,
    /// `io.UnsupportedOperation`, made when it is first raised.
    pub unsupported_operation: std::sync::OnceLock<Ref<Class>>,
    /// The functions of `copyreg` that make reduced objects again, made when they are first needed.
    pub copyreg: std::sync::OnceLock<[Value; 3]>,
    /// `typing.Generic`, made when it is first needed.
    pub generic: std::sync::OnceLock<Ref<Class>>,
    /// The classes of syntax trees, made when they are first needed.
    pub syntax_classes: std::sync::OnceLock<SyntaxClasses>,
    /// `functools.Placeholder`, made when it is first needed.
    pub placeholder: std::sync::OnceLock<Value>,
    /// `typing.NoDefault`, made when it is first needed.
    pub no_default: std::sync::OnceLock<Value>,
    /// The classes of named tuples that functions return, by their names, made when they are first needed
    /// (`types/class/struct_sequence.rs`).
    pub named_tuples: Mutex<Vec<(&'static str, Ref<Class>)>>,
    codecs: std::sync::OnceLock<Codecs>,
    sys_namespace: std::sync::OnceLock<Ref<Dict>>,
    operators: std::sync::OnceLock<[[Ref<Str>; 3]; BinaryOp::COUNT]>,
    /// The functions of the floors above that types and built-in functions call.
    pub upper_floors: UpperFloors,
}

impl Known {
    /// Makes an empty table. The string hash uses `hash_keys`.
    pub fn new(hash_keys: HashKeys, upper_floors: UpperFloors) -> Known {
        Known {
            shapes: std::array::from_fn(|_| AtomicPtr::default()),
            errors: std::array::from_fn(|_| AtomicPtr::default()),
            interned: Mutex::default(),
            ascii: std::sync::OnceLock::new(),
            names: std::sync::OnceLock::new(),
            empty_tuple: std::sync::OnceLock::new(),
            next_shape_id: AtomicU32::new(1),
            gc_garbage: std::sync::OnceLock::new(),
            gc_callbacks: std::sync::OnceLock::new(),
            exception_group: std::sync::OnceLock::new(),
            unsupported_operation: std::sync::OnceLock::new(),
            unraisable_facts: std::sync::OnceLock::new(),
            copyreg: std::sync::OnceLock::new(),
            generic: std::sync::OnceLock::new(),
            syntax_classes: std::sync::OnceLock::new(),
            placeholder: std::sync::OnceLock::new(),
            no_default: std::sync::OnceLock::new(),
            named_tuples: Mutex::default(),
            codecs: std::sync::OnceLock::new(),
            sys_namespace: std::sync::OnceLock::new(),
            operators: std::sync::OnceLock::new(),
            int_max_str_digits: AtomicUsize::new(INT_MAX_STR_DIGITS),
            abstract_registrations: AtomicU64::new(0),
            is_dev_mode: AtomicBool::new(false),
            is_traced: AtomicBool::new(false),
            hash_keys,
            upper_floors,
        }
    }

    /// Returns `gc.garbage`: always the same list, even if the program assigns another to the module attribute
    /// (B-114).
    pub fn gc_garbage(&self) -> &Ref<List> {
        self.gc_garbage.get().expect("constants are made before the first collection")
    }

    /// Returns `gc.callbacks`: always the same list, even if the program assigns another to the module
    /// attribute.
    pub fn gc_callbacks(&self) -> &Ref<List> {
        self.gc_callbacks.get().expect("constants are made before the first collection")
    }

    /// Returns what scripts have registered for encodings.
    pub fn codecs(&self) -> &Codecs {
        self.codecs.get().expect("constants are made before the first script")
    }

    /// Returns the namespace of the `sys` module, where `print` finds `stdout`.
    pub fn sys_namespace(&self) -> &Ref<Dict> {
        self.sys_namespace.get().expect("the sys module is made before the first script")
    }

    /// Returns the namespace of the `sys` module, if the runtime has modules yet.
    pub fn sys_namespace_if_made(&self) -> Option<&Ref<Dict>> {
        self.sys_namespace.get()
    }

    /// Stores the namespace of the `sys` module.
    pub fn set_sys_namespace(&self, namespace: Ref<Dict>) {
        assert!(self.sys_namespace.set(namespace).is_ok(), "the sys module is made once");
    }

    /// Returns the names of an operator's special methods: `__add__`, `__radd__`, `__iadd__`.
    #[inline]
    pub fn operator_names(&self, op: BinaryOp) -> &[Ref<Str>; 3] {
        &self.operators.get().expect("constants are made before the first script")[op as usize]
    }

    /// Reports an error that a finalizer, a callback or a destructor raised; the message says what was going on, and
    /// ends in the `repr` of the object.
    pub fn report_unraisable(
        thread: &mut Thread,
        raised: Raised,
        message: Option<&str>,
        object: Option<&Value>,
    ) {
        (thread.known().upper_floors.report_unraisable)(thread, raised, message, object);
    }

    /// Returns the interned names that the runtime looks up.
    #[inline(always)]
    pub fn names(&self) -> &Names {
        self.names.get().expect("names are made before the first lookup")
    }

    /// Makes the names, the one-character strings and the empty tuple, all immortal.
    pub fn make_constants(&self, thread: &ThreadState) {
        let names = Names::new(|text| self.intern(thread, text));
        assert!(self.names.set(names).is_ok(), "constants are made once");
        let operators = BinaryOp::ALL.map(|op| {
            let (method, reflected, in_place) = op.methods();
            [method, reflected, in_place].map(|name| self.intern(thread, name))
        });
        assert!(self.operators.set(operators).is_ok());
        let ascii =
            (0..128u8).map(|byte| self.intern(thread, (byte as char).encode_utf8(&mut [0; 4])).into_value());
        assert!(self.ascii.set(ascii.collect()).is_ok());
        let empty = thread.allocate_tuple(std::iter::empty(), 0).into_value();
        empty.make_immortal();
        if let Some(object) = empty.as_raw() {
            life::untrack(object);
        }
        assert!(self.empty_tuple.set(empty).is_ok());
        assert!(self.gc_garbage.set(thread.alloc(List::default())).is_ok());
        assert!(self.gc_callbacks.set(thread.alloc(List::default())).is_ok());
        let codecs = Codecs {
            search: thread.alloc(List::default()),
            cache: thread.alloc(Dict::default()),
            handlers: thread.alloc(Dict::default()),
        };
        assert!(self.codecs.set(codecs).is_ok());
    }

    /// The empty tuple.
    #[inline]
    pub fn empty_tuple(&self) -> Value {
        self.empty_tuple.get().expect("constants are made before the first script").clone()
    }
}

impl ThreadState {
    /// Returns the table of well-known objects.
    ///
    /// It lives until the runtime is dropped, after its last thread; do not keep the reference anywhere that
    /// outlives the thread.
    #[inline(always)]
    pub fn known(&self) -> &'static Known {
        // SAFETY: nothing else is ever in this place, it is filled before the first object is made on the thread
        // (`types/start.rs`), and emptied when the thread, the last one, makes and drops no object any more.
        unsafe { self.known.get() }
    }
}

const _: () = assert!(size_of::<Header>() == 32);
