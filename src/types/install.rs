//! Turns the tables of the built-in types into classes when a runtime starts.
//!
//! Order matters: every root shape exists before the first object is made (a class is an object too),
//! texts exist before names, and all classes before the first namespace is filled. Everything made
//! here is immortal.

use crate::object::TypeFlags;
use crate::thread::Thread;
use crate::types::SPECS;
use crate::types::exception;
use crate::types::exception::fields::Extra;
use crate::types::exception::{Exception, SPEC as BASE_EXCEPTION};
use crate::types::function::static_method::StaticMethod;
use crate::types::object::class_names::namespace;
use crate::types::object::instance::with_finalizers;
use crate::types::reduce;
use crate::types::table::native_function::{ClassMethodDescriptor, MethodDescriptor};
use crate::types::table::slot_wrapper::SlotWrapper;
use crate::types::table::special_method::SpecialMethod;
use crate::types::table::{documentation, get_set, native_function, new_method};
use crate::types::template::interpolation;
use crate::value::{
    Binding, Class, ClassFlags, Dict, ErrorKind, Kind, NativeAttribute, NativeMethod, Object, Origin, Ref,
    Shape, Slots, TypeSpec, Value, alloc,
};

/// Makes all built-in types of a runtime: those of this floor, then those of `more`, whose bases are among the
/// first.
pub fn install(thread: &mut Thread, more: &'static [TypeSpec]) {
    let specs = || SPECS.iter().chain(more);
    let payloads: Vec<Class> = specs().map(|spec| payload(thread, spec)).collect();
    let classes: Vec<Ref<Class>> = payloads.into_iter().map(|payload| enter(thread, payload)).collect();
    thread.known().make_constants(thread);
    get_set::add_field_shape(thread);
    for (spec, class) in specs().zip(&classes) {
        describe(thread, class, spec.kind.name(), Some(thread.known().class(spec.base)), spec.doc);
    }
    for (spec, class) in specs().zip(&classes) {
        fill(thread, class, &spec.slots, spec.methods, spec.attributes);
    }
    fill(thread, thread.known().class(Kind::Object), &Slots::EMPTY, reduce::METHODS, &[]);
    let names = interpolation::FIELDS.map(|name| thread.known().intern(thread, name).into_value());
    names.iter().for_each(Value::make_immortal);
    let names = thread.new_tuple(names.to_vec());
    add(thread, thread.known().class(Kind::Interpolation), "__match_args__", names);
    for name in ["_fields", "_attributes", "__match_args__"] {
        let nothing = thread.known().empty_tuple();
        add(thread, thread.known().class(Kind::SyntaxNode), name, nothing);
    }
    install_errors(thread);
}

/// Makes the types of a module, each after its base, when the module is imported; those that are there already stay.
pub fn add_types(thread: &Thread, specs: &'static [TypeSpec]) {
    for spec in specs.iter().filter(|spec| thread.known().shape_if_made(spec.kind).is_none()) {
        let class = enter(thread, payload(thread, spec));
        describe(thread, &class, spec.kind.name(), Some(thread.known().class(spec.base)), spec.doc);
        fill(thread, &class, &spec.slots, spec.methods, spec.attributes);
    }
}

/// Makes the payload of a class from its table and records its root shape; the object is made later.
fn payload(thread: &Thread, spec: &TypeSpec) -> Class {
    let mut info = (spec.info)(spec.kind.name());
    if spec.flags.contains(ClassFlags::WEAKREFABLE) {
        info.set_flags(TypeFlags::WEAKREFABLE);
    }
    if spec.flags.contains(ClassFlags::HAS_DICT) && spec.kind != Kind::Module {
        info.set_flags(TypeFlags::INLINE_SLOTS | TypeFlags::HAS_GC);
    }
    if spec.slots.finalize.is_some() {
        info = with_finalizers(info);
        info.set_flags(TypeFlags::HAS_FINALIZER);
    }
    let slots = all_slots(spec);
    let root = Shape::new(info, spec.kind, true, thread.known().fresh_shape_id());
    // `bool` is `int`'s, whose values it has.
    let own_layout = if spec.kind == Kind::Bool { ClassFlags::empty() } else { ClassFlags::OWN_LAYOUT };
    let flags = spec.flags | own_layout;
    let class = Class::new(Value::UNBOUND, Value::UNBOUND, spec.kind, flags, slots, root);
    thread.known().set_shape(spec.kind, class.root_shape());
    class
}

