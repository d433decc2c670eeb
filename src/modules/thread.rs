//! The `_thread` module: locks, and who is running.
//!
//! Programs cannot start threads, so a lock that is taken stays taken for whoever waits without a limit.

use std::time::Duration;

use super::{ModuleSpec, define};
use crate::memory;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, AtomicU64, Ordering};
use crate::thread::Thread;
use crate::types::object;
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, ErrorKind, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run,
    Signature, Slots, Tuple, TypeSpec, Value,
};

/// `_thread`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_thread",
    home: "_thread",
    doc: "",
    types: &[LOCK_SPEC, R_LOCK_SPEC, LOCAL_SPEC, HANDLE_SPEC],
    functions: &[
        NativeMethod::function("get_ident", "", |thread, _| Ok(thread.new_int(ident(thread) as i64))),
        NativeMethod::function("get_native_id", "", |thread, _| {
            // Of the first thread it is that of the process.
            Ok(thread.new_int(i64::from(rustix::process::getpid().as_raw_nonzero().get())))
        }),
        NativeMethod::function("_get_main_thread_ident", "", |thread, _| {
            Ok(thread.new_int(ident(thread) as i64))
        }),
        NativeMethod::function("_is_main_interpreter", "", |_, _| Ok(Value::TRUE)),
        NativeMethod::function("daemon_threads_allowed", "", |_, _| Ok(Value::TRUE)),
        NativeMethod::function("_count", "", |thread, _| Ok(thread.new_int(0))),
        NativeMethod::function("allocate_lock", "", |thread, _| Ok(new_lock(thread))),
        NativeMethod::function("allocate", "", |thread, _| Ok(new_lock(thread))),
        NativeMethod::function("start_new_thread", "function, args, kwargs={}, /", cannot_start),
        NativeMethod::function("start_new", "function, args, kwargs={}, /", cannot_start),
        NativeMethod::function("start_joinable_thread", "function, handle=None, daemon=True", cannot_start),
        NativeMethod::function("_make_thread_handle", "ident, /", make_handle),
        NativeMethod::function("_shutdown", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("set_name", "name", |_, _| Ok(Value::NONE)),
        NativeMethod::function("stack_size", "size=0, /", |thread, _| Ok(thread.new_int(0))),
        NativeMethod::function("interrupt_main", "signum=signal.SIGINT, /", |_, _| {
            Err(Raised::with(ErrorKind::KeyboardInterrupt, Vec::new()))
        }),
        NativeMethod::function("exit", "", exit),
        NativeMethod::function("exit_thread", "", exit),
    ],
    fill: |thread, namespace| {
        let class = thread.known().class(Kind::ThreadLock).to_value();
        define(thread, namespace, "LockType", class);
        let error = thread.known().error(ErrorKind::RuntimeError).to_value();
        define(thread, namespace, "error", error);
        let most = thread.new_float(MOST_SECONDS);
        define(thread, namespace, "TIMEOUT_MAX", most);
        Ok(())
    },
};

/// The longest time that a lock can be waited for, in seconds.
const MOST_SECONDS: f64 = 9_223_372_036.0;

/// The number of the running thread.
fn ident(thread: &Thread) -> u64 {
    u64::from(thread.id)
}

fn cannot_start(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::runtime_error("can't start new thread"))
}

fn exit(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::with(ErrorKind::SystemExit, Vec::new()))
}

/// Attributes of which each thread has its own. There is one thread, so they are ordinary ones.
pub struct ThreadLocal;

references!(ThreadLocal {});

impl Payload for ThreadLocal {
    const KIND: Kind = Kind::ThreadLocal;
}

const LOCAL_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ThreadLocal,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT).union(ClassFlags::WEAKREFABLE),
    info: type_info::<ThreadLocal>,
    slots: Slots { new: Some(new_local), ..Slots::EMPTY },
    methods: &[],
    attributes: &[NativeAttribute::new("__dict__", object::get_dict, object::set_dict)],
    doc: "Thread-local data",
};

