//! The floors of the crate, and the rooms within the largest: who may use whom, read from the sources.
//!
//! This is the only table of them. The crate documentation and the README show it, and are held to it here. Every path
//! that begins with `crate::` outside comments counts, groups of `use` included. What has to go up goes through
//! function pointers in `TypeInfo`, the hooks of the `Runtime` and what is handed in at the start.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use support::{files_below, root};

/// The floors from the ground up. A module uses itself and lower floors; neighbours on a floor are blind to each other.
const FLOORS: [&[&str]; 17] = [
    &["source", "sync"],
    &["memory"],
    &["text"],
    &["bytecode", "syntax"],
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

/// The rooms of a module from the ground up, by the same rule; names with `+` between them may use each other.
const ROOMS: [(&str, &[&[&str]]); 3] = [
    ("compile", &[&["fold", "lower", "scope"], &["assembler"], &["flow"], &["emit"]]),
    (
        "types",
        &[
            &["object", "quitter", "sequence", "site_objects", "traceback"],
            &["float", "module", "singletons", "slice", "typing", "weak"],
            &["context", "function", "template"],
            &["complex", "exception", "int", "iterator", "set"],
            &["bool", "format_value", "range", "table", "tuple"],
            &["reduce"],
            &["class", "install", "str"],
            &["bytes", "dict", "file"],
            &["ast", "bytearray", "list", "memoryview", "start"],
        ],
    ),
    (
        "vm",
        &[
            &["code_encode", "marks", "monitors"],
            &["code", "machine"],
            &["audit", "function"],
            &["frame"],
            &["trace"],
            // A call enters a frame, and native code that was called enters the loop.
            &["call+run"],
            &["generator"],
            &["types"],
            &["report"],
            &["start"],
        ],
    ),
];

/// Pairs of files in one folder that use each other, and why; everything else in a folder has an order. The file of the
/// folder itself (`mod.rs`) does not count: it shows what lies in its folder, and has what that stands on.
const CIRCLES: [(&str, &str, &str); 18] = [
    ("life/count.rs", "life/destroy.rs", "the last release destroys, and destruction releases"),
    (
        "life/count.rs",
        "life/merge.rs",
        "a release may queue the object for its owner, who merges it and releases",
    ),
    (
        "life/destroy.rs",
        "life/nesting.rs",
        "a destruction that is nested too deep is put off, and made up for later",
    ),
    (
        "modules/collections/deque.rs",
        "modules/collections/deque_iterator.rs",
        "a deque makes its iterators, and these read it",
    ),
    (
        "syntax/number.rs",
        "syntax/token.rs",
        "the lexer reads on inside a number, and knows then which token it is",
    ),
    ("syntax/scan.rs", "syntax/token.rs", "likewise inside a string"),
    ("syntax/tree.rs", "syntax/tree_parts.rs", "nodes have parts, and parts have nodes"),
    (
        "types/table/invoke.rs",
        "types/table/native_function.rs",
        "an error about arguments names the function",
    ),
    ("value/class/interned.rs", "value/class/known.rs", "the interned texts are one part of the table"),
    ("vm/frame/aside.rs", "vm/frame/late.rs", "late writes lie among the rare fields, and are found there"),
    (
        "vm/frame/generator.rs",
        "vm/frame/object.rs",
        "a generator may have a frame object, which shows its window",
    ),
    (
        "vm/generator/close.rs",
        "vm/generator/throw.rs",
        "closing raises an error, and raising `GeneratorExit` closes",
    ),
    (
        "vm/run/dispatch.rs",
        "vm/run/table.rs",
        "the table has the handlers, and each goes on with the next in it",
    ),
    (
        "vm/run/ops/call.rs",
        "vm/run/ops/instantiate.rs",
        "handlers of calls go on with that of another callable",
    ),
    ("vm/run/ops/call.rs", "vm/run/ops/native_call.rs", "likewise"),
    (
        "vm/run/ops/generate.rs",
        "vm/run/ops/iterate.rs",
        "a loop over a generator, and its end, go on with each other",
    ),
    (
        "vm/run/ops/generate.rs",
        "vm/run/ops/native_call.rs",
        "`next` and `send` are native calls that enter a generator",
    ),
    (
        "vm/run/ops/iterate.rs",
        "vm/run/ops/iterate_pair.rs",
        "a loop over pairs goes on with that over anything",
    ),
];

/// What lies in `src` beside the modules of the crate.
const NO_FLOOR: [&str; 6] = ["lib", "main", "allocator", "allocator_system", "descriptors", "library"];

#[test]
fn nobody_looks_up() {
    let mut report = String::new();
    for (path, text) in sources() {
        let module = part(&path, 0);
        let Some(own) = place_of(&FLOORS, &module) else { continue };
        for (line, used) in used_paths(&text) {
            let Some(floor) = place_of(&FLOORS, &used[0]) else { continue };
            if used[0] != module && floor >= own {
                writeln!(report, "src/{path}:{line}: {module} uses {}", used[0]).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "these look up or sideways:\n{report}");
}

#[test]
fn rooms_have_an_order() {
    let mut report = String::new();
    for (module, rooms) in ROOMS {
        for (path, text) in sources() {
            let room = part(&path, 1);
            // A module's own file names all its rooms, and tests use any of them.
            if part(&path, 0) != module || room == "mod" || is_test(&path) {
                continue;
            }
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for (line, used) in used_paths(code) {
                if used[0] == module
                    && let Some(other) = used.get(1)
                    && looks_up(rooms, &room, other)
                {
                    writeln!(report, "src/{path}:{line}: {module}::{room} uses {other}").unwrap();
                }
            }
        }
    }
    assert!(report.is_empty(), "these look up or sideways:\n{report}");
}

#[test]
fn files_of_a_folder_have_an_order() {
    let files: Vec<_> = sources().filter(|(path, _)| !is_test(path)).collect();
    let modules: Modules = files.iter().map(|(path, _)| (module_of(path), path.as_str())).collect();
    let used: BTreeMap<_, _> =
        files.iter().map(|(path, text)| (path.as_str(), used_files(path, text, &modules))).collect();
    let mut circles = Vec::new();
    for (&path, others) in &used {
        for &other in others {
            let is_between_files = !path.ends_with("mod.rs") && !other.ends_with("mod.rs");
            if path < other && is_between_files && folder(path) == folder(other) && used[other].contains(path)
            {
                circles.push((path, other));
            }
        }
    }
    let expected: Vec<_> = CIRCLES.iter().map(|&(one, other, _)| (one, other)).collect();
    assert_eq!(circles, expected, "the files that use each other, and those in tests/floors.rs");
}

/// The files of the crate by the names of their modules.
type Modules<'a> = BTreeMap<Vec<String>, &'a str>;

/// The files that a source uses, by what it names from the crate or from a folder above.
fn used_files<'a>(path: &str, text: &str, modules: &Modules<'a>) -> BTreeSet<&'a str> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let paths = used_paths(&with_ways_up(code, &module_of(path)));
    // Most of a path may name what lies in the file.
    let file_of = |(_, name): (usize, Vec<String>)| {
        (1..=name.len()).rev().find_map(|length| modules.get(&name[..length]).copied())
    };
    paths.into_iter().filter_map(file_of).collect()
}

/// The names of a module, from the crate on.
fn module_of(path: &str) -> Vec<String> {
    let names = path.trim_end_matches(".rs").split('/').map(str::to_owned);
    names.filter(|name| name != "mod").collect()
}

/// A text with the paths that begin with `super::` written as from the crate.
fn with_ways_up(text: &str, own: &[String]) -> String {
    // The longest way up first, so that none is taken for the end of another.
    (1..=own.len()).rev().fold(text.to_owned(), |text, up| {
        let above: String = own[..own.len() - up].iter().map(|name| format!("{name}::")).collect();
        text.replace(&"super::".repeat(up), &format!("crate::{above}"))
    })
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a source is a test as a whole.
fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part.trim_end_matches(".rs") == "tests")
}

