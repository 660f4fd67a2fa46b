//! `XText`, `XCData`, `XComment`, `XProcessingInstruction`, `XDocumentType`.

use super::made;
use crate::eval::Call;
use crate::exception::{Outcome, null_reference};
use crate::library::{Table, TableKind, m};
use crate::text::Text;
use crate::value::Value;
use crate::xml::{Data, Doctype};

pub(in crate::library) static XTEXT: Table = Table {
    name: "System.Xml.Linq.XText",
    kind: TableKind::Class,
    parents: &["XNode"],
    documented: true,
    members: &[
        m("new(string value)", |c| create(c, Data::Text)),
        m("string Value", value),
        m("set string Value", set_value),
    ],
};

pub(in crate::library) static XCDATA: Table = Table {
    name: "System.Xml.Linq.XCData",
    kind: TableKind::Class,
    parents: &["XText"],
    documented: true,
    members: &[m("new(string value)", |c| create(c, Data::Verbatim))],
};

pub(in crate::library) static XCOMMENT: Table = Table {
    name: "System.Xml.Linq.XComment",
    kind: TableKind::Class,
    parents: &["XNode"],
    documented: true,
    members: &[
        m("new(string value)", |c| create(c, Data::Comment)),
        m("string Value", value),
        m("set string Value", set_value),
    ],
};

pub(in crate::library) static XINSTRUCTION: Table = Table {
    name: "System.Xml.Linq.XProcessingInstruction",
    kind: TableKind::Class,
    parents: &["XNode"],
    documented: true,
    members: &[
        m("new(string target, string data)", |c| {
            let target = c.required_text(0, "target")?;
            let data = c.required_text(1, "data")?;
            made(c, Data::Instruction(target, data)).map(Value::Xml)
        }),
        m("string Target", |c| match &*c.xml(0)?.data() {
            Data::Instruction(target, _) => Ok(Value::String(target.clone())),
            _ => Err(null_reference()),
        }),
        m("string Data", value),
        m("set string Data", set_value),
    ],
};

pub(in crate::library) static XDOCTYPE: Table = Table {
    name: "System.Xml.Linq.XDocumentType",
    kind: TableKind::Class,
    parents: &["XNode"],
    documented: true,
    members: &[
        m(
            "new(string name, string publicId, string systemId, string internalSubset)",
            |c| {
                let doctype = Doctype {
                    name: c.required_text(0, "name")?,
                    public: c.optional_text(1),
                    system: c.optional_text(2),
                    subset: c.optional_text(3),
                };
                made(c, Data::Doctype(doctype)).map(Value::Xml)
            },
        ),
        m("string Name", |c| part(c, |d| Some(d.name.clone()))),
        m("string PublicId", |c| part(c, |d| d.public.clone())),
        m("string SystemId", |c| part(c, |d| d.system.clone())),
        m("string InternalSubset", |c| part(c, |d| d.subset.clone())),
    ],
};

fn create(c: &mut Call<'_, '_>, of: fn(Text) -> Data) -> Outcome {
    let text = c.required_text(0, "value")?;
    made(c, of(text)).map(Value::Xml)
}

fn value(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::String(c.xml(0)?.value()))
}

fn set_value(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(1, "value")?;
    c.xml(0)?.set_value(text)?;
    Ok(Value::Null)
}

fn part(c: &mut Call<'_, '_>, of: fn(&Doctype) -> Option<Text>) -> Outcome {
    match &*c.xml(0)?.data() {
        Data::Doctype(doctype) => Ok(of(doctype).map_or(Value::Null, Value::String)),
        _ => Err(null_reference()),
    }
}
