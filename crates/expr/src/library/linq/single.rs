//! Operators that give one result.

use std::rc::Rc;

use super::{holds, source};
use crate::eval::Call;
use crate::exception::{
    Outcome, argument_null, argument_plain, index_out_of_range, invalid_operation, no_elements,
};
use crate::library::list::new_list;
use crate::library::string::int;
use crate::types::{DefId, Type};
use crate::value::{Dictionary, Set, Table, Value, equals};

/// The predicate, if one was given.
fn predicate(c: &Call<'_, '_>) -> Outcome<Option<Value>> {
    if c.args.len() > 1 {
        c.required(1, "predicate").map(Some)
    } else {
        Ok(None)
    }
}

fn no_match(predicate: Option<&Value>) -> crate::exception::Exception {
    match predicate {
        Some(_) => invalid_operation("Sequence contains no matching element"),
        None => no_elements(),
    }
}

pub(super) fn first(c: &mut Call<'_, '_>, strict: bool) -> Outcome {
    let (source, predicate) = (source(c)?, predicate(c)?);
    let mut cursor = c.vm.open(&source)?;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        match &predicate {
            Some(test) if !holds(c.vm, test, &item)? => {}
            _ => return Ok(item),
        }
    }
    if strict {
        Err(no_match(predicate.as_ref()))
    } else {
        Ok(Value::default_of(&c.type_arg(0)))
    }
}

pub(super) fn last(c: &mut Call<'_, '_>, strict: bool) -> Outcome {
    let (source, predicate) = (source(c)?, predicate(c)?);
    let mut cursor = c.vm.open(&source)?;
    let mut found = None;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        match &predicate {
            Some(test) if !holds(c.vm, test, &item)? => {}
            _ => found = Some(item),
        }
    }
    match found {
        Some(item) => Ok(item),
        None if strict => Err(no_match(predicate.as_ref())),
        None => Ok(Value::default_of(&c.type_arg(0))),
    }
}

pub(super) fn single(c: &mut Call<'_, '_>, strict: bool) -> Outcome {
    let (source, predicate) = (source(c)?, predicate(c)?);
    let mut cursor = c.vm.open(&source)?;
    let mut found = None;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        if let Some(test) = &predicate
            && !holds(c.vm, test, &item)?
        {
            continue;
        }
        if found.replace(item).is_some() {
            return Err(invalid_operation(match predicate {
                Some(_) => "Sequence contains more than one matching element",
                None => "Sequence contains more than one element",
            }));
        }
    }
    match found {
        Some(item) => Ok(item),
        None if strict => Err(no_match(predicate.as_ref())),
        None => Ok(Value::default_of(&c.type_arg(0))),
    }
}

pub(super) fn element_at(c: &mut Call<'_, '_>, strict: bool) -> Outcome {
    let source = source(c)?;
    let wanted = c.int(1)?;
    let mut cursor = c.vm.open(&source)?;
    let mut left = wanted;
    while left >= 0 {
        match cursor.next(c.vm)? {
            Some(item) if left == 0 => return Ok(item),
            Some(_) => left -= 1,
            None => break,
        }
        c.vm.step()?;
    }
    if strict {
        Err(index_out_of_range("index"))
    } else {
        Ok(Value::default_of(&c.type_arg(0)))
    }
}

