//! `XElement`.

use super::attribute::from_text;
use super::container::below;
use super::content::{append, pieces, text_of};
use super::names::namespace;
use super::{charge_scopes, elements_of, made, or_null, parsed, sequence, text};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null};
use crate::library::{Table, TableKind, m};
use crate::types::Type;
use crate::value::Value;
use crate::xml::{Data, Element, Name, XMLNS, XObject, name_of};

pub(in crate::library) static XELEMENT: Table = Table {
    name: "System.Xml.Linq.XElement",
    kind: TableKind::Class,
    parents: &["XContainer"],
    documented: true,
    members: &[
        m("new(XName name)", create),
        m("new(XName name, object content)", create),
        m("new(XName name, params object[] content)", create),
        m("new(XElement other)", |c| {
            let other = c.required(0, "other")?;
            let Value::Xml(other) = other else {
                return Err(argument_null("other"));
            };
            other.charge_copy(&mut c.vm.meter)?;
            Ok(Value::Xml(other.deep_clone()))
        }),
        m("static XElement Parse(string text)", parse),
        m(
            "static XElement Parse(string text, LoadOptions options)",
            parse,
        ),
        m("XName Name", |c| {
            Ok(c.xml(0)?.name().map_or(Value::Null, Name::value))
        }),
        m("set XName Name", |c| {
            let name = name_of(c.arg(1))?;
            c.xml(0)?.set_name(name);
            Ok(Value::Null)
        }),
        m("string Value", text),
        m("set string Value", |c| {
            let text = c.required_text(1, "value")?;
            c.xml(0)?.set_value(text)?;
            Ok(Value::Null)
        }),
        m("void SetValue(object value)", |c| {
            let value = c.required(1, "value")?;
            let text = text_of(c, &value)?;
            c.xml(0)?.set_value(text)?;
            Ok(Value::Null)
        }),
        m("bool IsEmpty", |c| {
            Ok(Value::Bool(match &*c.xml(0)?.data() {
                Data::Element(element) => element.children.is_empty() && !element.open,
                _ => false,
            }))
        }),
        m("bool HasElements", |c| {
            let element = c.xml(0)?;
            c.vm.meter.ticks(element.children().len())?;
            let found = element.children().iter().any(XObject::is_element);
            Ok(Value::Bool(found))
        }),
        m("bool HasAttributes", |c| {
            Ok(Value::Bool(!c.xml(0)?.attributes().is_empty()))
        }),
        m("XAttribute FirstAttribute", |c| {
            Ok(or_null(c.xml(0)?.attributes().first().cloned()))
        }),
        m("XAttribute LastAttribute", |c| {
            Ok(or_null(c.xml(0)?.attributes().last().cloned()))
        }),
        m("XAttribute Attribute(XName name)", |c| match c.arg(1) {
            Value::Null => Ok(Value::Null),
            name => {
                let name = name_of(name)?;
                let element = c.xml(0)?;
                c.vm.meter.ticks(element.attributes().len())?;
                Ok(or_null(element.attribute(&name)))
            }
        }),
        m("IEnumerable<XAttribute> Attributes()", attributes),
        m("IEnumerable<XAttribute> Attributes(XName name)", attributes),
        m("IEnumerable<XElement> AncestorsAndSelf()", up),
        m("IEnumerable<XElement> AncestorsAndSelf(XName name)", up),
        m("IEnumerable<XElement> DescendantsAndSelf()", down),
        m("IEnumerable<XElement> DescendantsAndSelf(XName name)", down),
        m("IEnumerable<XNode> DescendantNodesAndSelf()", |c| {
            let mut all = vec![c.xml(0)?];
            all.extend(below(c)?);
            sequence(c, Type::XNODE, all)
        }),
        m("void SetAttributeValue(XName name, object value)", |c| {
            set_attribute(c)?;
            Ok(Value::Null)
        }),
        m("void SetElementValue(XName name, object value)", |c| {
            set_element(c)?;
            Ok(Value::Null)
        }),
        m("void RemoveAttributes()", |c| {
            c.xml(0)?.clear_attributes();
            Ok(Value::Null)
        }),
        m("void RemoveAll()", |c| {
            let element = c.xml(0)?;
            element.clear();
            element.clear_attributes();
            Ok(Value::Null)
        }),
        m("void ReplaceAttributes(params object[] content)", |c| {
            let pieces = pieces(c, 1)?;
            let element = c.xml(0)?;
            element.clear_attributes();
            append(c, &element, pieces)?;
            Ok(Value::Null)
        }),
        m("void ReplaceAll(params object[] content)", |c| {
            let pieces = pieces(c, 1)?;
            let element = c.xml(0)?;
            element.clear();
            element.clear_attributes();
            append(c, &element, pieces)?;
            Ok(Value::Null)
        }),
        m("XNamespace GetDefaultNamespace()", |c| {
            let element = c.xml(0)?;
            charge_scopes(c, &element)?;
            let uri = element.namespace_of("");
            Ok(namespace(&uri.unwrap_or_else(|| "".into())))
        }),
        m("XNamespace GetNamespaceOfPrefix(string prefix)", |c| {
            let prefix = c.required_text(1, "prefix")?;
            let element = c.xml(0)?;
            charge_scopes(c, &element)?;
            let uri = element.namespace_of(&prefix.to_str());
            Ok(uri.map_or(Value::Null, |uri| namespace(&uri)))
        }),
        m("string GetPrefixOfNamespace(XNamespace ns)", |c| {
            let wanted = crate::display::to_text(c.vm, &c.arg(1).clone())?;
            let element = c.xml(0)?;
            charge_scopes(c, &element)?;
            let found = element
                .scopes()
                .into_iter()
                .find(|(prefix, uri)| **uri == *wanted.to_str() && !prefix.is_empty());
            Ok(match (found, &*wanted.to_str()) {
                (Some((prefix, _)), _) => Value::from(prefix),
                (None, crate::xml::XML) => Value::string("xml"),
                (None, XMLNS) => Value::string("xmlns"),
                (None, _) => Value::Null,
            })
        }),
        m("explicit operator string(XElement element)", convert),
        m("explicit operator bool(XElement element)", convert),
        m("explicit operator bool?(XElement element)", convert),
        m("explicit operator int(XElement element)", convert),
        m("explicit operator int?(XElement element)", convert),
        m("explicit operator uint(XElement element)", convert),
        m("explicit operator uint?(XElement element)", convert),
        m("explicit operator long(XElement element)", convert),
        m("explicit operator long?(XElement element)", convert),
        m("explicit operator ulong(XElement element)", convert),
        m("explicit operator ulong?(XElement element)", convert),
        m("explicit operator float(XElement element)", convert),
        m("explicit operator float?(XElement element)", convert),
        m("explicit operator double(XElement element)", convert),
        m("explicit operator double?(XElement element)", convert),
        m("explicit operator decimal(XElement element)", convert),
        m("explicit operator decimal?(XElement element)", convert),
        m("explicit operator DateTime(XElement element)", convert),
        m("explicit operator DateTime?(XElement element)", convert),
        m(
            "explicit operator DateTimeOffset(XElement element)",
            convert,
        ),
        m(
            "explicit operator DateTimeOffset?(XElement element)",
            convert,
        ),
        m("explicit operator TimeSpan(XElement element)", convert),
        m("explicit operator TimeSpan?(XElement element)", convert),
        m("explicit operator Guid(XElement element)", convert),
        m("explicit operator Guid?(XElement element)", convert),
    ],
};

