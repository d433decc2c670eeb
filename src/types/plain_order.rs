//! Orders that need no script code: of ints, of floats, of texts, and of tuples of those.
//!
//! A sort looks at all keys once; if they are of one simple type throughout (or tuples whose columns
//! are), comparing two of them cannot fail and cannot run anything.

use std::cmp::Ordering;

use crate::value::{Str, Tuple, Value};

/// Compares two keys that passed the look.
pub type PlainOrder = fn(&Value, &Value) -> Ordering;

/// What all keys are, or all items of one column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Int,
    Float,
    Text,
}

impl Plain {
    #[inline]
    fn of(value: &Value) -> Option<Plain> {
        if value.as_small_int().is_some() {
            return Some(Plain::Int);
        }
        if let Some(float) = value.as_small_float() {
            // A NaN is in no order with anything.
            return (!float.is_nan()).then_some(Plain::Float);
        }
        value.downcast_exact::<Str>().map(|_| Plain::Text)
    }
}

/// The plain order of the keys, if there is one.
pub fn plain_order(keys: &[Value]) -> Option<PlainOrder> {
    let first = keys.first()?;
    if let Some(tuple) = first.downcast_exact::<Tuple>() {
        let columns: Vec<Plain> = tuple.items().iter().map(Plain::of).collect::<Option<_>>()?;
        return keys.iter().all(|key| has_columns(key, &columns)).then_some(order_tuples as PlainOrder);
    }
    let plain = Plain::of(first)?;
    if !keys.iter().all(|key| Plain::of(key) == Some(plain)) {
        return None;
    }
    Some(match plain {
        Plain::Int => order_ints,
        Plain::Float => order_floats,
        Plain::Text => order_texts,
    })
}

fn has_columns(key: &Value, columns: &[Plain]) -> bool {
    key.downcast_exact::<Tuple>().is_some_and(|tuple| {
        let items = tuple.items();
        items.len() == columns.len()
            && items.iter().zip(columns).all(|(item, &column)| Plain::of(item) == Some(column))
    })
}

fn order_ints(left: &Value, right: &Value) -> Ordering {
    left.as_small_int().cmp(&right.as_small_int())
}

fn order_floats(left: &Value, right: &Value) -> Ordering {
    left.as_small_float().partial_cmp(&right.as_small_float()).unwrap_or(Ordering::Equal)
}

/// UTF-8 sorts like the code points it spells.
fn order_texts(left: &Value, right: &Value) -> Ordering {
    match (left.downcast_exact::<Str>(), right.downcast_exact::<Str>()) {
        (Some(left), Some(right)) => left.as_str().cmp(right.as_str()),
        _ => Ordering::Equal,
    }
}

fn order_tuples(left: &Value, right: &Value) -> Ordering {
    let (Some(left), Some(right)) = (left.downcast_exact::<Tuple>(), right.downcast_exact::<Tuple>()) else {
        return Ordering::Equal;
    };
    let orders = left.items().iter().zip(right.items()).map(|(left, right)| match Plain::of(left) {
        Some(Plain::Int) => order_ints(left, right),
        Some(Plain::Float) => order_floats(left, right),
        _ => order_texts(left, right),
    });
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
