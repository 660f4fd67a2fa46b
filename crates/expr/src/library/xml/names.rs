//! `XName`, `XNamespace`.

use crate::eval::Call;
use crate::exception::{Outcome, argument_null};
use crate::library::{Table, TableKind, m};
use crate::value::{Value, equals};
use crate::xml::{Name, Namespace, XML, XMLNS, name_of};

pub(in crate::library) static XNAME: Table = Table {
    name: "System.Xml.Linq.XName",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("static XName Get(string expandedName)", |c| {
            Ok(name_of(c.arg(0))?.value())
        }),
        m(
            "static XName Get(string localName, string namespaceName)",
            |c| {
                let local = c.required_text(0, "localName")?;
                let namespace = c.required_text(1, "namespaceName")?;
                Ok(Name::checked(&local.to_str(), &namespace.to_str())?.value())
            },
        ),
        m("string LocalName", |c| {
            Ok(Value::from(&*name_of(c.arg(0))?.local))
        }),
        m("string NamespaceName", |c| {
            Ok(Value::from(&*name_of(c.arg(0))?.namespace))
        }),
        m("XNamespace Namespace", |c| {
            Ok(Value::native(Namespace(name_of(c.arg(0))?.namespace)))
        }),
        m(
            "implicit operator XName(string expandedName)",
            |c| match c.arg(0) {
                Value::Null => Ok(Value::Null),
                text => Ok(name_of(text)?.value()),
            },
        ),
        m("static bool operator ==(XName left, XName right)", same),
        m("static bool operator !=(XName left, XName right)", other),
    ],
};

pub(in crate::library) static XNAMESPACE: Table = Table {
    name: "System.Xml.Linq.XNamespace",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("static XNamespace Get(string namespaceName)", |c| {
            Ok(namespace(&c.required_text(0, "namespaceName")?.to_str()))
        }),
        m("static XNamespace None", |_| Ok(namespace(""))),
        m("static XNamespace Xml", |_| Ok(namespace(XML))),
        m("static XNamespace Xmlns", |_| Ok(namespace(XMLNS))),
        m("string NamespaceName", |c| Ok(Value::from(&*own(c, 0)?.0))),
        m("XName GetName(string localName)", |c| named(c, "localName")),
        m("implicit operator XNamespace(string namespaceName)", |c| {
            Ok(match c.optional_text(0) {
                Some(text) => namespace(&text.to_str()),
                None => Value::Null,
            })
        }),
        m(
            "static XName operator +(XNamespace ns, string localName)",
            |c| named(c, "localName"),
        ),
        m(
            "static bool operator ==(XNamespace left, XNamespace right)",
            same,
        ),
        m(
            "static bool operator !=(XNamespace left, XNamespace right)",
            other,
        ),
    ],
};

/// An `XNamespace`.
pub(super) fn namespace(uri: &str) -> Value {
    Value::native(Namespace(uri.into()))
}

fn own<'a>(c: &'a Call<'_, '_>, index: usize) -> Outcome<&'a Namespace> {
    c.arg(index).as_native().ok_or_else(|| argument_null("ns"))
}

fn named(c: &mut Call<'_, '_>, parameter: &str) -> Outcome {
    let local = c.required_text(1, parameter)?;
    Ok(Name::checked(&local.to_str(), &own(c, 0)?.0)?.value())
}

fn same(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
}

fn other(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Bool(!equals(c.arg(0), c.arg(1))))
}
