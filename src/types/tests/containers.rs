//! The containers in a runtime without an interpreter: operations by protocol, results as text.
//!
//! What is expected was printed by CPython 3.11.

use crate::life;
use crate::protocol;
use crate::sync::{AtomicUsize, Ordering::SeqCst};
use crate::thread::Thread;
use crate::types::set;
use crate::types::start::Started;
use crate::value::{
    AnySet, Args, BinaryOp, Comparison, ErrorKind, Kind, List, Pending, Raised, Run, Slice, Slot, Value,
};

/// Runs a test on a thread of a fresh runtime.
fn with_runtime(test: impl FnOnce(&mut Thread)) {
    test(Started::without_interpreter().thread());
}

fn int(value: i64) -> Value {
    Value::small_int(value).expect("small")
}

fn ints(thread: &Thread, values: impl IntoIterator<Item = i64>) -> Value {
    thread.alloc(List::new(values.into_iter().map(int).collect())).into_value()
}

fn make(thread: &mut Thread, kind: Kind, arguments: &[Value]) -> Value {
    let class = thread.known().class(kind).to_value();
    protocol::call(thread, &class, Args::positional(arguments)).unwrap_or_else(|raised| panic!("{raised:?}"))
}

fn set_of(thread: &mut Thread, values: impl IntoIterator<Item = i64>) -> Value {
    let items = ints(thread, values);
    make(thread, Kind::Set, &[items])
}

fn method(thread: &mut Thread, object: &Value, name: &str, arguments: &[Value]) -> Run<Value> {
    let name = thread.known().intern(thread, name);
    protocol::call_method(thread, object, &name, arguments)
}

fn show(thread: &mut Thread, value: &Value) -> String {
    protocol::repr(thread, value).expect("these have a repr").as_str().to_owned()
}

fn message(raised: Raised) -> String {
    match raised.into_pending() {
        Pending::Message(kind, text) => format!("{}: {text}", kind.name()),
        Pending::Arguments(kind, arguments) => format!("{}: {arguments:?}", kind.name()),
        other => format!("{other:?}"),
    }
}

