//! XML ↔ JSON, as Newtonsoft's `XmlNodeConverter` does it.

use super::walk::{Event, Walk};
use super::{Data, Declaration, Element, Name, XObject, error};
use crate::exception::{Exception, Outcome};
use crate::json::{JToken, JsonKind};
use crate::limits::Meter;
use crate::text::Text;
use crate::value::Value;

/// How deep JSON is turned into XML.
const DEPTH: u32 = 200;

/// What stands for a node: an object with one property.
pub(crate) fn to_json(node: &XObject, meter: &mut Meter) -> Outcome<JToken> {
    let mut open: Vec<Vec<(Text, JToken)>> = vec![Vec::new()];
    for event in Walk::of(node) {
        meter.ticks(2)?;
        if let Event::Open(object) = &event {
            charge_names(object, meter)?;
        }
        match event {
            Event::Open(_) => open.push(Vec::new()),
            Event::Leaf(leaf) => {
                if let (Some(members), Some(member)) = (open.last_mut(), leaf_json(&leaf)) {
                    members.push(member);
                }
            }
            Event::Close(object) => {
                let members = open.pop().unwrap_or_default();
                let Some(outer) = open.last_mut() else {
                    continue;
                };
                match &*object.data() {
                    Data::Document { declaration, .. } => {
                        outer.extend(declaration.as_ref().map(declaration_json));
                        outer.extend(members);
                    }
                    Data::Element(element) => {
                        let name = Text::from(written_name(&object, &element.name, true));
                        outer.push((name, element_json(&object, element, members)?));
                    }
                    _ => {}
                }
            }
        }
    }
    object_of(open.pop().unwrap_or_default())
}

fn text_token(text: &Text) -> JToken {
    JToken::value(JsonKind::String, Value::String(text.clone()))
}

fn leaf_json(leaf: &XObject) -> Option<(Text, JToken)> {
    let named = |name: &str, text: &Text| Some((Text::from(name), text_token(text)));
    match &*leaf.data() {
        Data::Text(text) => named("#text", text),
        Data::Verbatim(text) => named("#cdata-section", text),
        Data::Instruction(target, text) => named(&format!("?{target}"), text),
        _ => None,
    }
}

fn declaration_json(declaration: &Declaration) -> (Text, JToken) {
    let parts = [
        ("@version", &declaration.version),
        ("@encoding", &declaration.encoding),
        ("@standalone", &declaration.standalone),
    ];
    let members = parts
        .into_iter()
        .filter_map(|(name, value)| Some((Text::from(name), text_token(value.as_ref()?))))
        .collect();
    let object = object_of(members).unwrap_or_else(|_| JToken::object());
    (Text::from("?xml"), object)
}

fn element_json(
    object: &XObject,
    element: &Element,
    members: Vec<(Text, JToken)>,
) -> Outcome<JToken> {
    if element.attributes.is_empty() {
        match members.as_slice() {
            [] if element.open => return Ok(text_token(&Text::empty())),
            [] => return Ok(JToken::null()),
            [(name, token)] if name.to_str() == "#text" => return Ok(token.clone()),
            _ => {}
        }
    }
    let mut all = Vec::new();
    for attribute in &element.attributes {
        if let Data::Attribute(name, value) = &*attribute.data() {
            let name = match name.declared_prefix() {
                Some("") => "xmlns".to_owned(),
                Some(prefix) => format!("xmlns:{prefix}"),
                None => written_name(object, name, false),
            };
            all.push((Text::from(format!("@{name}")), text_token(value)));
        }
    }
    all.extend(members);
    object_of(all)
}

/// Members with those of one name gathered in an array.
fn object_of(members: Vec<(Text, JToken)>) -> Outcome<JToken> {
    let mut groups: Vec<(Text, Vec<JToken>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (name, token) in members {
        let place = *places.entry(name.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, tokens)) => tokens.push(token),
            None => groups.push((name, vec![token])),
        }
    }
    let object = JToken::object();
    for (name, mut tokens) in groups {
        let token = match (tokens.len(), tokens.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                let array = JToken::array();
                for token in tokens.into_iter().chain(last) {
                    array.push(token)?;
                }
                array
            }
        };
        object.push(JToken::property(name, token))?;
    }
    Ok(object)
}

