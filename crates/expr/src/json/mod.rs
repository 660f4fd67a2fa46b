//! JSON trees as Newtonsoft keeps them: tokens that know their parent and can be changed in place.

mod convert;
mod read;
mod select;
mod weight;
mod write;

use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::{Rc, Weak};

pub(crate) use convert::{cast, extension_value, from_value, kind_of, to_display};
pub(crate) use read::parse_optional;
pub use read::{parse, parse_as};
pub(crate) use select::select;
pub(crate) use weight::may_swell;
pub(crate) use write::{date_text, double_text, primitive, quote, write, write_within};

use crate::exception::{Exception, Outcome, argument_plain, index_out_of_range};
use crate::text::Text;
use crate::types::Type;
use crate::value::Value;

/// `JTokenType`, with Newtonsoft's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `JObject`.
    Object = 1,
    /// `JArray`.
    Array = 2,
    /// `JProperty`.
    Property = 4,
    /// A whole number.
    Integer = 6,
    /// A number with a fraction.
    Float = 7,
    /// A string.
    String = 8,
    /// `true` or `false`.
    Boolean = 9,
    /// `null`.
    Null = 10,
    /// `undefined`.
    Undefined = 11,
    /// A date.
    Date = 12,
    /// JSON text, as it is.
    Raw = 13,
    /// Bytes.
    Bytes = 14,
    /// A GUID.
    Guid = 15,
    /// A URI.
    Uri = 16,
    /// A length of time.
    TimeSpan = 17,
}

/// A JSON token: an object of the tree. Cheap to clone; clones are the same object.
#[derive(Clone)]
pub struct JToken(Rc<Token>);

struct Token {
    parent: RefCell<Weak<Token>>,
    data: RefCell<Data>,
    version: Cell<u32>,
    /// Where the properties of a large object are, by name; made when one is first sought, gone when
    /// one is taken out or put in between.
    places: RefCell<Option<Box<Places>>>,
}

/// Where each name is among the properties.
struct Places(HashMap<Text, usize>);

/// Up to how many properties are searched one by one, which is faster than hashing them.
const FEW: usize = 16;

/// What a token is.
pub(crate) enum Data {
    /// Its properties.
    Object(Vec<JToken>),
    Array(Vec<JToken>),
    /// A name and, in an array of one, the value.
    Property(Text, Vec<JToken>),
    Value(JsonKind, Value),
}

impl JToken {
    pub(crate) fn new(data: Data) -> Self {
        let token = Self(Rc::new(Token {
            parent: RefCell::default(),
            data: RefCell::new(data),
            version: Cell::new(0),
            places: RefCell::default(),
        }));
        for child in token.children().iter() {
            child.adopt(&token);
        }
        token
    }

    /// An empty `JObject`.
    pub fn object() -> Self {
        Self::new(Data::Object(Vec::new()))
    }

    /// An empty `JArray`.
    pub fn array() -> Self {
        Self::new(Data::Array(Vec::new()))
    }

    /// A `JValue`.
    pub(crate) fn value(kind: JsonKind, value: Value) -> Self {
        Self::new(Data::Value(kind, value))
    }

    /// A `JValue` of type `Null`.
    pub(crate) fn null() -> Self {
        Self::value(JsonKind::Null, Value::Null)
    }

    /// A `JProperty`.
    pub(crate) fn property(name: Text, value: JToken) -> Self {
        Self::new(Data::Property(name, vec![value.detached()]))
    }

    // === Looking ===

    /// `Type`.
    pub fn kind(&self) -> JsonKind {
        match &*self.0.data.borrow() {
            Data::Object(_) => JsonKind::Object,
            Data::Array(_) => JsonKind::Array,
            Data::Property(..) => JsonKind::Property,
            Data::Value(kind, _) => *kind,
        }
    }

    /// The .NET type of the token.
    pub(crate) fn ty(&self) -> Type {
        match &*self.0.data.borrow() {
            Data::Object(_) => Type::JOBJECT,
            Data::Array(_) => Type::JARRAY,
            Data::Property(..) => Type::JPROPERTY,
            Data::Value(JsonKind::Raw, _) => Type::JRAW,
            Data::Value(..) => Type::JVALUE,
        }
    }

