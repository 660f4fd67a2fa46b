//! `XDocument`, `XDeclaration`.

use super::content::{append, pieces};
use super::{made, or_null, parsed};
use crate::eval::Call;
use crate::exception::{Outcome, null_reference};
use crate::library::{Table, TableKind, m};
use crate::text::Text;
use crate::value::Value;
use crate::xml::{Data, Declaration, XObject};

pub(in crate::library) static XDOCUMENT: Table = Table {
    name: "System.Xml.Linq.XDocument",
    kind: TableKind::Class,
    parents: &["XContainer"],
    documented: true,
    members: &[
        m("new()", |c| create(c, 0)),
        m("new(params object[] content)", |c| create(c, 0)),
        m(
            "new(XDeclaration declaration, params object[] content)",
            |c| create(c, 1),
        ),
        m("static XDocument Parse(string text)", |c| {
            parsed(c).map(Value::Xml)
        }),
        m(
            "static XDocument Parse(string text, LoadOptions options)",
            |c| parsed(c).map(Value::Xml),
        ),
        m("XElement Root", |c| {
            let document = c.xml(0)?;
            c.vm.meter.ticks(document.children().len())?;
            let root = document.children().iter().find(|n| n.is_element()).cloned();
            Ok(or_null(root))
        }),
        m("XDeclaration Declaration", |c| match &*c.xml(0)?.data() {
            Data::Document {
                declaration: Some(declaration),
                ..
            } => Ok(Value::native(declaration.clone())),
            _ => Ok(Value::Null),
        }),
        m("set XDeclaration Declaration", |c| {
            let declaration = c.arg(1).as_native::<Declaration>().cloned();
            c.xml(0)?.set_declaration(declaration);
            Ok(Value::Null)
        }),
        m("XDocumentType DocumentType", |c| {
            let is_type = |node: &&XObject| matches!(&*node.data(), Data::Doctype(_));
            let found = c.xml(0)?.children().iter().find(is_type).cloned();
            Ok(or_null(found))
        }),
    ],
};

pub(in crate::library) static XDECLARATION: Table = Table {
    name: "System.Xml.Linq.XDeclaration",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m(
            "new(string version, string encoding, string standalone)",
            |c| {
                Ok(Value::native(Declaration {
                    version: c.optional_text(0),
                    encoding: c.optional_text(1),
                    standalone: c.optional_text(2),
                }))
            },
        ),
        m("string Version", |c| part(c, |d| d.version.clone())),
        m("string Encoding", |c| part(c, |d| d.encoding.clone())),
        m("string Standalone", |c| part(c, |d| d.standalone.clone())),
    ],
};

fn create(c: &mut Call<'_, '_>, from: usize) -> Outcome {
    let declaration = match from {
        0 => None,
        _ => c.arg(0).as_native::<Declaration>().cloned(),
    };
    let pieces = pieces(c, from)?;
    let document = made(
        c,
        Data::Document {
            declaration,
            children: Vec::new(),
        },
    )?;
    append(c, &document, pieces)?;
    Ok(Value::Xml(document))
}

fn part(c: &mut Call<'_, '_>, of: fn(&Declaration) -> Option<Text>) -> Outcome {
    match c.arg(0).as_native::<Declaration>() {
        Some(declaration) => Ok(of(declaration).map_or(Value::Null, Value::String)),
        None => Err(null_reference()),
    }
}
