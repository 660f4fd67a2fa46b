//! `System.Xml.Linq.Extensions`: the methods of nodes for sequences of nodes.

use super::{charge_siblings, elements_of, sequence};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::library::{Table, TableKind, m};
use crate::types::Type;
use crate::value::Value;
use crate::xml::{Event, Walk, XObject, name_of};

pub(in crate::library) static XML_EXTENSIONS: Table = Table {
    name: "System.Xml.Linq.Extensions",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m(
            "static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source)",
            |c| elements(c, children),
        ),
        m(
            "static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source, XName name)",
            |c| elements(c, children),
        ),
        m(
            "static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source)",
            |c| elements(c, below),
        ),
        m(
            "static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source, XName name)",
            |c| elements(c, below),
        ),
        m(
            "static IEnumerable<XElement> Ancestors<T>(this IEnumerable<T> source)",
            |c| elements(c, above),
        ),
        m(
            "static IEnumerable<XElement> Ancestors<T>(this IEnumerable<T> source, XName name)",
            |c| elements(c, above),
        ),
        m(
            "static IEnumerable<XNode> Nodes<T>(this IEnumerable<T> source)",
            |c| {
                let nodes = each(c, children)?;
                sequence(c, Type::XNODE, nodes)
            },
        ),
        m(
            "static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source)",
            attributes,
        ),
        m(
            "static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source, XName name)",
            attributes,
        ),
        m("static void Remove<T>(this IEnumerable<T> source)", remove),
    ],
};

type Related = fn(&XObject) -> Vec<XObject>;

fn children(object: &XObject) -> Vec<XObject> {
    object.children().to_vec()
}

fn below(object: &XObject) -> Vec<XObject> {
    Walk::of(object)
        .skip(1)
        .filter_map(|event| match event {
            Event::Open(node) | Event::Leaf(node) => Some(node),
            Event::Close(_) => None,
        })
        .collect()
}

fn above(object: &XObject) -> Vec<XObject> {
    let mut found = Vec::new();
    let mut current = object.parent();
    while let Some(object) = current {
        current = object.parent();
        found.push(object);
    }
    found
}

/// What is related to each object of the source.
fn each(c: &mut Call<'_, '_>, related: Related) -> Outcome<Vec<XObject>> {
    let source = c.required(0, "source")?;
    let mut found = Vec::new();
    for item in c.vm.collect(&source)? {
        if let Value::Xml(object) = item {
            let more = related(&object);
            c.vm.charge_items(more.len())?;
            found.extend(more);
        }
    }
    Ok(found)
}

fn elements(c: &mut Call<'_, '_>, related: Related) -> Outcome {
    let found = each(c, related)?;
    let found = elements_of(c, found)?;
    sequence(c, Type::XELEMENT, found)
}

fn attributes(c: &mut Call<'_, '_>) -> Outcome {
    let mut found = each(c, |object| object.attributes().to_vec())?;
    if let Some(name) = c.args.get(1) {
        let name = name_of(name)?;
        found.retain(|attribute| attribute.is_named(&name));
    }
    sequence(c, Type::XATTRIBUTE, found)
}

fn remove(c: &mut Call<'_, '_>) -> Outcome {
    for object in each(c, |object| vec![object.clone()])? {
        charge_siblings(c, &object)?;
        object.remove()?;
    }
    Ok(Value::Null)
}
