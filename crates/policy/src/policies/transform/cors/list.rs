//! What a `cors` policy lists: origins, methods or headers, of which some may be computed.

use std::borrow::Cow;

use http::HeaderValue;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::Fault;
use crate::host::Host;
use crate::parse::Checked;
use crate::value::Val;

/// Stands for everything.
const EVERYTHING: &str = "*";

/// The form in which entries are compared.
pub(super) type Form = fn(&str) -> Cow<'_, str>;

/// A list of texts that are compared without regard to case.
#[derive(Debug)]
pub(super) struct List {
    everything: bool,
    known: Box<[Box<str>]>,
    computed: Box<[Val<Box<str>>]>,
    form: Form,
    /// What is known, as the value of a header; `None` for nothing.
    text: Option<HeaderValue>,
}

/// The form of texts that have one only.
pub(super) fn as_written(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

impl List {
    /// The texts of the elements in `parent`; an empty list if there is no such element.
    pub(super) fn compile(
        parent: Option<&Checked<'_>>,
        form: Form,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        let parts = parent.map_or(&[][..], |parent| parent.parts());
        // Every element is looked at, so that all mistakes are reported.
        let texts: Vec<_> = parts.iter().map(|part| cx.body(part)).collect();
        let (mut known, mut computed) = (Vec::new(), Vec::new());
        for text in texts {
            match text? {
                Val::Known(text) => known.push(form(&text).into_owned().into_boxed_str()),
                text @ Val::Computed(_) => computed.push(text),
            }
        }
        Some(Self::new(known, computed, form))
    }

    /// A list of known texts.
    pub(super) fn of(texts: &[&str]) -> Self {
        Self::new(
            texts.iter().map(|text| (*text).into()).collect(),
            Vec::new(),
            as_written,
        )
    }

    fn new(known: Vec<Box<str>>, computed: Vec<Val<Box<str>>>, form: Form) -> Self {
        Self {
            everything: known.iter().any(|text| **text == *EVERYTHING),
            text: header(&known.join(", ")),
            known: known.into(),
            computed: computed.into(),
            form,
        }
    }

    /// Whether it is written that it stands for everything.
    pub(super) fn is_written_as_everything(&self) -> bool {
        self.everything
    }

    /// Whether it stands for everything.
    pub(super) fn is_everything(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<bool, Fault> {
        Ok(self.everything || self.computes(ex, host, |text| text == EVERYTHING)?)
    }

    /// Whether it has a text.
    pub(super) fn has(
        &self,
        wanted: &str,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<bool, Fault> {
        let wanted = (self.form)(wanted);
        if self.everything
            || self
                .known
                .iter()
                .any(|text| text.eq_ignore_ascii_case(&wanted))
        {
            return Ok(true);
        }
        self.computes(ex, host, |text| {
            text == EVERYTHING || (self.form)(text).eq_ignore_ascii_case(&wanted)
        })
    }

    /// Whether any of the computed texts is as wanted.
    fn computes(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<bool, Fault> {
        for text in &self.computed {
            if is_wanted(text.text(ex, host)?.trim()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All of it, as the value of a header; `None` for an empty list.
    pub(super) fn joined(
        &self,
        ex: &mut Exchange<'_>,
        host: &Host<'_>,
    ) -> Result<Option<HeaderValue>, Fault> {
        if self.computed.is_empty() {
            return Ok(self.text.clone());
        }
        let mut all: Vec<Cow<'_, str>> = self.known.iter().map(|t| Cow::Borrowed(&**t)).collect();
        for text in &self.computed {
            all.push(text.text(ex, host)?);
        }
        all.retain(|text| !text.is_empty());
        Ok(header(&all.join(", ")))
    }
}

fn header(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text)
        .ok()
        .filter(|value| !value.is_empty())
}
