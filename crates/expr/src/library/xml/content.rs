//! Content: what `new XElement(…)` and `Add(…)` take.

use crate::eval::Call;
use crate::exception::{Outcome, argument_plain};
use crate::relations::item_type;
use crate::text::Text;
use crate::value::Value;
use crate::xml::{Data, SIZE, XObject, content_text};

/// How deep lists of content may be nested.
const DEPTH: u32 = 32;

/// One piece of content.
pub(super) enum Piece {
    Node(XObject),
    Attribute(XObject),
    Text(Text),
}

/// The pieces of the arguments from an index on.
pub(super) fn pieces(c: &mut Call<'_, '_>, from: usize) -> Outcome<Vec<Piece>> {
    let values: Vec<Value> = c.args.get(from..).unwrap_or_default().to_vec();
    let mut out = Vec::new();
    for value in &values {
        gather(c, value, &mut out, DEPTH)?;
    }
    Ok(out)
}

fn gather(c: &mut Call<'_, '_>, value: &Value, out: &mut Vec<Piece>, depth: u32) -> Outcome<()> {
    c.vm.charge_bytes(SIZE)?;
    match value {
        Value::Null => {}
        Value::Xml(object) => {
            charge_if_copied(c, object)?;
            out.push(match &*object.data() {
                Data::Attribute(..) => Piece::Attribute(object.clone()),
                Data::Document { .. } => {
                    return Err(argument_plain("A document cannot be added to content."));
                }
                _ => Piece::Node(object.clone()),
            });
        }
        Value::String(text) => out.push(Piece::Text(text.clone())),
        other if depth > 0 && item_type(&other.runtime_type(), c.vm.surface).is_some() => {
            for item in c.vm.collect(other)? {
                gather(c, &item, out, depth - 1)?;
            }
        }
        other => out.push(Piece::Text(text_of(c, other)?)),
    }
    Ok(())
}

/// Charges for what will be copied because it has a parent, or holds what it is put into.
fn charge_if_copied(c: &mut Call<'_, '_>, object: &XObject) -> Outcome<()> {
    let within = match c.arg(0) {
        Value::Xml(receiver) => object.contains(receiver),
        _ => false,
    };
    if within || object.parent().is_some() {
        object.charge_copy(&mut c.vm.meter)?;
    }
    Ok(())
}

/// Charges for putting one more piece into an element or document.
fn charge_place(c: &mut Call<'_, '_>, target: &XObject, piece: &Piece) -> Outcome<()> {
    // Whether the tree becomes too deep, or a ring, shows on the way up.
    let up = 1 + target.depth();
    let beside = match piece {
        Piece::Attribute(_) => target.attributes().len(),
        Piece::Text(_) => match target.children().last().map(|last| last.value().size()) {
            Some(size) => {
                c.vm.meter.bytes(size)?;
                size / 16
            }
            None => 0,
        },
        Piece::Node(_) if target.is_element() => 0,
        Piece::Node(_) => target.children().len(),
    };
    c.vm.meter.ticks(up.saturating_add(beside))
}

/// The text that a value is as content.
pub(super) fn text_of(c: &mut Call<'_, '_>, value: &Value) -> Outcome<Text> {
    match (content_text(value), value) {
        (Some(text), _) => Ok(text),
        (None, Value::Xml(_)) => Err(argument_plain("An XObject cannot be used as a value.")),
        (None, other) => crate::display::to_text(c.vm, other),
    }
}

/// Puts pieces at the end of an element or document.
pub(super) fn append(c: &mut Call<'_, '_>, target: &XObject, pieces: Vec<Piece>) -> Outcome<()> {
    for piece in pieces {
        charge_place(c, target, &piece)?;
        match piece {
            Piece::Node(node) => {
                let end = target.children().len();
                target.insert(end, node)?;
            }
            Piece::Attribute(attribute) => target.push_attribute(attribute)?,
            Piece::Text(text) if target.is_element() => target.push_text(&text)?,
            Piece::Text(text) => {
                let end = target.children().len();
                target.insert(end, XObject::new(Data::Text(text)))?;
            }
        }
    }
    Ok(())
}

/// Puts pieces among the nodes of an element or document.
pub(super) fn insert(
    c: &mut Call<'_, '_>,
    target: &XObject,
    index: usize,
    pieces: Vec<Piece>,
) -> Outcome<()> {
    let mut index = index;
    for piece in pieces {
        charge_place(c, target, &piece)?;
        // What comes after it moves.
        c.vm.meter.ticks(target.children().len() / 8)?;
        let node = match piece {
            Piece::Node(node) => node,
            Piece::Attribute(_) => {
                return Err(argument_plain("An attribute cannot be added to content."));
            }
            Piece::Text(text) if text.is_empty() => continue,
            Piece::Text(text) => XObject::new(Data::Text(text)),
        };
        target.insert(index, node)?;
        index += 1;
    }
    Ok(())
}
