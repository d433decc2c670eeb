//! What is searched: a text, or bytes that an object shows; these are held as long as the search lasts.

use crate::memory;
use crate::protocol;
use crate::text::regex::{How, Matcher, Program, Stopped, TextSubject, run};
use crate::thread::Thread;
use crate::types::object::buffer;
use crate::types::object::bytes_like::{contents_if_shown, copied_bytes, new_bytes};
use crate::value::{Bytes, ErrorKind, MemoryView, Raised, Ref, Run, Str, Value};

/// What is searched. Offsets are counted in bytes of the stored form, positions in code points.
pub enum Subject {
    /// A text.
    Text(Ref<Str>),
    /// A `bytes`.
    Bytes(Ref<Bytes>),
    /// A view of any other bytes, ended when the search has.
    View(Ref<MemoryView>),
}

impl Drop for Subject {
    fn drop(&mut self) {
        if let Subject::View(view) = self {
            buffer::release(view);
        }
    }
}

/// Tells whether an object shows bytes. Raises `TypeError` if it does not, and is no text.
pub fn is_bytes(thread: &mut Thread, value: &Value) -> Run<bool> {
    Ok(!matches!(Subject::of(thread, value)?, Subject::Text(_)))
}

impl Subject {
    /// Takes what an object has to be searched. Raises `TypeError` if it is neither a text nor bytes-like.
    pub fn of(thread: &mut Thread, value: &Value) -> Run<Subject> {
        if let Some(text) = value.downcast_ref::<Str>() {
            return Ok(Subject::Text(text.to_ref()));
        }
        if let Some(bytes) = value.downcast_exact::<Bytes>() {
            return Ok(Subject::Bytes(bytes.to_ref()));
        }
        match buffer::acquire(thread, value, buffer::SIMPLE) {
            Ok(Some(view)) => Ok(Subject::View(view)),
            Err(raised) if is_not_to_be_hidden(thread, &raised) => Err(raised),
            Ok(None) | Err(_) => {
                let given = protocol::type_name(thread, value);
                let message = format_args!("expected string or bytes-like object, got '{given}'");
                Err(Raised::type_error(message))
            }
        }
    }

    /// Tells whether it is bytes.
    pub fn is_bytes(&self) -> bool {
        !matches!(self, Subject::Text(_))
    }

    /// Calls `action` with the bytes of the stored form.
    pub fn with<R>(&self, action: impl FnOnce(&[u8]) -> R) -> Run<R> {
        Ok(match self {
            Subject::Text(text) => action(text.as_str().as_bytes()),
            Subject::Bytes(bytes) => action(bytes.as_slice()),
            Subject::View(view) => {
                let (from, len) = (view.layout.offset as usize, view.layout.byte_count());
                view.held()?.with_storage(|all| action(all.get(from..from + len).unwrap_or_default()))
            }
        })
    }

    /// How many code points, or bytes, there are.
    pub fn count(&self) -> usize {
        match self {
            Subject::Text(text) => text.char_count(),
            Subject::Bytes(bytes) => bytes.as_slice().len(),
            Subject::View(view) => view.layout.byte_count(),
        }
    }

    /// Returns the offset of a position.
    pub fn offset(&self, position: usize) -> usize {
        match self {
            Subject::Text(text) => text.byte_offset(position),
            _ => position,
        }
    }

    /// Returns the position of an offset.
    pub fn position(&self, offset: usize) -> usize {
        match self {
            Subject::Text(text) => text.char_position(offset),
            _ => offset,
        }
    }

    /// Returns the part between two offsets as a new object; for the whole of a `str` or `bytes`, that itself. What
    /// exceeds the bytes that there are is left out. Raises `MemoryError`.
    pub fn cut(&self, thread: &Thread, from: usize, to: usize) -> Run<Value> {
        match self {
            Subject::Text(text) => {
                let all = text.as_str();
                if from == 0 && to == all.len() && text.shape().is_builtin() {
                    return Ok(text.as_value().clone());
                }
                thread.try_str(all.get(from..to).unwrap_or_default())
            }
            Subject::Bytes(bytes) if from == 0 && to == bytes.as_slice().len() => {
                Ok(bytes.as_value().clone())
            }
            _ => self.with(|all| copied_bytes(thread, part(all, from, to)))?,
        }
    }

    /// Runs a program on it; returns where the match begins and ends.
    pub fn run(
        &self,
        matcher: &mut Matcher,
        program: &Program,
        span: (usize, usize),
        how: How,
        must_advance: bool,
        poll: &mut dyn FnMut() -> Result<(), Stopped>,
    ) -> Run<Result<Option<(usize, usize)>, Stopped>> {
        if let Subject::Text(text) = self
            && !text.is_ascii()
        {
            return Ok(run(matcher, program, TextSubject(text.as_str()), span, how, must_advance, poll));
        }
        self.with(|bytes| run(matcher, program, bytes, span, how, must_advance, poll))
    }
}

/// Returns the part of some bytes between two offsets, as far as there is one.
pub fn part(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    let to = to.min(bytes.len());
    bytes.get(from..to).unwrap_or_default()
}

fn is_not_to_be_hidden(thread: &Thread, raised: &Raised) -> bool {
    raised.is_kind(thread, ErrorKind::MemoryError) || !raised.is_kind(thread, ErrorKind::Exception)
}

/// What is put together of parts of subjects and of other objects.
pub enum Joined {
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Joined {
    /// Begins with nothing, for parts of this subject.
    pub fn like(subject: &Subject) -> Joined {
        if subject.is_bytes() { Joined::Bytes(Vec::new()) } else { Joined::Text(String::new()) }
    }

    /// Appends the part of a subject between two offsets. Raises `MemoryError`.
    pub fn push(&mut self, subject: &Subject, from: usize, to: usize) -> Run<()> {
        match (self, subject) {
            (Joined::Text(all), Subject::Text(text)) => {
                Ok(memory::push_str(all, text.as_str().get(from..to).unwrap_or_default())?)
            }
            (Joined::Bytes(all), subject) => subject.with(|bytes| {
                let part = part(bytes, from, to);
                all.try_reserve(part.len())?;
                all.extend_from_slice(part);
                Ok(())
            })?,
            (Joined::Text(_), _) => Ok(()),
        }
    }

    /// Appends an object; tells whether it could be. Raises `MemoryError`.
    pub fn push_value(&mut self, thread: &mut Thread, value: &Value) -> Run<bool> {
        match self {
            Joined::Text(all) => match value.downcast_ref::<Str>() {
                Some(text) => memory::push_str(all, text.as_str())?,
                None => return Ok(false),
            },
            Joined::Bytes(all) => {
                if value.downcast_ref::<Str>().is_some() {
                    return Ok(false);
                }
                match contents_if_shown(thread, value)? {
                    Some(bytes) => {
                        all.try_reserve(bytes.len())?;
                        all.extend_from_slice(&bytes);
                    }
                    None => return Ok(false),
                }
            }
        }
        Ok(true)
    }

    /// Makes the object.
    pub fn into_value(self, thread: &Thread) -> Value {
        match self {
            Joined::Text(text) => thread.new_string(text),
            Joined::Bytes(bytes) => new_bytes(thread, bytes),
        }
    }

    /// Makes the error for an object that could not be appended.
    pub fn refuse(&self, thread: &Thread, position: usize, value: &Value) -> Raised {
        let given = protocol::type_name(thread, value);
        let wanted = match self {
            Joined::Text(_) => "str instance",
            Joined::Bytes(_) => "a bytes-like object",
        };
        Raised::type_error(format_args!("sequence item {position}: expected {wanted}, {given} found"))
    }
}
