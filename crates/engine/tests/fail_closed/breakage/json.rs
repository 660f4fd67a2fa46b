//! Every way to break one member of an information file.

use serde_json::Value;

use super::{How, NO_NAMED_VALUE, NO_WORD, Part};

/// A reference to where there is nothing, for each form of a reference.
const NOWHERE: [(&str, &str); 4] = [
    ("env:", "env:PORTCULLIS_NO_SUCH_VARIABLE"),
    ("file:", "file:no-such-file"),
    ("sealed:", "sealed:AAAA"),
    ("sha256:", "sha256:00"),
];

/// Every broken form of an information file.
pub(super) fn in_information(text: &str) -> Vec<Part> {
    let Ok(root) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    for pointer in pointers(&root, "") {
        for (how, broken) in broken(&root, &pointer) {
            let place = pointer.trim_start_matches('/').replace('/', ".");
            parts.push((place, how, broken.to_string()));
        }
    }
    parts
}

/// Where every member and item is, as JSON pointers.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let mut inner: Vec<(String, &Value)> = Vec::new();
    match value {
        Value::Object(members) => {
            inner.extend(members.iter().map(|(name, v)| (format!("{at}/{name}"), v)));
        }
        Value::Array(items) => {
            inner.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, v)| (format!("{at}/{i}"), v)),
            );
        }
        _ => {}
    }
    let deeper = inner.into_iter().flat_map(|(path, value)| {
        let below = pointers(value, &path);
        std::iter::once(path).chain(below)
    });
    deeper.collect()
}

fn broken(root: &Value, pointer: &str) -> Vec<(How, Value)> {
    let value = root.pointer(pointer).unwrap();
    let with = |new: Value| {
        let mut root = root.clone();
        *root.pointer_mut(pointer).unwrap() = new;
        root
    };
    let mut all = vec![
        (How::Removed, with(Value::Null)),
        (How::OtherKind, with(of_another_kind(value))),
    ];
    all.extend(renamed(root, pointer));
    match value {
        Value::String(text) => {
            all.push((How::Emptied, with("".into())));
            all.push((How::Emptied, with("  ".into())));
            all.push((How::Garbled, with(NO_WORD.into())));
            all.push((How::Unresolved, with(NO_NAMED_VALUE.into())));
            let nowhere = NOWHERE.iter().filter(|(form, _)| text.starts_with(form));
            all.extend(nowhere.map(|(_, new)| (How::Unresolved, with((*new).into()))));
        }
        Value::Bool(_) => all.push((How::Garbled, with(NO_WORD.into()))),
        Value::Number(_) => all.push((How::OutOfRange, with((-1).into()))),
        Value::Array(_) => all.push((How::Emptied, with(Value::Array(Vec::new())))),
        Value::Object(_) => all.push((How::Emptied, with(serde_json::json!({})))),
        Value::Null => {}
    }
    all
}

fn of_another_kind(value: &Value) -> Value {
    match value {
        Value::String(_) | Value::Null => serde_json::json!([7]),
        Value::Bool(_) | Value::Number(_) => serde_json::json!({"no": "such"}),
        Value::Array(_) | Value::Object(_) => Value::from("not so"),
    }
}

/// Without the member, and with another name for it.
fn renamed(root: &Value, pointer: &str) -> Vec<(How, Value)> {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let changed = |new: Option<String>| {
        let mut root = root.clone();
        let members = root.pointer_mut(parent)?.as_object_mut()?;
        let value = members.shift_remove(name)?;
        new.and_then(|new| members.insert(new, value));
        Some(root)
    };
    let kinds = [
        (How::Removed, None),
        (How::Misspelt, Some(format!("{name}x"))),
        (How::Misspelt, Some(name.to_uppercase())),
    ];
    let renamed = kinds
        .into_iter()
        .filter_map(|(how, new)| Some((how, changed(new)?)));
    renamed.collect()
}
