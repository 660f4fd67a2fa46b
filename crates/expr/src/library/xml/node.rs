//! `XObject`, `XNode`, and the enumerations they use.

use super::content::{insert, pieces};
use super::{charge_siblings, elements_of, or_null, saved, sequence};
use crate::eval::Call;
use crate::exception::{Outcome, invalid_operation};
use crate::library::object::{enumeration, flags};
use crate::library::{Table, TableKind, enums, m, nothing};
use crate::types::Type;
use crate::value::Value;
use crate::xml::{Data, XObject};

pub(in crate::library) static SAVE_OPTIONS: Table = flags(
    "System.Xml.Linq.SaveOptions",
    &[
        ("None", 0),
        ("DisableFormatting", 1),
        ("OmitDuplicateNamespaces", 2),
    ],
);

pub(in crate::library) static LOAD_OPTIONS: Table = flags(
    "System.Xml.Linq.LoadOptions",
    &[
        ("None", 0),
        ("PreserveWhitespace", 1),
        ("SetBaseUri", 2),
        ("SetLineInfo", 4),
    ],
);

pub(in crate::library) static NODE_TYPE: Table = enumeration(
    "System.Xml.XmlNodeType",
    &[
        ("None", 0),
        ("Element", 1),
        ("Attribute", 2),
        ("Text", 3),
        ("CDATA", 4),
        ("EntityReference", 5),
        ("Entity", 6),
        ("ProcessingInstruction", 7),
        ("Comment", 8),
        ("Document", 9),
        ("DocumentType", 10),
        ("DocumentFragment", 11),
        ("Notation", 12),
        ("Whitespace", 13),
        ("SignificantWhitespace", 14),
        ("EndElement", 15),
        ("EndEntity", 16),
        ("XmlDeclaration", 17),
    ],
);

pub(in crate::library) static XOBJECT: Table = Table {
    name: "System.Xml.Linq.XObject",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("XElement Parent", |c| {
            Ok(or_null(c.xml(0)?.parent().filter(XObject::is_element)))
        }),
        m("XDocument Document", |c| {
            let mut top = c.xml(0)?;
            while let Some(parent) = top.parent() {
                c.vm.meter.ticks(1)?;
                top = parent;
            }
            let document = matches!(&*top.data(), Data::Document { .. });
            Ok(or_null(Some(top).filter(|_| document)))
        }),
        m("XmlNodeType NodeType", |c| {
            let number = match &*c.xml(0)?.data() {
                Data::Element(_) => 1,
                Data::Attribute(..) => 2,
                Data::Text(_) => 3,
                Data::Verbatim(_) => 4,
                Data::Instruction(..) => 7,
                Data::Comment(_) => 8,
                Data::Document { .. } => 9,
                Data::Doctype(_) => 10,
            };
            Ok(enums::of("System.Xml.XmlNodeType", number))
        }),
        m("string BaseUri", |_| Ok(Value::string(""))),
    ],
};

pub(in crate::library) static XNODE: Table = Table {
    name: "System.Xml.Linq.XNode",
    kind: TableKind::Class,
    parents: &["XObject"],
    documented: true,
    members: &[
        m("static bool DeepEquals(XNode n1, XNode n2)", |c| {
            let (a, b) = (c.arg(0).clone(), c.arg(1).clone());
            Ok(Value::Bool(match (&a, &b) {
                (Value::Xml(a), Value::Xml(b)) => {
                    a.charge_walk(&mut c.vm.meter)?;
                    a.deep_equals(b)
                }
                (a, b) => a.is_null() && b.is_null(),
            }))
        }),
        m("XNode NextNode", |c| neighbour(c, 1)),
        m("XNode PreviousNode", |c| neighbour(c, -1)),
        m("string ToString(SaveOptions options)", saved),
        m("void Remove()", |c| {
            let node = c.xml(0)?;
            charge_siblings(c, &node)?;
            node.remove()?;
            Ok(Value::Null)
        }),
        m("void ReplaceWith(object content)", replace),
        m("void ReplaceWith(params object[] content)", replace),
        m("void AddAfterSelf(object content)", |c| beside(c, 1)),
        m("void AddAfterSelf(params object[] content)", |c| {
            beside(c, 1)
        }),
        m("void AddBeforeSelf(object content)", |c| beside(c, 0)),
        m("void AddBeforeSelf(params object[] content)", |c| {
            beside(c, 0)
        }),
        m("IEnumerable<XElement> Ancestors()", ancestors),
        m("IEnumerable<XElement> Ancestors(XName name)", ancestors),
        m("IEnumerable<XElement> ElementsAfterSelf()", |c| {
            elements_around(c, true)
        }),
        m("IEnumerable<XElement> ElementsAfterSelf(XName name)", |c| {
            elements_around(c, true)
        }),
        m("IEnumerable<XElement> ElementsBeforeSelf()", |c| {
            elements_around(c, false)
        }),
        m(
            "IEnumerable<XElement> ElementsBeforeSelf(XName name)",
            |c| elements_around(c, false),
        ),
        m("IEnumerable<XNode> NodesAfterSelf()", |c| {
            let nodes = around(c, true)?;
            sequence(c, Type::XNODE, nodes)
        }),
        m("IEnumerable<XNode> NodesBeforeSelf()", |c| {
            let nodes = around(c, false)?;
            sequence(c, Type::XNODE, nodes)
        }),
        m("void Dispose()", nothing),
    ],
};

/// The nodes before or after one among its siblings.
fn around(c: &mut Call<'_, '_>, after: bool) -> Outcome<Vec<XObject>> {
    let node = c.xml(0)?;
    charge_siblings(c, &node)?;
    let Some((parent, at)) = node.position() else {
        return Ok(Vec::new());
    };
    let children = parent.children();
    let part = if after {
        children.get(at + 1..)
    } else {
        children.get(..at)
    };
    Ok(part.unwrap_or_default().to_vec())
}

fn neighbour(c: &mut Call<'_, '_>, offset: isize) -> Outcome {
    let node = c.xml(0)?;
    charge_siblings(c, &node)?;
    Ok(or_null(node.sibling(offset)))
}

fn elements_around(c: &mut Call<'_, '_>, after: bool) -> Outcome {
    let nodes = around(c, after)?;
    let elements = elements_of(c, nodes)?;
    sequence(c, Type::XELEMENT, elements)
}

fn ancestors(c: &mut Call<'_, '_>) -> Outcome {
    let mut found = Vec::new();
    let mut current = c.xml(0)?.parent();
    while let Some(object) = current {
        c.vm.meter.ticks(1)?;
        current = object.parent();
        found.push(object);
    }
    let found = elements_of(c, found)?;
    sequence(c, Type::XELEMENT, found)
}

fn beside(c: &mut Call<'_, '_>, offset: usize) -> Outcome {
    let pieces = pieces(c, 1)?;
    let node = c.xml(0)?;
    charge_siblings(c, &node)?;
    let Some((parent, at)) = node.position() else {
        return Err(invalid_operation("The parent is missing."));
    };
    insert(c, &parent, at + offset, pieces)?;
    Ok(Value::Null)
}

fn replace(c: &mut Call<'_, '_>) -> Outcome {
    let pieces = pieces(c, 1)?;
    let node = c.xml(0)?;
    charge_siblings(c, &node)?;
    let Some((parent, at)) = node.position() else {
        return Err(invalid_operation("The parent is missing."));
    };
    node.remove()?;
    insert(c, &parent, at, pieces)?;
    Ok(Value::Null)
}