    /// Whether it can have children.
    pub(crate) fn is_container(&self) -> bool {
        !matches!(&*self.0.data.borrow(), Data::Value(..))
    }

    /// What it is made of.
    pub(crate) fn data(&self) -> Ref<'_, Data> {
        self.0.data.borrow()
    }

    /// The children: properties of an object, items of an array, the value of a property.
    pub(crate) fn children(&self) -> Ref<'_, [JToken]> {
        Ref::map(self.0.data.borrow(), |data| match data {
            Data::Object(children) | Data::Array(children) | Data::Property(_, children) => {
                children.as_slice()
            }
            Data::Value(..) => &[],
        })
    }

    /// One child.
    pub(crate) fn child(&self, index: usize) -> Option<JToken> {
        self.children().get(index).cloned()
    }

    /// The value of a `JValue`.
    pub fn scalar(&self) -> Option<Value> {
        match &*self.0.data.borrow() {
            Data::Value(_, value) => Some(value.clone()),
            _ => None,
        }
    }

    /// The name of a `JProperty`.
    pub(crate) fn name(&self) -> Option<Text> {
        match &*self.0.data.borrow() {
            Data::Property(name, _) => Some(name.clone()),
            _ => None,
        }
    }

    /// The property of an object.
    pub(crate) fn find_property(&self, name: &Text) -> Option<JToken> {
        match &*self.0.data.borrow() {
            Data::Object(properties) if properties.len() <= FEW => properties
                .iter()
                .find(|property| property.has_name(name))
                .cloned(),
            Data::Object(properties) => {
                let mut places = self.0.places.borrow_mut();
                let places = places.get_or_insert_with(|| {
                    let mut places = HashMap::with_capacity(properties.len());
                    for (place, property) in properties.iter().enumerate() {
                        if let Some(name) = property.name() {
                            places.entry(name).or_insert(place);
                        }
                    }
                    Places(places).into()
                });
                properties.get(*places.0.get(name)?).cloned()
            }
            _ => None,
        }
    }

    fn has_name(&self, name: &Text) -> bool {
        matches!(&*self.0.data.borrow(), Data::Property(own, _) if own == name)
    }

    /// The value of an object's property.
    pub fn get(&self, name: &Text) -> Option<JToken> {
        self.find_property(name)?.child(0)
    }

    /// The parent: a property's value has the property, the property the object.
    pub(crate) fn parent(&self) -> Option<JToken> {
        self.0.parent.borrow().upgrade().map(JToken)
    }

    /// Where it stands among its siblings.
    pub(crate) fn position(&self) -> Option<usize> {
        self.parent()?
            .children()
            .iter()
            .position(|child| child.same(self))
    }

    /// Whether both are the same object.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Changes whenever children come or go.
    pub(crate) fn version(&self) -> u32 {
        self.0.version.get()
    }

    // === Changing ===

    fn touch(&self) {
        *self.0.places.borrow_mut() = None;
        self.0.version.set(self.version().wrapping_add(1));
    }

    /// Notes a change that leaves all children where they are: one more at the end.
    fn touch_end(&self, name: Option<Text>, place: usize) {
        if let (Some(places), Some(name)) = (self.0.places.borrow_mut().as_mut(), name) {
            places.0.entry(name).or_insert(place);
        }
        self.0.version.set(self.version().wrapping_add(1));
    }

    fn adopt(&self, parent: &JToken) {
        *self.0.parent.borrow_mut() = Rc::downgrade(&parent.0);
    }

    fn orphan(&self) {
        *self.0.parent.borrow_mut() = Weak::new();
    }

    /// Itself if it stands alone, else a copy: a token has one parent.
    pub(crate) fn detached(self) -> Self {
        if self.parent().is_some() {
            self.deep_clone()
        } else {
            self
        }
    }

    /// Puts a child at an index.
    pub(crate) fn insert(&self, index: usize, child: JToken) -> Outcome<()> {
        let child = if child.contains(self) {
            child.deep_clone()
        } else {
            child.detached()
        };
        if let (JsonKind::Object, Some(name)) = (self.kind(), child.name())
            && self.find_property(&name).is_some()
        {
            return Err(argument_plain(format!(
                "Can not add property {name} to Newtonsoft.Json.Linq.JObject. Property with the \
                 same name already exists on object."
            )));
        }
        child.adopt(self);
        let (name, last) = (child.name(), index == self.children().len());
        match &mut *self.0.data.borrow_mut() {
            Data::Object(children) | Data::Array(children) if index <= children.len() => {
                children.insert(index, child);
            }
            Data::Property(..) => return Err(property_is_fixed()),
            _ => return Err(index_out_of_range("index")),
        }
        if last {
            self.touch_end(name, index);
        } else {
            self.touch();
        }
        Ok(())
    }

    /// Whether `other` is this token or within it.
    fn contains(&self, other: &JToken) -> bool {
        let mut current = Some(other.clone());
        let mut depth = 0;
        while let Some(token) = current {
            depth += 1;
            if token.same(self) || depth > 10_000 {
                return true;
            }
            current = token.parent();
        }
        false
    }

    /// Puts a child at the end.
    pub(crate) fn push(&self, child: JToken) -> Outcome<()> {
        let index = self.children().len();
        self.insert(index, child)
    }

    /// Puts another child in the place of one.
    pub(crate) fn replace(&self, index: usize, child: JToken) -> Outcome<()> {
        if self.child(index).is_some_and(|old| old.same(&child)) {
            return Ok(());
        }
        let child = if child.contains(self) {
            child.deep_clone()
        } else {
            child.detached()
        };
        child.adopt(self);
        let old = match &mut *self.0.data.borrow_mut() {
            Data::Object(children) | Data::Array(children) | Data::Property(_, children) => {
                children
                    .get_mut(index)
                    .map(|place| std::mem::replace(place, child))
            }
            Data::Value(..) => None,
        };
        let old = old.ok_or_else(|| {
            crate::exception::out_of_range("Index is equal to or greater than Count.", "index")
        })?;
        old.orphan();
        *self.0.places.borrow_mut() = None;
        Ok(())
    }

    /// Takes a child out.
    pub(crate) fn remove_at(&self, index: usize) -> Outcome<()> {
        let old = match &mut *self.0.data.borrow_mut() {
            Data::Object(children) | Data::Array(children) if index < children.len() => {
                children.remove(index)
            }
            Data::Property(..) => return Err(property_is_fixed()),
            _ => return Err(index_out_of_range("index")),
        };
        old.orphan();
        self.touch();
        Ok(())
    }

    /// Takes all children out.
    pub(crate) fn clear(&self) {
        let old = match &mut *self.0.data.borrow_mut() {
            Data::Object(children) | Data::Array(children) => std::mem::take(children),
            Data::Property(..) | Data::Value(..) => Vec::new(),
        };
        for child in &old {
            child.orphan();
        }
        self.touch();
    }

    /// Sets an object's property, adding it if it is not there.
    pub(crate) fn set(&self, name: &Text, value: JToken) -> Outcome<()> {
        match self.find_property(name) {
            Some(property) => property.replace(0, value),
            None => self.push(JToken::property(name.clone(), value)),
        }
    }

    /// Changes the value of a `JValue`.
    pub(crate) fn set_scalar(&self, kind: JsonKind, value: Value) {
        if let Data::Value(own_kind, own) = &mut *self.0.data.borrow_mut() {
            *own_kind = kind;
            *own = value;
        }
    }

    /// A copy of the whole tree.
    pub(crate) fn deep_clone(&self) -> Self {
        // Trees are at most as deep as `insert` let them become; a bound keeps the stack small.
        self.clone_within(400)
    }

    fn clone_within(&self, depth: u32) -> Self {
        if depth == 0 {
            return JToken::null();
        }
        let copy = |children: &[JToken]| {
            children
                .iter()
                .map(|child| child.clone_within(depth - 1))
                .collect()
        };
        let data = match &*self.0.data.borrow() {
            Data::Object(children) => Data::Object(copy(children)),
            Data::Array(children) => Data::Array(copy(children)),
            Data::Property(name, children) => Data::Property(name.clone(), copy(children)),
            Data::Value(kind, value) => Data::Value(*kind, value.clone()),
        };
        JToken::new(data)
    }

    // === Comparing ===

    /// `Equals`: values by value, containers by reference.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        if self.same(other) {
            return true;
        }
        match (&*self.0.data.borrow(), &*other.0.data.borrow()) {
            (Data::Value(a, x), Data::Value(b, y)) => scalars_equal((*a, x), (*b, y)),
            _ => false,
        }
    }

    pub(crate) fn hash_into(&self, state: &mut impl Hasher) {
        match &*self.0.data.borrow() {
            Data::Value(JsonKind::Integer, value) => value.as_integer().hash(state),
            Data::Value(_, value) => crate::value::hash(value).hash(state),
            _ => Rc::as_ptr(&self.0).hash(state),
        }
    }

    /// `JToken.DeepEquals`.
    pub(crate) fn deep_equals(&self, other: &Self) -> bool {
        self.deep_equals_within(other, 400)
    }

    fn deep_equals_within(&self, other: &Self, depth: u32) -> bool {
        if depth == 0 || self.kind() != other.kind() {
            return false;
        }
        match (&*self.0.data.borrow(), &*other.0.data.borrow()) {
            (Data::Object(a), Data::Object(b)) => {
                a.len() == b.len()
                    && a.iter().all(|property| {
                        property
                            .name()
                            .and_then(|name| other.find_property(&name))
                            .is_some_and(|twin| property.deep_equals_within(&twin, depth - 1))
                    })
            }
            (Data::Array(a), Data::Array(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|(a, b)| a.deep_equals_within(b, depth - 1))
            }
            (Data::Property(m, a), Data::Property(n, b)) => {
                m == n
                    && a.iter()
                        .zip(b)
                        .all(|(a, b)| a.deep_equals_within(b, depth - 1))
            }
            (Data::Value(a, x), Data::Value(b, y)) => scalars_equal((*a, x), (*b, y)),
            _ => false,
        }
    }

    /// `Path`: `a.b[0]`.
    pub(crate) fn path(&self) -> String {
        let mut parts = Vec::new();
        let mut current = self.clone();
        while let Some(parent) = current.parent() {
            if parts.len() > 1000 {
                break;
            }
            if let Some(name) = current.name() {
                let name = name.to_str().into_owned();
                let plain =
                    !name.is_empty() && !name.contains([' ', '.', '[', ']', '\'', '"', '(', ')']);
                parts.push(if plain {
                    format!(".{name}")
                } else {
                    format!("['{name}']")
                });
            } else if parent.kind() == JsonKind::Array {
                parts.push(format!("[{}]", current.position().unwrap_or(0)));
            }
            current = parent;
        }
        if let Some(name) = current.name() {
            parts.push(format!(".{name}"));
        }
        parts.reverse();
        let path = parts.concat();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}

