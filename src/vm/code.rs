//! The code object: words, constants and caches of one unit, ready to run.
//!
//! ```text
//! block:  constant 0 │ constant 1 │ … │ name, cache, entry of site 0 │ name, cache, entry of site 1 │ …
//! ```
//!
//! Words address the block by one index. Constants and names lie there as deferred references, which
//! `consts` and `names` own. The cache words of a site are written without a lock: each is one
//! self-validating word, or the address of an immutable [`Entry`] that lives as long as the code.

use std::ptr::NonNull;
use std::sync::Arc;

use crate::bytecode::{self, CodeFlags, CodeUnit, Const, InstructionPosition, Word, WordOp};
use crate::compile::lower::{self, Crossing, Live, Lowered, SITE_WORDS, TracedWords};
use crate::life;
use crate::memory;
use crate::references;
use crate::sync::{AtomicU32, AtomicU64, Mutex, OnceLock, Ordering};
use crate::thread::{Thread, ThreadState, WorldStopped};
use crate::types::set;
use crate::value::word;
use crate::value::{
    AnySet, Complex, FrozenSet, Kind, Object, Payload, Raised, Ref, Run, SetOnce, Str, Trace, Value,
};
use crate::vm::code_encode;
use crate::vm::marks::{self, Marks};
use crate::vm::monitors::{Events, Local};

/// What an inline cache remembers beyond one word. An entry never changes once its address is in a cache.
///
/// A site that sees several shapes has a chain of entries; the one added last is first.
#[derive(Debug)]
pub struct Entry {
    /// The shape id for which it is valid, or the id of a class's root shape.
    pub id: u32,
    /// The position of an attribute, `IN_INSTANCE` or `COMPUTED`.
    pub number: u32,
    /// What was found, as a word: deferred if it needs no count, else an owning word whose count the cache does
    /// not hold.
    pub word: u64,
    /// A shape, or a second word.
    pub extra: u64,
    /// The address of the entry that was added before, 0 for the first one.
    pub next: u64,
}

/// The `number` of an entry whose word is the offset of an attribute in the instance.
pub const IN_INSTANCE: u32 = u32::MAX;
/// The `number` of an entry whose word is a `getset_descriptor`, which is computed by native code.
pub const COMPUTED: u32 = u32::MAX - 1;

/// How many entries a site may have; longer chains are not worth searching.
const CHAIN_LENGTH: usize = 6;

impl Entry {
    /// Returns the entry whose address is in a cache word.
    ///
    /// # Safety
    /// The word was put into a cache by `Code::remember`, and the code is alive.
    #[inline(always)]
    pub unsafe fn at<'a>(address: u64) -> Option<&'a Entry> {
        if address == 0 {
            return None;
        }
        // SAFETY: the caller promises an address that `remember` put into a cache, and entries live as long as
        // their code.
        Some(unsafe { &*std::ptr::with_exposed_provenance::<Entry>(address as usize) })
    }

    /// Returns the entry of a chain that is valid for an id.
    ///
    /// # Safety
    /// As for `at`.
    #[inline(always)]
    pub unsafe fn find<'a>(mut address: u64, id: u32) -> Option<&'a Entry> {
        // SAFETY: the caller promises that the code is alive, so all entries that its chains lead to are.
        while let Some(entry) = unsafe { Entry::at(address) } {
            if entry.id == id {
                return Some(entry);
            }
            address = entry.next;
        }
        None
    }
}

