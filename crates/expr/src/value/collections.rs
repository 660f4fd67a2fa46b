//! Arrays, lists, dictionaries, sets and records.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::collections::HashMap;
use std::fmt;

use super::{Value, bury, equals, hash};
use crate::types::Type;

// === Array ===

/// `T[]`. The items of a `byte[]` are kept as bytes.
pub struct Array {
    item: Type,
    items: RefCell<Items>,
}

/// What an array holds.
#[derive(Clone)]
pub(crate) enum Items {
    Values(Vec<Value>),
    Bytes(Vec<u8>),
}

impl Items {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// One of them.
    pub(crate) fn get(&self, index: usize) -> Option<Value> {
        match self {
            Self::Values(values) => values.get(index).cloned(),
            Self::Bytes(bytes) => bytes.get(index).copied().map(Value::Byte),
        }
    }

    /// Replaces one; false if there is none.
    pub(crate) fn set(&mut self, index: usize, value: Value) -> bool {
        match (self, value) {
            (Self::Values(values), value) => match values.get_mut(index) {
                Some(slot) => {
                    *slot = value;
                    true
                }
                None => false,
            },
            (Self::Bytes(bytes), Value::Byte(byte)) => match bytes.get_mut(index) {
                Some(slot) => {
                    *slot = byte;
                    true
                }
                None => false,
            },
            (Self::Bytes(_), _) => false,
        }
    }

    /// All of them.
    pub(crate) fn to_values(&self) -> Vec<Value> {
        match self {
            Self::Values(values) => values.clone(),
            Self::Bytes(bytes) => bytes.iter().copied().map(Value::Byte).collect(),
        }
    }
}

impl Array {
    /// An array.
    pub(crate) fn new(item: Type, items: Items) -> Self {
        let items = match items {
            Items::Values(values) if item == Type::BYTE => Items::Bytes(
                values
                    .iter()
                    .map(|v| if let Value::Byte(byte) = v { *byte } else { 0 })
                    .collect(),
            ),
            other => other,
        };
        Self {
            item,
            items: RefCell::new(items),
        }
    }

    /// The type of its items.
    pub fn item_type(&self) -> &Type {
        &self.item
    }

    /// How many items.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One item.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index)
    }

    /// All items.
    pub fn to_values(&self) -> Vec<Value> {
        self.items.borrow().to_values()
    }

    /// The bytes of a `byte[]`.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        match &*self.items.borrow() {
            Items::Bytes(bytes) => Some(bytes.clone()),
            Items::Values(_) => None,
        }
    }

    /// To read.
    pub(crate) fn items(&self) -> Ref<'_, Items> {
        self.items.borrow()
    }

    /// To write.
    pub(crate) fn items_mut(&self) -> RefMut<'_, Items> {
        self.items.borrow_mut()
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        if let Items::Values(values) = self.items.get_mut() {
            bury(std::mem::take(values));
        }
    }
}

// === List ===

/// `List<T>`, and with another type `Queue<T>`, `Stack<T>` and read-only lists.
pub struct List {
    ty: Type,
    items: RefCell<Vec<Value>>,
    version: Cell<u32>,
}

impl List {
    /// A list of that whole type.
    pub(crate) fn new(ty: Type, items: Vec<Value>) -> Self {
        Self {
            ty,
            items: RefCell::new(items),
            version: Cell::new(0),
        }
    }

    /// The whole type, such as `List<int>`.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// To read.
    pub(crate) fn items(&self) -> Ref<'_, Vec<Value>> {
        self.items.borrow()
    }

    /// To write: enumerations under way will notice.
    pub(crate) fn items_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.version.set(self.version.get().wrapping_add(1));
        self.items.borrow_mut()
    }

    /// Changes with every write.
    pub(crate) fn version(&self) -> u32 {
        self.version.get()
    }
}

impl Drop for List {
    fn drop(&mut self) {
        bury(std::mem::take(self.items.get_mut()));
    }
}

// === Table ===

/// How keys are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparer {
    /// `Equals`.
    Default,
    /// Strings without regard to case.
    IgnoreCase,
}

impl Comparer {
    fn hash(self, key: &Value) -> u64 {
        match (self, key) {
            (Self::IgnoreCase, Value::String(text)) => {
                hash(&Value::String(crate::casing::upper(text)))
            }
            _ => hash(key),
        }
    }

    /// Whether two keys are one.
    pub(crate) fn same(self, a: &Value, b: &Value) -> bool {
        match (self, a, b) {
            (Self::IgnoreCase, Value::String(a), Value::String(b)) => {
                crate::casing::equal_ignoring_case(a, b)
            }
            _ => equals(a, b),
        }
    }
}

/// Keys with values in the order in which .NET enumerates them: a freed place is the next to be used.
pub(crate) struct Table {
    comparer: Comparer,
    entries: Vec<Option<(Value, Value)>>,
    free: Vec<usize>,
    places: HashMap<u64, Vec<usize>>,
    version: u32,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(comparer: Comparer) -> Self {
        Self {
            comparer,
            entries: Vec::new(),
            free: Vec::new(),
            places: HashMap::new(),
            version: 0,
        }
    }

