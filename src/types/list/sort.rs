//! `list.sort`: the list is emptied, its items are sorted elsewhere and put back in any case.
//!
//! If no comparison of the keys can run script code (`typed_sort.rs`), the standard library sorts them.
//! Otherwise `text/merge_sort/mod.rs` sorts their numbers and calls `__lt__` for each comparison.

use crate::memory::{self, Room};
use crate::protocol;
use crate::text::merge_sort;
use crate::thread::Thread;
use crate::types::list::replace_items;
use crate::types::list::typed_sort::sorted_order;
use crate::types::object::method_arguments::split_self;
use crate::value::{Args, List, Object, Raised, Run, Signature, Value};

/// `sort(*, key=None, reverse=False)`. Raises what `sort_list` raises, and `TypeError` for wrong arguments.
pub fn sort(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [key, reverse] = args.options();
    let key = key.filter(|key| !key.is_none());
    let reverse = reverse.map_or(Ok(false), |reverse| protocol::is_true(thread, reverse))?;
    sort_list(thread, list, key, reverse)?;
    Ok(Value::NONE)
}

/// The parameters of `sort`, and of `sorted` after the first one.
const SIGNATURE: Signature = Signature::new("*, key=None, reverse=False");

/// Returns the key function from the arguments of `sorted` after the first, and whether to reverse.
/// Raises `TypeError` for wrong arguments, and what `__index__` of `reverse` raises.
pub fn sort_arguments<'a>(thread: &mut Thread, args: Args<'a>) -> Run<(Option<&'a Value>, bool)> {
    let [key, reverse] = SIGNATURE.bind("sort", args)?;
    let key = key.filter(|key| !key.is_none());
    let reverse = reverse.map_or(Ok(false), |reverse| protocol::is_true(thread, reverse))?;
    Ok((key, reverse))
}

/// Sorts a list in place; meanwhile the list looks empty. Raises `ValueError` if the program changed it
/// meanwhile, and as `sort_items` does.
pub fn sort_list(thread: &mut Thread, list: &Object<List>, key: Option<&Value>, reverse: bool) -> Run<()> {
    let mut items = list.with_items(std::mem::take);
    let result = sort_items(thread, &mut items, key, reverse);
    // A list that was touched has a buffer, even if it is empty again.
    let touched = list.with_items(|items| items.capacity() > 0);
    replace_items(list, items);
    result?;
    if touched {
        return Err(Raised::value_error("list modified during sort"));
    }
    Ok(())
}

/// How many bytes an item takes when keys of one built-in type are sorted: key, number, and the buffer of the
/// standard library.
const TYPED_SORT_BYTES: usize = 128;

/// Sorts items that nobody else can see. Raises what the key function and `__lt__` raise, and `MemoryError`;
/// after an error all items are still there.
pub fn sort_items(
    thread: &mut Thread,
    items: &mut Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> Run<()> {
    let mut made = Vec::new();
    if let Some(key) = key {
        made.try_reserve_exact(items.len())?;
        for item in items.iter() {
            made.push(protocol::call(thread, key, Args::positional(std::slice::from_ref(item)))?);
        }
    }
    let keys = if key.is_some() { &made } else { &*items };
    let mut arranged = memory::with_room(items.len())?;
    let room = Room::of(keys.len() * TYPED_SORT_BYTES)?;
    if let Some(order) = sorted_order(keys, reverse) {
        arrange(items, &order, &mut arranged);
        return Ok(());
    }
    drop(room);
    let keys = if key.is_some() { made } else { memory::copy(items)? };
    sort_by_keys(thread, items, &mut arranged, &keys, reverse)
}

/// Rearranges items by the numbers in `order`; `arranged` has room for them.
fn arrange(items: &mut Vec<Value>, order: &[u32], arranged: &mut Vec<Value>) {
    arranged.extend(order.iter().map(|&item| items[item as usize].take()));
    std::mem::swap(items, arranged);
}

fn sort_by_keys(
    thread: &mut Thread,
    items: &mut Vec<Value>,
    arranged: &mut Vec<Value>,
    keys: &[Value],
    reverse: bool,
) -> Run<()> {
    let Ok(count) = u32::try_from(items.len()) else { return Err(Raised::memory_error()) };
    let mut order = memory::with_room(items.len())?;
    order.extend(0..count);
    // Reversing before and after keeps equal items in place.
    if reverse {
        order.reverse();
    }
    let result = merge_sort::sort(&mut order, |left, right| {
        protocol::less_than(thread, &keys[left as usize], &keys[right as usize])
    });
    if reverse {
        order.reverse();
    }
    arrange(items, &order, arranged);
    result
}