/// Whether `other` is a room that does not lie below `room`, nor may be used by it all the same.
fn looks_up(rooms: &[&[&str]], room: &str, other: &str) -> bool {
    let (Some(own), Some(place)) = (place_of(rooms, room), place_of(rooms, other)) else { return false };
    let is_shared = rooms[own].iter().any(|names| {
        let names: Vec<_> = names.split('+').collect();
        names.contains(&room) && names.contains(&other)
    });
    !is_shared && place >= own
}

#[test]
fn every_module_has_a_floor() {
    let mut there = names_in("src");
    there.retain(|name| !NO_FLOOR.contains(&&**name));
    assert_eq!(there, names_of(&FLOORS), "what is in src, and the floors in tests/floors.rs");
    for (module, rooms) in ROOMS {
        let mut there = names_in(&format!("src/{module}"));
        there.retain(|name| !["mod", "tests"].contains(&&**name));
        assert_eq!(there, names_of(rooms), "what is in src/{module}, and its rooms in tests/floors.rs");
    }
}

/// Rows of the tables of floors begin with their number and name their modules; the highest comes first.
#[test]
fn the_documents_show_the_floors() {
    let floors = FLOORS.iter().enumerate().rev();
    let expected: Vec<_> = floors.map(|(floor, modules)| (floor, names_of(&[modules]))).collect();
    for file in ["README.md", "src/lib.rs"] {
        let text = std::fs::read_to_string(root().join(file)).expect("it can be read");
        let rows: Vec<_> =
            text.lines().filter_map(|line| floor_row(line.trim_start_matches("//! "))).collect();
        assert_eq!(rows, expected, "the table of {file}, and the one in tests/floors.rs");
    }
}

/// The number and the modules of a row such as "| 3 | `a`, `b` | what they know |".
fn floor_row(line: &str) -> Option<(usize, BTreeSet<String>)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let floor = cells.next()?.parse().ok()?;
    let modules = cells.next()?.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((floor, modules))
}

