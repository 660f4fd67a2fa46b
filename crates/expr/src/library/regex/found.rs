//! What a search found: `Match`, `Group`, `Capture` and their collections.

use std::rc::Rc;

use super::limited;
use crate::eval::Call;
use crate::exception::{Outcome, null_reference, out_of_range};
use crate::library::interfaces::count;
use crate::library::string::int;
use crate::library::{Table, TableKind, m, type_named};
use crate::regex::{Captured, Found, Regex, Replacement};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, Value};

const CAPTURE_NAME: &str = "System.Text.RegularExpressions.Capture";
const GROUP_NAME: &str = "System.Text.RegularExpressions.Group";
const MATCH_NAME: &str = "System.Text.RegularExpressions.Match";

pub(in crate::library) static CAPTURE: Table = Table {
    name: "System.Text.RegularExpressions.Capture",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("int Index", |c| Ok(int(part(c)?.captured().start))),
        m("int Length", |c| {
            let captured = part(c)?.captured();
            Ok(int(captured.end - captured.start))
        }),
        m("string Value", |c| Ok(Value::String(part(c)?.value()))),
    ],
};

pub(in crate::library) static GROUP: Table = Table {
    name: "System.Text.RegularExpressions.Group",
    kind: TableKind::Class,
    parents: &["Capture"],
    documented: true,
    members: &[
        m("bool Success", |c| {
            Ok(Value::Bool(part(c)?.captured.is_some()))
        }),
        m("string Name", |c| Ok(Value::from(part(c)?.name.as_str()))),
        m("CaptureCollection Captures", |c| {
            let part = part(c)?;
            let all = part
                .found
                .groups
                .get(part.group)
                .cloned()
                .unwrap_or_default();
            let items = all
                .into_iter()
                .map(|captured| part.with(Some(captured), CAPTURE_NAME))
                .collect();
            Ok(collection(
                "System.Text.RegularExpressions.CaptureCollection",
                items,
            ))
        }),
    ],
};

pub(in crate::library) static MATCH: Table = Table {
    name: "System.Text.RegularExpressions.Match",
    kind: TableKind::Class,
    parents: &["Group"],
    documented: true,
    members: &[
        m("static Match Empty", |_| Ok(no_match(None, Rc::default()))),
        m("GroupCollection Groups", groups),
        m("Match NextMatch()", next_match),
        m("string Result(string replacement)", |c| {
            let text = c.required_text(1, "replacement")?;
            let part = part(c)?;
            let Some(regex) = &part.regex else {
                return Err(crate::exception::not_supported(
                    "Result cannot be called on a failed Match.",
                ));
            };
            let mut out = Vec::new();
            Replacement::parse(regex, &text).expand(&part.found, &part.input, &mut out);
            Ok(Value::String(Text::from_units(&out)))
        }),
    ],
};

pub(in crate::library) static MATCH_COLLECTION: Table = Table {
    name: "System.Text.RegularExpressions.MatchCollection",
    kind: TableKind::Class,
    parents: &["IList<Match>", "System.Collections.ICollection"],
    documented: true,
    members: &[m("int Count", count), m("Match this[int i]", item)],
};

pub(in crate::library) static GROUP_COLLECTION: Table = Table {
    name: "System.Text.RegularExpressions.GroupCollection",
    kind: TableKind::Class,
    parents: &["IList<Group>", "System.Collections.ICollection"],
    documented: true,
    members: &[
        m("int Count", count),
        m("Group this[int groupnum]", |c| {
            let index = usize::try_from(c.int(1)?).ok();
            let group = index.and_then(|index| items(c).ok()?.get(index).cloned());
            Ok(group.unwrap_or_else(no_group))
        }),
        m("Group this[string groupname]", |c| {
            let name = c.required_text(1, "groupname")?;
            let named = items(c)?.iter().find(|item| {
                item.as_native::<Part>()
                    .is_some_and(|part| *name.to_str() == *part.name)
            });
            Ok(named.cloned().unwrap_or_else(no_group))
        }),
    ],
};

pub(in crate::library) static CAPTURE_COLLECTION: Table = Table {
    name: "System.Text.RegularExpressions.CaptureCollection",
    kind: TableKind::Class,
    parents: &["IList<Capture>", "System.Collections.ICollection"],
    documented: true,
    members: &[m("int Count", count), m("Capture this[int i]", item)],
};

