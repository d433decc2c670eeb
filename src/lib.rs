//! A bytecode VM for a strict subset of Python 3.14, on a from-scratch free-threaded heap.
//!
//! Every program minivm accepts is a Python program and prints what `python3.14` prints. Underneath runs
//! the memory management of free-threaded CPython: reference counts split between the owning thread and
//! all others, deferred references that only the collector counts, cycle collection with the world
//! stopped, weak references with callbacks, finalizers, resurrection, grace periods.
//!
//! # The way of a program
//!
//! ```text
//! text ──syntax──▶ tree ──compile──▶ stack instructions ──compile::lower──▶ words ──vm──▶ runs
//!                                    verified, shown by --dis               what the loop executes
//! ```
//!
//! Start with [`embed`] (how a machine is made and a script run), `vm/start/mod.rs` (what starting a runtime takes),
//! `vm/frame/mod.rs` and `vm/run/dispatch.rs` (how code runs), [`life`] (how objects come and go) and
//! `gc/collect.rs` (the collector's table of contents). Numbers such as B-71 or D-29 are rules of `gc/RULES.md`.
//!
//! # Floors
//!
//! A module uses itself and lower floors only (`tests/floors.rs` has the table and reads every path). Where a
//! lower floor has to call a higher one, it calls a function pointer that the higher one has handed in: in the
//! `TypeInfo` of an object, in the `Hooks` of a thread, or in `UpperFloors`, through which types and built-in
//! functions call the interpreter.
//!
//! The rooms within `compile`, `types` and `vm` have an order as well, in the same test. Each says in its `mod.rs`
//! where to begin.
//!
//! | floor | modules | what they contain |
//! |---|---|---|
//! | 16 | [`cli`] | command-line arguments |
//! | 15 | [`repl`] | the read-eval-print loop |
//! | 14 | [`embed`] | a machine as a Rust value |
//! | 13 | [`builtins`], [`modules`] | `print`, `len`, …; the native half of the library, `gcx` |
//! | 12 | [`vm`] | frames, the loop, calls, generators, error reports, starting and ending |
//! | 11 | [`gc`], [`types`] | the collector, one file a phase; the built-in types, a folder or a file each |
//! | 10 | [`protocol`] | the operations on any object: attributes, calls, comparison, iteration, … |
//! | 9 | [`value`] | words, typed handles, classes, payloads, arguments, raised errors |
//! | 8 | [`life`] | allocate, count, merge, destroy, delayed free, safepoints |
//! | 7 | [`thread`] | thread states, the pause, grace periods, merge queues, ids |
//! | 6 | [`heap`] | pages and blocks; heaps of threads |
//! | 5 | [`object`] | the header and its counts |
//! | 4 | [`compile`] | scopes, code generation, flow analyses, lowering |
//! | 3 | [`bytecode`], [`syntax`] | instructions, words, verifier; tokens, grammar, tree |
//! | 2 | [`text`] | texts and numbers without objects: code points, digits, formats, encodings |
//! | 1 | [`memory`] | requests that may fail |
//! | 0 | [`source`], [`sync`] | sources and spans; the one door to atomics and locks |
//!
//! # Rooms
//!
//! ```text
//! text/    unicode/ number/ format/ codec/ regex/ repr stored path suggest merge_sort/
//! compile/ scope/ assembler fold emit/ flow/ lower/
//! value/   word value stack_ref object trace guarded raised hash number
//!          class/   shape slots kind spec known builtins names interned origin subclasses
//!          payload/ str bytes byte_array memory_view tuple list dict/ set/ range slice complex weak_ref
//!          args/    bind signature
//! types/   object/ table/ class/ int/ float/ complex/ bool str/ bytes/ bytearray/ memoryview/ list/ tuple dict/ set/ ast/
//! range/ slice singletons
//!          iterator/ function/ exception/ file/ weak/ typing/ template/ module/ traceback install start
//! vm/      marks code_encode monitors code function machine audit frame/ trace/ run/{dispatch table hot ops/} call/ generator/ types/ report/ start/
//!
//! life/    birth count destroy nesting merge delayed safepoint   (no rooms: a file each; `destroy` also clears weak
//! gc/      collect, and a file for each phase that it names       references and calls their callbacks, as does `gc`)
//! ```
//!
//! A type's own file is the `mod.rs` of its folder, so that it has the short path (`types::int`). All types use the
//! lowest room, `object`: attributes, arguments of native methods, questions about any class. In `vm` the objects that
//! stand for frames, code and functions are in low rooms, because the loop uses them; their types are in a high room
//! (`vm/types`), because they call the loop. A suspended generator is a frame whose window is in the heap, so it is in
//! `frame`; resuming it is in `run`; `generator` has the operations that only scripts call (`throw`, `close`).
//! `machine`, the state of a runtime, is separate from `start`, which makes it and uses all other rooms.
//!
//! # Glossary
//!
//! The terms of this code that a reader meets, in plain English; behind each the usual term of the field and CPython's.
//!
//! *Values and objects*
//!
//! | term | meaning | elsewhere |
//! |---|---|---|
//! | word (of a value) | 64 bits that are an integer, a float, a constant or a pointer to an object (`value/word.rs`) | tagged value; CPython: `PyObject *`, `_PyStackRef` |
//! | inline | lying in the word itself, or in the object's own block, rather than in a separate one | unboxed, immediate |
//! | `Value` | a word that owns its count | strong reference; `PyObject *`, new reference |
//! | `StackRef` | the word of a frame slot, owned or deferred (`value/stack_ref.rs`) | `_PyStackRef` |
//! | deferred reference | a reference that adds no count, because a local or the collector's scan of the stack keeps the object alive | deferred reference counting; `_PyStackRef` with its tag |
//! | to borrow (a load of a local) | to push a deferred instead of an owned reference (`compile/flow/borrow.rs`) | `LOAD_FAST_BORROW` |
//! | unbound | the marker of a slot, variable or attribute that holds nothing | `NULL` |
//! | payload | what lies behind an object's header: the fields of its type (`value/payload`) | the type's C struct, without `PyObject_HEAD` |
//! | kind | which built-in payload an object has (`value/class/kind.rs`) | – |
//! | shape | what an object points at: its class, and the names of its inline attributes (`value/class/shape.rs`) | hidden class, map; `ob_type` with shared keys |
//! | dict mode | the state of an object whose attributes are in a dict | dictionary mode; `_PyObject_MaterializeManagedDict` |
//! | slots (of a type) | the table of a type's operations, one function each (`value/class/slots.rs`) | method table; `tp_*`, `nb_*`, `sq_*` slots |
//! | slots (of a frame) | the words for its locals, cells and operands | `localsplus` |
//! | special method | `__len__`, `__add__` and so on, looked up in the class (`types/table/special_method.rs`) | dunder method, slot wrapper |
//! | origin | who put a function into a table of operations: a built-in type or a script (`value/class/origin.rs`) | comparing function addresses |
//! | layout | the storage of a class's instances, and the class that brought it | `solid_base` |
//! | exact | of a built-in type itself, not of a class derived from it | `PyX_CheckExact` |
//! | text | a `str` object, or its UTF-8 | string, `PyUnicodeObject` |
//! | class of the script | a class made by a `class` statement or `type(…)` | heap type |
//!
//! *Memory and threads*
//!
//! | term | meaning | elsewhere |
//! |---|---|---|
//! | local count, shared count | references counted by the owning thread, and by all others (`object/counts.rs`) | biased reference counting; `ob_ref_local`, `ob_ref_shared` |
//! | owner | the thread that counts an object without atomic operations | `ob_tid` |
//! | to merge | to add the local to the shared count for good, so that nobody owns the object | `_Py_ExplicitMergeRefcount` |
//! | merge queue | where a thread leaves references to other threads' objects (`thread/merge_queue.rs`) | `brc` |
//! | plain store | an ordinary store to memory: no read-modify-write, no ordering | non-atomic or relaxed store |
//! | to publish | to allow other threads to find an object without holding a reference (`Counts::publish`) | `_PyObject_SetMaybeWeakref` |
//! | per-thread count | a thread's private count of references to a class or code (`thread/per_thread_counts.rs`) | `_PyUniqueIdPool`, `refcounts` of a thread |
//! | grace period | the time until no thread can still read what was unlinked (`thread/qsbr.rs`) | epoch, RCU; QSBR |
//! | orphan | a reference that a pause, or a thread unknown to the runtime, left to be released at a safepoint | – |
//! | world, pause | all threads of a runtime; the time while all but one are stopped (`thread/pause.rs`) | stop the world |
//! | attached, detached, suspended | may touch objects; may not; may not even attach (`thread/pause.rs`) | `PyThreadState` states of the same names |
//! | safepoint | where a thread does what others asked of it, and may be stopped (`life/safepoint.rs`) | eval breaker check |
//! | breaker | the word whose bits ask a thread to do something at its next safepoint (`thread/breaker.rs`) | `eval_breaker` |
//! | critical section | the time while a thread holds the byte lock of an object (`thread/section.rs`) | `Py_BEGIN_CRITICAL_SECTION` |
//! | reserve, room | memory that serves short requests when there is no other; a block taken before work that must not fail (`memory`) | – |
//! | step (of a reserve) | the part of it whose use raises one `MemoryError` (`memory/steps.rs`) | – |
//! | page, segment | 64 KiB of equal blocks; 2 MiB of pages (`heap`) | as in mimalloc |
//! | carved | handed out at least once since the page was made | – |
//! | known | the table of objects that the runtime itself uses (`value/class/known.rs`) | `_PyRuntime`, static types |
//! | hook | a function of a higher floor that a lower one calls | callback |
//!
//! *Collector*
//!
//! | term | meaning | elsewhere |
//! |---|---|---|
//! | trash | objects that only refer to each other, found by the running collection | cyclic garbage; unreachable |
//! | phase | one step of a collection, a file each (`gc/collect.rs`) | – |
//! | tracked | known to the collector, so that it traverses the object | `_PyObject_GC_IS_TRACKED` |
//! | to show | to call a function with each reference of an object | traverse; `tp_traverse` |
//! | to take | to move the references out of an object, to be released | `tp_clear` |
//! | edge | a reference from one object to another, as the collector sees it (`gc/edges.rs`) | – |
//! | listed | having the bit in its page that puts an object on the collector's list (`heap/listed.rs`) | `PyGC_Head` lists |
//! | watched | trash that script code may hear of, by a finalizer or callback (`gc/watched.rs`) | – |
//! | sealed | made by the start for good, and never traversed again (`gc/seal.rs`) | permanent generation |
//! | work count | a listed object's references that are not explained yet (`gc/work_count.rs`) | `gc_refs` |
//! | birth | the number that a container got when it was made; orders finalizers (`life/account.rs`) | – |
//! | audit | a check of all counts with the world stopped (`gc/verify.rs`) | – |
//! | legacy finalizer | `__tp_del__`, whose objects the collector leaves alone | `tp_del` |
//!
//! *Code and the loop*
//!
//! | term | meaning | elsewhere |
//! |---|---|---|
//! | unit | the code of one function, class body or module (`bytecode/unit.rs`) | code object |
//! | stack instruction | what the compiler generates, verifies and shows (`bytecode/instruction.rs`) | bytecode |
//! | word (of code) | what runs: 64 bits, an operation on frame slots (`bytecode/word.rs`) | register instruction |
//! | lowering, fusing | making words of stack instructions; making one word of several (`compile/lower`) | superinstructions |
//! | form, family | one of the words that do the same with other kinds of operands; all of these (`bytecode/word_columns.rs`) | specialised instructions of a family |
//! | symbol (in lowering) | a stack position whose value is not in its slot yet | virtual stack |
//! | temporary | a slot of the operand stack; whoever uses it up releases it | – |
//! | window | the slots of a frame on the value stack, or of a suspended generator in the heap | `localsplus` |
//! | record | what the interpreter knows of a running frame (`vm/frame/mod.rs`) | `_PyInterpreterFrame` |
//! | frame object | the frame as scripts see it (`vm/frame/object.rs`) | `PyFrameObject` |
//! | site | a place in the code with an inline cache: a name and two words | inline cache entry |
//! | handler (of a word) | the function that runs it, ending in a jump to the next | opcode handler, direct threading |
//! | handler (of an error) | the code of an `except` or `finally`, by the exception table | as in CPython |
//! | hot | run so often that its machine instructions are counted (`vm/run/hot.rs`) | – |
//! | body | the ordinary function behind a handler that is not hot | – |
//! | traced words, twin | the words of code that is traced; the code object that has them (`vm/code.rs`) | instrumented instructions |
//! | to divert | to make words of the ordinary code lead to the traced ones (`vm/trace/divert.rs`) | to instrument |
//! | fast path, `…_fast` | code that either gives the whole answer or does nothing and says so; it runs no script code and raises nothing | fast path |
//! | exact arguments | a call whose positional arguments are just the parameters | `CALL_PY_EXACT_ARGS` |
//! | script, script code | the program that runs, as opposed to native code | Python code |
//! | native | implemented in Rust | built-in, C function |
//! | machine | a runtime with modules and options (`vm/machine.rs`) | interpreter state |
//! | floor, room | a module of this crate, by what it may use; a folder within one | layer |
//!
//! # Decisions
//!
//! *Values are words of 64 bits*: integers of up to 62 bits and nearly all floats are inline; any other word is a
//! pointer or one of a few constants. The four low bits tell them apart, since objects are aligned to 16 bytes. A
//! `Value` owns a reference and releases it when it is dropped; a frame slot (`StackRef`) may instead hold a deferred
//! reference. A `&Value` may view such a slot; cloning it makes an owned reference (`value/value.rs`).
//!
//! *The header has 32 bytes* (`object/header.rs`): the type, two counts, the owner, bits, the byte lock, and a word
//! for the number of the birth. During a pause the collector uses the local count as its work count
//! (`gc/work_count.rs`). Weak references are in a table beside the heap, so an object that has none takes no memory
//! for them.
//!
//! *An object points at its shape* (`value/class/shape.rs`): memory-management table, class, and the names of
//! its inline attributes. The shape's id is fresh whenever the class changes and never used again, so an
//! inline cache checks shape and class version in one comparison, and is safe to race on.
//! The words of `__slots__` come first, at the same places in every instance of the class and of those derived
//! from it, and are no part of `__dict__`.
//!
//! *`__mro__` is read without counting it* (`value/guarded.rs`, `types/class/bases.rs`). A program may assign
//! `__bases__`, so code that reads the order runs no script code meanwhile, and an order that was replaced is
//! released after a grace period.
//!
//! *One executable form.* Stack instructions are what is generated, verified and shown; lowering turns
//! each into a word on frame slots, whose operands are addresses because the depth of the stack is
//! static. Fusing folds loads, stores and branches into operands; `--no-fuse` leaves it out and runs the
//! same words. A word has 64 bits, not 32: three 16-bit operands hold every frame real programs have, and
//! the width costs no time that could be measured.
//!
//! *A comprehension runs in the frame around it* (`compile/emit/comprehension.rs`). CPython saves the variables of the
//! frame that have the names of the comprehension's, and restores them. Here the comprehension has slots of its own, so
//! it only has to unbind them when it ends or an exception leaves it. Whoever looks at variables by name finds the
//! innermost one that is bound.
//!
//! *Handlers end in jumps.* In optimised builds each handler calls the next one in tail position, so that the call is
//! a jump; this includes the rare paths. In other builds a handler returns to a loop (`vm/run/dispatch.rs`, chosen in
//! `build.rs`). `.ci/asm` reads the machine code and fails if a handler calls the next one otherwise, since each word
//! would then add a native frame. Resuming and suspending a generator are such jumps too, for loops, `next`, `send`
//! and `yield from` (`vm/run/ops/generate.rs`).
//!
//! *Tracing costs nothing while it is off* (`vm/trace/mod.rs`). No handler asks whether anybody wants to know. Code that is
//! traced has a twin: its instructions lowered once more, with a word before each that reports it. When the first trace
//! function is set, the world is stopped, and words of the ordinary code become `EnterTraced`: the first of each code,
//! those with which suspended generators go on, and all but the current ones of code that is running. A frame that comes
//! to one goes over to the twin; when nothing is traced any more, the words become what they were, and frames go back.
//! The twin is lowered without fusing, so what is reported, and when, does not depend on what was fused. The tools of
//! `sys.monitoring` are told by the same words; one that asks for events of single code has only that code diverted.
//! Offsets are those of minivm's own `co_code`. Also otherwise than in CPython, a handler begins on a line, a conditional
//! jump may lead back in one step with the jump behind it, and the calls of `super()` and `__enter__` that instructions make
//! are no calls.
//!
//! *The code of a function changes only in a pause* (`vm/types/function_code.rs`). Calls read it without counting, and
//! frames and generators find it by their function. Whatever runs in a function whose code is replaced goes on as a
//! stand-in, a function like it with the old code.
//!
//! *Instructions that do nothing begin lines.* `pass`, `try:` and the like have no work to do, but whoever traces lines
//! hears of them. `BeginLine` stands for them; it becomes no word. A `break` or `continue` that became part of a
//! conditional jump is noted with that jump (`CodeUnit::passed_lines`).
//!
//! *What runs is verified.* Stack instructions are verified in every build before they are lowered
//! (`bytecode/verify.rs`). Debug builds also verify the words (`compile/lower/verify_words.rs`), including the rule
//! of deferred references, and assert while a word runs that its handler does what the table of words says
//! (`vm/frame/watch.rs`).
//!
//! *A panic in a handler ends the process* (`extern "C"`). With `"C-unwind"` and `panic = "abort"`, the compiler puts
//! a landing pad around every call of a handler. The call is then no longer in tail position, and the native stack
//! grows with each word.
//!
//! *While a handler releases an operand, the frame is at the next word already.* A destructor may run a collection,
//! and the operands of the word that has ended must not be taken for roots (`vm/run/hot.rs`).
//!
//! *Number operations come before those of sequences* (`protocol/arithmetic.rs`). The functions of a sequence for `+`
//! and `*` have entries of their own in the table, which are called last, so that `__radd__` or `__rmul__` of the
//! other operand is called before them.
//!
//! *Common native calls have a fast path* (`value/class/spec.rs`): a function of the thread and a view of the
//! arguments that either returns the result or does nothing. It runs no script code, so the caller does not have to
//! save its state before the call.
//!
//! *The collector marks from the stacks first* (`gc/mark_alive.rs`). Objects with deferred references are thereby
//! marked as reachable, so these references need not be counted, and most objects of a usual heap are marked before
//! the phases that subtract references begin. The marks are bits in the header of each page; a page whose objects are
//! all marked is not read again.
//!
//! *The objects that a collection examines are listed by bits in the pages, too* (`heap/listed.rs`): first the
//! unmarked objects, then the trash. So millions of objects can be found and released without memory for a list,
//! which may be missing, and which the end of a program should not need. Only trash that script code may hear of is
//! put into a list (`gc/watched.rs`), since finalizers and callbacks run in an order; if there is no memory for that
//! list, these objects are found again a portion at a time.
//!
//! *What the start makes for good is sealed* (`gc/seal.rs`). Built-in types, their methods, names and tables are
//! immortal and refer only to immortal objects. They keep a permanent mark, so that no collection traverses them: a
//! collection of a small program costs as much as the objects that the program made. Only the audits of the last
//! collection and of `gcx.verify()` check them.
//!
//! *Attributes are released in the order of their class*: the order in which its instances first got them, as with
//! the shared keys of CPython (`value/class/shape.rs`). An instance whose words lie in another order is released by a
//! slower path.
//!
//! *All references to an object of the trash are counted in its own two counts.* A class that was found unreachable
//! gives up its id in the per-thread tables in the first pause. Whatever reference a finalizer or callback then takes
//! (an instance, an exception, another `__class__`), the second pause sees it in the counts. The second pause merges
//! the counts as the first one did and counts again, unless no script code has run in between.
//!
//! *Containers are numbered at birth* (`life/account.rs`), in a word of their header, so that finalizers and
//! callbacks of the trash run in that order, wherever the objects are in memory. The number costs no extra work: the
//! count of net allocations, which the schedule of collections needs, is the difference between the number and a mark
//! that each death moves on.
//!
//! *`gc.collect()` counts what the collector freed.* If a finalizer drops the last reference to an object of the
//! trash, counting alone would have freed that object and all that only it referred to, if the list of trash did not
//! hold it. Such objects are not included in the result, as in the build of CPython with a global lock (B-71);
//! objects that counting could not have freed, such as a deferred function, are.
//!
//! *Suspended generators own what their slots hold*, so the collector needs no rule for their deferred
//! slots.
//!
//! *Locks*: while a runtime has one thread, the byte lock is a flag that catches re-entrance and slot
//! reads are ordinary loads; the switch to many threads happens with the world stopped. Script code never runs
//! under a lock.
//!
//! *The importer is native, and its classes are scripts* (`vm/start/import`). CPython begins every run with 3,100 lines of
//! importer, compiled when it was built. minivm compiles what it runs, and these lines would take longer than all
//! else that a start does. So modules are found and loaded by native code, with the rules and messages of CPython. What programs see
//! of it, and derive classes from (`ModuleSpec`, `SourceFileLoader`, `PathFinder`, …), are 900 lines of our own in the
//! binary (`src/library/importlib`). They run before the first module of a file is loaded, or when a program asks for
//! `sys.meta_path` or the `__spec__` of a native module; a program that does neither does not pay for them. Their modules
//! and names are CPython's (`_frozen_importlib`, `_frozen_importlib_external`), so the packages of its library that
//! import them fit on top. The finders and the loader of source files that the importer made itself are recognised and
//! not called; so a class derived from one works, and so does any other object in the lists of `sys`, but another
//! function put into one of these classes is not called. If compiled code is kept one day, CPython's own two files
//! could run instead; each import would then take the time of some hundred calls more.
//!
//! *Warnings are native* (`vm/report/warn.rs`), as in CPython: filters, registries and options work without
//! `warnings.py`, and whoever has loaded a module of that name is asked for its filters and shows them.
//! Without it the text and module of a `-W` option have to be equal to those of the warning.
//!
//! *A module of CPython's library that minivm does not have says so*: the message of its `ModuleNotFoundError` goes on
//! "(part of CPython's library that minivm does not have yet)", since it would look like a broken installation otherwise.
//! The class and `name` are as usual, so programs that try a module and do without it work.
//!
//! *A request for memory that fails raises `MemoryError`* (`memory/mod.rs`). Code that needs as much memory as a
//! program chooses makes the request in a way that can fail, before it has changed anything. Libraries that cannot
//! report a failure (big integers, the sorts and texts of the standard library) work in a `Room`: a block that was
//! requested before, and that the allocator gets when it finds no other memory. All other requests are short and too
//! many to check, often in places that could not pass an error on. They are served from a reserve, and the error is
//! raised at the next safepoint, or where a native loop checks for Ctrl-C. Pages of objects have a reserve of their
//! own: segments that are held back. One error is raised for each megabyte of either reserve, so that a handler which
//! frees nothing can still run for a while. Before a safepoint raises, it runs a collection, since cycles may hold
//! the memory that is missing. So the error may come a few instructions after the request that failed, but never in
//! the middle of a change, and a failed request does not end the process as long as handlers can still free memory.
//! `gcx.fail_allocation(n)` makes the nth request fail; `tests/faults` does so for each.
//!
//! *Errors*: a mistake in the text of a program is a `SyntaxError` value, an error of the running program is a
//! [`value::Raised`], and a bug of this crate is a panic. A `Raised` becomes an exception object only when a handler
//! or a traceback needs the object.
//!
//! # Adding an instruction
//!
//! Say, one that asks whether a value is `None`, with a form that stores the answer in a local at once. Six places,
//! and the compiler names each that is missing:
//!
//! 1. A row of the table of stack instructions (`bytecode/instruction.rs`). No column can be left out; the verifier,
//!    the borrow analysis and the disassembler need nothing else:
//!    ```text
//!    /// `value` → `value is None`.
//!    IsNone                Unused       1     => 1, keeps 0, new, script, next, No;
//!    ```
//! 2. Two rows of the table of words (`bytecode/word_table.rs`), of a new family that `bytecode/word_columns.rs` gets:
//!    ```text
//!    IsNone "$a = $b is None", NoneTest [], (writes reads none none), script here, Bool, next;
//!    IsNoneStore "local $a = $b is None", NoneTest [stores], (stores reads none none), script next, Bool, next;
//!    ```
//!    The verifier of words takes from the roles which slots hold what.
//! 3. Its recipe (`compile/lower/recipe.rs`): `Op::IsNone => Recipe::Test(WordOp::IsNone)`.
//! 4. What that recipe does (`compile/lower/emit.rs`); `with_form` finds the fused word:
//!    ```text
//!    Recipe::Test(word) => {
//!        let (slots, operands) = self.take_slots::<1>();
//!        return self.result_or_store(store, &operands, |form, to| Word::abc(formed(word, form), to, slots[0], 0));
//!    }
//!    ```
//! 5. The handlers (`vm/run/table.rs`): `WordOp::IsNone => branch::is_none::<false>`, and `<true>` for the other.
//! 6. Who emits it, and a golden file below `src/compile/golden`.

pub mod builtins;
pub mod bytecode;
pub mod cli;
pub mod compile;
pub mod embed;
pub mod gc;
pub mod heap;
pub mod life;
pub mod memory;
pub mod modules;
pub mod object;
pub mod protocol;
pub mod repl;
pub mod source;
pub mod sync;
pub mod syntax;
pub mod text;
pub mod thread;
pub mod types;
pub mod value;
pub mod vm;
