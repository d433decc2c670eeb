//! Sorting keys that can be compared without script code: ints, floats, texts, and tuples of these.
//!
//! All keys are checked first. If all are of one such type (or tuples whose columns are), comparing two of them
//! cannot fail and runs no script code. What decides most comparisons is copied next to the item's number, so
//! that the sort need not follow pointers (CPython: the pre-sort check of `list.sort`).

use std::cmp::Ordering;

use crate::value::{Str, Tuple, Value};

/// The type of all keys, or of all items in one column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyType {
    Int,
    Float,
    Text,
}

impl KeyType {
    #[inline]
    fn of(value: &Value) -> Option<KeyType> {
        if value.as_small_int().is_some() {
            return Some(KeyType::Int);
        }
        if let Some(float) = value.as_small_float() {
            // A NaN is in no order with anything.
            return (!float.is_nan()).then_some(KeyType::Float);
        }
        value.downcast_exact::<Str>().map(|_| KeyType::Text)
    }
}

/// Returns the numbers of the keys in sorted order; `None` if comparing them may run script code.
pub fn sorted_order(keys: &[Value], reverse: bool) -> Option<Vec<u32>> {
    if u32::try_from(keys.len()).is_err() {
        return None;
    }
    let first = keys.first()?;
    if let Some(tuple) = first.downcast_exact::<Tuple>() {
        let columns: Vec<KeyType> = tuple.items().iter().map(KeyType::of).collect::<Option<_>>()?;
        let rows: Vec<&[Value]> = keys.iter().map(|key| row(key, &columns)).collect::<Option<_>>()?;
        return Some(sort(rows.into_iter(), reverse, |left, right| order_rows(left, right, &columns)));
    }
    let key_type = KeyType::of(first)?;
    if !keys.iter().all(|key| KeyType::of(key) == Some(key_type)) {
        return None;
    }
    Some(match key_type {
        KeyType::Int => sort(keys.iter().map(as_int), reverse, i64::cmp),
        KeyType::Float => sort(keys.iter().map(as_float), reverse, |left, right| order_floats(*left, *right)),
        KeyType::Text => sort(keys.iter().map(|key| prefixed(as_text(key))), reverse, Ord::cmp),
    })
}

/// Sorts the numbers of keys by what represents the keys. Equal keys keep their order.
fn sort<K>(keys: impl Iterator<Item = K>, reverse: bool, compare: impl Fn(&K, &K) -> Ordering) -> Vec<u32> {
    let mut numbered: Vec<(K, u32)> = keys.zip(0..).collect();
    // The opposite order and not a reversal: `reverse=True` keeps equal items in place too.
    if reverse {
        numbered.sort_by(|left, right| compare(&right.0, &left.0));
    } else {
        numbered.sort_by(|left, right| compare(&left.0, &right.0));
    }
    numbered.into_iter().map(|(_, number)| number).collect()
}

fn row<'a>(key: &'a Value, columns: &[KeyType]) -> Option<&'a [Value]> {
    let items = key.downcast_exact::<Tuple>()?.items();
    let fits = items.len() == columns.len()
        && items.iter().zip(columns).all(|(item, &column)| KeyType::of(item) == Some(column));
    fits.then_some(items)
}

fn order_rows(left: &[Value], right: &[Value], columns: &[KeyType]) -> Ordering {
    for ((left, right), column) in left.iter().zip(right).zip(columns) {
        let order = match column {
            KeyType::Int => as_int(left).cmp(&as_int(right)),
            KeyType::Float => order_floats(as_float(left), as_float(right)),
            KeyType::Text => as_text(left).cmp(as_text(right)),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn as_int(key: &Value) -> i64 {
    key.as_small_int().unwrap_or_default()
}

fn as_float(key: &Value) -> f64 {
    key.as_small_float().unwrap_or_default()
}

fn as_text(key: &Value) -> &str {
    key.downcast_exact::<Str>().map_or("", |text| text.as_str())
}

fn order_floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or(Ordering::Equal)
}

/// Returns the first eight bytes of a text as a number, and the text. UTF-8 sorts like the code points it
/// encodes.
fn prefixed(text: &str) -> (u64, &str) {
    let mut prefix = [0; 8];
    let len = text.len().min(8);
    prefix[..len].copy_from_slice(&text.as_bytes()[..len]);
    (u64::from_be_bytes(prefix), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_keep_their_order_in_both_directions() {
        let keys: Vec<Value> = [3, 1, 3, 2, 1].map(|key| Value::small_int(key).unwrap()).into();
        assert_eq!(sorted_order(&keys, false), Some(vec![1, 4, 3, 0, 2]));
        assert_eq!(sorted_order(&keys, true), Some(vec![0, 2, 3, 1, 4]));
        assert_eq!(sorted_order(&[Value::TRUE, keys[0].clone()], false), None);
    }

    #[test]
    fn prefixes_sort_like_the_texts() {
        let texts = ["", "\0", "a", "a\0", "abcdefgh", "abcdefghi", "abcdefgz", "ä", "日本"];
        assert!(texts.windows(2).all(|pair| prefixed(pair[0]) < prefixed(pair[1])));
    }
}
