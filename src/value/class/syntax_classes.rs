//! The classes of the nodes of syntax trees, which the runtime has to find fast once they are made.
//!
//! They are made of the table of nodes (`types/ast/table.rs`), and stand in its order.

use crate::value::class::Class;
use crate::value::object::Ref;
use crate::value::payload::str::Str;
use crate::value::value::Value;

/// The classes of nodes.
pub struct SyntaxClasses {
    /// Those of the groups.
    pub groups: Vec<Ref<Class>>,
    /// Those of the kinds.
    pub kinds: Vec<Ref<Class>>,
    /// The only node of each kind that says nothing but its kind.
    pub singletons: Vec<Option<Value>>,
    /// The names of the fields of each kind.
    pub fields: Vec<Vec<Ref<Str>>>,
    /// The names of the attributes that are a place.
    pub place: [Ref<Str>; 4],
}
