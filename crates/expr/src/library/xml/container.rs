//! `XContainer`: what elements and documents have in common.

use super::content::{append, insert, pieces};
use super::{children, elements_of, or_null, sequence};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::library::{Table, TableKind, m};
use crate::types::Type;
use crate::value::Value;
use crate::xml::{Event, Walk, XObject};

pub(in crate::library) static XCONTAINER: Table = Table {
    name: "System.Xml.Linq.XContainer",
    kind: TableKind::Class,
    parents: &["XNode"],
    documented: true,
    members: &[
        m("XNode FirstNode", |c| {
            Ok(or_null(c.xml(0)?.children().first().cloned()))
        }),
        m("XNode LastNode", |c| {
            Ok(or_null(c.xml(0)?.children().last().cloned()))
        }),
        m("IEnumerable<XNode> Nodes()", |c| {
            let object = c.xml(0)?;
            let nodes = children(c, &object)?;
            sequence(c, Type::XNODE, nodes)
        }),
        m("XElement Element(XName name)", |c| {
            let object = c.xml(0)?;
            let children = children(c, &object)?;
            Ok(or_null(elements_of(c, children)?.into_iter().next()))
        }),
        m("IEnumerable<XElement> Elements()", elements),
        m("IEnumerable<XElement> Elements(XName name)", elements),
        m("IEnumerable<XElement> Descendants()", descendants),
        m("IEnumerable<XElement> Descendants(XName name)", descendants),
        m("IEnumerable<XNode> DescendantNodes()", |c| {
            let below = below(c)?;
            sequence(c, Type::XNODE, below)
        }),
        m("void Add(object content)", add),
        m("void Add(params object[] content)", add),
        m("void AddFirst(object content)", add_first),
        m("void AddFirst(params object[] content)", add_first),
        m("void RemoveNodes()", |c| {
            let object = c.xml(0)?;
            c.vm.meter.ticks(object.children().len())?;
            object.clear();
            Ok(Value::Null)
        }),
        m("void ReplaceNodes(object content)", replace_nodes),
        m("void ReplaceNodes(params object[] content)", replace_nodes),
    ],
};

fn elements(c: &mut Call<'_, '_>) -> Outcome {
    let object = c.xml(0)?;
    let children = children(c, &object)?;
    let found = elements_of(c, children)?;
    sequence(c, Type::XELEMENT, found)
}

/// All nodes in an element or document, in order.
pub(super) fn below(c: &mut Call<'_, '_>) -> Outcome<Vec<XObject>> {
    let top = c.xml(0)?;
    let mut found = Vec::new();
    for event in Walk::of(&top).skip(1) {
        if let Event::Open(node) | Event::Leaf(node) = event {
            c.vm.charge_steps(1)?;
            found.push(node);
        }
    }
    Ok(found)
}

fn descendants(c: &mut Call<'_, '_>) -> Outcome {
    let below = below(c)?;
    let found = elements_of(c, below)?;
    sequence(c, Type::XELEMENT, found)
}

fn add(c: &mut Call<'_, '_>) -> Outcome {
    let pieces = pieces(c, 1)?;
    let target = c.xml(0)?;
    append(c, &target, pieces)?;
    Ok(Value::Null)
}

fn add_first(c: &mut Call<'_, '_>) -> Outcome {
    let pieces = pieces(c, 1)?;
    let target = c.xml(0)?;
    insert(c, &target, 0, pieces)?;
    Ok(Value::Null)
}

fn replace_nodes(c: &mut Call<'_, '_>) -> Outcome {
    let pieces = pieces(c, 1)?;
    let target = c.xml(0)?;
    target.clear();
    append(c, &target, pieces)?;
    Ok(Value::Null)
}
