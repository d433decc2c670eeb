//! `ExceptionGroup`, the one error class with two parents: a group of exceptions that is an `Exception`.

use crate::thread::Thread;
use crate::types::class_make;
use crate::value::{Args, Class, Dict, ErrorKind, Kind, Object, Ref, Run, Str, Tuple};

/// Makes the class; once for each runtime, for its built-in namespace.
pub fn make_class(thread: &mut Thread) -> Run<Ref<Class>> {
    let parents = [ErrorKind::BaseExceptionGroup, ErrorKind::Exception];
    with_parents(thread, "builtins", "ExceptionGroup", parents)
}

/// Makes an error class with two parents.
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
    class_make::make(thread, known.class(Kind::Class), &name, parents, members, Args::positional(&[]))
}
