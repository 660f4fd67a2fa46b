//! `System.Xml.Linq`.

mod attribute;
mod container;
mod content;
mod document;
mod element;
mod extensions;
mod leaves;
mod names;
mod node;

pub(super) use attribute::XATTRIBUTE;
pub(super) use container::XCONTAINER;
pub(super) use document::{XDECLARATION, XDOCUMENT};
pub(super) use element::XELEMENT;
pub(super) use extensions::XML_EXTENSIONS;
pub(super) use leaves::{XCDATA, XCOMMENT, XDOCTYPE, XINSTRUCTION, XTEXT};
pub(super) use names::{XNAME, XNAMESPACE};
pub(super) use node::{LOAD_OPTIONS, NODE_TYPE, SAVE_OPTIONS, XNODE, XOBJECT};

use crate::eval::Call;
use crate::exception::Outcome;
use crate::sequence::Sequence;
use crate::types::Type;
use crate::value::Value;
use crate::xml::{Data, Load, SIZE, XObject, read, write_within};

/// An object or `null`.
fn or_null(object: Option<XObject>) -> Value {
    object.map_or(Value::Null, Value::Xml)
}

/// Objects as an `IEnumerable<T>`.
fn sequence(c: &mut Call<'_, '_>, ty: Type, objects: Vec<XObject>) -> Outcome {
    c.vm.charge_items(objects.len())?;
    let objects = objects.into_iter().map(Value::Xml).collect();
    Ok(Sequence::ready(Type::enumerable(ty), objects))
}

/// A new object.
fn made(c: &mut Call<'_, '_>, data: Data) -> Outcome<XObject> {
    c.vm.charge_bytes(SIZE)?;
    Ok(XObject::new(data))
}

/// Parses the first argument, heeding the options in the second.
fn parsed(c: &mut Call<'_, '_>) -> Outcome<XObject> {
    let text = c.required_text(0, "text")?;
    let text = text.to_str();
    c.vm.charge_bytes(text.len().saturating_mul(8))?;
    c.vm.charge_steps(text.len() / 16)?;
    let load = Load {
        whitespace: c.enumerated(1) & 1 != 0,
    };
    read(&text, load)
}

/// `ToString(SaveOptions)`.
fn saved(c: &mut Call<'_, '_>) -> Outcome {
    let indented = c.enumerated(1) & 1 == 0;
    let object = c.xml(0)?;
    charge_scopes(c, &object)?;
    write_within(&object, indented, &mut c.vm.meter).map(Value::from)
}

/// The nodes in an element or document.
fn children(c: &mut Call<'_, '_>, object: &XObject) -> Outcome<Vec<XObject>> {
    c.vm.meter.ticks(object.children().len())?;
    Ok(object.children().to_vec())
}

/// Charges for finding an object among its siblings, or for moving them.
fn charge_siblings(c: &mut Call<'_, '_>, object: &XObject) -> Outcome<()> {
    match object.parent() {
        Some(parent) => {
            let count = parent.children().len() + parent.attributes().len();
            c.vm.meter.ticks(count)
        }
        None => Ok(()),
    }
}

/// Charges for gathering the namespaces that are declared around an object.
fn charge_scopes(c: &mut Call<'_, '_>, object: &XObject) -> Outcome<()> {
    c.vm.meter.ticks(object.surroundings())
}

/// The text of an object; that of an element is gathered from all that is in it.
fn text(c: &mut Call<'_, '_>) -> Outcome {
    let object = c.xml(0)?;
    object.charge_walk(&mut c.vm.meter)?;
    Ok(Value::String(object.value()))
}

/// Objects that are elements, of the name in the second argument if there is one.
fn elements_of(c: &Call<'_, '_>, objects: Vec<XObject>) -> Outcome<Vec<XObject>> {
    let name = match c.args.get(1) {
        None => None,
        // A name that is `null` is that of no element.
        Some(Value::Null) => return Ok(Vec::new()),
        Some(name) => Some(crate::xml::name_of(name)?),
    };
    let wanted = |object: &XObject| match &name {
        Some(name) => object.is_element() && object.is_named(name),
        None => object.is_element(),
    };
    Ok(objects.into_iter().filter(wanted).collect())
}