fn new_local(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let usual = thread.known().class(Kind::ThreadLocal).slots().origins.init;
    if !args.all_values().is_empty() && class.slots().origins.init == usual {
        return Err(Raised::type_error("Initialization arguments are not supported"));
    }
    Ok(instantiate(thread, class, ThreadLocal).into_value())
}

/// What stands for a thread that can be waited for: here only for the one there is.
pub struct ThreadHandle {
    ident: AtomicU64,
    is_done: AtomicBool,
}

references!(ThreadHandle {});

impl Payload for ThreadHandle {
    const KIND: Kind = Kind::ThreadHandle;
}

const HANDLE_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ThreadHandle,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<ThreadHandle>,
    slots: Slots {
        new: Some(|thread, class, args| {
            new_arguments(thread, class, &Signature::NONE, args)?;
            let handle = ThreadHandle { ident: AtomicU64::new(0), is_done: AtomicBool::new(false) };
            Ok(instantiate(thread, class, handle).into_value())
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("is_done", "", |_, args| {
            let (handle, _) = split_self::<ThreadHandle>(args);
            Ok(Value::bool(handle.is_done.load(Ordering::Acquire)))
        }),
        NativeMethod::new("_set_done", "", |_, args| {
            let (handle, _) = split_self::<ThreadHandle>(args);
            handle.is_done.store(true, Ordering::Release);
            Ok(Value::NONE)
        }),
        NativeMethod::new("join", "timeout=None, /", |_, args| {
            let (handle, _) = split_self::<ThreadHandle>(args);
            match handle.is_done.load(Ordering::Acquire) {
                true => Ok(Value::NONE),
                false => Err(Raised::runtime_error("Cannot join current thread")),
            }
        }),
    ],
    attributes: &[NativeAttribute::read_only("ident", |thread, handle| {
        Ok(thread.new_int(own::<ThreadHandle>(handle).ident.load(Ordering::Relaxed) as i64))
    })],
    doc: "",
};

fn make_handle(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [ident] = args.exactly();
    let ident = protocol::index_isize(thread, ident)? as u64;
    let handle = ThreadHandle { ident: AtomicU64::new(ident), is_done: AtomicBool::new(false) };
    Ok(thread.alloc(handle).into_value())
}

/// A lock.
pub struct ThreadLock {
    is_taken: AtomicBool,
}

references!(ThreadLock {});

impl Payload for ThreadLock {
    const KIND: Kind = Kind::ThreadLock;
}

const LOCK_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ThreadLock,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<ThreadLock>,
    slots: Slots {
        repr: Some(|thread, lock| {
            let word = if is_taken(own(lock)) { "locked" } else { "unlocked" };
            let address = own::<ThreadLock>(lock).raw().address();
            Ok(thread
                .new_string(memory::formatted(format_args!("<{word} _thread.lock object at {address:#x}>"))?))
        }),
        new: Some(|thread, class, args| {
            new_arguments(thread, class, &Signature::NONE, args)?;
            Ok(instantiate(thread, class, ThreadLock { is_taken: AtomicBool::new(false) }).into_value())
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("acquire", "blocking=True, timeout=-1", acquire),
        NativeMethod::new("acquire_lock", "blocking=True, timeout=-1", acquire),
        NativeMethod::new("release", "", release),
        NativeMethod::new("release_lock", "", release),
        NativeMethod::new("locked", "", locked),
        NativeMethod::new("locked_lock", "", locked),
        NativeMethod::new("__enter__", "", acquire),
        NativeMethod::new("__exit__", "exc_type, exc_value, exc_tb, /", |thread, args| {
            release(thread, args).map(|_| Value::NONE)
        }),
        NativeMethod::new("_at_fork_reinit", "", |_, args| {
            let (lock, _) = split_self::<ThreadLock>(args);
            lock.is_taken.store(false, Ordering::Release);
            Ok(Value::NONE)
        }),
    ],
    attributes: &[],
    doc: "",
};

fn new_lock(thread: &Thread) -> Value {
    thread.alloc(ThreadLock { is_taken: AtomicBool::new(false) }).into_value()
}

fn is_taken(lock: &Object<ThreadLock>) -> bool {
    // Acquire: pairs with the Release in `release`.
    lock.is_taken.load(Ordering::Acquire)
}

/// How long `acquire` may wait: `None` without a limit. Raises `ValueError` for arguments that do not fit.
fn patience(thread: &mut Thread, args: Args<'_>) -> Run<Option<Duration>> {
    let [blocking, timeout] = args.options();
    let blocks = blocking.map_or(Ok(true), |blocking| protocol::is_true(thread, blocking))?;
    let seconds = timeout.map_or(Ok(-1.0), |timeout| protocol::to_float(thread, timeout))?;
    if !blocks && seconds != -1.0 {
        return Err(Raised::value_error("can't specify a timeout for a non-blocking call"));
    }
    if seconds < 0.0 && seconds != -1.0 || seconds.is_nan() {
        return Err(Raised::value_error("timeout value must be a non-negative number"));
    }
    if seconds > MOST_SECONDS {
        return Err(Raised::overflow_error("timeout value is too large"));
    }
    Ok(match (blocks, seconds < 0.0) {
        (false, _) => Some(Duration::ZERO),
        (true, true) => None,
        (true, false) => Some(Duration::from_secs_f64(seconds)),
    })
}

/// Waits until `take` succeeds; false if the time is over before. Raises `KeyboardInterrupt`.
fn wait(thread: &mut Thread, patience: Option<Duration>, mut take: impl FnMut() -> bool) -> Run<bool> {
    const STEP: Duration = Duration::from_millis(5);
    let mut left = patience;
    loop {
        if take() {
            return Ok(true);
        }
        let step = match left {
            Some(left) if left.is_zero() => return Ok(false),
            Some(left) => left.min(STEP),
            None => STEP,
        };
        thread.wait_for_time(step);
        protocol::check_interrupt(thread)?;
        left = left.map(|left| left.saturating_sub(step));
    }
}

fn acquire(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (lock, args) = split_self::<ThreadLock>(args);
    let patience = patience(thread, args)?;
    // AcqRel: pairs with the Release in `release`.
    wait(thread, patience, || !lock.is_taken.swap(true, Ordering::AcqRel)).map(Value::bool)
}

fn release(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let lock = args.get(0).expect("a method gets `self`");
    match own::<ThreadLock>(lock).is_taken.swap(false, Ordering::Release) {
        true => Ok(Value::NONE),
        false => Err(Raised::runtime_error("release unlocked lock")),
    }
}

fn locked(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (lock, _) = split_self::<ThreadLock>(args);
    Ok(Value::bool(is_taken(lock)))
}

/// A lock that its owner may take again.
pub struct ThreadRLock {
    /// The number of the thread that has it; 0 for none.
    owner: AtomicU64,
    /// How many times it was taken.
    count: AtomicU64,
}

references!(ThreadRLock {});

impl Payload for ThreadRLock {
    const KIND: Kind = Kind::ThreadRLock;
}

const R_LOCK_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ThreadRLock,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: type_info::<ThreadRLock>,
    slots: Slots {
        repr: Some(repr_again),
        new: Some(|thread, class, args| {
            new_arguments(thread, class, &Signature::NONE, args)?;
            let lock = ThreadRLock { owner: AtomicU64::new(0), count: AtomicU64::new(0) };
            Ok(instantiate(thread, class, lock).into_value())
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("acquire", "blocking=True, timeout=-1", acquire_again),
        NativeMethod::new("release", "", release_again),
        NativeMethod::new("locked", "", |_, args| {
            let (lock, _) = split_self::<ThreadRLock>(args);
            Ok(Value::bool(lock.owner.load(Ordering::Acquire) != 0))
        }),
        NativeMethod::new("__enter__", "", acquire_again),
        NativeMethod::new("__exit__", "exc_type, exc_value, exc_tb, /", |thread, args| {
            release_again(thread, args).map(|_| Value::NONE)
        }),
        NativeMethod::new("_is_owned", "", |thread, args| {
            let (lock, _) = split_self::<ThreadRLock>(args);
            Ok(Value::bool(lock.owner.load(Ordering::Acquire) == ident(thread)))
        }),
        NativeMethod::new("_recursion_count", "", |thread, args| {
            let (lock, _) = split_self::<ThreadRLock>(args);
            let is_own = lock.owner.load(Ordering::Acquire) == ident(thread);
            Ok(thread.new_int(if is_own { lock.count.load(Ordering::Relaxed) as i64 } else { 0 }))
        }),
        NativeMethod::new("_release_save", "", release_save),
        NativeMethod::new("_acquire_restore", "state, /", acquire_restore),
        NativeMethod::new("_at_fork_reinit", "", |_, args| {
            let (lock, _) = split_self::<ThreadRLock>(args);
            lock.count.store(0, Ordering::Relaxed);
            lock.owner.store(0, Ordering::Release);
            Ok(Value::NONE)
        }),
    ],
    attributes: &[],
    doc: "",
};

fn repr_again(thread: &mut Thread, value: &Value) -> Run<Value> {
    let lock = own::<ThreadRLock>(value);
    let (owner, count) = (lock.owner.load(Ordering::Acquire), lock.count.load(Ordering::Relaxed));
    let word = if owner == 0 { "unlocked" } else { "locked" };
    let (name, address) = (protocol::type_name(thread, value), lock.raw().address());
    let text = format_args!("<{word} {name} object owner={owner} count={count} at {address:#x}>");
    Ok(thread.new_string(memory::formatted(text)?))
}

/// Takes the lock, so many times at once.
fn take(
    thread: &mut Thread,
    lock: &Object<ThreadRLock>,
    patience: Option<Duration>,
    times: u64,
) -> Run<bool> {
    let me = ident(thread);
    if lock.owner.load(Ordering::Acquire) == me {
        lock.count.fetch_add(times, Ordering::Relaxed);
        return Ok(true);
    }
    let taken = wait(thread, patience, || {
        // AcqRel: pairs with the Release of whoever gives it back.
        lock.owner.compare_exchange(0, me, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    })?;
    if taken {
        lock.count.store(times, Ordering::Relaxed);
    }
    Ok(taken)
}

fn acquire_again(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (lock, args) = split_self::<ThreadRLock>(args);
    let patience = patience(thread, args)?;
    take(thread, lock, patience, 1).map(Value::bool)
}

fn release_again(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let lock = own::<ThreadRLock>(args.get(0).expect("a method gets `self`"));
    if lock.owner.load(Ordering::Acquire) != ident(thread) {
        return Err(Raised::runtime_error("cannot release un-acquired lock"));
    }
    if lock.count.fetch_sub(1, Ordering::Relaxed) == 1 {
        lock.owner.store(0, Ordering::Release);
    }
    Ok(Value::NONE)
}

fn release_save(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (lock, _) = split_self::<ThreadRLock>(args);
    let owner = lock.owner.load(Ordering::Acquire);
    if owner == 0 {
        return Err(Raised::runtime_error("cannot release un-acquired lock"));
    }
    let count = lock.count.swap(0, Ordering::Relaxed);
    lock.owner.store(0, Ordering::Release);
    let (count, owner) = (thread.new_int(count as i64), thread.new_int(owner as i64));
    Ok(thread.new_tuple(vec![count, owner]))
}

fn acquire_restore(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (lock, args) = split_self::<ThreadRLock>(args);
    let [state] = args.exactly();
    let times = match state.downcast_ref::<Tuple>().map(|state| state.items()) {
        Some([times, _owner]) => times.as_i64().and_then(|times| u64::try_from(times).ok()),
        _ => None,
    };
    let times = times.ok_or_else(|| Raised::type_error("the state of a lock is a tuple of two numbers"))?;
    take(thread, lock, None, times)?;
    Ok(Value::NONE)
}
