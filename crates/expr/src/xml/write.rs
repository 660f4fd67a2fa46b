//! Trees → XML text, as an `XmlWriter` writes what `System.Xml.Linq` tells it.

use super::walk::{Event, Walk};
use super::{Data, Element, Name, XML, XMLNS, XObject};
use crate::exception::Outcome;
use crate::limits::Meter;

/// `ToString()` where nothing is charged for it.
pub(crate) fn write(object: &XObject, indented: bool) -> String {
    write_within(object, indented, &mut Meter::open()).unwrap_or_default()
}

/// `ToString()`, with or without indentation.
pub(crate) fn write_within(object: &XObject, indented: bool, meter: &mut Meter) -> Outcome<String> {
    let mut writer = Writer {
        out: String::new(),
        indented,
        known: object
            .parent()
            .map_or_else(Vec::new, |p| p.scopes().into_iter().rev().collect()),
        written: Vec::new(),
        open: Vec::new(),
        mixed: false,
        document: matches!(&*object.data(), Data::Document { .. }),
    };
    if let Data::Attribute(name, value) = &*object.data() {
        writer.lone_attribute(name, &value.to_str());
        return Ok(writer.out);
    }
    for event in Walk::of(object) {
        meter.ticks(1 + writer.searched(&event))?;
        meter.fits(writer.out.len())?;
        match event {
            Event::Open(object) => {
                if let Data::Element(element) = &*object.data() {
                    writer.start(element);
                }
            }
            Event::Close(object) => {
                if let Data::Element(element) = &*object.data() {
                    writer.end(element);
                }
            }
            Event::Leaf(leaf) => writer.leaf(&leaf),
        }
    }
    Ok(writer.out)
}

/// An element that has begun.
struct Open {
    tag: String,
    /// What was declared before it.
    known: usize,
    written: usize,
    /// Whether its parent holds text.
    mixed: bool,
}

struct Writer {
    out: String,
    indented: bool,
    /// The declarations that the tree holds: prefixes with namespaces, innermost last.
    known: Vec<(String, String)>,
    /// The declarations that have been written.
    written: Vec<(String, String)>,
    open: Vec<Open>,
    /// Whether text stands here, which forbids indentation.
    mixed: bool,
    document: bool,
}

impl Writer {
    /// How many declarations and attributes are looked at to write an element's start.
    fn searched(&self, event: &Event) -> usize {
        let Event::Open(object) = event else {
            return 0;
        };
        let declared = self.known.len() + self.written.len();
        let named = object.name().is_some_and(|name| !name.namespace.is_empty());
        let attributes = object.attributes();
        let with_prefix = attributes.iter().filter(|attribute| {
            let name = attribute.name();
            name.is_some_and(|name| !name.namespace.is_empty())
        });
        let names = usize::from(named) + with_prefix.count();
        attributes.len() + names.saturating_mul(declared + attributes.len()) / 2
    }

    fn line(&mut self) {
        if self.indented && !self.mixed && !self.out.is_empty() {
            self.out.push('\n');
            for _ in 0..self.open.len() {
                self.out.push_str("  ");
            }
        }
    }

    fn start(&mut self, element: &Element) {
        self.line();
        let (known, written) = (self.known.len(), self.written.len());
        for attribute in &element.attributes {
            if let Data::Attribute(name, value) = &*attribute.data()
                && let Some(prefix) = name.declared_prefix()
            {
                let declared = (prefix.to_owned(), value.to_str().into_owned());
                self.known.push(declared);
            }
        }
        let mut implied = Vec::new();
        let prefix = self
            .prefix_of(&element.name.namespace, true)
            .or_else(|| self.written_prefix(&element.name.namespace, true))
            .unwrap_or_default();
        self.imply(&prefix, &element.name.namespace, &mut implied);
        let tag = qualified(&prefix, &element.name.local);
        self.out.push('<');
        self.out.push_str(&tag);
        for attribute in &element.attributes {
            if let Data::Attribute(name, value) = &*attribute.data() {
                self.attribute(name, &value.to_str(), &mut implied);
            }
        }
        for (prefix, namespace) in implied.iter().rev() {
            self.declaration(prefix, namespace);
        }
        if !element.children.is_empty() || element.open {
            self.out.push('>');
        }
        self.open.push(Open {
            tag,
            known,
            written,
            mixed: self.mixed,
        });
        if self.open.len() == 1 && self.document {
            self.mixed = false;
        }
    }

    fn end(&mut self, element: &Element) {
        let Some(open) = self.open.pop() else {
            return;
        };
        if element.children.is_empty() && !element.open {
            self.out.push_str(" />");
        } else {
            if !element.children.is_empty() {
                self.line();
            }
            for piece in ["</", &open.tag, ">"] {
                self.out.push_str(piece);
            }
        }
        self.mixed = open.mixed;
        self.known.truncate(open.known);
        self.written.truncate(open.written);
    }

    fn attribute(&mut self, name: &Name, value: &str, implied: &mut Vec<(String, String)>) {
        if let Some(prefix) = name.declared_prefix() {
            implied.retain(|(own, _)| own != prefix);
            self.written.push((prefix.to_owned(), value.to_owned()));
            self.declaration(prefix, value);
            return;
        }
        let prefix = if name.namespace.is_empty() {
            String::new()
        } else {
            self.prefix_of(&name.namespace, false)
                .or_else(|| self.written_prefix(&name.namespace, false))
                .unwrap_or_else(|| format!("p{}", self.open.len() + 1))
        };
        if !prefix.is_empty() {
            self.imply(&prefix, &name.namespace, implied);
        }
        for piece in [" ", &qualified(&prefix, &name.local), "=\""] {
            self.out.push_str(piece);
        }
        self.escaped_attribute(value);
        self.out.push('"');
    }

