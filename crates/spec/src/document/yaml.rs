//! YAML 1.2 into slots: the core schema, aliases written out, merge keys applied.

use std::collections::{HashMap, HashSet};

use portcullis_model::diagnostic::Span;
use serde_saphyr::granit_parser::{self as granit, Event, Parser, ScalarStyle};

use super::builder::Builder;
use super::print::number_length;
use super::{Cause, Kind, Malformed, Slot};
use crate::limits::Limits;

/// Reads the first document of the text.
pub(super) fn read(text: &str, limits: &Limits) -> Result<(Vec<Slot>, String), Malformed> {
    let mut options = granit::Options::default();
    options.set_emit_comments(false);
    options.block_nesting_limit = limits.depth;
    options.flow_nesting_limit = limits.depth;
    let mut reader = Reader {
        text,
        builder: Builder::new(limits, text.len()),
        anchors: HashMap::new(),
        anchored: Vec::new(),
        unfinished: HashSet::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| reader.scan_error(&error))?;
        if matches!(event, Event::DocumentEnd | Event::StreamEnd) {
            break;
        }
        reader.event(
            event,
            span.byte_range()
                .map_or(Span::at(0), |r| Span::new(r.start, r.end)),
        )?;
    }
    if reader.builder.slots.is_empty() {
        let nothing = Span::at(0);
        reader.builder.scalar(Kind::Null, nothing, nothing)?;
    }
    Ok((reader.builder.slots, reader.builder.pool))
}

struct Reader<'t, 'l> {
    text: &'t str,
    builder: Builder<'l>,
    /// What stands behind an anchor, once it is complete.
    anchors: HashMap<usize, Vec<Slot>>,
    /// The anchor of each open container; 0 is none.
    anchored: Vec<usize>,
    /// Mappings with a merge key in them.
    unfinished: HashSet<usize>,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Malformed> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let text_only = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let plain = style == ScalarStyle::Plain && !text_only;
                self.scalar(&value, plain, span)?;
                self.remember(anchor, self.builder.slots.len().saturating_sub(1));
                Ok(())
            }
            Event::SequenceStart(_, anchor, _) => self.open(Kind::Array, anchor, span),
            Event::MappingStart(_, anchor, _) => self.open(Kind::Object, anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn open(&mut self, kind: Kind, anchor: usize, span: Span) -> Result<(), Malformed> {
        self.anchored.push(anchor);
        self.builder.open(kind, span.start as usize)
    }

    fn close(&mut self, span: Span) -> Result<(), Malformed> {
        let anchor = self.anchored.pop().unwrap_or(0);
        let Some(at) = self.builder.close(span.end as usize) else {
            return Ok(());
        };
        if self.unfinished.remove(&at) {
            self.merge(at, span)?;
        }
        self.remember(anchor, at);
        Ok(())
    }

    fn scalar(&mut self, value: &str, plain: bool, span: Span) -> Result<(), Malformed> {
        let in_place = self.text.get(span.range()) == Some(value);
        let kind = if plain {
            core_kind(value)
        } else {
            Kind::String
        };
        if plain && value == "<<" {
            let mapping = self.builder.innermost();
            self.unfinished.extend(
                mapping
                    .filter(|(_, kind)| *kind == Kind::Object)
                    .map(|(at, _)| at),
            );
        }
        if in_place || kind != Kind::String {
            return self.builder.scalar(kind, span, span);
        }
        let from = self.builder.pool.len();
        self.builder.pool.push_str(value);
        self.builder.pooled(span, from)
    }

    /// Writes out what stands behind the anchor. The copies keep the places of the original.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Malformed> {
        let Some(copies) = self.anchors.get(&anchor) else {
            return Err(Malformed {
                cause: Cause::Syntax,
                span,
                message: "an alias stands inside of what it repeats".to_owned(),
            });
        };
        self.builder.repeat(copies, span)
    }

    fn remember(&mut self, anchor: usize, at: usize) {
        if anchor != 0 {
            let copies = self.builder.slots.get(at..).unwrap_or_default().to_vec();
            self.anchors.insert(anchor, copies);
        }
    }

    /// Replaces the merge keys of the mapping at `at`, the last value so far, by what they bring.
    fn merge(&mut self, at: usize, span: Span) -> Result<(), Malformed> {
        let contents = self.builder.slots.split_off(at + 1);
        let (merged, own): (Vec<Pair<'_>>, Vec<Pair<'_>>) =
            pairs(&contents).partition(|pair| self.name(pair.name) == "<<");
        let mut seen: HashSet<&str> = own.iter().map(|pair| self.name(pair.name)).collect();
        let brought = merged.iter().flat_map(|pair| mappings(pair.value));
        let new: Vec<Pair<'_>> = brought
            .flat_map(pairs)
            .filter(|pair| seen.insert(self.name(pair.name)))
            .collect();
        for pair in own.into_iter().chain(new) {
            self.builder.repeat(&[*pair.name], span)?;
            self.builder.repeat(pair.value, span)?;
        }
        self.builder.seal(at, span.end as usize);
        Ok(())
    }

    fn name(&self, slot: &Slot) -> &str {
        let home = match slot.home {
            super::Home::Text => self.text,
            super::Home::Pool => &self.builder.pool,
        };
        home.get(slot.value.range()).unwrap_or("")
    }

    fn scan_error(&self, error: &granit::ScanError) -> Malformed {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        Malformed {
            cause: Cause::Syntax,
            span: Span::at(at),
            message: error.info().replace('\n', ", "),
        }
    }
}

/// A member of a mapping as slots.
#[derive(Clone, Copy)]
struct Pair<'s> {
    name: &'s Slot,
    value: &'s [Slot],
}

fn pairs(mut contents: &[Slot]) -> impl Iterator<Item = Pair<'_>> {
    std::iter::from_fn(move || {
        let name = contents.first()?;
        let rest = contents.get(name.size as usize..)?;
        let (value, rest) = rest.split_at_checked(rest.first()?.size as usize)?;
        contents = rest;
        Some(Pair { name, value })
    })
}

/// The contents of the mappings that a merge key names: one, or several in a sequence.
fn mappings(value: &[Slot]) -> Vec<&[Slot]> {
    let Some((first, mut contents)) = value.split_first() else {
        return Vec::new();
    };
    if first.kind == Kind::Object {
        return vec![contents];
    }
    let mut found = Vec::new();
    while let Some(first) = contents.first() {
        let Some((item, rest)) = contents.split_at_checked(first.size as usize) else {
            break;
        };
        if first.kind == Kind::Object {
            found.extend(item.get(1..));
        }
        contents = rest;
    }
    found
}

/// The core schema of YAML 1.2. Numbers that JSON cannot write are strings to us.
fn core_kind(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Boolean,
        _ if number_length(text) == Some(text.len()) => Kind::Number,
        _ => Kind::String,
    }
}