fn create(c: &mut Call<'_, '_>) -> Outcome {
    let name = name_of(c.arg(0))?;
    let pieces = pieces(c, 1)?;
    let element = made(
        c,
        Data::Element(Element {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
            open: false,
        }),
    )?;
    append(c, &element, pieces)?;
    Ok(Value::Xml(element))
}

fn parse(c: &mut Call<'_, '_>) -> Outcome {
    let document = parsed(c)?;
    let root = document.children().iter().find(|n| n.is_element()).cloned();
    if let Some(root) = &root {
        root.remove()?;
    }
    Ok(or_null(root))
}

fn attributes(c: &mut Call<'_, '_>) -> Outcome {
    let element = c.xml(0)?;
    c.vm.meter.ticks(element.attributes().len())?;
    let mut found = element.attributes().to_vec();
    if let Some(name) = c.args.get(1) {
        let name = name_of(name)?;
        found.retain(|attribute| attribute.is_named(&name));
    }
    sequence(c, Type::XATTRIBUTE, found)
}

fn up(c: &mut Call<'_, '_>) -> Outcome {
    let mut found = Vec::new();
    let mut current = Some(c.xml(0)?);
    while let Some(object) = current {
        c.vm.meter.ticks(1)?;
        current = object.parent();
        found.push(object);
    }
    let found = elements_of(c, found)?;
    sequence(c, Type::XELEMENT, found)
}

fn down(c: &mut Call<'_, '_>) -> Outcome {
    let mut all = vec![c.xml(0)?];
    all.extend(below(c)?);
    let found = elements_of(c, all)?;
    sequence(c, Type::XELEMENT, found)
}

fn set_attribute(c: &mut Call<'_, '_>) -> Outcome<()> {
    let (name, value) = (name_of(c.arg(1))?, c.arg(2).clone());
    let element = c.xml(0)?;
    c.vm.meter.ticks(element.attributes().len())?;
    let known = element.attribute(&name);
    match (known, value.is_null()) {
        (Some(known), true) => known.remove(),
        (None, true) => Ok(()),
        (Some(known), false) => known.set_value(text_of(c, &value)?),
        (None, false) => {
            let text = text_of(c, &value)?;
            let attribute = made(c, Data::Attribute(name, text))?;
            element.push_attribute(attribute)
        }
    }
}

fn set_element(c: &mut Call<'_, '_>) -> Outcome<()> {
    let (name, value) = (name_of(c.arg(1))?, c.arg(2).clone());
    let element = c.xml(0)?;
    c.vm.meter.ticks(element.children().len())?;
    let known = element
        .children()
        .iter()
        .find(|child| child.is_element() && child.is_named(&name))
        .cloned();
    match (known, value.is_null()) {
        (Some(known), true) => known.remove(),
        (None, true) => Ok(()),
        (Some(known), false) => known.set_value(text_of(c, &value)?),
        (None, false) => {
            let text = text_of(c, &value)?;
            c.vm.charge_bytes(crate::xml::SIZE)?;
            let child = XObject::element(name);
            child.push_text(&text)?;
            let end = element.children().len();
            element.insert(end, child)
        }
    }
}

fn convert(c: &mut Call<'_, '_>) -> Outcome {
    from_text(c, "element")
}