/// Returns the operations that a type inherits from its base, and from all above it.
fn inherited_slots(base: Kind) -> Slots {
    let Some(spec) = SPECS.iter().find(|spec| spec.kind == base) else { return Slots::EMPTY };
    all_slots(spec)
}

/// The operations of a type, its own and those it inherits.
fn all_slots(spec: &TypeSpec) -> Slots {
    let own = spec.slots.by(Origin::Type(spec.kind));
    let mut slots = own;
    if spec.kind != Kind::Object {
        SpecialMethod::inherit_all(&mut slots, &inherited_slots(spec.base));
    }
    if spec.base == Kind::Object {
        // A type that does not say how its instances are made cannot be called.
        SpecialMethod::New.copy(&mut slots, &own);
    }
    slots
}

/// Makes the class object.
fn enter(thread: &Thread, payload: Class) -> Ref<Class> {
    let class = thread.alloc(payload);
    class.as_value().make_immortal();
    class.root_shape().set_class(&class);
    class
}

/// Gives a class its name, base, order and an empty namespace.
fn describe(thread: &Thread, class: &Ref<Class>, full_name: &str, base: Option<&Object<Class>>, doc: &str) {
    let short = full_name.rsplit('.').next().unwrap_or(full_name);
    let name = thread.known().intern(thread, short).into_value();
    drop(class.with(|class| &class.names, |names| std::mem::replace(names, [name.clone(), name])));
    let base = base.filter(|base| base.raw() != class.raw());
    let bases = thread.new_tuple(base.map(Object::to_value).into_iter().collect());
    let order =
        std::iter::once(class.as_value().clone()).chain(base.into_iter().flat_map(resolution)).collect();
    let order = thread.new_tuple(order);
    let members = thread.alloc(Dict::default()).into_value();
    for value in [&bases, &order, &members] {
        value.make_immortal();
    }
    class.bases.set(bases);
    class.mro.set(order);
    if let Some(base) = base {
        class.layout.set(base.layout_class().to_value());
    }
    class.namespace.set(members);
    class.enter_into_bases();
    let doc = documentation::of_class(full_name).or(Some(doc).filter(|doc| !doc.is_empty()));
    add(thread, class, "__doc__", doc.map_or(Value::NONE, |doc| thread.new_str(doc)));
}

/// Returns the order of a base. A base that stands later in the table has only its own base yet.
fn resolution(base: &Object<Class>) -> Vec<Value> {
    base.order().into_iter().map(Value::from).collect()
}

/// Fills a namespace: wrappers of the type's own slots, then methods and attributes.
fn fill(
    thread: &Thread,
    class: &Object<Class>,
    slots: &Slots,
    methods: &'static [NativeMethod],
    attributes: &'static [NativeAttribute],
) {
    let owner = class.to_ref();
    for special in SpecialMethod::all() {
        if special.is_filled(slots) && has_wrapper(class.kind, special) {
            let wrapper = match special {
                SpecialMethod::New => new_method::make(thread, &owner),
                _ => thread.alloc(SlotWrapper { owner: owner.clone(), special }).into_value(),
            };
            add(thread, class, special.name(), wrapper);
        }
    }
    if slots.compare.is_some() && slots.hash.is_none() {
        add(thread, class, "__hash__", Value::NONE);
    }
    for method in methods {
        let owner = owner.clone();
        let value = match method.binding {
            Binding::Instance => thread.alloc(MethodDescriptor { owner, method }).into_value(),
            Binding::Class => thread.alloc(ClassMethodDescriptor { owner, method }).into_value(),
            Binding::Static => {
                let function = native_function::make(thread, method, owner.into_value());
                function.make_immortal();
                thread.alloc(StaticMethod::new(function)).into_value()
            }
        };
        add(thread, class, method.name, value);
    }
    for attribute in attributes {
        let value = get_set::make(thread, &owner, attribute);
        add(thread, class, attribute.name, value);
    }
}

/// Tells whether the filled slot of a built-in type appears as this special method.
fn has_wrapper(kind: Kind, special: SpecialMethod) -> bool {
    match special {
        // `class[key]` is an operation of classes, but no method of `type`; how they compare is `object`'s.
        SpecialMethod::GetItem | SpecialMethod::Hash | SpecialMethod::Compare(_) => kind != Kind::Class,
        _ => true,
    }
}

fn add(thread: &Thread, class: &Object<Class>, name: &str, value: Value) {
    value.make_immortal();
    let name = thread.known().intern(thread, name);
    drop(namespace(class).set_str(thread, &name, value));
}

