//! The order in which a class and its bases are searched: C3, as `__mro__` shows it.

use crate::value::{Class, Object, Raised, Ref, Run};

/// Merges the orders of the bases behind the bases' own order; the class itself is not in it.
pub fn merge(bases: &[Ref<Class>]) -> Run<Vec<Ref<Class>>> {
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].iter().any(|earlier| earlier.raw() == base.raw()) {
            return Err(Raised::type_error(format!("duplicate base class {}", base.name_text())));
        }
    }
    if let [base] = bases {
        return Ok(base.resolution().map(Object::to_ref).collect());
    }
    let mut sequences: Vec<Vec<Ref<Class>>> =
        bases.iter().map(|base| base.resolution().map(Object::to_ref).collect()).collect();
    sequences.push(bases.to_vec());
    // Reversed, so that the head of each is its last and taking it is cheap.
    sequences.iter_mut().for_each(|sequence| sequence.reverse());
    let mut order = Vec::new();
    loop {
        sequences.retain(|sequence| !sequence.is_empty());
        if sequences.is_empty() {
            return Ok(order);
        }
        let candidate = sequences.iter().filter_map(|sequence| sequence.last()).find(|head| {
            let waits = |sequence: &Vec<Ref<Class>>| {
                sequence[..sequence.len() - 1].iter().any(|class| class.raw() == head.raw())
            };
            !sequences.iter().any(waits)
        });
        let Some(candidate) = candidate.cloned() else {
            return Err(inconsistent(&sequences));
        };
        for sequence in &mut sequences {
            if sequence.last().is_some_and(|head| head.raw() == candidate.raw()) {
                sequence.pop();
            }
        }
        order.push(candidate);
    }
}

fn inconsistent(sequences: &[Vec<Ref<Class>>]) -> Raised {
    let mut heads: Vec<&Ref<Class>> = Vec::new();
    for head in sequences.iter().filter_map(|sequence| sequence.last()) {
        if !heads.iter().any(|known| known.raw() == head.raw()) {
            heads.push(head);
        }
    }
    let names: Vec<String> = heads.iter().map(|class| class.name_text()).collect();
    Raised::type_error(format!(
        "Cannot create a consistent method resolution\norder (MRO) for bases {}",
        names.join(", ")
    ))
}
