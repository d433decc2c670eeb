//! The objects around coroutines and asynchronous generators: what their methods return.
//!
//! Each refers to a generator object (`generator.rs`) and, but for the wrappers, is awaited at most once. What resuming
//! them does is in `vm/run/async_send.rs` and `vm/generator/async_throw.rs`.

use crate::references;
use crate::sync::{AtomicU8, Ordering};
use crate::value::{Kind, Payload, Ref, Value};
use crate::vm::frame::generator::Generator;

/// How far an object has come that can be awaited once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Stage {
    /// Nobody has awaited it.
    Fresh,
    /// Somebody awaits it.
    Awaited,
    /// It has given its result.
    Closed,
}

/// The stage of an object.
pub struct StageCell(AtomicU8);

impl StageCell {
    /// The stage of a new object.
    pub const fn fresh() -> StageCell {
        StageCell(AtomicU8::new(Stage::Fresh as u8))
    }

    /// Returns the stage.
    pub fn get(&self) -> Stage {
        // Relaxed, here and below: the stage guards nothing but itself.
        match self.0.load(Ordering::Relaxed) {
            stage if stage == Stage::Fresh as u8 => Stage::Fresh,
            stage if stage == Stage::Awaited as u8 => Stage::Awaited,
            _ => Stage::Closed,
        }
    }

    /// Sets the stage.
    pub fn set(&self, stage: Stage) {
        self.0.store(stage as u8, Ordering::Relaxed);
    }
}

/// What `coroutine.__await__()` returns: an iterator that resumes the coroutine.
pub struct CoroutineWrapper {
    /// The coroutine.
    pub coroutine: Ref<Generator>,
}

references!(CoroutineWrapper { coroutine });

impl Payload for CoroutineWrapper {
    const KIND: Kind = Kind::CoroutineWrapper;
}

/// What `__anext__` and `asend` of an asynchronous generator return.
pub struct AsyncSend {
    /// The generator.
    pub generator: Ref<Generator>,
    /// What is sent into it first.
    pub value: Value,
    /// How far it has come.
    pub stage: StageCell,
}

references!(AsyncSend { generator, value });

impl Payload for AsyncSend {
    const KIND: Kind = Kind::AsyncSend;
}

/// What `athrow` and `aclose` of an asynchronous generator return.
pub struct AsyncThrow {
    /// The generator.
    pub generator: Ref<Generator>,
    /// The arguments of `athrow`, a tuple; `None` for `aclose`.
    pub given: Value,
    /// How far it has come.
    pub stage: StageCell,
}

references!(AsyncThrow { generator, given });

impl Payload for AsyncThrow {
    const KIND: Kind = Kind::AsyncThrow;
}

/// A value that an asynchronous generator has yielded, on its way through native code.
/// What it yields because it awaits something is not wrapped, so that the two can be told apart.
pub struct AsyncYielded {
    /// The value.
    pub value: Value,
}

references!(AsyncYielded { value });

impl Payload for AsyncYielded {
    const KIND: Kind = Kind::AsyncYielded;
}

/// Returns the generator or coroutine behind a delegate; gives any other delegate back as an error.
pub fn generator_behind(delegate: Value) -> Result<Ref<Generator>, Value> {
    match delegate.downcast::<CoroutineWrapper>() {
        Ok(wrapper) => Ok(wrapper.coroutine.clone()),
        Err(delegate) => delegate.downcast::<Generator>(),
    }
}