/// Makes the error classes, each after its parent.
fn install_errors(thread: &Thread) {
    let known = thread.known();
    for &kind in ErrorKind::ALL {
        if kind == ErrorKind::BaseException {
            known.set_error(kind, known.shape(Kind::Exception));
            continue;
        }
        let parent = known.error(kind.parent());
        let Extra { slots: mut own, attributes, methods } = exception::fields::extra(kind);
        let mut slots = own.by(Origin::Error(kind));
        SpecialMethod::inherit_all(&mut slots, parent.slots());
        let info = alloc::type_info::<Exception>(kind.name());
        info.set_flags(parent.root_shape().info.flags());
        let root = Shape::new(info, Kind::Exception, true, known.fresh_shape_id());
        // Only fields take room.
        let own_layout = if attributes.is_empty() { ClassFlags::empty() } else { ClassFlags::OWN_LAYOUT };
        let flags = BASE_EXCEPTION.flags | own_layout;
        let payload = Class::new(Value::UNBOUND, Value::UNBOUND, Kind::Exception, flags, slots, root);
        let class = enter(thread, payload);
        known.set_error(kind, class.root_shape());
        describe(thread, &class, kind.name(), Some(parent), "");
        if exception::fields::has_new(kind) {
            own.new = class.slots().new;
        }
        fill(thread, &class, &own, methods, attributes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol;
    use crate::types::start::Started;
    use crate::value::Args;

    fn with_types(check: impl FnOnce(&mut Thread)) {
        check(Started::without_interpreter().thread());
    }

    fn shown(thread: &mut Thread, value: &Value) -> String {
        protocol::repr(thread, value).expect("has a repr").as_str().to_owned()
    }

    fn attribute(thread: &mut Thread, object: &Value, name: &str) -> Value {
        let name = thread.known().intern(thread, name);
        protocol::get_attr(thread, object, &name).expect("has the attribute")
    }

    #[test]
    fn every_built_in_class_knows_its_name_order_and_wrappers() {
        with_types(|thread| {
            let list = thread.known().class(Kind::List).to_value();
            assert_eq!(shown(thread, &list), "<class 'list'>");
            let order = attribute(thread, &list, "__mro__");
            assert_eq!(shown(thread, &order), "(<class 'list'>, <class 'object'>)");
            let bool = thread.known().class(Kind::Bool).to_value();
            let order = attribute(thread, &bool, "__mro__");
            assert_eq!(shown(thread, &order), "(<class 'bool'>, <class 'int'>, <class 'object'>)");
            let wrapper = attribute(thread, &list, "__len__");
            assert_eq!(shown(thread, &wrapper), "<slot wrapper '__len__' of 'list' objects>");
            let key_error = thread.known().error(ErrorKind::KeyError).to_value();
            let order = attribute(thread, &key_error, "__mro__");
            assert_eq!(protocol::len(thread, &order).expect("a tuple"), 5);
        });
    }

    #[test]
    fn a_class_of_the_script_inherits_operations_and_takes_attributes() {
        with_types(|thread| {
            let meta = thread.known().class(Kind::Class).to_value();
            let bases = thread.new_tuple(vec![thread.known().class(Kind::List).to_value()]);
            let members = thread.alloc(Dict::default()).into_value();
            let arguments = [thread.new_str("Stack"), bases, members];
            let class = protocol::call(thread, &meta, Args::positional(&arguments)).expect("a class");
            let made = protocol::call(thread, &class, Args::positional(&[])).expect("an instance");
            assert_eq!(protocol::len(thread, &made).expect("a list"), 0);
            for (index, name) in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].into_iter().enumerate() {
                let name = thread.known().intern(thread, name);
                let value = thread.new_int(index as i64);
                protocol::set_attr(thread, &made, &name, &value).expect("takes attributes");
            }
            let found = attribute(thread, &made, "j");
            assert_eq!(found.as_small_int(), Some(9));
            let dict = attribute(thread, &made, "__dict__");
            assert_eq!(protocol::len(thread, &dict).expect("a dict"), 10);
        });
    }

    #[test]
    fn starting_takes_little_time() {
        with_types(|_| {});
        let start = std::time::Instant::now();
        with_types(|_| {});
        let allowed = if cfg!(debug_assertions) { 100 } else { 2 };
        assert!(start.elapsed().as_millis() < allowed, "{:?}", start.elapsed());
    }
}
