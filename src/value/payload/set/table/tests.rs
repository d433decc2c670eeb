//! The table alone, with integers as their own hashes.

use super::*;

fn int(value: i64) -> Value {
    Value::small_int(value).expect("small")
}

fn add(table: &mut SetTable, key: i64) {
    let mut search = table.start(key);
    if table.resume(key, &int(key), &mut search) == Probe::Missing {
        table.insert_missing(&search, key, int(key)).expect("there is memory");
    }
}

fn keys(table: &SetTable) -> Vec<i64> {
    table.iter().map(|(hash, _)| hash).collect()
}

/// The orders were printed by CPython 3.11.
#[test]
fn iterates_in_the_order_of_cpython() {
    let mut table = SetTable::default();
    for key in [100, 8, 16, 3, 24, 11] {
        add(&mut table, key);
    }
    assert_eq!(keys(&table), [3, 100, 8, 11, 16, 24]);
    let mut copy = SetTable::default();
    let mut duplicate = table.duplicate().expect("there is memory");
    assert_eq!(copy.take_over(&mut duplicate), Ok(true));
    assert_eq!(keys(&copy), [16, 3, 100, 8, 24, 11]);
}

#[test]
fn a_new_key_takes_the_slot_of_a_removed_one() {
    let mut table = SetTable::default();
    [0, 8, 16].into_iter().for_each(|key| add(&mut table, key));
    let Probe::Found(position) = table.find(8, &int(8)) else { panic!("8 is there") };
    table.remove_at(position);
    add(&mut table, 24);
    assert_eq!(keys(&table), [0, 24, 16]);
}

#[test]
fn removed_keys_are_gone_and_pop_takes_the_rest() {
    let mut table = SetTable::default();
    (0..1000).for_each(|key| add(&mut table, key * 8));
    for key in 0..500 {
        let Probe::Found(position) = table.find(key * 8, &int(key * 8)) else { panic!("{key} is there") };
        table.remove_at(position);
    }
    table.sweep_if_sparse().expect("there is memory");
    assert_eq!(table.len(), 500);
    assert_eq!(std::iter::from_fn(|| table.pop()).count(), 500);
    assert!(table.pop().is_none());
}
