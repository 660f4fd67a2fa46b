//! `XName`, `XNamespace` and `XDeclaration`: values without an identity of their own.

use std::any::Any;
use std::rc::Rc;

use crate::exception::{Outcome, argument, argument_null};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, Value};

/// The namespace of `xmlns` attributes.
pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// The namespace of the prefix `xml`.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A name with its namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) local: Rc<str>,
    /// Empty for none.
    pub(crate) namespace: Rc<str>,
}

impl Name {
    /// A name whose parts are known to be good.
    pub(crate) fn new(local: impl Into<Rc<str>>, namespace: impl Into<Rc<str>>) -> Self {
        Self {
            local: local.into(),
            namespace: namespace.into(),
        }
    }

    /// A name with a checked local part.
    pub(crate) fn checked(local: &str, namespace: &str) -> Outcome<Self> {
        check(local)?;
        Ok(Self::new(local, namespace))
    }

    /// `local` or `{namespace}local`.
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        if text.is_empty() {
            return Err(argument(
                "The value cannot be an empty string.",
                "expandedName",
            ));
        }
        let Some(rest) = text.strip_prefix('{') else {
            return Self::checked(text, "");
        };
        match rest.rsplit_once('}') {
            Some((namespace, local)) if !local.is_empty() => Self::checked(local, namespace),
            _ => Err(argument(
                &format!("'{text}' is an invalid expanded name."),
                "expandedName",
            )),
        }
    }

    /// As `ToString()` shows it.
    pub(crate) fn expanded(&self) -> String {
        if self.namespace.is_empty() {
            self.local.to_string()
        } else {
            format!("{{{}}}{}", self.namespace, self.local)
        }
    }

    /// As a value.
    pub(crate) fn value(self) -> Value {
        Value::native(self)
    }

    /// The prefix that an attribute of this name declares; empty for the default namespace.
    pub(crate) fn declared_prefix(&self) -> Option<&str> {
        if &*self.namespace == XMLNS {
            Some(&self.local)
        } else if self.namespace.is_empty() && &*self.local == "xmlns" {
            Some("")
        } else {
            None
        }
    }
}

/// The name that a value is: an `XName`, or a text that is one.
pub(crate) fn name_of(value: &Value) -> Outcome<Name> {
    if let Some(name) = value.as_native::<Name>() {
        return Ok(name.clone());
    }
    match value.as_text() {
        Some(text) => Name::parse(&text.to_str()),
        None => Err(argument_null("name")),
    }
}

/// Whether a character can begin a name.
pub(super) fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Whether a character can be in a name.
pub(super) fn continues_name(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '_' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}' | '\u{2040}'
        )
}

fn check(local: &str) -> Outcome<()> {
    let bad = local.chars().enumerate().find(|(at, c)| {
        !(if *at == 0 {
            starts_name(*c)
        } else {
            continues_name(*c)
        })
    });
    match bad {
        None if local.is_empty() => Err(argument("The value cannot be an empty string.", "name")),
        None => Ok(()),
        Some((at, c)) => Err(super::error(format!(
            "The '{c}' character, hexadecimal value 0x{:02X}, cannot be included in a name{}.",
            u32::from(c),
            if at == 0 {
                " as its first character"
            } else {
                ""
            }
        ))),
    }
}

impl NativeObject for Name {
    fn ty(&self) -> Type {
        Type::XNAME
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.expanded()))
    }

    fn equals(&self, other: &dyn NativeObject) -> Option<bool> {
        Some((other as &dyn Any).downcast_ref::<Self>() == Some(self))
    }

    fn hash(&self) -> Option<u64> {
        Some(hashed(&self.expanded()))
    }
}

/// `XNamespace`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Namespace(pub(crate) Rc<str>);

impl NativeObject for Namespace {
    fn ty(&self) -> Type {
        Type::XNAMESPACE
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(&*self.0))
    }

    fn equals(&self, other: &dyn NativeObject) -> Option<bool> {
        Some((other as &dyn Any).downcast_ref::<Self>() == Some(self))
    }

    fn hash(&self) -> Option<u64> {
        Some(hashed(&self.0))
    }
}

fn hashed(text: &str) -> u64 {
    crate::value::hash(&Value::string(text))
}

/// `XDeclaration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) version: Option<Text>,
    pub(crate) encoding: Option<Text>,
    pub(crate) standalone: Option<Text>,
}

impl NativeObject for Declaration {
    fn ty(&self) -> Type {
        crate::library::type_named("System.Xml.Linq.XDeclaration")
    }

    fn text(&self) -> Option<Text> {
        let mut out = "<?xml".to_owned();
        let parts = [
            ("version", &self.version),
            ("encoding", &self.encoding),
            ("standalone", &self.standalone),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                for piece in [" ", name, "=\"", &value.to_str(), "\""] {
                    out.push_str(piece);
                }
            }
        }
        out.push_str("?>");
        Some(Text::from(out))
    }
}
