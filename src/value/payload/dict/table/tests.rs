//! The table against a simple model: order, holes, growth and versions.

use super::*;

fn int(value: i64) -> Value {
    Value::small_int(value).expect("small")
}

fn set(table: &mut DictTable, key: i64, value: i64) {
    match table.find(key, &int(key)) {
        Probe::Found(position) => drop(table.replace_value_at(position, int(value))),
        Probe::Missing => drop(table.insert_new(key, int(key), int(value))),
        Probe::Ask(_) => unreachable!("integers need no script code"),
    }
}

fn remove(table: &mut DictTable, key: i64) -> bool {
    match table.find(key, &int(key)) {
        Probe::Found(position) => {
            drop(table.remove_at(position));
            true
        }
        _ => false,
    }
}

#[test]
fn behaves_like_an_ordered_list_of_pairs() {
    let mut table = DictTable::default();
    let mut model: Vec<(i64, i64)> = Vec::new();
    let mut state: u64 = 42;
    for step in 0..if cfg!(miri) { 400 } else { 20_000 } {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        // Keys a power of two apart collide.
        let key = ((state >> 33) % 97) as i64 * 64;
        if state >> 63 == 0 {
            set(&mut table, key, step);
            match model.iter_mut().find(|pair| pair.0 == key) {
                Some(pair) => pair.1 = step,
                None => model.push((key, step)),
            }
        } else {
            assert_eq!(remove(&mut table, key), model.iter().any(|pair| pair.0 == key));
            model.retain(|pair| pair.0 != key);
        }
        assert_eq!(table.len(), model.len());
    }
    let seen =
        table.iter().map(|(_, key, value)| (key.as_small_int().unwrap(), value.as_small_int().unwrap()));
    assert_eq!(seen.collect::<Vec<_>>(), model);
    for (key, value) in model {
        let Probe::Found(position) = table.find(key, &int(key)) else { panic!("{key} is there") };
        assert_eq!(table.entry_at(position).unwrap().1.as_small_int(), Some(value));
    }
}

#[test]
fn the_version_changes_with_the_keys_and_not_with_the_values() {
    let mut table = DictTable::default();
    set(&mut table, 1, 10);
    let version = table.keys_version();
    set(&mut table, 1, 11);
    assert_eq!(table.keys_version(), version);
    set(&mut table, 2, 20);
    assert_ne!(table.keys_version(), version);
    let version = table.keys_version();
    remove(&mut table, 2);
    assert_ne!(table.keys_version(), version);
}

#[test]
fn the_last_entry_is_popped_first_and_holes_are_skipped() {
    let mut table = DictTable::default();
    for key in 0..40 {
        set(&mut table, key, key);
    }
    remove(&mut table, 39);
    let popped: Vec<i64> =
        std::iter::from_fn(|| table.remove_last()).map(|pair| pair.0.as_small_int().unwrap()).collect();
    assert_eq!(popped, (0..39).rev().collect::<Vec<_>>());
    assert!(table.is_empty());
    set(&mut table, 7, 7);
    assert_eq!(table.find(7, &int(7)), Probe::Found(0));
}
