//! `product`, `permutations`, `combinations` and `combinations_with_replacement`: the ways to choose items.
//!
//! The items are collected when the iterator is made; after that no script code runs. The places of the chosen items
//! count on like the digits of a number.

use super::{iterator, number_of, short_name};
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, own};
use crate::types::object::size::size_of_object;
use crate::value::alloc::type_info;
use crate::value::word::Word;
use crate::value::{
    Args, Class, Guarded, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Style, Trace,
    TypeSpec, Value,
};

/// Where an iterator stands: nothing in it refers to objects.
#[derive(Default)]
struct Places {
    /// The index of each chosen item.
    indices: Vec<usize>,
    /// How many steps each place still has before it starts anew (`permutations`).
    cycles: Vec<usize>,
    /// Whether the first choice has been yielded.
    has_begun: bool,
    has_ended: bool,
}

impl Trace for Places {
    fn show<const ALL: bool>(&self, _visit: &mut dyn FnMut(Word)) {}

    fn take(&mut self, _taken: &mut Vec<Word>) {}
}

/// Makes a vector of so many numbers.
fn numbers(count: usize, number: impl FnMut(usize) -> usize) -> Run<Vec<usize>> {
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(count)?;
    numbers.extend((0..count).map(number));
    Ok(numbers)
}

/// `product(*iterables, repeat=1)`.
pub struct Product {
    pools: Box<[Box<[Value]>]>,
    /// How many times the pools are gone through.
    repeat: usize,
    places: Guarded<Places>,
}

references!(Product { pools });

impl Payload for Product {
    const KIND: Kind = Kind::Product;
}

/// The type `product`.
pub const PRODUCT_SPEC: TypeSpec = TypeSpec {
    methods: &[NativeMethod::new("__sizeof__", "", |thread, args| {
        sizeof::<Product>(thread, args, |product| &product.places)
    })],
    ..iterator(Kind::Product, type_info::<Product>, new_product, next_product)
};

const PRODUCT_SIGNATURE: Signature = Signature::new("*iterables, repeat=1").styled(Style::Parsed);

fn new_product(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    PRODUCT_SIGNATURE.check(short_name(class), args)?;
    let repeat = args.keyword("repeat").map_or(Ok(1), |repeat| number_of(thread, repeat))?;
    let Ok(repeat) = usize::try_from(repeat) else {
        return Err(Raised::value_error("repeat argument cannot be negative"));
    };
    let iterables = args.positionals();
    let repeat = if iterables.is_empty() { 0 } else { repeat };
    let too_large = || Raised::overflow_error("repeat argument too large");
    let count = iterables.len().checked_mul(repeat).filter(|&count| count <= i64::MAX as usize / 8);
    let count = count.ok_or_else(too_large)?;
    let mut pools = Vec::new();
    if repeat > 0 {
        for iterable in iterables {
            pools.push(protocol::collect_list(thread, iterable)?.into_boxed_slice());
        }
    }
    let indices = numbers(count, |_| 0)?;
    let has_ended = pools.iter().any(|pool| pool.is_empty());
    let places = Guarded::new(Places { indices, has_ended, ..Places::default() });
    Ok(instantiate(thread, class, Product { pools: pools.into(), repeat, places }).into_value())
}

fn next_product(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let product = own::<Product>(iterator);
    let pools = &product.pools;
    debug_assert!(product.repeat > 0 || pools.is_empty());
    product.with(
        |product| &product.places,
        |places| {
            if !places.has_ended && places.has_begun {
                // The last place goes on, and carries to the one before it.
                let mut place = places.indices.len();
                loop {
                    let Some(before) = place.checked_sub(1) else {
                        places.has_ended = true;
                        break;
                    };
                    place = before;
                    places.indices[place] += 1;
                    if places.indices[place] < pools[place % pools.len()].len() {
                        break;
                    }
                    places.indices[place] = 0;
                }
            }
            places.has_begun = true;
            if places.has_ended {
                return Ok(None);
            }
            let chosen = places.indices.iter().enumerate();
            let chosen = chosen.map(|(place, &index)| pools[place % pools.len()][index].clone());
            thread.try_tuple_of(chosen, places.indices.len()).map(Some)
        },
    )
}

/// An iterator that chooses from one pool.
macro_rules! chooser {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $spec:ident, $new:ident, $next:ident, $advance:ident) => {
        $(#[$doc])*
        pub struct $name {
            pool: Box<[Value]>,
            places: Guarded<Places>,
        }

        references!($name { pool });

        impl Payload for $name {
            const KIND: Kind = Kind::$kind;
        }

        /// The type.
        pub const $spec: TypeSpec = TypeSpec {
            methods: &[NativeMethod::new("__sizeof__", "", |thread, args| {
                sizeof::<$name>(thread, args, |chooser| &chooser.places)
            })],
            ..iterator(Kind::$kind, type_info::<$name>, $new, $next)
        };

        fn $next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
            let chooser = own::<$name>(iterator);
            let pool = &chooser.pool;
            chooser.with(
                |chooser| &chooser.places,
                |places| {
                    if !places.has_ended && places.has_begun {
                        places.has_ended = !$advance(places, pool.len());
                    }
                    places.has_begun = true;
                    if places.has_ended {
                        return Ok(None);
                    }
                    let chosen = places.indices.iter().take(places.chosen()).map(|&index| pool[index].clone());
                    thread.try_tuple_of(chosen, places.chosen()).map(Some)
                },
            )
        }
    };
}

