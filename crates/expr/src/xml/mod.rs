//! XML trees as `System.Xml.Linq` keeps them: objects that know their parent and can be changed in
//! place.

mod convert;
mod json;
mod name;
mod read;
mod walk;
mod write;

use std::cell::{Cell, Ref, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

pub(crate) use convert::{content_text, to_type};
pub(crate) use json::{from_json, to_json};
pub(crate) use name::{Declaration, Name, Namespace, XML, XMLNS, name_of};
pub(crate) use read::{Load, read};
pub(crate) use walk::{Event, Walk, may_swell};
pub(crate) use write::{write, write_within};

use crate::exception::{Exception, Outcome, argument_plain, invalid_operation};
use crate::text::Text;
use crate::types::Type;
use crate::value::{Value, bury};

/// A part of an XML document. Cheap to clone; clones are the same object.
#[derive(Clone)]
pub struct XObject(Rc<Node>);

struct Node {
    parent: RefCell<Weak<Node>>,
    data: RefCell<Data>,
    /// How many levels are below it, or were when it was put together.
    height: Cell<usize>,
}

/// How deep a tree may become.
pub(crate) const MAX_DEPTH: usize = 1000;

/// About what one object of a tree takes.
pub(crate) const SIZE: usize = 160;

/// What an object is.
pub(crate) enum Data {
    Document {
        declaration: Option<Declaration>,
        children: Vec<XObject>,
    },
    Element(Element),
    Attribute(Name, Text),
    Text(Text),
    /// `<![CDATA[…]]>`
    Verbatim(Text),
    Comment(Text),
    Instruction(Text, Text),
    Doctype(Doctype),
}

/// An element's own.
pub(crate) struct Element {
    pub(crate) name: Name,
    pub(crate) attributes: Vec<XObject>,
    pub(crate) children: Vec<XObject>,
    /// Whether it is written `<a></a>` when it has no children.
    pub(crate) open: bool,
}

/// `<!DOCTYPE name PUBLIC "…" "…" […]>`
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Doctype {
    pub(crate) name: Text,
    pub(crate) public: Option<Text>,
    pub(crate) system: Option<Text>,
    pub(crate) subset: Option<Text>,
}

/// `System.Xml.XmlException`.
pub(crate) fn error(message: impl Into<Text>) -> Exception {
    Exception::new("System.Xml.XmlException", message)
}

impl XObject {
    pub(crate) fn new(data: Data) -> Self {
        let object = Self(Rc::new(Node {
            parent: RefCell::default(),
            data: RefCell::new(data),
            height: Cell::new(0),
        }));
        for child in object.children().iter().chain(object.attributes().iter()) {
            child.adopt(&object);
            object.grow(child.0.height.get() + 1);
        }
        object
    }

    /// `<name/>`
    pub(crate) fn element(name: Name) -> Self {
        Self::new(Data::Element(Element {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
            open: false,
        }))
    }

    // === Looking ===

    /// The .NET type of the object.
    pub(crate) fn ty(&self) -> Type {
        match &*self.0.data.borrow() {
            Data::Document { .. } => Type::XDOCUMENT,
            Data::Element(_) => Type::XELEMENT,
            Data::Attribute(..) => Type::XATTRIBUTE,
            Data::Text(_) => Type::XTEXT,
            Data::Verbatim(_) => Type::XCDATA,
            Data::Comment(_) => Type::XCOMMENT,
            Data::Instruction(..) => Type::XINSTRUCTION,
            Data::Doctype(_) => Type::XDOCTYPE,
        }
    }

    /// What it is made of.
    pub(crate) fn data(&self) -> Ref<'_, Data> {
        self.0.data.borrow()
    }

    /// Whether it is an element.
    pub(crate) fn is_element(&self) -> bool {
        matches!(&*self.data(), Data::Element(_))
    }

    /// The nodes in it.
    pub(crate) fn children(&self) -> Ref<'_, [XObject]> {
        Ref::map(self.data(), |data| match data {
            Data::Document { children, .. } | Data::Element(Element { children, .. }) => {
                children.as_slice()
            }
            _ => &[],
        })
    }

    /// The attributes of an element.
    pub(crate) fn attributes(&self) -> Ref<'_, [XObject]> {
        Ref::map(self.data(), |data| match data {
            Data::Element(element) => element.attributes.as_slice(),
            _ => &[],
        })
    }

    /// The name of an element or attribute.
    pub(crate) fn name(&self) -> Option<Name> {
        match &*self.data() {
            Data::Element(Element { name, .. }) | Data::Attribute(name, _) => Some(name.clone()),
            _ => None,
        }
    }

    /// Whether it is an element or attribute of that name.
    pub(crate) fn is_named(&self, wanted: &Name) -> bool {
        match &*self.data() {
            Data::Element(Element { name, .. }) | Data::Attribute(name, _) => name == wanted,
            _ => false,
        }
    }

    /// The attribute of a name.
    pub(crate) fn attribute(&self, name: &Name) -> Option<XObject> {
        let attributes = self.attributes();
        attributes.iter().find(|a| a.is_named(name)).cloned()
    }

    /// `Value`: all text in it.
    pub(crate) fn value(&self) -> Text {
        match &*self.data() {
            Data::Attribute(_, text)
            | Data::Text(text)
            | Data::Verbatim(text)
            | Data::Comment(text)
            | Data::Instruction(_, text) => return text.clone(),
            Data::Element(Element { children, .. }) => match children.as_slice() {
                [] => return Text::empty(),
                [only] => {
                    if let Data::Text(text) | Data::Verbatim(text) = &*only.data() {
                        return text.clone();
                    }
                }
                _ => {}
            },
            Data::Document { .. } | Data::Doctype(_) => {}
        }
        let mut out = String::new();
        for event in Walk::of(self) {
            if let Event::Leaf(leaf) = event
                && let Data::Text(text) | Data::Verbatim(text) = &*leaf.data()
            {
                out.push_str(&text.to_str());
            }
        }
        Text::from(out)
    }

    /// The element or document that it is in.
    pub(crate) fn parent(&self) -> Option<XObject> {
        self.0.parent.borrow().upgrade().map(XObject)
    }

    /// Where it stands among its siblings.
    pub(crate) fn position(&self) -> Option<(XObject, usize)> {
        let parent = self.parent()?;
        let at = parent.children().iter().position(|c| c.same(self))?;
        Some((parent, at))
    }

    /// A node so many places after it.
    pub(crate) fn sibling(&self, offset: isize) -> Option<XObject> {
        let (parent, at) = self.position()?;
        let children = parent.children();
        children.get(at.checked_add_signed(offset)?).cloned()
    }

    /// How many levels are above it.
    pub(crate) fn depth(&self) -> usize {
        let mut depth = 0;
        let mut current = self.parent();
        while let Some(object) = current {
            depth += 1;
            current = object.parent();
        }
        depth
    }

    /// Whether both are the same object.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Feeds a hasher with what is equal for the same object only.
    pub(crate) fn hash_into(&self, state: &mut impl std::hash::Hasher) {
        std::hash::Hash::hash(&Rc::as_ptr(&self.0), state);
    }

    /// What a prefix stands for here; the empty prefix for the default namespace.
    pub(crate) fn namespace_of(&self, prefix: &str) -> Option<Rc<str>> {
        match prefix {
            "xml" => return Some(XML.into()),
            "xmlns" => return Some(XMLNS.into()),
            _ => {}
        }
        let mut current = Some(self.clone());
        while let Some(object) = current {
            for attribute in object.attributes().iter().rev() {
                if let Data::Attribute(name, value) = &*attribute.data()
                    && name.declared_prefix() == Some(prefix)
                {
                    return Some(value.to_str().as_ref().into());
                }
            }
            current = object.parent();
        }
        None
    }

    /// How many levels and attributes are above it: what it takes to ask for a namespace.
    pub(crate) fn surroundings(&self) -> usize {
        let mut count = 0;
        let mut current = Some(self.clone());
        while let Some(object) = current {
            count += 1 + object.attributes().len();
            current = object.parent();
        }
        count
    }

    /// The namespaces that are declared here, innermost first.
    pub(crate) fn scopes(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut current = Some(self.clone());
        while let Some(object) = current {
            for attribute in object.attributes().iter().rev() {
                if let Data::Attribute(name, value) = &*attribute.data()
                    && let Some(prefix) = name.declared_prefix()
                {
                    found.push((prefix.to_owned(), value.to_str().into_owned()));
                }
            }
            current = object.parent();
        }
        found
    }

    // === Changing ===

    fn grow(&self, height: usize) {
        self.0.height.set(self.0.height.get().max(height));
    }

    /// Refuses what would make the tree too deep.
    fn check_depth(&self, node: &XObject) -> Outcome<()> {
        let mut depth = node.0.height.get() + 1;
        let mut current = self.parent();
        while let Some(object) = current {
            depth += 1;
            if depth > MAX_DEPTH {
                break;
            }
            current = object.parent();
        }
        if depth > MAX_DEPTH {
            return Err(Exception::limit("an XML tree is nested too deep"));
        }
        self.grow(node.0.height.get() + 1);
        Ok(())
    }

    fn adopt(&self, parent: &XObject) {
        *self.0.parent.borrow_mut() = Rc::downgrade(&parent.0);
    }

    fn orphan(&self) {
        *self.0.parent.borrow_mut() = Weak::new();
    }

    /// Itself if it stands alone, else a copy: an object has one parent.
    fn detached(self, parent: &XObject) -> Self {
        if self.parent().is_some() || self.contains(parent) {
            self.deep_clone()
        } else {
            self
        }
    }

    pub(crate) fn contains(&self, other: &XObject) -> bool {
        let mut current = Some(other.clone());
        while let Some(object) = current {
            if object.same(self) {
                return true;
            }
            current = object.parent();
        }
        false
    }

    /// Puts a node at an index; gives the node that is there now.
    pub(crate) fn insert(&self, index: usize, node: XObject) -> Outcome<()> {
        if matches!(&*self.data(), Data::Document { .. }) {
            self.check_document_child(&node)?;
        }
        self.check_depth(&node)?;
        let node = node.detached(self);
        node.adopt(self);
        match &mut *self.0.data.borrow_mut() {
            Data::Document { children, .. } | Data::Element(Element { children, .. }) => {
                children.insert(index.min(children.len()), node);
                Ok(())
            }
            _ => Err(invalid_operation("the object has no content")),
        }
    }

    fn check_document_child(&self, node: &XObject) -> Outcome<()> {
        match &*node.data() {
            Data::Element(_) if self.children().iter().any(XObject::is_element) => {
                Err(invalid_operation(
                    "This operation would create an incorrectly structured document.",
                ))
            }
            Data::Verbatim(_) | Data::Attribute(..) | Data::Document { .. } => Err(argument_plain(
                "A node of that type cannot be added to content.",
            )),
            Data::Text(text) if !text.to_str().trim().is_empty() => Err(argument_plain(
                "Non-whitespace characters cannot be added to content.",
            )),
            _ => Ok(()),
        }
    }

    /// Puts text at the end: onto the text that is there.
    pub(crate) fn push_text(&self, text: &Text) -> Outcome<()> {
        if let Data::Element(element) = &mut *self.0.data.borrow_mut() {
            element.open = true;
        }
        if text.is_empty() {
            return Ok(());
        }
        let last = self.children().last().cloned();
        if let Some(last) = last
            && let Data::Text(own) = &mut *last.0.data.borrow_mut()
        {
            *own = Text::from(format!("{own}{text}"));
            return Ok(());
        }
        let end = self.children().len();
        self.insert(end, Self::new(Data::Text(text.clone())))
    }

    /// Adds an attribute.
    pub(crate) fn push_attribute(&self, attribute: XObject) -> Outcome<()> {
        if let Some(name) = attribute.name()
            && self.attribute(&name).is_some()
        {
            return Err(invalid_operation("Duplicate attribute."));
        }
        let attribute = attribute.detached(self);
        attribute.adopt(self);
        match &mut *self.0.data.borrow_mut() {
            Data::Element(element) => {
                element.attributes.push(attribute);
                Ok(())
            }
            _ => Err(argument_plain("An attribute cannot be added to content.")),
        }
    }

    /// Takes it out of its parent.
    pub(crate) fn remove(&self) -> Outcome<()> {
        let Some(parent) = self.parent() else {
            return Err(invalid_operation("The parent is missing."));
        };
        match &mut *parent.0.data.borrow_mut() {
            Data::Document { children, .. } => children.retain(|child| !child.same(self)),
            Data::Element(element) => {
                element.children.retain(|child| !child.same(self));
                element.attributes.retain(|child| !child.same(self));
            }
            _ => {}
        }
        self.orphan();
        Ok(())
    }

    /// Takes all nodes out.
    pub(crate) fn clear(&self) {
        let gone = match &mut *self.0.data.borrow_mut() {
            Data::Document { children, .. } => std::mem::take(children),
            Data::Element(element) => {
                element.open = false;
                std::mem::take(&mut element.children)
            }
            _ => Vec::new(),
        };
        gone.iter().for_each(XObject::orphan);
    }

    /// Takes all attributes out.
    pub(crate) fn clear_attributes(&self) {
        if let Data::Element(element) = &mut *self.0.data.borrow_mut() {
            let gone = std::mem::take(&mut element.attributes);
            gone.iter().for_each(XObject::orphan);
        }
    }

    /// Gives it another text.
    pub(crate) fn set_value(&self, value: Text) -> Outcome<()> {
        if self.is_element() {
            self.clear();
            return self.push_text(&value);
        }
        if let Data::Attribute(_, text)
        | Data::Text(text)
        | Data::Verbatim(text)
        | Data::Comment(text)
        | Data::Instruction(_, text) = &mut *self.0.data.borrow_mut()
        {
            *text = value;
        }
        Ok(())
    }

    /// Gives an element another name.
    pub(crate) fn set_name(&self, new: Name) {
        if let Data::Element(element) = &mut *self.0.data.borrow_mut() {
            element.name = new;
        }
    }

    /// Gives a document another declaration.
    pub(crate) fn set_declaration(&self, new: Option<Declaration>) {
        if let Data::Document { declaration, .. } = &mut *self.0.data.borrow_mut() {
            *declaration = new;
        }
    }

    /// What `ToString()` gives.
    pub(crate) fn display(&self) -> Text {
        Text::from(write(self, true))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let (mut children, attributes) = match self.data.get_mut() {
            Data::Document { children, .. } => (std::mem::take(children), Vec::new()),
            Data::Element(element) => (
                std::mem::take(&mut element.children),
                std::mem::take(&mut element.attributes),
            ),
            _ => return,
        };
        children.extend(attributes);
        bury(children.into_iter().map(Value::Xml).collect());
    }
}

impl fmt::Debug for XObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(self, false))
    }
}
