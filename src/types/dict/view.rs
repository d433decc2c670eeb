//! What the views of a dict are: objects that show a part of it.

use crate::references;
use crate::types::dict::iterators::Part;
use crate::value::{Dict, Kind, Object, Payload, Ref, Value};

macro_rules! dict_view {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name {
            /// The dict that is viewed.
            pub dict: Ref<Dict>,
        }

        references!($name { dict });

        impl Payload for $name {
            const KIND: Kind = Kind::$name;
        }
    };
}

dict_view!(
    /// The view of keys.
    DictKeys
);
dict_view!(
    /// The view of values.
    DictValues
);
dict_view!(
    /// The view of items.
    DictItems
);

/// Returns the dict behind a view and which part it shows, if `value` is a view.
pub fn view_of(value: &Value) -> Option<(&Object<Dict>, Part)> {
    match value.kind() {
        Kind::DictKeys => value.downcast_ref::<DictKeys>().map(|view| (&*view.dict, Part::Keys)),
        Kind::DictValues => value.downcast_ref::<DictValues>().map(|view| (&*view.dict, Part::Values)),
        Kind::DictItems => value.downcast_ref::<DictItems>().map(|view| (&*view.dict, Part::Items)),
        _ => None,
    }
}
