//! A collector small enough to be right: references are counted by looking, reachability is a closure.
//!
//! It knows what the actions of `driver.mv` do to a heap (`story.rs` runs it). Objects are numbered in order of
//! birth; nothing is ever removed from the list, only marked dead.

use super::shape::Action;
use super::thing::Thing;

#[derive(Default)]
pub struct Model {
    pub things: Vec<Thing>,
    pub keep: Vec<usize>,
    pub root: Vec<usize>,
    pub held: Vec<usize>,
    pub log: Vec<String>,
    pub collecting: bool,
}

impl Model {
    fn alive(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.things.len()).filter(|&at| !self.things[at].dead)
    }

    /// What `from` and everything reached from there leads to.
    fn closure(&self, mut from: Vec<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.things.len()];
        while let Some(at) = from.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                from.extend(self.things[at].edges());
            }
        }
        reached
    }

    fn outside(&self) -> Vec<usize> {
        [&self.keep[..], &self.root, &self.held].concat()
    }

    /// One reference to a thing is gone.
    pub fn release(&mut self, at: usize) {
        let inside = self.alive().flat_map(|other| self.things[other].edges()).filter(|&to| to == at).count();
        let outside = self.outside().into_iter().filter(|&to| to == at).count();
        let thing = &self.things[at];
        if inside + outside == 0 && !thing.listed && !thing.dead && !thing.is_class() {
            self.destroy(at);
        }
    }

    pub fn let_go(&mut self, at: usize) {
        let position = self.held.iter().rposition(|&held| held == at).expect("it is held");
        self.held.remove(position);
        self.release(at);
    }

    fn destroy(&mut self, at: usize) {
        if self.things[at].has_finalizer() && !self.things[at].finalized {
            self.held.push(at);
            self.finalize(at);
            return self.let_go(at);
        }
        let called = self.kill_weakrefs(at);
        self.held.extend(&called);
        called.into_iter().for_each(|weak| self.call_back(weak));
        self.things[at].dead = true;
        let rest: Vec<usize> = self.things[at].edges().collect();
        self.held.extend(&rest);
        rest.into_iter().for_each(|to| self.let_go(to));
    }

    /// Makes the weak references to a thing dead; those with a callback, the newest first.
    fn kill_weakrefs(&mut self, at: usize) -> Vec<usize> {
        let all: Vec<usize> = self.alive().filter(|&weak| self.things[weak].referent == Some(at)).collect();
        all.iter().for_each(|&weak| self.things[weak].referent = None);
        all.into_iter().rev().filter(|&weak| self.things[weak].action != Some(Action::Weak)).collect()
    }

    fn call_back(&mut self, weak: usize) {
        self.log.push(format!("c{}", self.things[weak].name));
        if self.things[weak].action == Some(Action::CallSubclasses) {
            let listed = |&at: &usize| self.things[at].is_class() && !self.things[at].unlisted;
            let found: Vec<usize> = self.alive().filter(listed).collect();
            self.keep.extend(found);
        }
        self.let_go(weak);
    }

    /// An attribute as the script finds it: the object's own, else its class's.
    pub fn attribute(&self, at: usize, slot: usize) -> Option<usize> {
        let own =
            |at: usize| self.things[at].fields.iter().find(|field| field.0 == slot).map(|field| field.1);
        own(at).or_else(|| self.things[at].class.and_then(own)).flatten()
    }

    fn finalize(&mut self, at: usize) {
        self.things[at].finalized = true;
        self.log.push(format!("d{}", self.things[at].name));
        let target = self.attribute(at, 0).unwrap_or(at);
        let class = if self.things[target].is_class() { Some(target) } else { self.things[at].class };
        match self.things[at].action {
            Some(Action::Keep) => self.keep.push(at),
            Some(Action::KeepTarget) => self.keep.push(target),
            Some(Action::Make) => {
                self.keep.push(self.things.len());
                self.things.push(Thing { name: 99, class, ..Thing::default() });
            }
            Some(Action::ChangeClass) => {
                let tracked = self.things[at].fields.iter().any(|field| field.1.is_some());
                let dict = (tracked, self.collecting);
                let thing = &mut self.things[at];
                (thing.class, thing.dict) = (class, thing.dict.or(Some(dict)));
                // The dict gives its values up in the order in which this object got them. CPython keeps that of the
                // class here too.
                thing.fields.sort_by_key(|field| field.0);
            }
            Some(Action::Break) => {
                let fields = &mut self.things[at].fields;
                let old = fields.iter_mut().find(|field| field.0 == 0).and_then(|field| field.1.take());
                if old.is_none() && !fields.iter().any(|field| field.0 == 0) {
                    fields.push((0, None));
                }
                old.into_iter().for_each(|old| self.release(old));
            }
            Some(Action::Raise) => self.log.push("u".to_owned()),
            Some(Action::Collect) => {
                let collected = self.collect();
                self.log.push(format!("g{collected}"));
            }
            _ => {}
        }
    }

    pub fn collect(&mut self) -> usize {
        if std::mem::replace(&mut self.collecting, true) {
            return 0;
        }
        let reached = self.closure(self.outside());
        for (thing, &reached) in self.things.iter_mut().zip(&reached) {
            let has_items = thing.fields.iter().any(|field| field.1.is_some());
            thing.dict = thing.dict.map(|(tracked, _)| (tracked && (has_items || !reached), false));
        }
        let trash: Vec<usize> = self.alive().filter(|&at| !reached[at]).collect();
        let mut called = Vec::new();
        for &at in &trash {
            self.things[at].listed = true;
            self.things[at].unlisted = true;
            called.extend(self.kill_weakrefs(at).into_iter().filter(|&weak| reached[weak]));
        }
        self.held.extend(&called);
        called.into_iter().for_each(|weak| self.call_back(weak));
        for &at in &trash {
            if self.things[at].has_finalizer() && !self.things[at].finalized {
                self.finalize(at);
            }
        }
        let mut from = self.outside();
        from.extend(self.alive().filter(|&at| !self.things[at].listed));
        from.extend(trash.iter().flat_map(|&at| self.things[at].edges_from_outside()));
        let back = self.closure(from);
        let left: Vec<usize> = trash.iter().copied().filter(|&at| !back[at]).collect();
        trash.iter().for_each(|&at| self.things[at].listed = false);
        // What the finalizers let go is what dies by counting alone, in any order; classes hold themselves.
        let mut counted = left.clone();
        while let Some(position) = counted.iter().position(|&at| {
            !self.things[at].is_class()
                && !counted.iter().any(|&from| self.things[from].edges().any(|to| to == at))
        }) {
            counted.remove(position);
        }
        left.iter().for_each(|&at| self.things[at].dead = true);
        let held: Vec<usize> = left.iter().flat_map(|&at| self.things[at].edges_from_outside()).collect();
        held.into_iter().for_each(|at| self.release(at));
        self.collecting = false;
        counted.iter().map(|&at| self.things[at].weight()).sum()
    }
}