impl Places {
    /// How many items are chosen: all places have one, but of a permutation only those with a cycle.
    fn chosen(&self) -> usize {
        if self.cycles.is_empty() { self.indices.len() } else { self.cycles.len() }
    }
}

chooser!(
    /// `combinations(iterable, r)`.
    Combinations, Combinations, COMBINATIONS_SPEC, new_combinations, next_combination, advance_combination
);
chooser!(
    /// `combinations_with_replacement(iterable, r)`.
    Replaced, CombinationsWithReplacement, REPLACED_SPEC, new_replaced, next_replaced, advance_replaced
);
chooser!(
    /// `permutations(iterable, r)`.
    Permutations, Permutations, PERMUTATIONS_SPEC, new_permutations, next_permutation, advance_permutation
);

const COMBINATIONS_SIGNATURE: Signature = Signature::new("iterable, r");

/// Returns the items, and how many of them are to be chosen. Raises `ValueError` for a negative number.
fn choice(thread: &mut Thread, name: &str, args: Args<'_>) -> Run<(Box<[Value]>, usize)> {
    let [iterable, count] = COMBINATIONS_SIGNATURE.bind(name, args)?;
    let required = "both parameters are required";
    let count = number_of(thread, count.expect(required))?;
    let pool = protocol::collect_list(thread, iterable.expect(required))?;
    let count = usize::try_from(count).map_err(|_| Raised::value_error("r must be non-negative"))?;
    Ok((pool.into_boxed_slice(), count))
}

fn new_combinations(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let (pool, count) = choice(thread, "combinations", args)?;
    let has_ended = count > pool.len();
    let indices = if has_ended { Vec::new() } else { numbers(count, |place| place)? };
    let places = Guarded::new(Places { indices, has_ended, ..Places::default() });
    Ok(instantiate(thread, class, Combinations { pool, places }).into_value())
}

/// Goes on to the next combination; false after the last.
fn advance_combination(places: &mut Places, items: usize) -> bool {
    let indices = &mut places.indices;
    let count = indices.len();
    // The last place that has not reached the end of its items; those behind it follow closely.
    let Some(place) = (0..count).rev().find(|&place| indices[place] != place + items - count) else {
        return false;
    };
    indices[place] += 1;
    for behind in place + 1..count {
        indices[behind] = indices[behind - 1] + 1;
    }
    true
}

fn new_replaced(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let (pool, count) = choice(thread, "combinations_with_replacement", args)?;
    let has_ended = pool.is_empty() && count > 0;
    let indices = if has_ended { Vec::new() } else { numbers(count, |_| 0)? };
    let places = Guarded::new(Places { indices, has_ended, ..Places::default() });
    Ok(instantiate(thread, class, Replaced { pool, places }).into_value())
}

/// Goes on to the next combination; false after the last.
fn advance_replaced(places: &mut Places, items: usize) -> bool {
    let indices = &mut places.indices;
    let Some(place) = indices.iter().rposition(|&index| index + 1 != items) else { return false };
    let index = indices[place] + 1;
    indices[place..].fill(index);
    true
}

const PERMUTATIONS_SIGNATURE: Signature = Signature::new("iterable, r=None");

fn new_permutations(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable, count] = PERMUTATIONS_SIGNATURE.bind("permutations", args)?;
    let pool = protocol::collect_list(thread, iterable.expect("the first parameter is required"))?;
    let count = match count.filter(|count| !count.is_none()) {
        None => pool.len(),
        Some(count) => {
            if count.as_integer().is_none() {
                return Err(Raised::type_error("Expected int as r"));
            }
            let count = number_of(thread, count)?;
            usize::try_from(count).map_err(|_| Raised::value_error("r must be non-negative"))?
        }
    };
    let items = pool.len();
    let has_ended = count > items;
    let (indices, cycles) = match has_ended || count == 0 {
        // Nothing is chosen, once.
        true => (Vec::new(), Vec::new()),
        false => (numbers(items, |place| place)?, numbers(count, |place| items - place)?),
    };
    let places = Guarded::new(Places { indices, cycles, has_ended, ..Places::default() });
    Ok(instantiate(thread, class, Permutations { pool: pool.into_boxed_slice(), places }).into_value())
}

/// Goes on to the next permutation; false after the last.
fn advance_permutation(places: &mut Places, items: usize) -> bool {
    let Places { indices, cycles, .. } = places;
    for place in (0..cycles.len()).rev() {
        cycles[place] -= 1;
        if cycles[place] == 0 {
            // The item of this place goes behind all others.
            indices[place..].rotate_left(1);
            cycles[place] = items - place;
        } else {
            indices.swap(place, items - cycles[place]);
            return true;
        }
    }
    false
}

/// Computes `__sizeof__`: with the indices.
fn sizeof<T: Payload>(thread: &mut Thread, args: Args<'_>, places: fn(&T) -> &Guarded<Places>) -> Run<Value> {
    let [value] = args.exactly();
    let indices = own::<T>(value).with(places, |places| places.indices.len() + places.cycles.len());
    Ok(thread.new_usize(size_of_object(value) + indices * size_of::<usize>()))
}