/// How a property answers who wants to add to it or take from it.
fn property_is_fixed() -> Exception {
    Exception::new(
        "Newtonsoft.Json.JsonException",
        "Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.",
    )
}

fn scalars_equal(a: (JsonKind, &Value), b: (JsonKind, &Value)) -> bool {
    if a.0 != b.0 {
        return false;
    }
    match (a.1.as_integer(), b.1.as_integer()) {
        (Some(x), Some(y)) => x == y,
        _ => crate::value::equals(a.1, b.1) || (a.1.is_null() && b.1.is_null()),
    }
}

impl Drop for Token {
    /// Takes the tree down without recursion.
    fn drop(&mut self) {
        let mut waiting = children_of(self.data.get_mut());
        while let Some(JToken(token)) = waiting.pop() {
            if let Ok(mut token) = Rc::try_unwrap(token) {
                waiting.append(&mut children_of(token.data.get_mut()));
            }
        }
    }
}

fn children_of(data: &mut Data) -> Vec<JToken> {
    match data {
        Data::Object(children) | Data::Array(children) | Data::Property(_, children) => {
            std::mem::take(children)
        }
        Data::Value(..) => Vec::new(),
    }
}

impl fmt::Debug for JToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(self, false))
    }
}

/// A whole number that fits no built-in type.
#[derive(Debug)]
pub(crate) struct BigInteger(pub(crate) String);

impl crate::value::NativeObject for BigInteger {
    fn ty(&self) -> Type {
        crate::library::registry()
            .find_full("System.Numerics.BigInteger")
            .map_or(Type::OBJECT, Type::Def)
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.0.as_str()))
    }
}