/// The payload of a code object.
pub struct Code {
    /// The code as the compiler made it: its instructions and constants.
    pub unit: Arc<CodeUnit>,
    /// The tables that belong to the words.
    pub lowered: Lowered,
    /// The words that the interpreter runs. They change only while the world is stopped.
    words: Box<[AtomicU64]>,
    /// What the words were before some became `EnterTraced`.
    ordinary: OnceLock<Box<[Word]>>,
    /// How many frames that run these words have late writes (`vm/frame/late.rs`).
    late_writers: AtomicU32,
    /// The same code with traced words, once it has been traced.
    twin: Twin,
    /// What tools monitor of this code, once one has asked for something.
    pub monitored: OnceLock<Box<Local>>,
    /// What code with traced words has besides them; no other has it.
    pub traced: Option<Box<Traced>>,
    /// How many slots hold variables; the operand stack starts behind them.
    pub base: u32,
    /// How many slots hold locals.
    pub locals: u32,
    /// How many slots a frame takes, including room for a shifted call.
    pub frame_slots: u32,
    /// How many positional arguments fill the parameters exactly; `u32::MAX` where no number does.
    pub exact_arguments: u32,
    block: Box<[AtomicU64]>,
    #[expect(clippy::vec_box, reason = "caches hold the addresses of entries, which must not move")]
    entries: Mutex<Vec<Box<Entry>>>,
    consts: Box<[Value]>,
    names: Box<[Ref<Str>]>,
    /// `co_name`, `co_qualname`, `co_filename`.
    pub texts: [Value; 3],
    /// The names of all variables, in slot order.
    pub variables: Box<[Ref<Str>]>,
}

references!(Code { consts, texts, twin });

/// The traced twin of code. The collector knows of it; programs that ask what code refers to are not told.
struct Twin(SetOnce);

impl Trace for Twin {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(word::Word)) {
        if !ALL {
            self.0.show::<false>(visit);
        }
    }

    fn take(&mut self, _taken: &mut Vec<word::Word>) {}
}

/// What code with traced words knows of the ordinary code.
pub struct Traced {
    /// The ordinary code, which owns this one.
    ordinary: NonNull<Object<Code>>,
    /// The word that reports each instruction.
    pub reports: Vec<u32>,
    /// For each ordinary word the way from there, if there is one.
    pub crossings: Vec<Option<Crossing>>,
    /// For each instruction the ordinary word before which all operands are in their slots, if there is one.
    pub homes: Vec<Option<u32>>,
    /// What is reported of each instruction.
    pub marks: Vec<Marks>,
    /// Where each instruction is in `co_code`.
    pub offsets: Vec<u32>,
}

// SAFETY: the ordinary code outlives this one, and is shared by threads itself.
unsafe impl Send for Traced {}
// SAFETY: as above.
unsafe impl Sync for Traced {}

impl Payload for Code {
    const KIND: Kind = Kind::Code;
}

/// By how many slots a call may shift its arguments up.
/// So a new instance and its `__init__` fit below them.
const SHIFT_ROOM: u32 = 3;

impl Code {
    /// Loads a unit: lowers it and makes its constants. Raises `MemoryError`, and as `with_constants` does.
    pub fn new(thread: &ThreadState, unit: &Arc<CodeUnit>, fuse: bool) -> Run<Code> {
        let consts: Box<[Value]> =
            unit.consts.iter().map(|constant| load(thread, constant, fuse)).collect::<Run<_>>()?;
        Code::with_constants(thread, unit, consts, fuse)
    }

    /// Loads a unit whose constants have been made. Raises `SystemError` if the verifier refuses the unit,
    /// `MemoryError` if it is too large for the operands of words.
    pub fn with_constants(
        thread: &ThreadState,
        unit: &Arc<CodeUnit>,
        consts: Box<[Value]>,
        fuse: bool,
    ) -> Run<Code> {
        let verified = bytecode::verify(unit)
            .map_err(|malformed| Raised::new(crate::value::ErrorKind::SystemError, malformed.to_string()))?;
        let lowered = lower::lower(&verified, fuse).map_err(|_| too_large())?;
        let block = consts.iter().map(Value::word).collect();
        let mut made = Code::assemble(thread, unit, block, lowered);
        made.consts = consts;
        // Acquire: pairs with the Release of whoever began to trace.
        if thread.known().is_traced.load(Ordering::Acquire) {
            made.divert_words(false, |_| false);
        }
        Ok(made)
    }

