//! An object of the model's heap.

use super::shape::Action;

/// What a class costs: itself, its order, its bases, its namespace.
const CLASS_WEIGHT: usize = 4;
/// The slot of the references that only the hub has.
pub const HUB_SLOT: usize = 9;

#[derive(Clone, Default)]
pub struct Thing {
    pub name: usize,
    pub action: Option<Action>,
    /// The class, if it is one of the heap; `bare` says which of the driver's own it is otherwise.
    pub class: Option<usize>,
    pub bare: bool,
    pub fields: Vec<(usize, Option<usize>)>,
    pub referent: Option<usize>,
    pub dead: bool,
    pub finalized: bool,
    pub unlisted: bool,
    /// Whether the collector's list holds it.
    pub listed: bool,
    /// The attribute dict that a change of class makes: whether it is tracked, and whether it is younger than the
    /// running collection, which then does not know that it goes with its object.
    pub dict: Option<(bool, bool)>,
}

impl Thing {
    pub fn is_class(&self) -> bool {
        self.action == Some(Action::Class)
    }
    pub fn has_finalizer(&self) -> bool {
        !self.bare && !self.is_class() && !self.action.is_some_and(Action::is_weak)
    }
    pub fn edges(&self) -> impl Iterator<Item = usize> + '_ {
        self.fields.iter().filter_map(|field| field.1).chain(self.class)
    }
    /// What a dict refers to that the running collection takes for an object from outside.
    pub fn edges_from_outside(&self) -> impl Iterator<Item = usize> + '_ {
        let is_late = self.dict.is_some_and(|(_, late)| late);
        self.fields.iter().filter_map(move |field| field.1.filter(|_| is_late))
    }
    pub fn weight(&self) -> usize {
        let dict = self.dict.is_some_and(|(tracked, late)| tracked && !late);
        let is_hub = self.fields.first().is_some_and(|field| field.0 == HUB_SLOT);
        if self.is_class() { CLASS_WEIGHT } else { 1 + usize::from(dict) + usize::from(is_hub) }
    }
}
