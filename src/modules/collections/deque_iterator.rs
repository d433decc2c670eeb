//! The iterators of a deque, in both directions.
//!
//! One that finds the length of its deque changed raises, and has come to its end.

use super::deque::Deque;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Ref, Run, Signature, Slots, Style,
    TypeSpec, Value,
};

macro_rules! deque_iterator {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $spec:ident, $new:ident, $next:ident, $make:ident, $ends_first:literal, $position:expr) => {
        $(#[$doc])*
        pub struct $name {
            deque: Ref<Deque>,
            /// How often its length had changed when the iterator was made.
            changes: u64,
            /// How many items are still to come.
            left: AtomicUsize,
        }

        references!($name { deque });

        impl Payload for $name {
            const KIND: Kind = Kind::$kind;
        }

        /// The type.
        pub const $spec: TypeSpec = TypeSpec {
            kind: Kind::$kind,
            base: Kind::Object,
            flags: ClassFlags::empty(),
            info: type_info::<$name>,
            slots: Slots {
                iter: Some(|_, iterator| Ok(iterator.clone())),
                next: Some($next),
                new: Some($new),
                ..Slots::EMPTY
            },
            methods: &[
                NativeMethod::new("__length_hint__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    Ok(thread.new_usize(iterator.left.load(Ordering::Relaxed)))
                }),
                NativeMethod::new("__reduce__", "", |thread, args| {
                    let (iterator, _) = split_self::<$name>(args);
                    let left = iterator.left.load(Ordering::Relaxed);
                    let gone = thread.new_usize(iterator.deque.len().saturating_sub(left));
                    let arguments = vec![iterator.deque.to_value(), gone];
                    Ok(reduced::class_call(thread, &iterator.to_value(), arguments))
                }),
            ],
            attributes: &[],
            doc: "",
        };

        fn $make(deque: &Object<Deque>) -> $name {
            let (changes, left) = (deque.changes(), AtomicUsize::new(deque.len()));
            $name { deque: deque.to_ref(), changes, left }
        }

        fn $next(_thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
            let iterator = own::<$name>(iterator);
            // Relaxed: threads that share an iterator may get the same item.
            let left = iterator.left.load(Ordering::Relaxed);
            // As in CPython, only one of the two still complains when it has come to its end.
            if $ends_first && left == 0 {
                return Ok(None);
            }
            if iterator.deque.changes() != iterator.changes {
                iterator.left.store(0, Ordering::Relaxed);
                return Err(Raised::runtime_error("deque mutated during iteration"));
            }
            if left == 0 {
                return Ok(None);
            }
            iterator.left.store(left - 1, Ordering::Relaxed);
            let position: fn(usize, usize) -> usize = $position;
            Ok(iterator.deque.get(position(iterator.deque.len(), left)))
        }

        fn $new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
            let (deque, gone) = arguments(thread, class, args)?;
            let iterator = $make(&deque);
            let left = deque.len().saturating_sub(gone);
            iterator.left.store(left, Ordering::Relaxed);
            Ok(instantiate(thread, class, iterator).into_value())
        }
    };
}

deque_iterator!(
    /// The iterator of a deque.
    Forward, DequeIterator, FORWARD_SPEC, new_forward, next_forward, make_forward, false, |len, left| len - left
);
deque_iterator!(
    /// The iterator of a deque from its end to its beginning.
    Backward, DequeReverseIterator, BACKWARD_SPEC, new_backward, next_backward, make_backward, true, |_, left| left - 1
);

const SIGNATURE: Signature = Signature::new("deque, index=0, /").styled(Style::Nameless);

/// Returns the deque, and how many items the iterator has left behind.
fn arguments(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<(Ref<Deque>, usize)> {
    let given = new_arguments(thread, class, &SIGNATURE, args)?;
    let Some(deque) = given[0].downcast_ref::<Deque>() else {
        let given = protocol::argument_kind(thread, &given[0]);
        let complaint = format_args!("argument 1 must be collections.deque, not {given}");
        return Err(Raised::type_error(complaint));
    };
    let gone = given.get(1).map_or(Ok(0), |gone| protocol::index_isize(thread, gone))?;
    Ok((deque.to_ref(), usize::try_from(gone).unwrap_or(0)))
}

/// Computes `iter(deque)`. Raises nothing.
pub fn forward(thread: &mut Thread, deque: &Value) -> Run<Value> {
    Ok(thread.alloc(make_forward(own(deque))).into_value())
}

/// `deque.__reversed__()`. Raises nothing.
pub fn backward(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    Ok(thread.alloc(make_backward(deque)).into_value())
}