    /// Puts code together from the words of a unit and of its constants, which it does not own.
    fn assemble(thread: &ThreadState, unit: &Arc<CodeUnit>, consts: Vec<u64>, mut lowered: Lowered) -> Code {
        let known = thread.known();
        let names: Box<[Ref<Str>]> = unit.names.iter().map(|name| known.intern(thread, name)).collect();
        let mut block = Vec::with_capacity(consts.len() + lowered.sites.len() * SITE_WORDS);
        block.extend(consts.iter().map(|&value| AtomicU64::new(word::deferred(value))));
        for &site in &lowered.sites {
            let name = names.get(site as usize).map_or(word::UNBOUND, |name| name.as_value().word());
            block.push(AtomicU64::new(word::deferred(name)));
            block.extend((1..SITE_WORDS).map(|_| AtomicU64::new(0)));
        }
        let cells = unit.cell_names.iter().map(|cell| &cell.name).chain(&unit.free_names);
        let variables = unit.local_names.iter().chain(cells).map(|name| known.intern(thread, name)).collect();
        let has_exact_arguments = !unit.flags.intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
            && unit.kwonly_count == 0
            && unit.flags.contains(CodeFlags::OPTIMIZED);
        let words = std::mem::take(&mut lowered.words);
        Code {
            words: words.into_iter().map(|word| AtomicU64::new(word.bits())).collect(),
            ordinary: OnceLock::new(),
            late_writers: AtomicU32::new(0),
            twin: Twin(SetOnce::unset()),
            monitored: OnceLock::new(),
            traced: None,
            base: unit.variable_slots() as u32,
            locals: unit.local_names.len() as u32,
            frame_slots: lowered.frame_slots + SHIFT_ROOM,
            exact_arguments: if has_exact_arguments { unit.arg_count } else { u32::MAX },
            lowered,
            block: block.into(),
            entries: Mutex::default(),
            consts: Box::default(),
            names,
            texts: [
                known.intern(thread, &unit.name).into_value(),
                known.intern(thread, &unit.qualname).into_value(),
                known.intern(thread, &unit.filename).into_value(),
            ],
            variables,
            unit: unit.clone(),
        }
    }

    /// The first word.
    #[inline(always)]
    pub fn entry_point(&self) -> *const Word {
        self.words.as_ptr().cast()
    }

    /// The block of constants and caches.
    #[inline(always)]
    pub fn block(&self) -> *const AtomicU64 {
        self.block.as_ptr()
    }

    /// The index of a word of this code.
    pub fn word_index(&self, ip: *const Word) -> usize {
        (ip.addr() - self.words.as_ptr().addr()) / size_of::<Word>()
    }

    /// The instruction a word comes from.
    pub fn instruction_of(&self, ip: *const Word) -> u32 {
        self.lowered.origins[self.word_index(ip)]
    }

    /// The operand slots that hold values when a word starts.
    pub fn live_at(&self, ip: *const Word) -> Live {
        self.lowered.live_sets[self.lowered.live[self.word_index(ip)] as usize]
    }

    /// Where a word stands in the source.
    pub fn position_of(&self, ip: *const Word) -> InstructionPosition {
        self.unit.positions[self.instruction_of(ip) as usize]
    }

    /// A constant.
    pub fn constant(&self, index: usize) -> &Value {
        &self.consts[index]
    }

    /// All constants.
    pub fn constants(&self) -> &[Value] {
        &self.consts
    }

    /// All names.
    pub fn names(&self) -> &[Ref<Str>] {
        &self.names
    }

    /// Whether calling it makes a generator, a coroutine or an asynchronous generator.
    pub fn is_generator(&self) -> bool {
        self.unit.flags.intersects(CodeFlags::SUSPENDS)
    }

    /// Adds an entry to the chain of a site; it is kept as long as the code lives.
    pub fn remember(&self, at: usize, mut entry: Entry) {
        let mut entries = self.entries.lock();
        // A site that never settles must not grow without bound: it stays as it is.
        if entries.len() >= 64 + 8 * self.lowered.sites.len() {
            return;
        }
        // Relaxed: only written under the lock.
        let front = self.block[at].load(Ordering::Relaxed);
        let mut length = 0;
        let mut link = front;
        // SAFETY: only this function builds chains, and it keeps every entry in `entries`.
        while let Some(known) = unsafe { Entry::at(link) } {
            length += 1;
            link = known.next;
        }
        entry.next = if length < CHAIN_LENGTH { front } else { 0 };
        let entry = Box::new(entry);
        let address = (&raw const *entry).expose_provenance() as u64;
        entries.push(entry);
        // Release: whoever reads the address sees the entry.
        self.block[at].store(address, Ordering::Release);
    }
}