pub(super) fn any(c: &mut Call<'_, '_>) -> Outcome {
    let (source, predicate) = (source(c)?, predicate(c)?);
    let mut cursor = c.vm.open(&source)?;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        match &predicate {
            Some(test) if !holds(c.vm, test, &item)? => {}
            _ => return Ok(Value::Bool(true)),
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn all(c: &mut Call<'_, '_>) -> Outcome {
    let (source, test) = (source(c)?, c.required(1, "predicate")?);
    let mut cursor = c.vm.open(&source)?;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        if !holds(c.vm, &test, &item)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub(super) fn contains(c: &mut Call<'_, '_>) -> Outcome {
    let (source, wanted) = (source(c)?, c.arg(1).clone());
    let comparer = crate::library::comparers::of(c.arg(2));
    let mut cursor = c.vm.open(&source)?;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        if comparer.same(&item, &wanted) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn sequence_equal(c: &mut Call<'_, '_>) -> Outcome {
    let (first, second) = (c.required(0, "first")?, c.required(1, "second")?);
    let (a, b) = (c.vm.collect(&first)?, c.vm.collect(&second)?);
    Ok(Value::Bool(
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| equals(a, b)),
    ))
}

fn counted(c: &mut Call<'_, '_>) -> Outcome<usize> {
    let (source, predicate) = (source(c)?, predicate(c)?);
    let mut cursor = c.vm.open(&source)?;
    let mut count = 0;
    while let Some(item) = cursor.next(c.vm)? {
        c.vm.step()?;
        match &predicate {
            Some(test) if !holds(c.vm, test, &item)? => {}
            _ => count += 1,
        }
    }
    Ok(count)
}

pub(super) fn count(c: &mut Call<'_, '_>) -> Outcome {
    counted(c).map(int)
}

pub(super) fn long_count(c: &mut Call<'_, '_>) -> Outcome {
    counted(c).map(|count| Value::Long(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn aggregate(c: &mut Call<'_, '_>) -> Outcome {
    let (source, func) = (source(c)?, c.required(1, "func")?);
    let mut cursor = c.vm.open(&source)?;
    let mut total = cursor.next(c.vm)?.ok_or_else(no_elements)?;
    while let Some(item) = cursor.next(c.vm)? {
        total = c.vm.invoke(&func, &[total, item])?;
    }
    Ok(total)
}

pub(super) fn aggregate_from(c: &mut Call<'_, '_>) -> Outcome {
    let (source, func) = (source(c)?, c.required(2, "func")?);
    let mut total = c.arg(1).clone();
    let mut cursor = c.vm.open(&source)?;
    while let Some(item) = cursor.next(c.vm)? {
        total = c.vm.invoke(&func, &[total, item])?;
    }
    if c.args.len() > 3 {
        let selector = c.required(3, "resultSelector")?;
        return c.vm.invoke(&selector, &[total]);
    }
    Ok(total)
}

// === Collections ===

pub(super) fn to_array(c: &mut Call<'_, '_>) -> Outcome {
    let source = source(c)?;
    let items = c.vm.collect(&source)?;
    Ok(Value::array(c.type_arg(0), items))
}

pub(super) fn to_list(c: &mut Call<'_, '_>) -> Outcome {
    let source = source(c)?;
    let items = c.vm.collect(&source)?;
    Ok(Value::List(new_list(c.type_arg(0), items)))
}

pub(super) fn to_hash_set(c: &mut Call<'_, '_>) -> Outcome {
    let source = source(c)?;
    let mut table = Table::new(crate::library::comparers::of(c.arg(1)));
    for item in c.vm.collect(&source)? {
        if !table.contains(&item) {
            table.insert(item, Value::Null);
        }
    }
    let ty = Type::generic(DefId::HASH_SET, [c.type_arg(0)]);
    Ok(Value::Set(Rc::new(Set::new(ty, table))))
}

pub(super) fn to_dictionary(c: &mut Call<'_, '_>) -> Outcome {
    let comparer = c.arg(2).clone();
    let types = (c.type_arg(1), c.type_arg(0));
    dictionary(c, types, None, &comparer)
}

pub(super) fn to_dictionary_of(c: &mut Call<'_, '_>) -> Outcome {
    let (selector, comparer) = (c.required(2, "elementSelector")?, c.arg(3).clone());
    let types = (c.type_arg(1), c.type_arg(2));
    dictionary(c, types, Some(&selector), &comparer)
}

fn dictionary(
    c: &mut Call<'_, '_>,
    types: (Type, Type),
    element: Option<&Value>,
    comparer: &Value,
) -> Outcome {
    let (source, key) = (source(c)?, c.required(1, "keySelector")?);
    let mut table = Table::new(crate::library::comparers::of(comparer));
    for item in c.vm.collect(&source)? {
        let key = c.vm.invoke(&key, std::slice::from_ref(&item))?;
        if key.is_null() {
            return Err(argument_null("key"));
        }
        let value = match element {
            Some(selector) => c.vm.invoke(selector, &[item])?,
            None => item,
        };
        if table.contains(&key) {
            let shown = crate::display::to_text(c.vm, &key)?;
            return Err(argument_plain(format!(
                "An item with the same key has already been added. Key: {shown}"
            )));
        }
        c.vm.charge_items(2)?;
        table.insert(key, value);
    }
    let ty = Type::dictionary(types.0, types.1);
    Ok(Value::Dictionary(Rc::new(Dictionary::new(ty, table))))
}
