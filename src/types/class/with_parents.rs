//! Error classes with two parents, which no table describes: they are made as programs make classes.

use crate::thread::Thread;
use crate::types::class;
use crate::value::{Args, Class, Dict, ErrorKind, Kind, Object, Ref, Run, Str, Tuple};

/// Makes the class `ExceptionGroup`; once for each runtime. Raises `MemoryError`.
pub fn make_class(thread: &mut Thread) -> Run<Ref<Class>> {
    let parents = [ErrorKind::BaseExceptionGroup, ErrorKind::Exception];
    let class = with_parents(thread, "builtins", "ExceptionGroup", parents)?;
    Ok(thread.known().exception_group.get_or_init(|| class).clone())
}

/// Makes an error class with two parents. Raises `MemoryError`.
pub fn with_parents(
    thread: &mut Thread,
    module: &str,
    name: &str,
    parents: [ErrorKind; 2],
) -> Run<Ref<Class>> {
    let known = thread.known();
    let parents = thread.new_tuple(parents.map(|kind| known.error(kind).to_value()).to_vec());
    let parents: &Object<Tuple> = parents.downcast_ref().expect("made above");
    let members = thread.alloc(Dict::default());
    let module = known.intern(thread, module).into_value();
    drop(members.set_str(thread, &known.names().module, module));
    let name: Ref<Str> = known.intern(thread, name);
    class::make::make(thread, known.class(Kind::Class), &name, parents, members, Args::positional(&[]))
}
