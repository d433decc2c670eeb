//! The name closest to one that was not found, by CPython's edit distance.
//!
//! Moves cost 2, a change of case costs 1, and a suggestion may cost at most a third of both lengths together.

/// Of so many names none is suggested.
const TOO_MANY: usize = 750;
/// Longest name that is compared, in bytes.
const MAX_LENGTH: usize = 40;
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// The candidate closest to a name, if one is close enough; the first of equals.
pub fn suggest_among<'a>(name: &str, candidates: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    if candidates.len() >= TOO_MANY {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates {
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
