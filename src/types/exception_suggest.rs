//! "Did you mean": the name closest to one that was not found, by CPython's edit distance.
//!
//! Computed only when a traceback is printed. Moves cost 2, a change of case costs 1, and a suggestion
//! may cost at most a third of both lengths together.

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::{self, payload};
use crate::types::{class_attributes, instance};
use crate::value::{Class, Dict, ErrorKind, Kind, Str, Value};

/// Most names that are compared.
const MAX_CANDIDATES: usize = 750;
/// Longest name that is compared, in bytes.
const MAX_LENGTH: usize = 40;
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// The name an `AttributeError` probably meant. Names of frames are `suggest_among`'s.
pub fn suggest(thread: &mut Thread, error: &Value) -> Option<String> {
    if !exception::is_kind(thread, error, ErrorKind::AttributeError) {
        return None;
    }
    let (name, object) = (payload(error).field(0), payload(error).field(1));
    let name = name.downcast_ref::<Str>()?.as_str().to_owned();
    if object.is_none() {
        return None;
    }
    suggest_among(&name, attribute_names(thread, &object).iter().map(String::as_str))
}

/// Names beyond which none is suggested. (CPython: MAX_CANDIDATE_ITEMS)
const MOST_CANDIDATES: usize = 750;

/// What `dir(object)` would list, without running script code.
fn attribute_names(thread: &mut Thread, object: &Value) -> Vec<String> {
    let mut names: Vec<Value> = Vec::new();
    if let Some(module) = object.downcast_ref::<crate::types::module::Module>() {
        names = module.namespace.keys().unwrap_or_default();
    } else if object.kind() != Kind::Class
        && let Some(dict) = instance::dict_of(thread, object)
    {
        names = dict.keys().unwrap_or_default();
    }
    let all = match object.downcast_ref::<Class>() {
        Some(class) => class_attributes::names_into(class, &mut names),
        None => class_attributes::names_into(&protocol::class_of(thread, object), &mut names),
    };
    // A suggestion is worth neither much time nor an error.
    if all.is_err() || names.len() > MOST_CANDIDATES {
        return Vec::new();
    }
    let mut texts: Vec<String> =
        names.iter().filter_map(|name| Some(name.downcast_ref::<Str>()?.as_str().to_owned())).collect();
    texts.sort();
    texts
}

/// The names in a namespace, for `suggest_among`.
pub fn names_in(namespace: &Value) -> Vec<String> {
    let Some(dict) = namespace.downcast_ref::<Dict>().filter(|dict| dict.len() <= MOST_CANDIDATES) else {
        return Vec::new();
    };
    dict.keys()
        .unwrap_or_default()
        .iter()
        .filter_map(|name| Some(name.downcast_ref::<Str>()?.as_str().to_owned()))
        .collect()
}

/// The candidate closest to a name, if one is close enough; the first of equals.
pub fn suggest_among<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates.take(MAX_CANDIDATES) {
        if candidate == name {
            continue;
        }
        let mut limit = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((_, distance)) = best {
            limit = limit.min(distance - 1);
        }
        let Some(distance) = distance(name.as_bytes(), candidate.as_bytes(), limit) else { continue };
        if best.is_none_or(|(_, known)| distance < known) {
            best = Some((candidate, distance));
            if distance == 0 {
                break;
            }
        }
    }
    best.map(|(candidate, _)| candidate.to_owned())
}

fn substitution_cost(one: u8, other: u8) -> usize {
    match one == other {
        true => 0,
        false if one.eq_ignore_ascii_case(&other) => CASE_COST,
        false => MOVE_COST,
    }
}

/// The cost of turning one name into the other, unless it is above the limit.
fn distance(one: &[u8], other: &[u8], limit: usize) -> Option<usize> {
    let start = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    if one.is_empty() || other.is_empty() {
        return Some((one.len() + other.len()) * MOVE_COST).filter(|&cost| cost <= limit);
    }
    if one.len() > MAX_LENGTH || other.len() > MAX_LENGTH {
        return None;
    }
    let mut row: Vec<usize> = (1..=one.len()).map(|position| position * MOVE_COST).collect();
    for (position, &letter) in other.iter().enumerate() {
        let mut diagonal = position * MOVE_COST;
        let mut left = diagonal + MOVE_COST;
        for (column, &known) in one.iter().enumerate() {
            let substituted = diagonal + substitution_cost(known, letter);
            diagonal = row[column];
            left = substituted.min(left.min(diagonal) + MOVE_COST);
            row[column] = left;
        }
        if row.iter().all(|&cost| cost > limit) {
            return None;
        }
    }
    row.last().copied().filter(|&cost| cost <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_suggested_and_a_far_one_is_not() {
        let among = |name: &str| suggest_among(name, ["append", "extend", "insert", "clear"].into_iter());
        assert_eq!(among("apend").as_deref(), Some("append"));
        assert_eq!(among("Clear").as_deref(), Some("clear"));
        assert_eq!(among("frobnicate"), None);
    }
}
