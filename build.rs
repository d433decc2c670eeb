//! Generates the parser from the grammar and the table of docstrings, and chooses how words are dispatched.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::PathBuf;

/// The modules whose docstrings are kept: those that minivm has.
const DOCUMENTED: &[&str] = &[
    "_abc",
    "_codecs",
    "_weakref",
    "builtins",
    "gc",
    "itertools",
    "math",
    "posix",
    "sys",
    "time",
    "types",
    "typing",
];

/// How many types have to say the same of a special method before all others are taken to.
const COMMON: usize = 4;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=grammar");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR for build scripts"));
    lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(&out)
        .process()
        .expect("the grammar is well formed");
    std::fs::write(out.join("docstrings.rs"), docstrings()).expect("the folder for generated files is there");
    println!("cargo:rustc-check-cfg=cfg(dispatch_by_tail_calls)");
    if turns_tail_calls_into_jumps() {
        println!("cargo:rustc-cfg=dispatch_by_tail_calls");
    }
}

/// Writes two sorted tables, `DOCSTRINGS` and `COMMON`, as `text/docstrings.rs` describes them.
fn docstrings() -> String {
    let texts = xz::decode_all(rustpython_doc::BLOB).expect("the crate has packed them");
    let texts = String::from_utf8(texts).expect("docstrings are text");
    let text_of = |doc: &rustpython_doc::DocRef| &texts[doc.offset as usize..][..doc.len as usize];
    let all: BTreeMap<&str, &str> = rustpython_doc::DB
        .iter()
        .map(|(path, doc)| (*path, text_of(doc)))
        .filter(|(path, text)| {
            !text.is_empty() && DOCUMENTED.contains(&path.split('.').next().unwrap_or_default())
        })
        .collect();
    let mut uses: HashMap<(&str, &str), usize> = HashMap::new();
    for (path, text) in &all {
        if let Some(name) = special_method(path) {
            *uses.entry((name, text)).or_default() += 1;
        }
    }
    let mut common: BTreeMap<&str, &str> = BTreeMap::new();
    let mut uses: Vec<_> = uses.into_iter().filter(|&(_, count)| count >= COMMON).collect();
    uses.sort_by_key(|&((name, text), count)| (count, name, text));
    common.extend(uses.into_iter().map(|(key, _)| key));
    let own = all
        .iter()
        .filter(|(path, text)| special_method(path).and_then(|name| common.get(name)) != Some(text));
    let mut source = String::new();
    for (table, rows) in
        [("DOCSTRINGS", own.collect::<Vec<_>>()), ("COMMON", common.iter().collect::<Vec<_>>())]
    {
        writeln!(source, "static {table}: &[(&str, &str)] = &[").expect("a text takes everything");
        for (path, text) in rows {
            writeln!(source, "    ({path:?}, {text:?}),").expect("a text takes everything");
        }
        source.push_str("];\n");
    }
    source
}

/// The name of the special method that a path such as `builtins.int.__add__` names.
fn special_method(path: &str) -> Option<&str> {
    path.splitn(3, '.').nth(2).filter(|name| name.starts_with("__"))
}

/// Whether the optimiser makes a jump of every call in tail position, so that a handler can call the next one
/// without ever returning. `.ci/asm` reads the machine code of release builds to make sure. Elsewhere a loop calls
/// the handlers: slower by a half, and right whatever the optimiser does.
fn turns_tail_calls_into_jumps() -> bool {
    let is = |name: &str, values: &[&str]| std::env::var(name).is_ok_and(|value| values.contains(&&*value));
    // The assertions of debug builds leave something to do after the call.
    let asserts = std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    is("OPT_LEVEL", &["2", "3"]) && is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && !asserts
}
