//! The built-in layouts, and the error classes, each named once.
//!
//! A [`Kind`] says which payload lies behind a header (or which inline word it is); the known shapes
//! and classes of a runtime are indexed by it. A class written in the script has the kind of the
//! built-in it derives from.

macro_rules! kinds {
    ($($kind:ident $name:literal $container:ident,)*) => {
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

            /// Returns what kind of container the type is.
            pub const fn container(self) -> Container {
                match self { $(Kind::$kind => Container::$container,)* }
            }
        }
    };
}

kinds! {
    Object "object" Other,
    Class "type" Other,
    Int "int" Other,
    Float "float" Other,
    Bool "bool" Other,
    NoneType "NoneType" Other,
    NotImplementedType "NotImplementedType" Other,
    EllipsisType "ellipsis" Other,
    Str "str" Text,
    Bytes "bytes" Text,
    ByteArray "bytearray" Text,
    MemoryView "memoryview" Computed,
    Tuple "tuple" Items,
    List "list" Items,
    Dict "dict" Mapping,
    Set "set" Other,
    FrozenSet "frozenset" Other,
    Range "range" Computed,
    Slice "slice" Other,
    Code "code" Other,
    Function "function" Other,
    Cell "cell" Other,
    BoundMethod "method" Other,
    NativeFunction "builtin_function_or_method" Other,
    MethodDescriptor "method_descriptor" Other,
    ClassMethodDescriptor "classmethod_descriptor" Other,
    SlotWrapper "wrapper_descriptor" Other,
    MethodWrapper "method-wrapper" Other,
    GetSet "getset_descriptor" Other,
    Member "member_descriptor" Other,
    Property "property" Other,
    StaticMethod "staticmethod" Other,
    ClassMethod "classmethod" Other,
    Super "super" Other,
    Module "module" Other,
    Generator "generator" Other,
    Coroutine "coroutine" Other,
    AsyncGenerator "async_generator" Other,
    CoroutineWrapper "coroutine_wrapper" Other,
    AsyncSend "async_generator_asend" Other,
    AsyncThrow "async_generator_athrow" Other,
    AsyncYielded "async_generator_wrapped_value" Other,
    NextOrDefault "anext_awaitable" Other,
    Frame "frame" Other,
    FrameLocals "FrameLocalsProxy" Mapping,
    Traceback "traceback" Other,
    Exception "BaseException" Other,
    WeakRef "weakref.ReferenceType" Other,
    WeakProxy "weakref.ProxyType" Proxy,
    WeakCallableProxy "weakref.CallableProxyType" Proxy,
    ListIterator "list_iterator" Other,
    ListReverseIterator "list_reverseiterator" Other,
    TupleIterator "tuple_iterator" Other,
    StrIterator "str_ascii_iterator" Other,
    BytesIterator "bytes_iterator" Other,
    ByteArrayIterator "bytearray_iterator" Other,
    MemoryIterator "memory_iterator" Other,
    ManagedBuffer "managedbuffer" Other,
    BufferWrapper "_buffer_wrapper" Other,
    RangeIterator "range_iterator" Other,
    SetIterator "set_iterator" Other,
    DictKeys "dict_keys" Other,
    DictValues "dict_values" Other,
    DictItems "dict_items" Other,
    DictKeyIterator "dict_keyiterator" Other,
    DictValueIterator "dict_valueiterator" Other,
    DictItemIterator "dict_itemiterator" Other,
    DictReverseIterator "dict_reversekeyiterator" Other,
    SequenceIterator "iterator" Other,
    CallableIterator "callable_iterator" Other,
    Enumerate "enumerate" Other,
    Zip "zip" Other,
    Map "map" Other,
    Filter "filter" Other,
    Reversed "reversed" Other,
    MappingProxy "mappingproxy" Mapping,
    Stream "_io.TextIOWrapper" Other,
    File "_io.TextIOWrapper" Other,
    BufferedReader "_io.BufferedReader" Other,
    BufferedWriter "_io.BufferedWriter" Other,
    BufferedRandom "_io.BufferedRandom" Other,
    DirEntry "posix.DirEntry" Other,
    ScandirIterator "posix.ScandirIterator" Other,
    Namespace "types.SimpleNamespace" Other,
    GenericAlias "types.GenericAlias" Other,
    GenericAliasIterator "generic_alias_iterator" Other,
    Union "typing.Union" Other,
    TypeVar "typing.TypeVar" Other,
    ParamSpec "typing.ParamSpec" Other,
    ParamSpecArgs "typing.ParamSpecArgs" Other,
    ParamSpecKwargs "typing.ParamSpecKwargs" Other,
    TypeVarTuple "typing.TypeVarTuple" Other,
    TypeAliasType "typing.TypeAliasType" Other,
    ConstEvaluator "_typing._ConstEvaluator" Other,
    NoDefaultType "NoDefaultType" Other,
    Template "string.templatelib.Template" Other,
    Interpolation "string.templatelib.Interpolation" Other,
    TemplateIterator "string.templatelib.TemplateIter" Other,
    Quitter "_sitebuiltins.Quitter" Other,
    Complex "complex" Other,
    ContextVar "_contextvars.ContextVar" Other,
    ContextToken "_contextvars.Token" Other,
    SyntaxNode "ast.AST" Other,
    Printer "_sitebuiltins._Printer" Other,
    Helper "_sitebuiltins._Helper" Other,
    AbcData "_abc._abc_data" Other,
    Accumulate "itertools.accumulate" Other,
    Batched "itertools.batched" Other,
    Chain "itertools.chain" Other,
    Combinations "itertools.combinations" Other,
    CombinationsWithReplacement "itertools.combinations_with_replacement" Other,
    Compress "itertools.compress" Other,
    Count "itertools.count" Other,
    Cycle "itertools.cycle" Other,
    DropWhile "itertools.dropwhile" Other,
    FilterFalse "itertools.filterfalse" Other,
    GroupBy "itertools.groupby" Other,
    Grouper "itertools._grouper" Other,
    Islice "itertools.islice" Other,
    Pairwise "itertools.pairwise" Other,
    Permutations "itertools.permutations" Other,
    Product "itertools.product" Other,
    Repeat "itertools.repeat" Other,
    StarMap "itertools.starmap" Other,
    TakeWhile "itertools.takewhile" Other,
    Tee "itertools._tee" Other,
    TeeData "itertools._tee_dataobject" Other,
    ZipLongest "itertools.zip_longest" Other,
    Deque "collections.deque" Items,
    DequeIterator "collections._deque_iterator" Other,
    DequeReverseIterator "collections._deque_reverse_iterator" Other,
    TupleGetter "collections._tuplegetter" Other,
    CompareKey "functools.KeyWrapper" Other,
    LruCache "functools._lru_cache_wrapper" Other,
    Partial "functools.partial" Other,
    Placeholder "functools._PlaceholderType" Other,
    AttributeGetter "operator.attrgetter" Other,
    ItemGetter "operator.itemgetter" Other,
    MethodCaller "operator.methodcaller" Other,
    ThreadLock "_thread.lock" Other,
    ThreadRLock "_thread.RLock" Other,
    ThreadLocal "_thread._local" Other,
    ThreadHandle "_thread._ThreadHandle" Other,
    Pattern "re.Pattern" Other,
    Match "re.Match" Other,
    Scanner "_sre.SRE_Scanner" Other,
    RegexTemplate "_sre.SRE_Template" Other,
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
    PythonFinalizationError: RuntimeError,
    RecursionError: RuntimeError,
    SyntaxError: Exception,
    _IncompleteInputError: SyntaxError,
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
