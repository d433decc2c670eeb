//! What the runtime knows by heart: the built-in shapes and classes, and the names it uses itself.
//!
//! One table for each runtime, made before its first script runs and freed after its last thread. A
//! thread reaches it in one load.

use crate::life;
use crate::object::Header;
use crate::sync::{AtomicPtr, AtomicU32, AtomicUsize, Mutex, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::value::class::Class;
use crate::value::class::interned::Interned;
use crate::value::class::kind::{ErrorKind, Kind};
use crate::value::class::shape::Shape;
use crate::value::class::slots::BinaryOp;
use crate::value::object::{Object, Ref};
use crate::value::payload::dict::Dict;
use crate::value::payload::list::List;
use crate::value::payload::str::Str;
use crate::value::raised::Raised;
use crate::value::services::Services;
use crate::value::value::Value;

macro_rules! names {
    ($($field:ident $text:literal,)*) => {
        /// Interned names the runtime itself looks up.
        #[expect(missing_docs, reason = "each field is the name it spells")]
        pub struct Names { $(pub $field: Ref<Str>,)* }

        impl Names {
            pub(super) fn new(mut intern: impl FnMut(&str) -> Ref<Str>) -> Names {
                Names { $($field: intern($text),)* }
            }
        }
    };
}

names! {
    new "__new__", init "__init__", del "__del__", repr "__repr__", str "__str__", hash "__hash__", bool "__bool__",
    len "__len__", call "__call__", iter "__iter__", next "__next__", contains "__contains__",
    getitem "__getitem__", setitem "__setitem__", delitem "__delitem__", getattr "__getattr__",
    getattribute "__getattribute__", setattr "__setattr__", delattr "__delattr__", get "__get__", set "__set__",
    delete "__delete__", set_name "__set_name__", init_subclass "__init_subclass__", class "__class__",
    dict "__dict__", slots "__slots__", name "__name__", qualname "__qualname__", module "__module__",
    doc "__doc__", bases "__bases__", mro "__mro__", annotations "__annotations__", defaults "__defaults__",
    kwdefaults "__kwdefaults__", closure "__closure__", code "__code__", globals "__globals__", self_ "__self__",
    func "__func__", wrapped "__wrapped__", file "__file__", path "__path__", package "__package__",
    loader "__loader__", spec "__spec__", builtins "__builtins__", all "__all__", main "__main__", import "__import__",
    build_class "__build_class__", classcell "__classcell__", prepare "__prepare__", weakref "__weakref__",
    enter "__enter__", exit "__exit__", format "__format__", index "__index__", int "__int__", float "__float__",
    neg "__neg__", pos "__pos__", invert "__invert__", abs "__abs__", round "__round__", trunc "__trunc__",
    floor "__floor__", ceil "__ceil__", eq "__eq__", ne "__ne__", lt "__lt__", le "__le__", gt "__gt__", ge "__ge__",
    reversed "__reversed__", length_hint "__length_hint__", missing "__missing__", instancecheck "__instancecheck__",
    subclasscheck "__subclasscheck__", class_getitem "__class_getitem__", cause "__cause__", context "__context__",
    traceback "__traceback__", suppress_context "__suppress_context__", notes "__notes__", args "args", tp_del "__tp_del__",
    divmod "__divmod__", rdivmod "__rdivmod__", dir "__dir__", sizeof "__sizeof__", bytes "__bytes__", complex "__complex__",
    fspath "__fspath__", mro_entries "__mro_entries__", match_args "__match_args__", keys "keys", items "items",
    values "values", append "append", send "send", throw "throw", close "close", write "write", flush "flush",
    value "value", code_ "code", self_name "self", print "print", end "end", sep "sep", key "key", reverse "reverse",
    default "default", metaclass "metaclass", underscore "_", stdout "stdout", stderr "stderr", empty "", strict "strict",
}

/// Reports an error nobody can catch: the error, a message in front of it, the object it came from.
pub type UnraisableFn = fn(&mut Thread, Raised, Option<&str>, Option<&Value>);

/// The default of [`Known::int_max_str_digits`]: converting takes quadratic time, and texts come from anywhere.
pub const INT_MAX_STR_DIGITS: usize = 4300;

/// The table.
pub struct Known {
    shapes: [AtomicPtr<Shape>; Kind::COUNT],
    errors: [AtomicPtr<Shape>; ErrorKind::COUNT],
    interned: Mutex<Interned>,
    ascii: std::sync::OnceLock<Vec<Value>>,
    names: std::sync::OnceLock<Names>,
    empty_tuple: std::sync::OnceLock<Value>,
    next_shape_id: AtomicU32,
    /// Decimal digits an integer may have to become text or come from it; 0 for any number of them.
    pub int_max_str_digits: AtomicUsize,
    /// The two keys of the string hash.
    pub hash_keys: (u64, u64),
    gc_garbage: std::sync::OnceLock<Ref<List>>,
    gc_callbacks: std::sync::OnceLock<Ref<List>>,
    /// `ExceptionGroup`, made with the built-in names.
    pub exception_group: std::sync::OnceLock<Ref<Class>>,
    /// The class of what `sys.unraisablehook` is called with, made when it is first needed.
    pub unraisable_facts: std::sync::OnceLock<Ref<Class>>,
    /// `io.UnsupportedOperation`, made when it is first raised.
    pub unsupported_operation: std::sync::OnceLock<Ref<Class>>,
    unraisable: std::sync::OnceLock<UnraisableFn>,
    sys_namespace: std::sync::OnceLock<Ref<Dict>>,
    services: std::sync::OnceLock<Services>,
    operators: std::sync::OnceLock<[[Ref<Str>; 3]; BinaryOp::COUNT]>,
    /// What floor 9 keeps for a runtime: modules, the built-in namespace, settings.
    pub upper: AtomicPtr<()>,
}

impl Known {
    /// An empty table. `hash_keys` seed the hash of strings.
    pub fn new(hash_keys: (u64, u64)) -> Known {
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
            unraisable: std::sync::OnceLock::new(),
            sys_namespace: std::sync::OnceLock::new(),
            services: std::sync::OnceLock::new(),
            operators: std::sync::OnceLock::new(),
            int_max_str_digits: AtomicUsize::new(INT_MAX_STR_DIGITS),
            hash_keys,
            upper: AtomicPtr::default(),
        }
    }

    /// Enters the shape of a built-in type; each once, `Str` before the first text is made.
    pub fn set_shape(&self, kind: Kind, shape: *const Shape) {
        self.shapes[kind as usize].store(shape.cast_mut(), Ordering::Release);
    }

    /// Enters the root shape of a built-in error class.
    pub fn set_error(&self, kind: ErrorKind, shape: *const Shape) {
        self.errors[kind as usize].store(shape.cast_mut(), Ordering::Release);
    }

    /// The shape of instances of a built-in type.
    #[inline(always)]
    pub fn shape(&self, kind: Kind) -> &Shape {
        let shape = self.shapes[kind as usize].load(Ordering::Relaxed);
        debug_assert!(!shape.is_null(), "the shape of {} is entered", kind.name());
        // SAFETY: entered while the runtime was built, and built-in shapes live as long as the runtime.
        unsafe { &*shape }
    }

    /// The shape of a built-in type, if the runtime made it.
    pub fn shape_if_made(&self, kind: Kind) -> Option<&Shape> {
        let shape = self.shapes[kind as usize].load(Ordering::Relaxed);
        // SAFETY: as in `shape`.
        if shape.is_null() { None } else { Some(unsafe { &*shape }) }
    }

    /// The class of a built-in type.
    pub fn class(&self, kind: Kind) -> &Object<Class> {
        self.shape(kind).class()
    }

    /// The root shape of instances of a built-in error class.
    pub fn error_shape(&self, kind: ErrorKind) -> &Shape {
        let shape = self.errors[kind as usize].load(Ordering::Relaxed);
        debug_assert!(!shape.is_null(), "the shape of {} is entered", kind.name());
        // SAFETY: as in `shape`.
        unsafe { &*shape }
    }

    /// The root shape of a built-in error class, if the runtime made it.
    pub fn error_shape_if_made(&self, kind: ErrorKind) -> Option<&Shape> {
        let shape = self.errors[kind as usize].load(Ordering::Relaxed);
        // SAFETY: as in `shape`.
        if shape.is_null() { None } else { Some(unsafe { &*shape }) }
    }

    /// A built-in error class.
    pub fn error(&self, kind: ErrorKind) -> &Object<Class> {
        self.error_shape(kind).class()
    }

    /// A shape id nobody had before. After four billion, 0: such shapes are never cached.
    pub fn fresh_shape_id(&self) -> u32 {
        self.next_shape_id
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1))
            .unwrap_or(0)
    }

    /// `gc.garbage`: the same list for ever, whatever the module attribute says (B-114).
    pub fn gc_garbage(&self) -> &Ref<List> {
        self.gc_garbage.get().expect("constants are made before the first collection")
    }

    /// `gc.callbacks`, likewise.
    pub fn gc_callbacks(&self) -> &Ref<List> {
        self.gc_callbacks.get().expect("constants are made before the first collection")
    }

    /// The namespace of the `sys` module, where `print` finds `stdout`.
    pub fn sys_namespace(&self) -> &Ref<Dict> {
        self.sys_namespace.get().expect("the sys module is made before the first script")
    }

    /// Enters the namespace of the `sys` module.
    pub fn set_sys_namespace(&self, namespace: Ref<Dict>) {
        assert!(self.sys_namespace.set(namespace).is_ok(), "the sys module is made once");
    }

    /// The special methods of an operator: left operand, reflected, in place.
    #[inline]
    pub fn operator_names(&self, op: BinaryOp) -> &[Ref<Str>; 3] {
        &self.operators.get().expect("constants are made before the first script")[op as usize]
    }

    /// What the built-in functions ask of the interpreter.
    pub fn services(&self) -> Services {
        *self.services.get().expect("entered before the first script runs")
    }

    /// Enters the calls up to the interpreter, once.
    pub fn set_services(&self, services: Services) {
        assert!(self.services.set(services).is_ok(), "the services are entered once");
    }

    /// Enters how errors nobody can catch are reported.
    pub fn set_unraisable(&self, report: UnraisableFn) {
        assert!(self.unraisable.set(report).is_ok(), "the reporter is entered once");
    }

    /// Reports an error that a finalizer, a callback or a destructor raised.
    pub fn report_unraisable(
        thread: &mut Thread,
        raised: Raised,
        message: Option<&str>,
        object: Option<&Value>,
    ) {
        let report = *thread.known().unraisable.get().expect("entered before the first script runs");
        report(thread, raised, message, object);
    }

    /// The names the runtime looks up.
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
    }

    /// The one `str` with this text that everybody who interns it gets; immortal.
    pub fn intern(&self, thread: &ThreadState, text: &str) -> Ref<Str> {
        if let Some(known) = self.interned.lock().get(text) {
            return known.clone();
        }
        // Allocated outside of the lock; the loser of a race is dropped after it.
        let made = thread.allocate_str(text);
        let mut interned = self.interned.lock();
        if let Some(known) = interned.get(text).cloned() {
            drop(interned);
            return known;
        }
        made.as_value().make_immortal();
        made.remember_hash(crate::value::hash::hash_text(self.hash_keys, text) as u64);
        made.mark_interned();
        interned.insert(text, made.clone());
        made
    }

    /// The interned twin of a `str` object.
    pub fn intern_str(&self, thread: &ThreadState, text: &Object<Str>) -> Ref<Str> {
        if text.is_interned() { text.to_ref() } else { self.intern(thread, text.as_str()) }
    }

    /// The interned twin of a `str` object that is only looked up; the object itself if nobody interned its text.
    ///
    /// Interned texts stay for good, so that names which are made up as the program runs and found nowhere
    /// must not become such.
    pub fn interned_if_known(&self, text: &Object<Str>) -> Ref<Str> {
        if text.is_interned() {
            return text.to_ref();
        }
        self.interned.lock().get(text.as_str()).cloned().unwrap_or_else(|| text.to_ref())
    }

    /// The interned one-character string of an ASCII byte.
    #[inline(always)]
    pub fn ascii(&self, byte: u8) -> Value {
        self.ascii.get().expect("constants are made before the first script")[byte as usize].clone()
    }

    /// The empty tuple.
    #[inline]
    pub fn empty_tuple(&self) -> Value {
        self.empty_tuple.get().expect("constants are made before the first script").clone()
    }
}

impl ThreadState {
    /// What the runtime knows by heart.
    ///
    /// The table lives until the runtime is dropped, after its last thread; do not keep the reference
    /// anywhere that outlives the thread.
    #[inline(always)]
    pub fn known(&self) -> &'static Known {
        // SAFETY: floor 9 stores the table before a script or native runs on the thread, and frees it
        // after the last thread of the runtime has gone.
        unsafe { &*self.known.get().cast::<Known>() }
    }
}

impl Object<Str> {
    /// Whether this is the one interned `str` of its text, so that comparing addresses is enough.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        // A text refers to nothing, so the header's spare half word is the payload's to use.
        self.raw().extra() == 1
    }

    fn mark_interned(&self) {
        self.raw().set_extra(1);
    }
}

const _: () = assert!(size_of::<Header>() == 32);
