//! Sequences: what `foreach` and LINQ run over, lazily.

use std::fmt;
use std::rc::Rc;

use crate::eval::Vm;
use crate::exception::{Exception, Outcome, argument_null, modified};
use crate::json::JToken;
use crate::types::{DefId, Type};
use crate::value::{Array, Dictionary, List, Set, Value};

/// How deep sequences may be made of sequences.
const MAX_DEPTH: u32 = 64;

/// A sequence whose items are computed while it is read. Each reading computes anew.
pub struct Sequence {
    ty: Type,
    plan: Box<dyn Plan>,
    depth: u32,
}

/// How the items of a sequence are computed.
pub(crate) trait Plan {
    /// Begins a reading.
    fn open(&self, vm: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>>;

    /// The key, of a group.
    fn key(&self) -> Option<&Value> {
        None
    }

    /// For `ThenBy`: the source and the keys it is ordered by so far.
    fn ordering(&self) -> Option<&crate::library::Ordering> {
        None
    }
}

/// A reading of a sequence.
pub(crate) trait Cursor {
    /// The next item.
    fn next(&mut self, vm: &mut Vm<'_>) -> Outcome<Option<Value>>;
}

impl Sequence {
    /// A sequence of that whole type, made from others.
    pub(crate) fn lazy(ty: Type, sources: &[&Value], plan: impl Plan + 'static) -> Outcome {
        let deepest = sources
            .iter()
            .filter_map(|source| match source {
                Value::Sequence(sequence) => Some(sequence.depth),
                _ => None,
            })
            .max();
        let depth = deepest.unwrap_or(0) + 1;
        if depth > MAX_DEPTH {
            return Err(Exception::limit("sequences are nested too deep"));
        }
        Ok(Value::Sequence(Rc::new(Self {
            ty,
            plan: Box::new(plan),
            depth,
        })))
    }

    /// A sequence of items that are there already.
    pub(crate) fn ready(ty: Type, items: Vec<Value>) -> Value {
        let plan = Ready(items.into());
        Value::Sequence(Rc::new(Self {
            ty,
            plan: Box::new(plan),
            depth: 1,
        }))
    }

    /// The whole type, such as `IEnumerable<int>`.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// How its items are computed.
    pub(crate) fn plan(&self) -> &dyn Plan {
        &*self.plan
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequence")
            .field("ty", &self.ty)
            .finish_non_exhaustive()
    }
}

struct Ready(Rc<[Value]>);

impl Plan for Ready {
    fn open(&self, _: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>> {
        Ok(Box::new(Items {
            items: self.0.clone(),
            next: 0,
        }))
    }
}

// === Cursors over what is there ===

/// Over items that do not change.
struct Items {
    items: Rc<[Value]>,
    next: usize,
}

impl Cursor for Items {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        self.next += 1;
        Ok(self.items.get(self.next - 1).cloned())
    }
}

/// Over an array.
struct OverArray(Rc<Array>, usize);

impl Cursor for OverArray {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        self.1 += 1;
        Ok(self.0.get(self.1 - 1))
    }
}

/// Over a list; a change in between is an error.
struct OverList {
    list: Rc<List>,
    version: u32,
    next: usize,
}

impl Cursor for OverList {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        if self.list.version() != self.version {
            return Err(modified());
        }
        let items = self.list.items();
        // A stack is kept with its top at the end and read from there.
        let index = if matches!(self.list.ty(), Type::Generic(DefId::STACK, _)) {
            items.len().checked_sub(self.next + 1)
        } else {
            Some(self.next)
        };
        self.next += 1;
        Ok(index.and_then(|index| items.get(index)).cloned())
    }
}

/// Over a dictionary.
struct OverDictionary {
    dictionary: Rc<Dictionary>,
    version: u32,
    next: usize,
}

impl Cursor for OverDictionary {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        let table = self.dictionary.table();
        if table.version() != self.version {
            return Err(modified());
        }
        let Some((key, value, next)) = table.entry_from(self.next) else {
            return Ok(None);
        };
        self.next = next;
        Ok(Some(Value::pair(
            self.dictionary.types(),
            key.clone(),
            value.clone(),
        )))
    }
}

/// Over a set.
struct OverSet {
    set: Rc<Set>,
    version: u32,
    next: usize,
}

impl Cursor for OverSet {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        let table = self.set.table();
        if table.version() != self.version {
            return Err(modified());
        }
        let Some((key, _, next)) = table.entry_from(self.next) else {
            return Ok(None);
        };
        self.next = next;
        Ok(Some(key.clone()))
    }
}

/// Over the children of a JSON token; a change in between is an error.
struct OverJson {
    token: JToken,
    version: u32,
    next: usize,
}

impl Cursor for OverJson {
    fn next(&mut self, _: &mut Vm<'_>) -> Outcome<Option<Value>> {
        if self.token.version() != self.version {
            return Err(modified());
        }
        self.next += 1;
        Ok(self.token.child(self.next - 1).map(Value::Json))
    }
}

impl Vm<'_> {
    /// Begins reading a sequence.
    pub(crate) fn open(&mut self, source: &Value) -> Outcome<Box<dyn Cursor>> {
        Ok(match source {
            Value::Array(array) => Box::new(OverArray(array.clone(), 0)),
            Value::List(list) => Box::new(OverList {
                version: list.version(),
                list: list.clone(),
                next: 0,
            }),
            Value::Dictionary(dictionary) => {
                let version = dictionary.table().version();
                Box::new(OverDictionary {
                    dictionary: dictionary.clone(),
                    version,
                    next: 0,
                })
            }
            Value::Set(set) => {
                let version = set.table().version();
                Box::new(OverSet {
                    set: set.clone(),
                    version,
                    next: 0,
                })
            }
            Value::Sequence(sequence) => sequence.plan().open(self)?,
            Value::String(text) => {
                self.charge_items(text.length())?;
                let items = text.to_units().into_iter().map(Value::Char).collect();
                Box::new(Items { items, next: 0 })
            }
            Value::Json(token) => Box::new(OverJson {
                token: token.clone(),
                version: token.version(),
                next: 0,
            }),
            Value::Host(object) => {
                let items = self.host.enumerate(*object)?;
                self.charge_items(items.len())?;
                Box::new(Items {
                    items: items.into(),
                    next: 0,
                })
            }
            Value::Native(object) => match object.items() {
                Some(items) => {
                    self.charge_items(items.len())?;
                    Box::new(Items {
                        items: items.into(),
                        next: 0,
                    })
                }
                None => return Err(not_a_sequence()),
            },
            Value::Null => return Err(argument_null("source")),
            _ => return Err(not_a_sequence()),
        })
    }

    /// Reads a whole sequence.
    pub(crate) fn collect(&mut self, source: &Value) -> Outcome<Vec<Value>> {
        if let Value::Array(array) = source {
            self.charge_items(array.len())?;
            return Ok(array.to_values());
        }
        let mut cursor = self.open(source)?;
        let mut items = Vec::new();
        while let Some(item) = cursor.next(self)? {
            self.charge_items(1)?;
            items.push(item);
        }
        Ok(items)
    }
}

fn not_a_sequence() -> Exception {
    crate::exception::invalid_cast("the value is not a sequence")
}
