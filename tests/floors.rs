//! A module uses itself and lower floors only; this reads the sources and refuses what looks up.
//!
//! It reads every path that begins with `crate::` outside comments, `use` groups included. What has to
//! go up goes through function pointers in `TypeInfo` or the hooks of the `Runtime`.

mod support;

use std::fmt::Write;
use support::{files_below, root};

/// The floors from the ground up; neighbours on a floor are blind to each other. Of floor 3, `heap`
/// stands on `object`: a page hands out the objects in its blocks. Of floor 12, `cli` starts `repl`.
const FLOORS: [&[&str]; 17] = [
    &["sync", "source"],
    &["memory"],
    &["text"],
    &["syntax", "bytecode"],
    &["compile"],
    &["object"],
    &["heap"],
    &["thread"],
    &["life"],
    &["value"],
    &["protocol"],
    &["gc", "types"],
    &["vm"],
    &["builtins", "modules"],
    &["embed"],
    &["repl"],
    &["cli"],
];

#[test]
fn nobody_looks_up() {
    let source = root().join("src");
    let mut report = String::new();
    for file in files_below(&source, "rs") {
        let path = file.strip_prefix(&source).expect("the file lies below src");
        let module =
            path.components().next().expect("the path has parts").as_os_str().to_string_lossy().into_owned();
        let module = module.trim_end_matches(".rs");
        let Some(own) = floor_of(module) else { continue };
        let text = std::fs::read_to_string(&file).expect("the source can be read");
        for (number, used) in used_modules(&text) {
            let allowed = used == module || floor_of(&used).is_some_and(|floor| floor < own);
            if floor_of(&used).is_some() && !allowed {
                writeln!(report, "src/{}:{number}: {module} uses {used}", path.display()).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "these look up or sideways:\n{report}");
}

#[test]
fn every_module_has_a_floor() {
    for entry in std::fs::read_dir(root().join("src")).expect("src can be read") {
        let path = entry.expect("the entry can be read").path();
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        let known = floor_of(&name).is_some()
            || ["lib", "main", "allocator", "allocator_system", "descriptors", "library"]
                .contains(&name.as_str());
        assert!(known, "src/{name} stands on no floor: add it to the table in tests/floors.rs");
    }
}

/// Functions have no identity in Rust: `value/class/origin.rs` says why, and what is asked instead.
#[test]
fn nobody_compares_addresses_of_functions() {
    let mut report = String::new();
    for file in files_below(&root().join("src"), "rs") {
        let text = std::fs::read_to_string(&file).expect("the source can be read");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains("fn_addr_eq") || compares_cast_functions(code) {
                writeln!(report, "{}:{}: {}", file.display(), number + 1, code.trim()).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "functions are compared by address:\n{report}");
}

/// Whether a line compares what it has made a number of, as one might do with functions in `Option`s.
fn compares_cast_functions(code: &str) -> bool {
    let maps = code.split("map(|").skip(1).any(|rest| {
        let name = first_name(rest).unwrap_or_default();
        rest.starts_with(&format!("{name}| {name} as usize)"))
    });
    (maps || code.contains("function as usize")) && (code.contains("==") || code.contains("!="))
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top-level modules that a source names, each with its line.
fn used_modules(text: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    let mut open_group = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        if open_group {
            used.extend(first_name(line).map(|name| (index + 1, name)));
            open_group = !line.contains("};");
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(group) => {
                    open_group = !group.contains('}');
                    used.extend(group_heads(group).into_iter().map(|name| (index + 1, name)));
                }
                None => used.extend(first_name(rest).map(|name| (index + 1, name))),
            }
        }
    }
    used
}

/// The first names of the members of a group that may close on the same line.
fn group_heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut heads = Vec::new();
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.extend(first_name(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn sees_functions_made_numbers() {
    assert!(compares_cast_functions("one.init.map(|init| init as usize) != other"));
    assert!(compares_cast_functions("one.function as usize == other"));
    assert!(!compares_cast_functions("counts.map(|count| count.0 as usize)"));
}

#[test]
fn reads_groups_and_paths() {
    let text = "use crate::sync::X;\n// crate::vm\nuse crate::{heap::{A, B}, life::C};\nlet x = crate::types::y();\n";
    let names: Vec<_> = used_modules(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["sync", "heap", "life", "types"]);
}
