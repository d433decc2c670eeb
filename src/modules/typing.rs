//! The `_typing` module: what `typing.py` is made of.

use super::{ModuleSpec, define};
use crate::thread::Thread;
use crate::types::class::generic;
use crate::types::typing::no_default;
use crate::value::{Dict, Kind, NativeMethod, Object, Run};

/// `_typing`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_typing",
    home: "_typing",
    doc: "Primitives and accelerators for the typing module.\n",
    types: &[],
    functions: &[NativeMethod::function("_idfunc", "x, /", |_, args| {
        let [value] = args.exactly();
        Ok(value.clone())
    })],
    fill,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let names = [
        ("ParamSpec", Kind::ParamSpec),
        ("ParamSpecArgs", Kind::ParamSpecArgs),
        ("ParamSpecKwargs", Kind::ParamSpecKwargs),
        ("TypeAliasType", Kind::TypeAliasType),
        ("TypeVar", Kind::TypeVar),
        ("TypeVarTuple", Kind::TypeVarTuple),
        ("Union", Kind::Union),
    ];
    for (name, kind) in names {
        let class = thread.known().class(kind).to_value();
        define(thread, namespace, name, class);
    }
    let generic = generic::class(thread)?.into_value();
    define(thread, namespace, "Generic", generic);
    let no_default = no_default::no_default(thread);
    define(thread, namespace, "NoDefault", no_default);
    Ok(())
}
