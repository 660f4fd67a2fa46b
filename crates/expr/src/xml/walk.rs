//! Walking a tree without a deep stack, and what is done by walking: copies, comparisons.

use super::{Data, Element, SIZE, XObject};
use crate::exception::Outcome;
use crate::limits::Meter;

/// A step of a walk.
pub(crate) enum Event {
    /// An element or document begins.
    Open(XObject),
    /// It ends.
    Close(XObject),
    /// Something without children.
    Leaf(XObject),
}

/// A walk over an object and all that is in it, in the order of the document.
pub(crate) struct Walk {
    start: Option<XObject>,
    open: Vec<(XObject, usize)>,
}

impl Walk {
    pub(crate) fn of(object: &XObject) -> Self {
        Self {
            start: Some(object.clone()),
            open: Vec::new(),
        }
    }

    fn enter(&mut self, object: XObject) -> Event {
        if matches!(&*object.data(), Data::Element(_) | Data::Document { .. }) {
            self.open.push((object.clone(), 0));
            Event::Open(object)
        } else {
            Event::Leaf(object)
        }
    }
}

impl Iterator for Walk {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if let Some(start) = self.start.take() {
            return Some(self.enter(start));
        }
        let (object, next) = self.open.last_mut()?;
        let child = object.children().get(*next).cloned();
        *next += 1;
        match child {
            Some(child) => Some(self.enter(child)),
            None => self.open.pop().map(|(object, _)| Event::Close(object)),
        }
    }
}

impl XObject {
    /// A copy that stands alone.
    pub(crate) fn deep_clone(&self) -> Self {
        let mut finished: Vec<Vec<XObject>> = vec![Vec::new()];
        for event in Walk::of(self) {
            match event {
                Event::Open(_) => finished.push(Vec::new()),
                Event::Leaf(leaf) => {
                    if let Some(siblings) = finished.last_mut() {
                        siblings.push(copy(&leaf, Vec::new()));
                    }
                }
                Event::Close(object) => {
                    let children = finished.pop().unwrap_or_default();
                    let whole = copy(&object, children);
                    if let Some(siblings) = finished.last_mut() {
                        siblings.push(whole);
                    }
                }
            }
        }
        finished
            .pop()
            .and_then(|mut all| all.pop())
            .unwrap_or_else(|| self.clone())
    }

    /// Charges for looking at all that is in it.
    pub(crate) fn charge_walk(&self, meter: &mut Meter) -> Outcome<()> {
        for event in Walk::of(self) {
            match event {
                Event::Open(object) => meter.ticks(2 + object.attributes().len())?,
                Event::Close(_) => {}
                Event::Leaf(_) => meter.ticks(1)?,
            }
        }
        Ok(())
    }

    /// Charges for a copy.
    pub(crate) fn charge_copy(&self, meter: &mut Meter) -> Outcome<()> {
        for event in Walk::of(self) {
            let objects = match event {
                Event::Open(object) => 1 + object.attributes().len(),
                Event::Close(_) => continue,
                Event::Leaf(_) => 1,
            };
            meter.ticks(objects.saturating_mul(2))?;
            meter.bytes(objects.saturating_mul(SIZE))?;
        }
        Ok(())
    }

    /// `XNode.DeepEquals`.
    pub(crate) fn deep_equals(&self, other: &Self) -> bool {
        let (mut a, mut b) = (Walk::of(self), Walk::of(other));
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(Event::Close(_)), Some(Event::Close(_))) => {}
                (Some(Event::Open(a)), Some(Event::Open(b)))
                | (Some(Event::Leaf(a)), Some(Event::Leaf(b)))
                    if equal_alone(&a, &b) => {}
                _ => return false,
            }
        }
    }
}

/// Whether the indented text may be very much larger than the tree: it is deep, or a prefix is long.
pub(crate) fn may_swell(object: &XObject) -> bool {
    let mut depth: usize = 0;
    let mut size: usize = 0;
    let mut prefix = 0;
    for event in Walk::of(object) {
        match event {
            Event::Open(object) => {
                depth += 1;
                for attribute in object.attributes().iter() {
                    if let Some(name) = attribute.name() {
                        prefix = prefix.max(name.declared_prefix().map_or(0, str::len));
                    }
                }
            }
            Event::Close(_) => depth = depth.saturating_sub(1),
            Event::Leaf(_) => {}
        }
        size += depth * 2 + prefix;
    }
    // The texts themselves are no larger than what was charged for them.
    size > 16 << 20
}

/// A copy of an object with other children.
fn copy(object: &XObject, children: Vec<XObject>) -> XObject {
    XObject::new(match &*object.data() {
        Data::Document { declaration, .. } => Data::Document {
            declaration: declaration.clone(),
            children,
        },
        Data::Element(element) => Data::Element(Element {
            name: element.name.clone(),
            attributes: element
                .attributes
                .iter()
                .map(|a| copy(a, Vec::new()))
                .collect(),
            children,
            open: element.open,
        }),
        Data::Attribute(name, value) => Data::Attribute(name.clone(), value.clone()),
        Data::Text(text) => Data::Text(text.clone()),
        Data::Verbatim(text) => Data::Verbatim(text.clone()),
        Data::Comment(text) => Data::Comment(text.clone()),
        Data::Instruction(target, text) => Data::Instruction(target.clone(), text.clone()),
        Data::Doctype(doctype) => Data::Doctype(doctype.clone()),
    })
}

/// Whether two objects are equal up to what is in them.
fn equal_alone(a: &XObject, b: &XObject) -> bool {
    match (&*a.data(), &*b.data()) {
        (Data::Document { .. }, Data::Document { .. }) => true,
        (Data::Element(a), Data::Element(b)) => {
            a.name == b.name
                && a.attributes.len() == b.attributes.len()
                && a.attributes
                    .iter()
                    .zip(&b.attributes)
                    .all(|(a, b)| equal_alone(a, b))
        }
        (Data::Attribute(name, value), Data::Attribute(other, given)) => {
            name == other && value == given
        }
        (Data::Text(a), Data::Text(b))
        | (Data::Verbatim(a), Data::Verbatim(b))
        | (Data::Comment(a), Data::Comment(b)) => a == b,
        (Data::Instruction(target, text), Data::Instruction(other, given)) => {
            target == other && text == given
        }
        (Data::Doctype(a), Data::Doctype(b)) => a == b,
        _ => false,
    }
}