/// A `Match`, `Group` or `Capture`.
#[derive(Debug, Clone)]
struct Part {
    type_name: &'static str,
    regex: Option<Rc<Regex>>,
    input: Rc<Vec<u16>>,
    found: Rc<Found>,
    group: usize,
    name: String,
    captured: Option<Captured>,
}

impl Part {
    fn captured(&self) -> Captured {
        self.captured.unwrap_or(Captured { start: 0, end: 0 })
    }

    fn value(&self) -> Text {
        let captured = self.captured();
        Text::from_units(
            self.input
                .get(captured.start..captured.end)
                .unwrap_or_default(),
        )
    }

    fn with(&self, captured: Option<Captured>, type_name: &'static str) -> Value {
        Value::native(Self {
            type_name,
            captured,
            ..self.clone()
        })
    }
}

impl NativeObject for Part {
    fn ty(&self) -> Type {
        type_named(self.type_name)
    }

    fn text(&self) -> Option<Text> {
        Some(self.value())
    }
}

/// A collection of matches, groups or captures.
#[derive(Debug)]
struct Parts {
    type_name: &'static str,
    items: Vec<Value>,
}

impl NativeObject for Parts {
    fn ty(&self) -> Type {
        type_named(self.type_name)
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.items.clone())
    }
}

pub(super) fn collection(type_name: &'static str, items: Vec<Value>) -> Value {
    Value::native(Parts { type_name, items })
}

fn items<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a [Value]> {
    c.arg(0)
        .as_native::<Parts>()
        .map(|parts| parts.items.as_slice())
        .ok_or_else(null_reference)
}

fn item(c: &mut Call<'_, '_>) -> Outcome {
    let index = usize::try_from(c.int(1)?).ok();
    index
        .and_then(|index| items(c).ok()?.get(index).cloned())
        .ok_or_else(|| {
            out_of_range(
                "Specified argument was out of the range of valid values.",
                "i",
            )
        })
}

fn part<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Part> {
    c.arg(0).as_native::<Part>().ok_or_else(null_reference)
}

pub(super) fn match_value(regex: &Rc<Regex>, input: &Rc<Vec<u16>>, found: Found) -> Value {
    let captured = found.group(0);
    Value::native(Part {
        type_name: MATCH_NAME,
        regex: Some(regex.clone()),
        input: input.clone(),
        found: Rc::new(found),
        group: 0,
        name: "0".to_owned(),
        captured,
    })
}

pub(super) fn no_match(regex: Option<Rc<Regex>>, input: Rc<Vec<u16>>) -> Value {
    Value::native(Part {
        type_name: MATCH_NAME,
        regex,
        input,
        found: Rc::new(Found { groups: Vec::new() }),
        group: 0,
        name: "0".to_owned(),
        captured: None,
    })
}

fn no_group() -> Value {
    Value::native(Part {
        type_name: GROUP_NAME,
        regex: None,
        input: Rc::default(),
        found: Rc::new(Found { groups: Vec::new() }),
        group: 0,
        name: String::new(),
        captured: None,
    })
}

fn groups(c: &mut Call<'_, '_>) -> Outcome {
    let part = part(c)?;
    let mut items = Vec::new();
    if let Some(regex) = &part.regex {
        for (number, name) in regex.groups() {
            let captured = part.found.group(*number);
            let type_name = if *number == 0 { MATCH_NAME } else { GROUP_NAME };
            items.push(Value::native(Part {
                group: *number,
                name: name.clone(),
                captured,
                type_name,
                ..part.clone()
            }));
        }
    }
    // A failed match has its group 0 only.
    if part.captured.is_none() {
        items.truncate(1);
    }
    Ok(collection(
        "System.Text.RegularExpressions.GroupCollection",
        items,
    ))
}

fn next_match(c: &mut Call<'_, '_>) -> Outcome {
    let part = part(c)?.clone();
    let Some(regex) = part.regex.clone().filter(|_| part.captured.is_some()) else {
        return Ok(c.arg(0).clone());
    };
    let found = match regex.after(&part.found, part.input.len()) {
        Some(start) => limited(c, |steps| regex.find(&part.input, start, steps))?,
        None => None,
    };
    Ok(match found {
        Some(found) => match_value(&regex, &part.input, found),
        None => no_match(Some(regex), part.input),
    })
}
