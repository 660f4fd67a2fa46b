//! XML text → trees, as an `XmlReader` reads it for `System.Xml.Linq`: internal entities are replaced,
//! nothing outside the text is ever fetched.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::name::{continues_name, starts_name};
use super::{Data, Declaration, Doctype, Element, MAX_DEPTH, Name, XML, XMLNS, XObject, error};
use crate::exception::{Exception, Outcome};
use crate::text::Text;

/// How many characters entities may add.
const MAX_EXPANSION: usize = 1 << 20;
/// How deep entities may use each other.
const MAX_ENTITY_DEPTH: u32 = 16;

/// Up to how many attributes are searched one by one, which is faster than hashing them.
const FEW: usize = 16;

/// What to keep.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Load {
    /// `LoadOptions.PreserveWhitespace`.
    pub(crate) whitespace: bool,
}

/// Reads a document.
pub(crate) fn read(text: &str, load: Load) -> Outcome<XObject> {
    let mut reader = Reader {
        text,
        at: 0,
        load,
        entities: HashMap::new(),
        expanded: 0,
        none: "".into(),
        uris: HashMap::new(),
        namespaces: HashMap::new(),
        declared: Vec::new(),
    };
    reader.declare("xml", XML);
    reader.declare("xmlns", XMLNS);
    reader.document()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    load: Load,
    entities: HashMap<String, String>,
    expanded: usize,
    /// No namespace.
    none: Rc<str>,
    /// Each namespace once, so that names are compared by address however long their namespace is.
    uris: HashMap<String, Rc<str>>,
    /// What each prefix stands for, innermost last.
    namespaces: HashMap<String, Vec<Rc<str>>>,
    /// The prefixes in the order in which they were declared, for elements to take theirs back.
    declared: Vec<String>,
}

/// An element that has begun.
struct Open {
    tag: String,
    element: Element,
    /// How many declarations there were before it.
    declared: usize,
    preserve: bool,
}

/// Text that is being read.
#[derive(Default)]
struct Run {
    text: String,
    /// Whether it is more than white space, or written as a reference.
    significant: bool,
}

