//! Dropping deep values without a deep stack.
//!
//! A program can nest a million lists. Dropping the outermost would recurse a million times; so the
//! containers hand what they held to a list that the outermost drop works off.

use std::cell::RefCell;

use super::Value;

thread_local! {
    /// `Some` while the outermost drop is working.
    static GRAVE: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Drops values later if a drop is under way, else now.
pub(crate) fn bury(values: Vec<Value>) {
    if !values.iter().any(Value::is_compound) {
        return;
    }
    let outermost = GRAVE.try_with(|grave| {
        let mut grave = grave.borrow_mut();
        if let Some(waiting) = grave.as_mut() {
            waiting.extend(values);
            false
        } else {
            *grave = Some(values);
            true
        }
    });
    if outermost != Ok(true) {
        return;
    }
    let next = || {
        GRAVE.with(|grave| {
            let mut grave = grave.borrow_mut();
            let value = grave.as_mut().and_then(Vec::pop);
            if value.is_none() {
                *grave = None;
            }
            value
        })
    };
    while let Some(value) = next() {
        drop(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Type;

    #[test]
    fn drops_a_million_nested_lists() {
        let mut value = Value::Null;
        for _ in 0..1_000_000 {
            value = Value::list(Type::OBJECT, vec![value]);
        }
        drop(value);
    }
}
