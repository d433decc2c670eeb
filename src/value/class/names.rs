//! The names that the runtime itself looks up, interned once.

use crate::value::object::Ref;
use crate::value::payload::str::Str;

macro_rules! names {
    ($($field:ident $text:literal,)*) => {
        /// Interned names the runtime itself looks up.
        #[expect(missing_docs, reason = "each field is the name it spells")]
        pub struct Names { $(pub $field: Ref<Str>,)* }

        impl Names {
            pub(super) fn new(mut intern: impl FnMut(&str) -> Ref<Str>) -> Names {
                Names { $($field: intern($text),)* }
            }
        }
    };
}

names! {
    new "__new__", init "__init__", del "__del__", repr "__repr__", str "__str__", hash "__hash__", bool "__bool__",
    len "__len__", call "__call__", iter "__iter__", next "__next__", contains "__contains__",
    getitem "__getitem__", setitem "__setitem__", delitem "__delitem__", getattr "__getattr__",
    getattribute "__getattribute__", setattr "__setattr__", delattr "__delattr__", get "__get__", set "__set__",
    delete "__delete__", set_name "__set_name__", init_subclass "__init_subclass__", class "__class__",
    dict "__dict__", slots "__slots__", name "__name__", qualname "__qualname__", module "__module__",
    doc "__doc__", bases "__bases__", mro "__mro__", annotations "__annotations__", annotate "__annotate__",
    annotate_func "__annotate_func__", annotations_cache "__annotations_cache__", classdictcell "__classdictcell__", defaults "__defaults__",
    kwdefaults "__kwdefaults__", closure "__closure__", code "__code__", globals "__globals__", self_ "__self__",
    func "__func__", wrapped "__wrapped__", file "__file__", path "__path__", package "__package__",
    loader "__loader__", spec "__spec__", builtins "__builtins__", all "__all__", main "__main__", import "__import__",
    build_class "__build_class__", classcell "__classcell__", prepare "__prepare__", weakref "__weakref__",
    enter "__enter__", exit "__exit__", format "__format__", index "__index__", int "__int__", float "__float__",
    neg "__neg__", pos "__pos__", invert "__invert__", abs "__abs__", round "__round__", trunc "__trunc__",
    floor "__floor__", ceil "__ceil__", eq "__eq__", ne "__ne__", lt "__lt__", le "__le__", gt "__gt__", ge "__ge__",
    reversed "__reversed__", length_hint "__length_hint__", missing "__missing__", instancecheck "__instancecheck__",
    subclasscheck "__subclasscheck__", class_getitem "__class_getitem__", cause "__cause__", context "__context__",
    traceback "__traceback__", suppress_context "__suppress_context__", notes "__notes__", args "args", tp_del "__tp_del__",
    await_ "__await__", aiter "__aiter__", anext "__anext__", aenter "__aenter__", aexit "__aexit__",
    buffer "__buffer__", release_buffer "__release_buffer__",
    divmod "__divmod__", rdivmod "__rdivmod__", dir "__dir__", sizeof "__sizeof__", bytes "__bytes__", complex "__complex__",
    fspath "__fspath__", mro_entries "__mro_entries__", match_args "__match_args__", keys "keys", items "items",
    values "values", append "append", send "send", throw "throw", close "close", write "write", flush "flush",
    value "value", code_ "code", self_name "self", print "print", end "end", sep "sep", key "key", reverse "reverse",
    default "default", metaclass "metaclass", underscore "_", stdout "stdout", stderr "stderr", empty "", strict "strict",
    abc_impl "_abc_impl", abstract_methods "__abstractmethods__", is_abstract_method "__isabstractmethod__",
}