/// Comments name files as from their own folder or one above it, or as from `src`.
#[test]
fn comments_name_files_that_are_there() {
    let mut report = String::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let Some((_, comment)) = line.split_once("//") else { continue };
            for name in comment.split(|c: char| !c.is_alphanumeric() && !"_/.*".contains(c)) {
                let name = name.trim_end_matches('.');
                let is_there = |folder: &std::path::Path| folder.join(name).is_file();
                let file = root().join("src").join(&path);
                if name.len() > 3
                    && name.ends_with(".rs")
                    && name != "mod.rs"
                    && !file.ancestors().any(is_there)
                {
                    writeln!(report, "src/{path}:{}: {name}", number + 1).unwrap();
                }
            }
        }
    }
    assert!(report.is_empty(), "these files are not there:\n{report}");
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

/// The sources, each with its path below `src`.
fn sources() -> impl Iterator<Item = (String, String)> {
    let source = root().join("src");
    files_below(&source, "rs").into_iter().map(move |file| {
        let text = std::fs::read_to_string(&file).expect("the source can be read");
        let path = file.strip_prefix(&source).expect("the file lies below src");
        (path.display().to_string(), text)
    })
}

/// The modules of a folder: the first names of what lies in it, at any depth.
fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = root().join(folder);
    let name = |file: std::path::PathBuf| part(&file.strip_prefix(&folder).unwrap().display().to_string(), 0);
    files_below(&folder, "rs").into_iter().map(name).collect()
}

/// The names on some floors.
fn names_of(floors: &[&[&str]]) -> BTreeSet<String> {
    floors.concat().iter().flat_map(|names| names.split('+')).map(str::to_owned).collect()
}

/// A part of a path, without the ending of a file.
fn part(path: &str, index: usize) -> String {
    path.split('/').nth(index).unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// Where a name stands, counted from the ground.
fn place_of(floors: &[&[&str]], name: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.iter().any(|names| names.split('+').any(|one| one == name)))
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The paths below the crate that a source names, each with its line.
fn used_paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut used = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let mut paths = Vec::new();
        read_path(&code[at + found.len()..], &[], &mut paths);
        used.extend(paths.into_iter().filter(|path| !path.is_empty()).map(|path| (line, path)));
    }
    used
}

/// Reads a path or a group of paths below `prefix`; answers what follows.
fn read_path<'a>(text: &'a str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        return read_group(group, prefix, paths);
    }
    let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(length);
    let mut path = prefix.to_vec();
    if !name.is_empty() && name != "self" {
        path.push(name.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(rest) if !name.is_empty() => read_path(rest, &path, paths),
        _ => {
            paths.push(path);
            rest
        }
    }
}

/// Reads the members of a group up to its end; answers what follows.
fn read_group<'a>(mut text: &'a str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix('}') {
            return rest;
        }
        text = read_path(text, prefix, paths);
        // A member may get another name.
        let end = text.find([',', '}']).unwrap_or(text.len());
        text = text[end..].strip_prefix(',').unwrap_or(&text[end..]);
        if text.is_empty() {
            return text;
        }
    }
}

#[test]
fn sees_functions_made_numbers() {
    assert!(compares_cast_functions("one.init.map(|init| init as usize) != other"));
    assert!(compares_cast_functions("one.function as usize == other"));
    assert!(!compares_cast_functions("counts.map(|count| count.0 as usize)"));
}

#[test]
fn reads_groups_and_paths() {
    let text = "use crate::sync::X;\n// crate::vm\nuse crate::{heap::{A, b::B as C,},\n life::C};\nlet x = crate::types::y();\n";
    let paths: Vec<_> =
        used_paths(text).into_iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(paths, ["1 sync::X", "3 heap::A", "3 heap::b::B", "3 life::C", "5 types::y"]);
    assert_eq!(floor_row("| 3 | [`a`], `b` | `c` |"), Some((3, names_of(&[&["a", "b"]]))));
    assert_eq!(floor_row("| floor | modules |"), None);
}

#[test]
fn sees_ways_up() {
    let own: Vec<_> = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(
        with_ways_up("use super::x::Y; super::super::z()", &own),
        "use crate::a::b::x::Y; crate::a::z()"
    );
    let modules = Modules::from([(vec!["a".to_owned()], "a/mod.rs"), (own.clone(), "a/b/c.rs")]);
    let text = "use super::c::X;\nuse crate::a::y;\n#[cfg(test)]\nmod tests { use crate::d::Z; }";
    assert_eq!(used_files("a/b/e.rs", text, &modules), BTreeSet::from(["a/b/c.rs", "a/mod.rs"]));
}

#[test]
fn sees_who_looks_up() {
    let rooms: &[&[&str]] = &[&["a", "b+c"], &["d"]];
    let up: Vec<_> = ["ab", "ad", "bc", "cb", "da", "dd"]
        .into_iter()
        .filter(|pair| looks_up(rooms, &pair[..1], &pair[1..]))
        .collect();
    assert_eq!(up, ["ab", "ad"]);
}
