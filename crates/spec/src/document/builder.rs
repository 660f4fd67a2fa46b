//! Puts slots in order while a text is read, and counts them.

use portcullis_model::diagnostic::Span;

use super::{Cause, Home, Kind, Malformed, Slot};
use crate::limits::Limits;

/// A document that is being read.
#[derive(Debug)]
pub(super) struct Builder<'l> {
    pub(super) slots: Vec<Slot>,
    pub(super) pool: String,
    /// Where the containers that are not closed yet begin.
    open: Vec<usize>,
    limits: &'l Limits,
}

/// How many bytes of text make a slot in descriptions that people write: room for most of them.
const BYTES_PER_SLOT: usize = 16;

impl<'l> Builder<'l> {
    /// For a text of that many bytes.
    pub(super) fn new(limits: &'l Limits, length: usize) -> Self {
        Self {
            slots: Vec::with_capacity((length / BYTES_PER_SLOT).min(limits.nodes)),
            pool: String::new(),
            open: Vec::new(),
            limits,
        }
    }

    /// The innermost open container.
    pub(super) fn innermost(&self) -> Option<(usize, Kind)> {
        let at = *self.open.last()?;
        Some((at, self.slots.get(at)?.kind))
    }

    /// A value without contents, kept in the text at `value`.
    pub(super) fn scalar(&mut self, kind: Kind, span: Span, value: Span) -> Result<(), Malformed> {
        self.push(kind, Home::Text, span, value)
    }

    /// A string that stands differently in the text than it means.
    pub(super) fn pooled(&mut self, span: Span, from: usize) -> Result<(), Malformed> {
        let value = Span::new(from, self.pool.len());
        self.push(Kind::String, Home::Pool, span, value)
    }

    /// Opens a container.
    pub(super) fn open(&mut self, kind: Kind, start: usize) -> Result<(), Malformed> {
        if self.open.len() >= self.limits.depth {
            return Err(Malformed {
                cause: Cause::Limit,
                span: Span::at(start),
                message: format!(
                    "more than {} arrays and objects within each other",
                    self.limits.depth
                ),
            });
        }
        self.open.push(self.slots.len());
        self.push(kind, Home::Text, Span::at(start), Span::at(start))
    }

    /// Closes the innermost container and gives where it begins.
    pub(super) fn close(&mut self, end: usize) -> Option<usize> {
        let at = self.open.pop()?;
        self.seal(at, end);
        Some(at)
    }

    /// Appends copies of slots (a YAML alias).
    pub(super) fn repeat(&mut self, copies: &[Slot], span: Span) -> Result<(), Malformed> {
        self.refuse_more(copies.len(), span)?;
        self.slots.extend_from_slice(copies);
        Ok(())
    }

    /// Sets the size and the end of the container at `at` to all that follows it.
    pub(super) fn seal(&mut self, at: usize, end: usize) {
        let size = u32::try_from(self.slots.len() - at).unwrap_or(u32::MAX);
        if let Some(slot) = self.slots.get_mut(at) {
            slot.size = size;
            slot.span = Span::new(slot.span.start as usize, end);
        }
    }

    fn push(&mut self, kind: Kind, home: Home, span: Span, value: Span) -> Result<(), Malformed> {
        self.refuse_more(1, span)?;
        self.slots.push(Slot {
            kind,
            home,
            span,
            value,
            size: 1,
        });
        Ok(())
    }

    fn refuse_more(&self, more: usize, span: Span) -> Result<(), Malformed> {
        if self.slots.len() + more <= self.limits.nodes {
            return Ok(());
        }
        Err(Malformed {
            cause: Cause::Limit,
            span,
            message: format!("more than {} values", self.limits.nodes),
        })
    }
}