    fn declaration(&mut self, prefix: &str, namespace: &str) {
        self.out.push_str(" xmlns");
        if !prefix.is_empty() {
            self.out.push(':');
            self.out.push_str(prefix);
        }
        self.out.push_str("=\"");
        self.escaped_attribute(namespace);
        self.out.push('"');
    }

    /// An attribute that is written without its element.
    fn lone_attribute(&mut self, name: &Name, value: &str) {
        let prefix = match (name.declared_prefix(), name.namespace.is_empty()) {
            (_, true) | (Some(""), _) => String::new(),
            (Some(_), _) => "xmlns".to_owned(),
            _ => self
                .prefix_of(&name.namespace, false)
                .unwrap_or_else(|| "p1".to_owned()),
        };
        for piece in [&qualified(&prefix, &name.local), "=\""] {
            self.out.push_str(piece);
        }
        self.escaped_attribute(value);
        self.out.push('"');
    }

    /// Notes that a prefix must be declared, unless it is.
    fn imply(&mut self, prefix: &str, namespace: &str, implied: &mut Vec<(String, String)>) {
        if matches!((prefix, namespace), ("xml", XML) | ("xmlns", XMLNS)) {
            return;
        }
        let now = self.written.iter().rev().find(|(own, _)| own == prefix);
        let now = now.map_or("", |(_, namespace)| namespace.as_str());
        if now != namespace {
            let declared = (prefix.to_owned(), namespace.to_owned());
            self.written.push(declared.clone());
            implied.push(declared);
        }
    }

    /// The prefix that the tree gives a namespace.
    fn prefix_of(&self, namespace: &str, default: bool) -> Option<String> {
        match namespace {
            "" => return Some(String::new()),
            XML => return Some("xml".to_owned()),
            XMLNS => return Some("xmlns".to_owned()),
            _ => {}
        }
        prefix_in(&self.known, namespace, default)
    }

    fn written_prefix(&self, namespace: &str, default: bool) -> Option<String> {
        prefix_in(&self.written, namespace, default)
    }

    fn leaf(&mut self, leaf: &XObject) {
        match &*leaf.data() {
            Data::Text(text) => {
                self.mixed = true;
                escape_text(&text.to_str(), &mut self.out);
            }
            Data::Verbatim(text) => {
                self.mixed = true;
                let text = text.to_str().replace("]]>", "]]]]><![CDATA[>");
                self.wrapped("<![CDATA[", &text, "]]>");
            }
            Data::Comment(text) => {
                self.line();
                self.wrapped("<!--", &text.to_str(), "-->");
            }
            Data::Instruction(target, text) => {
                self.line();
                let text = if text.is_empty() {
                    target.to_str().into_owned()
                } else {
                    format!("{target} {text}")
                };
                self.wrapped("<?", &text, "?>");
            }
            Data::Doctype(doctype) => {
                self.line();
                let mut text = doctype.name.to_str().into_owned();
                match (&doctype.public, &doctype.system) {
                    (Some(public), system) => {
                        let system = system.clone().unwrap_or_else(crate::text::Text::empty);
                        text.push_str(&format_quoted(" PUBLIC \"", &public.to_str()));
                        text.push_str(&format_quoted(" \"", &system.to_str()));
                    }
                    (None, Some(system)) => {
                        text.push_str(&format_quoted(" SYSTEM \"", &system.to_str()));
                    }
                    (None, None) => {}
                }
                if let Some(subset) = &doctype.subset {
                    for piece in ["[", &*subset.to_str(), "]"] {
                        text.push_str(piece);
                    }
                }
                self.wrapped("<!DOCTYPE ", &text, ">");
            }
            _ => {}
        }
    }

    fn wrapped(&mut self, before: &str, text: &str, after: &str) {
        for piece in [before, text, after] {
            self.out.push_str(piece);
        }
    }

    fn escaped_attribute(&mut self, value: &str) {
        for c in value.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\n' => self.out.push_str("&#xA;"),
                '\r' => self.out.push_str("&#xD;"),
                '\t' => self.out.push_str("&#x9;"),
                c => self.out.push(c),
            }
        }
    }
}

/// How many prefixes of one namespace are tried before it is declared anew.
const MANY: usize = 8;

fn format_quoted(before: &str, text: &str) -> String {
    format!("{before}{text}\"")
}

/// The prefix of a namespace among declarations, unless a later one of the same prefix hides it.
fn prefix_in(declared: &[(String, String)], namespace: &str, default: bool) -> Option<String> {
    declared
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, (prefix, own))| own == namespace && (default || !prefix.is_empty()))
        .take(MANY)
        .find(|(index, (prefix, _))| {
            let later = declared.get(index + 1..).unwrap_or_default();
            !later.iter().any(|(other, _)| other == prefix)
        })
        .map(|(_, (prefix, _))| prefix.clone())
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() {
        local.to_owned()
    } else {
        format!("{prefix}:{local}")
    }
}

/// Text between tags; line ends become those of the writer.
fn escape_text(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            }
            c => out.push(c),
        }
    }
}
