//! Methods of sets for keys that need no script code (see [`FastFn`](crate::value::FastFn)).

use crate::thread::ThreadState;
use crate::value::{AnySet, Probe, Set, Value, hash_fast};

/// `set.add(key)`
pub fn set_add(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [set, key] = arguments else { return None };
    let (set, hash) = (set.downcast_ref::<Set>()?, hash_fast(thread, key)?);
    AnySet::Set(set).with(|table| {
        let mut search = table.start(hash);
        match table.resume(hash, key, &mut search) {
            Probe::Found(_) => Some(Value::NONE),
            Probe::Missing => {
                // The other half of the method finds the key there, and grows.
                table.insert_missing(&search, hash, key.clone()).ok()?;
                Some(Value::NONE)
            }
            Probe::Ask(_) => None,
        }
    })
}
