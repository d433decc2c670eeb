//! The docstrings of built-in types, functions and modules, as programs read them in `__doc__`.
//!
//! The build script makes two sorted tables of those that CPython's own objects have (crate `rustpython-doc`):
//!
//! ```text
//! DOCSTRINGS   "builtins.int.bit_length"   what stands at one place: a module, a function, a type, a member of a type
//! COMMON       "__add__"                   what most types say of a special method; those that do have no row above
//! ```

include!(concat!(env!("OUT_DIR"), "/docstrings.rs"));

/// Returns the docstring of a module, or of a function or type with its module's name in front (`math.gcd`).
pub fn of_path(path: &str) -> Option<&'static str> {
    find(DOCSTRINGS, path)
}

/// Returns the docstring of a member of a type, given the type with its module's name in front.
pub fn of_member(class: &str, name: &str) -> Option<&'static str> {
    of_path(&[class, name].join(".")).or_else(|| find(COMMON, name))
}

fn find(table: &[(&str, &'static str)], path: &str) -> Option<&'static str> {
    table.binary_search_by_key(&path, |&(path, _)| path).ok().map(|row| table[row].1)
}

#[cfg(test)]
mod tests {
    use super::{COMMON, DOCSTRINGS, of_member, of_path};

    #[test]
    fn tables_are_sorted() {
        assert!(DOCSTRINGS.is_sorted() && COMMON.is_sorted());
    }

    #[test]
    fn special_methods_share_a_text_or_have_their_own() {
        assert_eq!(of_path("builtins.len"), Some("Return the number of items in a container."));
        assert_eq!(of_member("builtins.int", "__add__"), Some("Return self+value."));
        assert_eq!(of_member("builtins.no_such_type", "__add__"), Some("Return self+value."));
        assert!(of_member("builtins.object", "__reduce_ex__").is_some());
        assert_eq!(of_path("builtins.no_such_function"), None);
    }
}
