//! Generates the parser from the grammar and the table of docstrings, and chooses how words are dispatched.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The modules whose docstrings are kept: those that minivm has.
const DOCUMENTED: &[&str] = &[
    "_abc",
    "_codecs",
    "_collections",
    "_functools",
    "_operator",
    "_thread",
    "_sre",
    "_weakref",
    "builtins",
    "collections",
    "functools",
    "gc",
    "itertools",
    "math",
    "operator",
    "posix",
    "re",
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
    pack_library(&out).expect("the files of the library can be read, and the packed ones written");
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

/// What of the library stays out: applications and their data, other packages, and what needs a window system.
const NOT_PACKED: [&str; 6] = ["ensurepip", "idlelib", "pydoc_data", "test", "tkinter", "turtledemo"];

/// Packs the files of CPython's library: their deflated texts one after the other, and the sorted table of them that
/// `source/library.rs` describes. Copies the licence.
fn pack_library(out: &Path) -> io::Result<()> {
    let root = Path::new(rustpython_pylib::LIB_PATH);
    let mut files = Vec::new();
    find_sources(root, &mut files)?;
    files.sort();
    let mut packed = Vec::new();
    let mut table = String::from("static FILES: &[Packed] = &[\n");
    for file in files {
        let text = std::fs::read(&file)?;
        let start = packed.len();
        let mut encoder = flate2::write::DeflateEncoder::new(&mut packed, flate2::Compression::best());
        encoder.write_all(&text)?;
        encoder.finish()?;
        let name = file.strip_prefix(root).expect("it was found there").to_str().expect("names are text");
        let (end, bytes) = (packed.len(), text.len());
        writeln!(table, "    Packed {{ path: {name:?}, start: {start}, end: {end}, bytes: {bytes} }},")
            .expect("a text takes everything");
    }
    table.push_str("];\n");
    std::fs::write(out.join("library.rs"), table)?;
    std::fs::write(out.join("library.bin"), packed)?;
    std::fs::copy(root.join("PSF-LICENSE"), out.join("PSF-LICENSE")).map(drop)
}

/// Finds the source files in a folder and all below it.
fn find_sources(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !NOT_PACKED.contains(&name) {
                find_sources(&path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "py") {
            files.push(path);
        }
    }
    Ok(())
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
