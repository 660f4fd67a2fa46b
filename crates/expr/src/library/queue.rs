//! `System.Collections.Generic.Queue<T>` and `Stack<T>`.

use std::rc::Rc;

use super::interfaces::count;
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, invalid_operation};
use crate::types::{DefId, Type};
use crate::value::{List, Value, equals};

const PARENTS: &[&str] = &["IReadOnlyCollection<T>", "System.Collections.ICollection"];

pub(super) static QUEUE: Table = Table {
    name: "System.Collections.Generic.Queue<T>",
    kind: TableKind::Class,
    parents: PARENTS,
    documented: true,
    members: &[
        m("new()", |c| Ok(new(c, DefId::QUEUE, Vec::new()))),
        m("new(IEnumerable<T> collection)", |c| {
            from_sequence(c, DefId::QUEUE)
        }),
        m("int Count", count),
        m("void Enqueue(T item)", push),
        m("T Dequeue()", |c| {
            let list = c.list(0)?;
            if list.items().is_empty() {
                return Err(invalid_operation("Queue empty."));
            }
            // The others move up.
            c.vm.meter.ticks(list.items().len() / 8)?;
            let first = list.items_mut().remove(0);
            Ok(first)
        }),
        m("T Peek()", |c| {
            c.list(0)?
                .items()
                .first()
                .cloned()
                .ok_or_else(|| invalid_operation("Queue empty."))
        }),
        m("bool Contains(T item)", contains),
        m("void Clear()", clear),
        m("T[] ToArray()", |c| {
            let list = c.list(0)?;
            c.vm.charge_items(list.items().len())?;
            let items = list.items().clone();
            Ok(Value::array(c.type_arg(0), items))
        }),
    ],
};

pub(super) static STACK: Table = Table {
    name: "System.Collections.Generic.Stack<T>",
    kind: TableKind::Class,
    parents: PARENTS,
    documented: true,
    members: &[
        m("new()", |c| Ok(new(c, DefId::STACK, Vec::new()))),
        m("new(IEnumerable<T> collection)", |c| {
            from_sequence(c, DefId::STACK)
        }),
        m("int Count", count),
        m("void Push(T item)", push),
        m("T Pop()", |c| {
            c.list(0)?
                .items_mut()
                .pop()
                .ok_or_else(|| invalid_operation("Stack empty."))
        }),
        m("T Peek()", |c| {
            c.list(0)?
                .items()
                .last()
                .cloned()
                .ok_or_else(|| invalid_operation("Stack empty."))
        }),
        m("bool Contains(T item)", contains),
        m("void Clear()", clear),
        m("T[] ToArray()", |c| {
            let list = c.list(0)?;
            c.vm.charge_items(list.items().len())?;
            let mut items = list.items().clone();
            items.reverse();
            Ok(Value::array(c.type_arg(0), items))
        }),
    ],
};

fn new(c: &Call<'_, '_>, def: DefId, items: Vec<Value>) -> Value {
    Value::List(Rc::new(List::new(
        Type::generic(def, [c.type_arg(0)]),
        items,
    )))
}

fn from_sequence(c: &mut Call<'_, '_>, def: DefId) -> Outcome {
    let source = c.required(0, "collection")?;
    let items = c.vm.collect(&source)?;
    Ok(new(c, def, items))
}

fn push(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(1)?;
    c.list(0)?.items_mut().push(c.arg(1).clone());
    Ok(Value::Null)
}

fn contains(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    c.vm.meter.ticks(list.items().len())?;
    let found = list.items().iter().any(|item| equals(item, c.arg(1)));
    Ok(Value::Bool(found))
}

fn clear(c: &mut Call<'_, '_>) -> Outcome {
    c.list(0)?.items_mut().clear();
    Ok(Value::Null)
}