impl Code {
    /// Returns the word at `ip` as it was before it became `EnterTraced`.
    pub fn ordinary_word(&self, ip: *const Word) -> Word {
        let index = self.word_index(ip);
        match self.ordinary.get() {
            Some(words) => words[index],
            // Relaxed: words change only while the world is stopped.
            None => Word::from_bits(self.words[index].load(Ordering::Relaxed)),
        }
    }

    /// Whether some of the words are `EnterTraced`.
    pub fn is_diverted(&self) -> bool {
        self.words
            .iter()
            .any(|word| Word::from_bits(word.load(Ordering::Relaxed)).op() == WordOp::EnterTraced)
    }

    /// Makes `EnterTraced` of the words that frames begin and generators go on with, also where they handle what is
    /// thrown into them; of all words if a frame is running the code, except those at which frames stand: what waits for a call looks at its own word.
    pub fn divert(&self, _stopped: &WorldStopped<'_>, running: bool, stands: impl Fn(*const Word) -> bool) {
        if self.traced.is_none() {
            self.divert_words(running, stands);
        }
    }

    /// Makes `EnterTraced` of all words, also of those at which frames stand, for a frame that has late writes.
    pub fn divert_every_word(&self, _stopped: &WorldStopped<'_>) {
        for (word, before) in self.words.iter().zip(self.ordinary_words()) {
            word.store(before.with_op(WordOp::EnterTraced).bits(), Ordering::Relaxed);
        }
    }

    /// The words before some became `EnterTraced`; called before the first does.
    fn ordinary_words(&self) -> &[Word] {
        self.ordinary.get_or_init(|| {
            // Relaxed: words change only while the world is stopped.
            self.words.iter().map(|word| Word::from_bits(word.load(Ordering::Relaxed))).collect()
        })
    }

    fn divert_words(&self, running: bool, stands: impl Fn(*const Word) -> bool) {
        let ordinary = self.ordinary_words();
        let suspends = self.is_generator();
        for (index, word) in self.words.iter().enumerate() {
            let resumes = || {
                let before = ordinary[index - 1].op();
                ordinary[index].op() == WordOp::YieldFrom
                    || matches!(
                        before,
                        WordOp::GeneratorStart | WordOp::Yield | WordOp::YieldAsync | WordOp::YieldFrom
                    )
            };
            let handles = || self.lowered.handlers.iter().any(|handler| handler.target as usize == index);
            let begins = index == 0 || suspends && (resumes() || handles());
            let ip = word.as_ptr().cast_const().cast::<Word>();
            if (begins || running) && !stands(ip) {
                word.store(ordinary[index].with_op(WordOp::EnterTraced).bits(), Ordering::Relaxed);
            }
        }
    }

    /// Notes that one more frame which runs these words has late writes.
    pub fn add_late_writer(&self) {
        self.late_writers.fetch_add(1, Ordering::AcqRel);
    }

    /// Notes that the late writes of a frame were done.
    pub fn remove_late_writer(&self) {
        self.late_writers.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether a frame that runs these words has late writes.
    pub fn has_late_writers(&self) -> bool {
        self.late_writers.load(Ordering::Acquire) != 0
    }

    /// Makes of all words again what they were, unless a frame with late writes has to come to one.
    pub fn restore(&self, _stopped: &WorldStopped<'_>) {
        let Some(ordinary) = self.ordinary.get().filter(|_| !self.has_late_writers()) else { return };
        for (word, before) in self.words.iter().zip(ordinary) {
            word.store(before.bits(), Ordering::Relaxed);
        }
    }
}

impl Object<Code> {
    /// Returns the code that programs see: that of the ordinary words, also for their traced twin.
    pub fn ordinary(&self) -> &Object<Code> {
        match &self.traced {
            // SAFETY: the ordinary code owns this one, so it outlives it.
            Some(traced) => unsafe { traced.ordinary.as_ref() },
            None => self,
        }
    }