fn slice(thread: &Thread, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Value {
    let bound = |bound: Option<i64>| bound.map_or(Value::NONE, int);
    thread.alloc(Slice { start: bound(start), stop: bound(stop), step: bound(step) }).into_value()
}

#[test]
fn lists_are_sliced_spliced_and_repeated() {
    with_runtime(|thread| {
        let list = ints(thread, 0..10);
        let every_third = slice(thread, None, None, Some(-3));
        let part = protocol::get_item(thread, &list, &every_third).unwrap();
        assert_eq!(show(thread, &part), "[9, 6, 3, 0]");
        let middle = slice(thread, Some(2), Some(8), None);
        let fresh = ints(thread, [100, 200]);
        protocol::set_item(thread, &list, &middle, &fresh).unwrap();
        assert_eq!(show(thread, &list), "[0, 1, 100, 200, 8, 9]");
        let odd = slice(thread, Some(1), None, Some(2));
        let raised = protocol::set_item(thread, &list, &odd, &fresh).unwrap_err();
        assert_eq!(
            message(raised),
            "ValueError: attempt to assign sequence of size 2 to extended slice of size 3"
        );
        protocol::del_item(thread, &list, &odd).unwrap();
        assert_eq!(show(thread, &list), "[0, 100, 8]");
        let twice = protocol::binary_op(thread, BinaryOp::Multiply, &int(2), &list).unwrap();
        assert_eq!(show(thread, &twice), "[0, 100, 8, 0, 100, 8]");
        let huge = thread.new_int(1_000_000_000_000_000);
        let raised = protocol::binary_op(thread, BinaryOp::Multiply, &list, &huge).unwrap_err();
        assert!(raised.is_kind(thread, ErrorKind::MemoryError));
        let raised = protocol::binary_op(thread, BinaryOp::Add, &list, &int(1)).unwrap_err();
        assert_eq!(message(raised), "TypeError: can only concatenate list (not \"int\") to list");
    });
}

#[test]
fn a_list_in_itself_prints_dots() {
    with_runtime(|thread| {
        let list = ints(thread, [1]);
        method(thread, &list, "append", std::slice::from_ref(&list)).unwrap();
        assert_eq!(show(thread, &list), "[1, [...]]");
        method(thread, &list, "clear", &[]).unwrap();
        assert_eq!(show(thread, &list), "[]");
    });
}

#[test]
fn tuples_and_frozensets_hash_like_cpython() {
    with_runtime(|thread| {
        let tuple = thread.new_tuple(vec![int(1), int(2), int(3)]);
        assert_eq!(protocol::hash(thread, &tuple).unwrap(), 529344067295497451);
        let nested = thread.new_tuple(vec![tuple, thread.new_float(1.5), Value::TRUE]);
        assert_eq!(protocol::hash(thread, &nested).unwrap(), -3999379927158923134);
        let items = ints(thread, [1, 2, 3, 100, -1]);
        let frozen = make(thread, Kind::FrozenSet, &[items]);
        assert_eq!(protocol::hash(thread, &frozen).unwrap(), 1003306716303396035);
        let list = ints(thread, []);
        let raised = protocol::hash(thread, &list).unwrap_err();
        assert_eq!(message(raised), "TypeError: unhashable type: 'list'");
    });
}

#[test]
fn results_of_set_algebra_come_in_the_order_of_cpython() {
    with_runtime(|thread| {
        let left = set_of(thread, (0..40).map(|n| n * 8));
        let right = set_of(thread, (0..40).map(|n| n * 12 + 1000));
        let mut orders = Vec::new();
        for op in [BinaryOp::Or, BinaryOp::And, BinaryOp::Subtract, BinaryOp::Xor] {
            let both = set_of(thread, (0..60).map(|n| n * 16));
            let one = protocol::binary_op(thread, op, &left, &right).unwrap();
            let other = protocol::binary_op(thread, op, &both, &left).unwrap();
            orders.extend([one, other]);
        }
        protocol::in_place_op(thread, BinaryOp::Subtract, &left, &orders[1]).unwrap();
        protocol::in_place_op(thread, BinaryOp::Or, &left, &right).unwrap();
        orders.push(left);
        let digest = |set: &Value| {
            let keys = AnySet::of(set).expect("a set").snapshot().expect("there is memory");
            keys.iter().fold(0i64, |digest, (hash, _)| (digest * 31 + hash) % 1_000_000_007)
        };
        assert_eq!(
            orders.iter().map(digest).collect::<Vec<_>>(),
            [246595299, 452245723, 0, 905165079, 484175393, 403570234, 134925572, 318045878, 683671666]
        );
    });
}

#[test]
fn a_dict_keeps_order_and_finds_equal_keys_of_other_types() {
    with_runtime(|thread| {
        let dict = make(thread, Kind::Dict, &[]);
        let text = thread.new_str("text");
        for (key, value) in [(int(1), 10), (text.clone(), 20), (thread.new_float(2.5), 30), (Value::TRUE, 40)]
        {
            protocol::set_item(thread, &dict, &key, &int(value)).unwrap();
        }
        assert_eq!(show(thread, &dict), "{1: 40, 'text': 20, 2.5: 30}");
        protocol::del_item(thread, &dict, &text).unwrap();
        protocol::set_item(thread, &dict, &text, &Value::NONE).unwrap();
        let items = method(thread, &dict, "items", &[]).unwrap();
        assert_eq!(show(thread, &items), "dict_items([(1, 40), (2.5, 30), ('text', None)])");
        let raised = protocol::get_item(thread, &dict, &int(7)).unwrap_err();
        assert_eq!(message(raised), "KeyError: [7]");
        let keys = method(thread, &dict, "keys", &[]).unwrap();
        let iterator = protocol::iter(thread, &dict).unwrap();
        protocol::next(thread, &iterator).unwrap();
        protocol::set_item(thread, &dict, &int(7), &Value::NONE).unwrap();
        let raised = protocol::next(thread, &iterator).unwrap_err();
        assert_eq!(message(raised), "RuntimeError: dictionary changed size during iteration");
        let others = set_of(thread, [7, 8]);
        let common = protocol::binary_op(thread, BinaryOp::And, &keys, &others).unwrap();
        assert_eq!(show(thread, &common), "{7}");
    });
}

#[test]
fn sorting_is_stable_in_both_directions() {
    with_runtime(|thread| {
        let pairs: Vec<Value> = [(2, 0), (1, 1), (2, 2), (1, 3)]
            .map(|(key, at)| thread.new_tuple(vec![int(key), int(at)]))
            .into();
        let list = thread.alloc(List::new(pairs)).into_value();
        method(thread, &list, "sort", &[]).unwrap();
        assert_eq!(show(thread, &list), "[(1, 1), (1, 3), (2, 0), (2, 2)]");
        let mixed = thread.alloc(List::new(vec![int(3), thread.new_float(0.5), Value::TRUE, int(-2)]));
        crate::types::list::sort::sort_list(thread, &mixed, None, true).unwrap();
        assert_eq!(show(thread, mixed.as_value()), "[3, True, 0.5, -2]");
        let text = thread.new_str("a");
        mixed.push(text).unwrap();
        let raised = crate::types::list::sort::sort_list(thread, &mixed, None, false).unwrap_err();
        assert_eq!(message(raised), "TypeError: '<' not supported between instances of 'str' and 'int'");
        assert_eq!(mixed.len(), 5);
    });
}

#[test]
fn sequences_compare_item_by_item() {
    with_runtime(|thread| {
        let (short, long) = (ints(thread, [1, 2]), ints(thread, [1, 2, 0]));
        for (comparison, expected) in Comparison::ALL.into_iter().zip([true, true, false, true, false, false])
        {
            let answer = protocol::compare(thread, &short, &long, comparison).unwrap();
            assert_eq!(answer.as_bool(), Some(expected), "{comparison:?}");
        }
        let zipped = make(thread, Kind::Zip, &[short, long.clone()]);
        let pairs = make(thread, Kind::List, &[zipped]);
        assert_eq!(show(thread, &pairs), "[(1, 1), (2, 2)]");
        let numbered = make(thread, Kind::Enumerate, &[long]);
        let pairs = make(thread, Kind::Tuple, &[numbered]);
        assert_eq!(show(thread, &pairs), "((0, 1), (1, 2), (2, 0))");
        assert!(set::ops::scratch(thread).with(|set| &set.table, |table| table.is_empty()));
    });
}

/// B-9: readers of a slot that another thread keeps changing get what was in it at some time, whole.
#[test]
fn slots_are_read_while_they_change() {
    let turns = if cfg!(miri) { 50 } else { 20_000 };
    let mut started = Started::without_interpreter();
    let invitation = started.invitation();
    let thread = started.thread();
    let slot = Slot::new(ints(thread, [0, 0]));
    let (ready, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut there = invitation.clone().join();
                ready.fetch_add(1, SeqCst);
                for _ in 0..turns {
                    let seen = slot.get();
                    let list = seen.downcast_ref::<List>().expect("only lists are stored");
                    let items = list.with(|list| &list.items, |items| items.clone());
                    assert!(items.len() == 2 && items[0].is(&items[1]));
                    drop(seen);
                    life::poll(there.thread());
                }
                ended.fetch_add(1, SeqCst);
            });
        }
        thread.detached(|| {
            while ready.load(SeqCst) < 2 {
                std::thread::yield_now();
            }
        });
        let mut turn = 0;
        while ended.load(SeqCst) < 2 {
            turn += 1;
            drop(slot.set(ints(thread, [turn, turn])));
            life::poll(thread);
        }
        thread.detached(|| ());
    });
    drop(slot);
}

/// D-47: the marker of an empty slot is no key, whatever handed it out.
#[test]
fn no_table_takes_the_marker_of_an_empty_slot() {
    with_runtime(|thread| {
        let set = set_of(thread, [1]);
        let refused = method(thread, &set, "add", &[Value::UNBOUND]).expect_err("it is refused");
        assert_eq!(message(refused), "TypeError: unhashable: the object that held it was cleared");
        assert_eq!(show(thread, &set), "{1}");
        let dict = make(thread, Kind::Dict, &[]);
        let refused = method(thread, &dict, "setdefault", &[Value::UNBOUND, Value::NONE]);
        refused.expect_err("it is refused");
        assert_eq!(show(thread, &dict), "{}");
    });
}