impl Reader<'_> {
    // === Characters ===

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn skip_space(&mut self) -> bool {
        let before = self.at;
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at > before
    }

    /// The text up to an end that is then passed over.
    fn until(&mut self, end: &str) -> Outcome<String> {
        let Some((inner, _)) = self.rest().split_once(end) else {
            self.at = self.text.len();
            return Err(self.error("Unexpected end of file has occurred."));
        };
        let inner = inner.to_owned();
        self.at += inner.len() + end.len();
        Ok(inner)
    }

    fn error(&self, message: &str) -> Exception {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        error(format!("{message} Line {line}, position {column}."))
    }

    fn unexpected(&self) -> Exception {
        match self.peek() {
            None => self.error("Unexpected end of file has occurred."),
            Some(c) => self.error(&format!(
                "'{c}', hexadecimal value 0x{:02X}, is an unexpected token.",
                u32::from(c)
            )),
        }
    }

    fn name(&mut self) -> Outcome<String> {
        let rest = self.rest();
        if !rest.starts_with(starts_name) {
            return Err(match rest.chars().next() {
                None => self.unexpected(),
                Some(c) => self.error(&format!(
                    "Name cannot begin with the '{c}' character, hexadecimal value 0x{:02X}.",
                    u32::from(c)
                )),
            });
        }
        let end = rest
            .find(|c| !continues_name(c) && c != ':')
            .unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_owned();
        self.at += name.len();
        Ok(name)
    }

    fn quoted(&mut self) -> Outcome<String> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                self.at += 1;
                self.until(quote.encode_utf8(&mut [0; 4]))
            }
            _ => Err(self.unexpected()),
        }
    }

    // === The document ===

    fn document(&mut self) -> Outcome<XObject> {
        let declaration = self.declaration()?;
        let mut children = Vec::new();
        let mut root = false;
        loop {
            self.skip_space();
            if self.rest().is_empty() {
                break;
            }
            if let Some(node) = self.aside()? {
                children.push(node);
            } else if self.eat("<!DOCTYPE") {
                if root || children.iter().any(is_doctype) {
                    return Err(self.error("Unexpected DTD declaration."));
                }
                children.push(self.doctype()?);
            } else if self.rest().starts_with('<') && !self.rest().starts_with("<!") {
                self.at += 1;
                if !self.peek().is_some_and(starts_name) {
                    return Err(self.name().err().unwrap_or_else(|| self.unexpected()));
                }
                if root {
                    return Err(self.error("There are multiple root elements."));
                }
                root = true;
                children.push(self.element()?);
            } else {
                return Err(self.error("Data at the root level is invalid."));
            }
        }
        if !root {
            return Err(error("Root element is missing."));
        }
        Ok(XObject::new(Data::Document {
            declaration,
            children,
        }))
    }

    fn declaration(&mut self) -> Outcome<Option<Declaration>> {
        let begins = self
            .rest()
            .strip_prefix("<?xml")
            .is_some_and(|rest| rest.starts_with(is_space));
        if !begins {
            return Ok(None);
        }
        self.at += "<?xml".len();
        let mut found = Declaration {
            version: None,
            encoding: None,
            standalone: None,
        };
        loop {
            self.skip_space();
            if self.eat("?>") {
                break;
            }
            let name = self.name()?;
            self.equals()?;
            let value = Text::from(self.quoted()?);
            match name.as_str() {
                "version" => found.version = Some(value),
                "encoding" => found.encoding = Some(value),
                "standalone" => found.standalone = Some(value),
                _ => return Err(self.error("Syntax for an XML declaration is invalid.")),
            }
        }
        if found.version.is_none() {
            return Err(self.error("Syntax for an XML declaration is invalid."));
        }
        Ok(Some(found))
    }

    fn equals(&mut self) -> Outcome<()> {
        self.skip_space();
        if !self.eat("=") {
            return Err(self.unexpected());
        }
        self.skip_space();
        Ok(())
    }

    /// A comment or an instruction.
    fn aside(&mut self) -> Outcome<Option<XObject>> {
        if self.eat("<!--") {
            let text = self.until("-->")?;
            if text.contains("--") || text.ends_with('-') {
                return Err(self.error(
                    "An XML comment cannot contain '--', and '-' cannot be the last character.",
                ));
            }
            let comment = Data::Comment(Text::from(with_line_ends(&text)));
            return Ok(Some(XObject::new(comment)));
        }
        if self.eat("<?") {
            let target = self.name()?;
            if target.eq_ignore_ascii_case("xml") {
                return Err(self.error(
                    "Unexpected XML declaration. The XML declaration must be the first node in the \
                     document.",
                ));
            }
            let text = self.until("?>")?;
            let text = Text::from(with_line_ends(text.trim_start_matches(is_space)));
            return Ok(Some(XObject::new(Data::Instruction(
                Text::from(target),
                text,
            ))));
        }
        Ok(None)
    }

    // === Elements ===

    /// An element with all that is in it; its `<` has been read.
    fn element(&mut self) -> Outcome<XObject> {
        let mut stack = Vec::new();
        if let Some(whole) = self.start_tag(&mut stack)? {
            return Ok(whole);
        }
        let mut run = Run::default();
        loop {
            if self.rest().starts_with('<') {
                self.flush(&mut run, &mut stack);
            }
            let whole = if self.eat("</") {
                Some(self.end_tag(&mut stack)?)
            } else if self.eat("<![CDATA[") {
                let text = with_line_ends(&self.until("]]>")?);
                Some(XObject::new(Data::Verbatim(Text::from(text))))
            } else if let Some(node) = self.aside()? {
                Some(node)
            } else if self.eat("<") {
                self.start_tag(&mut stack)?
            } else {
                self.characters(&mut run, &stack)?;
                None
            };
            match (whole, stack.last_mut()) {
                (Some(whole), None) => return Ok(whole),
                (Some(whole), Some(open)) => open.element.children.push(whole),
                (None, _) => {}
            }
        }
    }

    /// Reads a start tag; gives the element if it has ended already.
    fn start_tag(&mut self, stack: &mut Vec<Open>) -> Outcome<Option<XObject>> {
        if stack.len() >= MAX_DEPTH - 1 {
            return Err(Exception::limit("an XML document is nested too deep"));
        }
        let declared = self.declared.len();
        let tag = self.name()?;
        let written = self.attributes()?;
        for (name, value) in &written {
            let prefix = match name.split_once(':') {
                Some(("xmlns", prefix)) => prefix,
                None if name == "xmlns" => "",
                _ => continue,
            };
            self.declare(prefix, value);
        }
        let name = self.resolved(&tag, true)?;
        let attributes = self.named(written)?;
        let space = Name::new("space", XML);
        let preserve = match attributes.iter().find(|a| a.is_named(&space)) {
            Some(attribute) => attribute.value().to_str() == "preserve",
            None => stack.last().is_some_and(|open| open.preserve),
        };
        let empty = self.eat("/>");
        let element = Element {
            name,
            attributes,
            children: Vec::new(),
            open: !empty,
        };
        if empty {
            self.forget(declared);
            return Ok(Some(XObject::new(Data::Element(element))));
        }
        if !self.eat(">") {
            return Err(self.unexpected());
        }
        stack.push(Open {
            tag,
            element,
            declared,
            preserve,
        });
        Ok(None)
    }

    /// Attributes with their names resolved, of which no two may be the same.
    fn named(&self, written: Vec<(String, String)>) -> Outcome<Vec<XObject>> {
        let many = written.len() > FEW;
        let mut seen = HashSet::new();
        let mut attributes: Vec<XObject> = Vec::with_capacity(written.len());
        for (written, value) in written {
            let name = self.resolved(&written, false)?;
            let twice = if many {
                !seen.insert((name.local.clone(), address(&name.namespace)))
            } else {
                attributes.iter().any(|a| a.is_named(&name))
            };
            if twice {
                return Err(self.error(&format!("'{written}' is a duplicate attribute name.")));
            }
            attributes.push(XObject::new(Data::Attribute(name, Text::from(value))));
        }
        Ok(attributes)
    }

    /// Lets a prefix stand for a namespace.
    fn declare(&mut self, prefix: &str, uri: &str) {
        let uri = match self.uris.get(uri) {
            _ if uri.is_empty() => self.none.clone(),
            Some(known) => known.clone(),
            None => {
                let made: Rc<str> = uri.into();
                self.uris.insert(uri.to_owned(), made.clone());
                made
            }
        };
        self.namespaces
            .entry(prefix.to_owned())
            .or_default()
            .push(uri);
        self.declared.push(prefix.to_owned());
    }

    /// Takes back all declarations but the first few.
    fn forget(&mut self, kept: usize) {
        for prefix in self.declared.drain(kept.min(self.declared.len())..) {
            if let Some(uris) = self.namespaces.get_mut(&prefix) {
                uris.pop();
            }
        }
    }

    fn attributes(&mut self) -> Outcome<Vec<(String, String)>> {
        let mut found = Vec::new();
        loop {
            let spaced = self.skip_space();
            if self.rest().starts_with('>') || self.rest().starts_with("/>") {
                return Ok(found);
            }
            if !spaced {
                return Err(self.unexpected());
            }
            let name = self.name()?;
            self.equals()?;
            let raw = self.quoted()?;
            if raw.contains('<') {
                return Err(
                    self.error("'<', hexadecimal value 0x3C, is an invalid attribute character.")
                );
            }
            let raw = with_line_ends(&raw).replace(['\n', '\t'], " ");
            let mut value = String::new();
            self.replaced(&raw, &mut value, 0)?;
            found.push((name, value));
        }
    }

    /// The end tag of the innermost element; its `</` has been read.
    fn end_tag(&mut self, stack: &mut Vec<Open>) -> Outcome<XObject> {
        let tag = self.name()?;
        self.skip_space();
        let ended = self.eat(">");
        let Some(open) = stack.pop() else {
            return Err(self.error("Unexpected end tag."));
        };
        if tag != open.tag {
            return Err(self.error(&format!(
                "The '{}' start tag does not match the end tag of '{tag}'.",
                open.tag
            )));
        }
        if !ended {
            return Err(self.unexpected());
        }
        self.forget(open.declared);
        Ok(XObject::new(Data::Element(open.element)))
    }

    /// What a written name stands for.
    fn resolved(&self, written: &str, element: bool) -> Outcome<Name> {
        let (prefix, local) = match written.split_once(':') {
            Some((prefix, local)) if !local.is_empty() && !local.contains(':') => (prefix, local),
            Some(_) => {
                return Err(self.error("The ':' character cannot be included in a name."));
            }
            None if element => ("", written),
            None => return Ok(Name::new(written, self.none.clone())),
        };
        match self.namespaces.get(prefix).and_then(|uris| uris.last()) {
            Some(namespace) => Ok(Name::new(local, namespace.clone())),
            None if prefix.is_empty() => Ok(Name::new(local, self.none.clone())),
            None => Err(self.error(&format!("'{prefix}' is an undeclared prefix."))),
        }
    }

    // === Text ===

    /// Reads text up to the next markup.
    fn characters(&mut self, run: &mut Run, stack: &[Open]) -> Outcome<()> {
        let rest = self.rest();
        if rest.is_empty() {
            let open: Vec<&str> = stack.iter().rev().map(|open| open.tag.as_str()).collect();
            return Err(self.error(&format!(
                "Unexpected end of file has occurred. The following elements are not closed: {}.",
                open.join(", ")
            )));
        }
        let end = rest.find('<').unwrap_or(rest.len());
        let raw = rest.get(..end).unwrap_or_default();
        if raw.contains("]]>") {
            return Err(self.error("']]>' is not allowed in character data."));
        }
        if raw.chars().any(is_forbidden) {
            return Err(self.error("The text holds a character that is invalid in XML."));
        }
        run.significant |= raw.contains(|c| !is_space(c));
        let raw = with_line_ends(raw);
        self.replaced(&raw, &mut run.text, 0)?;
        self.at += end;
        Ok(())
    }

    /// Ends a run of text.
    fn flush(&self, run: &mut Run, stack: &mut [Open]) {
        let run = std::mem::take(run);
        let Some(open) = stack.last_mut() else {
            return;
        };
        if !run.text.is_empty() && (run.significant || self.load.whitespace || open.preserve) {
            let text = XObject::new(Data::Text(Text::from(run.text)));
            open.element.children.push(text);
        }
    }

    /// Text with its references replaced.
    fn replaced(&mut self, raw: &str, out: &mut String, depth: u32) -> Outcome<()> {
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            out.push_str(before);
            let Some((name, after)) = after.split_once(';') else {
                return Err(self.error("An error occurred while parsing EntityName."));
            };
            rest = after;
            if let Some(c) = character(name) {
                out.push(c);
                continue;
            }
            let Some(text) = self.entities.get(name).cloned() else {
                let bad = name.starts_with('#') || !name.chars().all(continues_name);
                return Err(self.error(&if bad {
                    "An error occurred while parsing EntityName.".to_owned()
                } else {
                    format!("Reference to undeclared entity '{name}'.")
                }));
            };
            self.expanded += text.len();
            if depth >= MAX_ENTITY_DEPTH || self.expanded > MAX_EXPANSION {
                return Err(self.error("The input document has exceeded a limit for entities."));
            }
            if text.contains('<') {
                return Err(self.error("entities that hold markup are not supported."));
            }
            self.replaced(&text, out, depth + 1)?;
        }
        out.push_str(rest);
        Ok(())
    }

    // === Declarations ===

    fn doctype(&mut self) -> Outcome<XObject> {
        self.skip_space();
        let name = Text::from(self.name()?);
        self.skip_space();
        let (mut public, mut system, mut subset) = (None, None, None);
        if self.eat("PUBLIC") {
            self.skip_space();
            public = Some(Text::from(self.quoted()?));
            self.skip_space();
            system = Some(Text::from(self.quoted()?));
        } else if self.eat("SYSTEM") {
            self.skip_space();
            system = Some(Text::from(self.quoted()?));
        }
        self.skip_space();
        if self.eat("[") {
            let inner = self.until("]")?;
            self.declare_entities(&inner)?;
            subset = Some(Text::from(inner));
            self.skip_space();
        }
        if !self.eat(">") {
            return Err(self.unexpected());
        }
        Ok(XObject::new(Data::Doctype(Doctype {
            name,
            public,
            system,
            subset,
        })))
    }

    /// Notes the internal entities of a document type.
    fn declare_entities(&mut self, subset: &str) -> Outcome<()> {
        for declaration in subset.split("<!ENTITY").skip(1) {
            let declaration = declaration.trim_start();
            let Some((name, rest)) = declaration.split_once(is_space) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote @ ('"' | '\'')) = rest.chars().next() else {
                // An external or a parameter entity: it stays undeclared.
                continue;
            };
            let Some((value, _)) = rest.get(1..).and_then(|rest| rest.split_once(quote)) else {
                return Err(self.unexpected());
            };
            self.entities
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        Ok(())
    }
}

/// Where a namespace is kept; `Reader::uris` and `Reader::none` keep each in one place.
fn address(namespace: &Rc<str>) -> *const u8 {
    namespace.as_ptr()
}

/// The character that a reference stands for by itself.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number).filter(|c| !is_forbidden(*c))
        }
    }
}

/// Whether XML allows the character nowhere.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

fn is_doctype(object: &XObject) -> bool {
    matches!(&*object.data(), Data::Doctype(_))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Text with every line end as `\n`.
fn with_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