    /// The events of this code alone that tools want.
    pub fn local_events(&self) -> Events {
        self.ordinary().monitored.get().map_or(Events::empty(), |local| local.any())
    }

    /// Returns the same code with traced words, which is made at the first call and lives as long as this one. Raises
    /// `MemoryError` if a word has no room for a number.
    pub fn twin(&self, thread: &ThreadState, fuse: bool) -> Run<&Object<Code>> {
        if self.twin.0.get().is_unbound() {
            let verified = bytecode::verify(&self.unit).expect("it was verified when it was made");
            let TracedWords { lowered, reports, crossings, homes } =
                lower::lower_traced(&verified, fuse).map_err(|_| too_large())?;
            // The constants are those of this code, which keeps them.
            let consts = self.consts.iter().map(Value::word).collect();
            let mut made = Code::assemble(thread, &self.unit, consts, lowered);
            let marks = marks::of(&self.unit);
            let ordinary = NonNull::from(self);
            let offsets = code_encode::offsets(&self.unit);
            made.traced = Some(Box::new(Traced { ordinary, reports, crossings, homes, marks, offsets }));
            debug_assert_eq!((made.frame_slots, made.base), (self.frame_slots, self.base));
            let made = thread.alloc(made).into_value();
            // It refers to nothing that the collector has to know, and no program must find it.
            made.as_raw().into_iter().for_each(life::untrack);
            // Of two threads the first one's stays.
            self.twin.0.set_first(made);
        }
        Ok(self.twin.0.get().downcast_ref().expect("a twin is code"))
    }
}

fn too_large() -> Raised {
    Raised::new(crate::value::ErrorKind::MemoryError, "code block is too large")
}

fn load(thread: &ThreadState, constant: &Const, fuse: bool) -> Run<Value> {
    let value = match constant {
        Const::None => Value::NONE,
        Const::True => Value::TRUE,
        Const::False => Value::FALSE,
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(int) => thread.new_int(*int),
        Const::BigInt(big) => thread.new_big((**big).clone()),
        Const::Float(float) => thread.new_float(*float),
        Const::Complex(real, imag) => thread.alloc(Complex { real: *real, imag: *imag }).into_value(),
        Const::Str(text) if is_name(text) => thread.known().intern(thread, text).into_value(),
        Const::Str(text) => thread.new_str(text),
        Const::Bytes(bytes) => crate::types::object::bytes_like::new_bytes(thread, bytes.to_vec()),
        Const::Tuple(items) => {
            let items = load_all(thread, items, fuse)?;
            thread.try_tuple(items)?
        }
        Const::FrozenSet(items) => {
            let items = load_all(thread, items, fuse)?;
            frozen_set(thread, &items)?
        }
        Const::Code(unit) => thread.alloc(Code::new(thread, unit, fuse)?).into_value(),
    };
    Ok(value)
}

fn load_all(thread: &ThreadState, constants: &[Const], fuse: bool) -> Run<Vec<Value>> {
    let mut loaded = memory::with_room(constants.len())?;
    for constant in constants {
        loaded.push(load(thread, constant, fuse)?);
    }
    Ok(loaded)
}

/// Tells whether a text looks like a name and is worth interning.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Makes a frozenset of constants, which are always hashable. Raises `MemoryError`.
fn frozen_set(thread: &ThreadState, items: &[Value]) -> Run<Value> {
    // SAFETY: this is the running thread, attached, and the caller's handle is not used meanwhile.
    let mut handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
    let set = set::ops::scratch(&handle);
    for item in items {
        set::ops::add(&mut handle, AnySet::Set(&set), item)?;
    }
    let table = AnySet::Set(&set).with(|table| table.clear());
    Ok(thread.alloc(FrozenSet::new(table)).into_value())
}