/// Charges for finding the prefixes of an element and its attributes: each is sought up to the root.
fn charge_names(object: &XObject, meter: &mut Meter) -> Outcome<()> {
    let with_namespace = |o: &XObject| o.name().is_some_and(|n| !n.namespace.is_empty());
    let attributes = object.attributes();
    let names = usize::from(with_namespace(object))
        + attributes.iter().filter(|a| with_namespace(a)).count();
    meter.bytes(attributes.len().saturating_mul(256))?;
    meter.ticks(attributes.len())?;
    if names == 0 {
        return Ok(());
    }
    // A declaration is copied while it is looked at.
    meter.ticks(
        names
            .saturating_mul(object.surroundings())
            .saturating_mul(2),
    )
}

/// A name with the prefix that stands for its namespace.
fn written_name(scope: &XObject, name: &Name, element: bool) -> String {
    if name.namespace.is_empty() {
        return name.local.to_string();
    }
    let prefix = scope
        .scopes()
        .into_iter()
        .find(|(prefix, uri)| **uri == *name.namespace && (element || !prefix.is_empty()))
        .map(|(prefix, _)| prefix);
    match prefix.as_deref() {
        None | Some("") => name.local.to_string(),
        Some(prefix) => format!("{prefix}:{}", name.local),
    }
}

/// The document of an object with one property.
pub(crate) fn from_json(token: &JToken, root: Option<&str>, meter: &mut Meter) -> Outcome<XObject> {
    let document = XObject::new(Data::Document {
        declaration: None,
        children: Vec::new(),
    });
    match root {
        Some(root) => fill(&document, root, token, DEPTH, meter)?,
        None => {
            for property in token.children().iter() {
                let (Some(name), Some(value)) = (property.name(), property.child(0)) else {
                    return Err(error(
                        "XmlNodeConverter can only convert JSON that begins with an object.",
                    ));
                };
                fill(&document, &name.to_str(), &value, DEPTH, meter)?;
            }
        }
    }
    Ok(document)
}

/// Adds what a property stands for.
fn fill(
    parent: &XObject,
    name: &str,
    token: &JToken,
    depth: u32,
    meter: &mut Meter,
) -> Outcome<()> {
    if depth == 0 {
        return Err(Exception::limit("an XML tree is nested too deep"));
    }
    // A name's namespace is sought up to the root, an attribute among those that are there.
    meter.ticks(2 + parent.surroundings() / 2)?;
    let end = parent.children().len();
    if let Some(attribute) = name.strip_prefix('@') {
        let name = resolved(parent, attribute, false)?;
        let value = Data::Attribute(name, scalar_text(token));
        return parent.push_attribute(XObject::new(value));
    }
    match name {
        "#text" => return parent.push_text(&scalar_text(token)),
        "#cdata-section" => {
            return parent.insert(end, XObject::new(Data::Verbatim(scalar_text(token))));
        }
        "?xml" => {
            let part = |name: &str| Some(scalar_text(&token.get(&Text::from(name))?));
            parent.set_declaration(Some(Declaration {
                version: part("@version"),
                encoding: part("@encoding"),
                standalone: part("@standalone"),
            }));
            return Ok(());
        }
        _ => {}
    }
    if token.kind() == JsonKind::Array {
        for item in token.children().to_vec() {
            fill(parent, name, &item, depth - 1, meter)?;
        }
        return Ok(());
    }
    let element = XObject::element(Name::new(name.rsplit(':').next().unwrap_or(name), ""));
    parent.insert(end, element.clone())?;
    if token.kind() == JsonKind::Object {
        for property in token.children().to_vec() {
            if let (Some(name), Some(value)) = (property.name(), property.child(0)) {
                fill(&element, &name.to_str(), &value, depth - 1, meter)?;
            }
        }
    } else if token.kind() != JsonKind::Null {
        element.push_text(&scalar_text(token))?;
    }
    element.set_name(resolved(&element, name, true)?);
    Ok(())
}

fn resolved(scope: &XObject, name: &str, element: bool) -> Outcome<Name> {
    match name.split_once(':') {
        Some((prefix, local)) => {
            let namespace = scope
                .namespace_of(prefix)
                .ok_or_else(|| error(format!("'{prefix}' is an undeclared prefix.")))?;
            Name::checked(local, &namespace)
        }
        None if element => {
            let namespace = scope.namespace_of("").unwrap_or_else(|| "".into());
            Name::checked(name, &namespace)
        }
        None => Name::checked(name, ""),
    }
}

fn scalar_text(token: &JToken) -> Text {
    match token.scalar() {
        Some(value) => {
            super::content_text(&value).unwrap_or_else(|| crate::json::to_display(token))
        }
        None => Text::from(crate::json::write(token, false)),
    }
}
