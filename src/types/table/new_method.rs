//! `list.__new__` and the like: a function in each built-in class that makes instances.

use crate::protocol::{full_class_name, type_name};
use crate::thread::Thread;
use crate::types::table::native_function;
use crate::value::{Args, Class, ClassFlags, NativeMethod, Object, Raised, Ref, Run, Value};

/// The method behind the name in every class; the class itself is the bound first argument.
static METHOD: NativeMethod = NativeMethod::function("__new__", "*args, **kwargs", call);

/// Makes the `__new__` of a class.
pub fn make(thread: &Thread, class: &Ref<Class>) -> Value {
    native_function::make_bound(thread, &METHOD, class.as_value().clone(), class.as_value().clone())
}

fn call(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let owner = arguments.get(0).and_then(Value::downcast_ref::<Class>).expect("bound to a class");
    let name = full_class_name(owner);
    let arguments = arguments.skip_first();
    let Some(first) = arguments.get(0) else {
        return Err(Raised::type_error(format_args!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = first.downcast_ref::<Class>() else {
        let given = type_name(thread, first);
        return Err(Raised::type_error(format_args!("{name}.__new__(X): X is not a type object ({given})")));
    };
    let wanted = class.name_text();
    if !class.is_subclass_of(owner) {
        return Err(Raised::type_error(format_args!(
            "{name}.__new__({wanted}): {wanted} is not a subtype of {name}"
        )));
    }
    let Some(new) = owner.slots().new else {
        return Err(Raised::type_error(format_args!("cannot create '{wanted}' instances")));
    };
    check_safe(owner, class, &name, &wanted)?;
    new(thread, class, arguments.skip_first())
}

/// Raises `TypeError` unless the payload of the class is made by the given built-in type. Otherwise
/// `object.__new__(list)` would make a list without the payload of a list.
fn check_safe(owner: &Object<Class>, class: &Object<Class>, name: &str, wanted: &str) -> Run<()> {
    let native = class.order().into_iter().find(|base| !base.flags().contains(ClassFlags::SCRIPT));
    let makes = |class: &Object<Class>| class.slots().origins.new;
    match native.as_deref() {
        Some(native) if native.kind != owner.kind || makes(native) != makes(owner) => {
            let base = native.name_text();
            Err(Raised::type_error(format_args!(
                "{name}.__new__({wanted}) is not safe, use {base}.__new__()"
            )))
        }
        _ => Ok(()),
    }
}