    /// How keys are compared.
    pub(crate) fn comparer(&self) -> Comparer {
        self.comparer
    }

    /// How many entries.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// Changes with every write.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    fn find(&self, key: &Value) -> Option<usize> {
        let places = self.places.get(&self.comparer.hash(key))?;
        places.iter().copied().find(|&place| {
            matches!(self.entries.get(place), Some(Some((k, _))) if self.comparer.same(k, key))
        })
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &Value) -> Option<&Value> {
        let place = self.find(key)?;
        self.entries.get(place)?.as_ref().map(|(_, value)| value)
    }

    /// Whether the key is there.
    pub(crate) fn contains(&self, key: &Value) -> bool {
        self.find(key).is_some()
    }

    /// Adds or replaces; true if the key is new.
    pub(crate) fn insert(&mut self, key: Value, value: Value) -> bool {
        self.version = self.version.wrapping_add(1);
        if let Some(place) = self.find(&key) {
            if let Some(Some(entry)) = self.entries.get_mut(place) {
                entry.1 = value;
            }
            return false;
        }
        let hash = self.comparer.hash(&key);
        let place = if let Some(place) = self.free.pop() {
            if let Some(slot) = self.entries.get_mut(place) {
                *slot = Some((key, value));
            }
            place
        } else {
            self.entries.push(Some((key, value)));
            self.entries.len() - 1
        };
        self.places.entry(hash).or_default().push(place);
        true
    }

    /// Takes a key out.
    pub(crate) fn remove(&mut self, key: &Value) -> Option<Value> {
        let place = self.find(key)?;
        let hash = self.comparer.hash(key);
        if let Some(places) = self.places.get_mut(&hash) {
            places.retain(|&p| p != place);
        }
        self.free.push(place);
        self.version = self.version.wrapping_add(1);
        self.entries.get_mut(place)?.take().map(|(_, value)| value)
    }

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        let version = self.version.wrapping_add(1);
        *self = Self::new(self.comparer);
        self.version = version;
    }

    /// The entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.entries
            .iter()
            .flatten()
            .map(|(key, value)| (key, value))
    }

    /// The entry at a place that is not free, counting free ones; and the next place.
    pub(crate) fn entry_from(&self, place: usize) -> Option<(&Value, &Value, usize)> {
        let rest = self.entries.get(place..)?;
        let (skip, (key, value)) = rest
            .iter()
            .enumerate()
            .find_map(|(i, e)| e.as_ref().map(|e| (i, (&e.0, &e.1))))?;
        Some((key, value, place + skip + 1))
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        bury(
            entries
                .into_iter()
                .flatten()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        );
    }
}

// === Dictionary, Set ===

/// `Dictionary<K, V>`.
pub struct Dictionary {
    ty: Type,
    table: RefCell<Table>,
}

impl Dictionary {
    /// A dictionary of that whole type.
    pub(crate) fn new(ty: Type, table: Table) -> Self {
        Self {
            ty,
            table: RefCell::new(table),
        }
    }

    /// The whole type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The types of keys and values.
    pub(crate) fn types(&self) -> (Type, Type) {
        let mut arguments = self.ty.arguments().iter().cloned();
        (
            arguments.next().unwrap_or(Type::OBJECT),
            arguments.next().unwrap_or(Type::OBJECT),
        )
    }

    /// The entries in order.
    pub fn to_entries(&self) -> Vec<(Value, Value)> {
        self.table()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// To read.
    pub(crate) fn table(&self) -> Ref<'_, Table> {
        self.table.borrow()
    }

    /// To write.
    pub(crate) fn table_mut(&self) -> RefMut<'_, Table> {
        self.table.borrow_mut()
    }
}

/// `HashSet<T>`.
pub struct Set {
    ty: Type,
    table: RefCell<Table>,
}

impl Set {
    /// A set of that whole type; the values of the table are not used.
    pub(crate) fn new(ty: Type, table: Table) -> Self {
        Self {
            ty,
            table: RefCell::new(table),
        }
    }

    /// The whole type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The items in order.
    pub fn to_values(&self) -> Vec<Value> {
        self.table().iter().map(|(key, _)| key.clone()).collect()
    }

    /// To read.
    pub(crate) fn table(&self) -> Ref<'_, Table> {
        self.table.borrow()
    }

    /// To write.
    pub(crate) fn table_mut(&self) -> RefMut<'_, Table> {
        self.table.borrow_mut()
    }
}

// === Record ===

/// A fixed number of values: a pair, a tuple, an object of an anonymous type.
pub struct Record {
    ty: Type,
    fields: Box<[Value]>,
}

impl Record {
    /// A record of that type.
    pub(crate) fn new(ty: Type, fields: Box<[Value]>) -> Self {
        Self { ty, fields }
    }

    /// Its type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Its values in order.
    pub fn fields(&self) -> &[Value] {
        &self.fields
    }
}

impl Value {
    /// A record.
    pub(crate) fn record(ty: Type, fields: Vec<Value>) -> Self {
        Self::Record(std::rc::Rc::new(Record::new(ty, fields.into())))
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        bury(std::mem::take(&mut self.fields).into_vec());
    }
}

macro_rules! debug_as_type {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

debug_as_type!(Array, List, Dictionary, Set, Record);
