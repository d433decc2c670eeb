//! What `driver.mv` has to print for a heap: built, dropped, collected, looked at, until nothing lives.

use super::reference::Model;
use super::shape::{Action, Heap};
use super::thing::{HUB_SLOT, Thing};

/// What the driver has to print for a heap.
pub fn expected(heap: &Heap) -> String {
    let mut model = Model::default();
    // The order in which the instances of each class got their attributes; the driver's own classes know it already.
    let mut orders = vec![Vec::new(); heap.nodes.len()];
    for (name, node) in heap.nodes.iter().enumerate() {
        let mut thing = Thing { name, action: Some(node.action), class: node.class, ..Thing::default() };
        thing.bare = node.action == Action::Nothing && node.class.is_none();
        if node.action.is_weak() {
            thing.referent = node.edges[0];
        } else {
            thing.fields = node.edges.iter().copied().enumerate().filter(|field| field.1.is_some()).collect();
            if let Some(class) = node.class {
                sort_as_class(&mut thing.fields, &mut orders[class]);
            }
        }
        model.things.push(thing);
        if node.root {
            model.root.push(name);
        }
    }
    let count = heap.nodes.len();
    if heap.hub {
        let fields = std::iter::once(count).chain(0..count).map(|to| (HUB_SLOT, Some(to))).collect();
        model.things.push(Thing { name: 99, bare: true, fields, ..Thing::default() });
    } else {
        model.held = (0..count).collect();
        (0..count).for_each(|index| model.let_go(index));
    }
    loop {
        let collected = model.collect();
        model.log.push(format!("={collected}"));
        let shown = show(&model);
        model.log.push(format!("[{shown}]"));
        if model.keep.is_empty() && model.root.is_empty() {
            // What late dicts kept for one collection.
            let collected = model.collect();
            model.log.push(format!("={collected}"));
            return model.log.join(";");
        }
        while let Some(thing) = model.keep.pop() {
            model.release(thing);
        }
        while let Some(thing) = model.root.pop() {
            model.release(thing);
        }
    }
}

/// Sorts the fields of an instance as it releases them: in the order in which the class first saw their names, since
/// instances share their layout.
fn sort_as_class(fields: &mut [(usize, Option<usize>)], order: &mut Vec<usize>) {
    for (slot, _) in fields.iter() {
        if !order.contains(slot) {
            order.push(*slot);
        }
    }
    fields.sort_by_key(|field| order.iter().position(|slot| *slot == field.0));
}

/// What the driver shows of all that `KEEP` and `ROOT` reach.
fn show(model: &Model) -> String {
    let mut stack: Vec<usize> = model.keep.iter().chain(&model.root).rev().copied().collect();
    let (mut seen, mut found) = (vec![false; model.things.len()], Vec::new());
    while let Some(at) = stack.pop() {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let thing = &model.things[at];
        if thing.action.is_some_and(Action::is_weak) {
            found.push(format!("w{}{}", thing.name, if thing.referent.is_some() { "+" } else { "" }));
            continue;
        }
        let plain = if thing.bare { "P" } else { "N" };
        found.push(match (thing.is_class(), thing.class) {
            (true, _) => format!("C{}", thing.name),
            (false, Some(class)) => format!("{}:C{}", thing.name, model.things[class].name),
            (false, None) => format!("{}:{plain}", thing.name),
        });
        stack.extend([1, 0].into_iter().filter_map(|slot| model.attribute(at, slot)).chain(thing.class));
    }
    found.join(" ")
}
