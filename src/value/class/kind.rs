//! The built-in layouts, and the error classes, each named once.
//!
//! A [`Kind`] says which payload lies behind a header (or which inline word it is); the known shapes
//! and classes of a runtime are indexed by it. A class written in the script has the kind of the
//! built-in it derives from.

macro_rules! kinds {
    ($($kind:ident $name:literal,)*) => {
        /// A built-in type, by the layout of its instances.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("Instances of `", $name, "`.")] $kind,)*
        }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// The name of the type as scripts see it.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    Object "object",
    Class "type",
    Int "int",
    Float "float",
    Bool "bool",
    NoneType "NoneType",
    NotImplementedType "NotImplementedType",
    EllipsisType "ellipsis",
    Str "str",
    Bytes "bytes",
    Tuple "tuple",
    List "list",
    Dict "dict",
    Set "set",
    FrozenSet "frozenset",
    Range "range",
    Slice "slice",
    Code "code",
    Function "function",
    Cell "cell",
    BoundMethod "method",
    NativeFunction "builtin_function_or_method",
    MethodDescriptor "method_descriptor",
    ClassMethodDescriptor "classmethod_descriptor",
    SlotWrapper "wrapper_descriptor",
    MethodWrapper "method-wrapper",
    GetSet "getset_descriptor",
    Member "member_descriptor",
    Property "property",
    StaticMethod "staticmethod",
    ClassMethod "classmethod",
    Super "super",
    Module "module",
    Generator "generator",
    Frame "frame",
    Traceback "traceback",
    Exception "BaseException",
    WeakRef "weakref.ReferenceType",
    WeakProxy "weakref.ProxyType",
    WeakCallableProxy "weakref.CallableProxyType",
    ListIterator "list_iterator",
    ListReverseIterator "list_reverseiterator",
    TupleIterator "tuple_iterator",
    StrIterator "str_ascii_iterator",
    BytesIterator "bytes_iterator",
    RangeIterator "range_iterator",
    SetIterator "set_iterator",
    DictKeys "dict_keys",
    DictValues "dict_values",
    DictItems "dict_items",
    DictKeyIterator "dict_keyiterator",
    DictValueIterator "dict_valueiterator",
    DictItemIterator "dict_itemiterator",
    DictReverseIterator "dict_reversekeyiterator",
    SequenceIterator "iterator",
    CallableIterator "callable_iterator",
    Enumerate "enumerate",
    Zip "zip",
    Map "map",
    Filter "filter",
    Reversed "reversed",
    MappingProxy "mappingproxy",
    Stream "_io.TextIOWrapper",
    File "_io.TextIOWrapper",
    BufferedReader "_io.BufferedReader",
    BufferedWriter "_io.BufferedWriter",
    BufferedRandom "_io.BufferedRandom",
    Namespace "types.SimpleNamespace",
    GenericAlias "types.GenericAlias",
    UnionType "types.UnionType",
    Quitter "_sitebuiltins.Quitter",
    Complex "complex",
}

/// What kind of container a built-in type is. Classes derived from it count as the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// A sequence of code points or bytes: supports `+` and `*`, but matches no sequence pattern.
    Text,
    /// A sequence of any objects: supports `+` and `*`, and matches sequence patterns.
    Items,
    /// A sequence that computes its items: matches sequence patterns, but has no `+` and `*`.
    Computed,
    /// A mapping: it has items by keys, and matches mapping patterns.
    Mapping,
    /// Passes subscripts on to another object, which may be any of these.
    Proxy,
    /// None of these.
    Other,
}

impl Kind {
    /// How many kinds there are.
    pub const COUNT: usize = Kind::ALL.len();

    /// Returns what kind of container the type is.
    pub const fn container(self) -> Container {
        match self {
            Kind::Str | Kind::Bytes => Container::Text,
            Kind::List | Kind::Tuple => Container::Items,
            Kind::Range => Container::Computed,
            Kind::Dict | Kind::MappingProxy => Container::Mapping,
            Kind::WeakProxy | Kind::WeakCallableProxy => Container::Proxy,
            _ => Container::Other,
        }
    }
}

macro_rules! errors {
    ($($error:ident : $parent:ident,)*) => {
        /// A built-in exception class.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum ErrorKind {
            $(#[doc = concat!("`", stringify!($error), "`.")] $error,)*
        }

        impl ErrorKind {
            /// Every error class, each after its parent.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$error,)*];

            /// The name of the class.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$error => stringify!($error),)* }
            }

            /// The class it derives from; `BaseException` names itself.
            pub const fn parent(self) -> ErrorKind {
                match self { $(ErrorKind::$error => ErrorKind::$parent,)* }
            }
        }
    };
}

errors! {
    BaseException: BaseException,
    SystemExit: BaseException,
    KeyboardInterrupt: BaseException,
    GeneratorExit: BaseException,
    BaseExceptionGroup: BaseException,
    Exception: BaseException,
    StopIteration: Exception,
    StopAsyncIteration: Exception,
    ArithmeticError: Exception,
    FloatingPointError: ArithmeticError,
    OverflowError: ArithmeticError,
    ZeroDivisionError: ArithmeticError,
    AssertionError: Exception,
    AttributeError: Exception,
    BufferError: Exception,
    EOFError: Exception,
    ImportError: Exception,
    ModuleNotFoundError: ImportError,
    LookupError: Exception,
    IndexError: LookupError,
    KeyError: LookupError,
    MemoryError: Exception,
    NameError: Exception,
    UnboundLocalError: NameError,
    OSError: Exception,
    BlockingIOError: OSError,
    ChildProcessError: OSError,
    ConnectionError: OSError,
    BrokenPipeError: ConnectionError,
    ConnectionAbortedError: ConnectionError,
    ConnectionRefusedError: ConnectionError,
    ConnectionResetError: ConnectionError,
    FileExistsError: OSError,
    FileNotFoundError: OSError,
    InterruptedError: OSError,
    IsADirectoryError: OSError,
    NotADirectoryError: OSError,
    PermissionError: OSError,
    ProcessLookupError: OSError,
    TimeoutError: OSError,
    ReferenceError: Exception,
    RuntimeError: Exception,
    NotImplementedError: RuntimeError,
    RecursionError: RuntimeError,
    SyntaxError: Exception,
    IndentationError: SyntaxError,
    TabError: IndentationError,
    SystemError: Exception,
    TypeError: Exception,
    ValueError: Exception,
    UnicodeError: ValueError,
    UnicodeDecodeError: UnicodeError,
    UnicodeEncodeError: UnicodeError,
    UnicodeTranslateError: UnicodeError,
    Warning: Exception,
    BytesWarning: Warning,
    DeprecationWarning: Warning,
    EncodingWarning: Warning,
    FutureWarning: Warning,
    ImportWarning: Warning,
    PendingDeprecationWarning: Warning,
    ResourceWarning: Warning,
    RuntimeWarning: Warning,
    SyntaxWarning: Warning,
    UnicodeWarning: Warning,
    UserWarning: Warning,
}

impl ErrorKind {
    /// How many error classes there are.
    pub const COUNT: usize = ErrorKind::ALL.len();
}
