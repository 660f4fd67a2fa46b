//! `System.Text.RegularExpressions`.

use std::rc::Rc;

use super::interfaces::count;
use super::object::flags;
use super::string::int;
use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, out_of_range};
use crate::regex::{Captured, Found, Options, Regex, Replacement, escape, unescape};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, TimeSpan, Value};

pub(super) static REGEX_OPTIONS: Table = flags(
    "System.Text.RegularExpressions.RegexOptions",
    &[
        ("None", 0),
        ("IgnoreCase", 1),
        ("Multiline", 2),
        ("ExplicitCapture", 4),
        ("Compiled", 8),
        ("Singleline", 16),
        ("IgnorePatternWhitespace", 32),
        ("RightToLeft", 64),
        ("ECMAScript", 256),
        ("CultureInvariant", 512),
    ],
);

pub(super) static REGEX: Table = Table {
    name: "System.Text.RegularExpressions.Regex",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(string pattern)", create),
        m("new(string pattern, RegexOptions options)", create),
        m(
            "new(string pattern, RegexOptions options, TimeSpan matchTimeout)",
            create,
        ),
        m("static TimeSpan InfiniteMatchTimeout", |_| {
            Ok(Value::TimeSpan(TimeSpan(-10_000)))
        }),
        m("static bool IsMatch(string input, string pattern)", |c| {
            is_match(c, true)
        }),
        m(
            "static bool IsMatch(string input, string pattern, RegexOptions options)",
            |c| is_match(c, true),
        ),
        m(
            "static bool IsMatch(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)",
            |c| is_match(c, true),
        ),
        m("bool IsMatch(string input)", |c| is_match(c, false)),
        m("bool IsMatch(string input, int startat)", |c| {
            is_match(c, false)
        }),
        m("static Match Match(string input, string pattern)", |c| {
            first(c, true)
        }),
        m(
            "static Match Match(string input, string pattern, RegexOptions options)",
            |c| first(c, true),
        ),
        m(
            "static Match Match(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)",
            |c| first(c, true),
        ),
        m("Match Match(string input)", |c| first(c, false)),
        m("Match Match(string input, int startat)", |c| {
            first(c, false)
        }),
        m(
            "static MatchCollection Matches(string input, string pattern)",
            |c| all(c, true),
        ),
        m(
            "static MatchCollection Matches(string input, string pattern, RegexOptions options)",
            |c| all(c, true),
        ),
        m(
            "static MatchCollection Matches(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)",
            |c| all(c, true),
        ),
        m("MatchCollection Matches(string input)", |c| all(c, false)),
        m("MatchCollection Matches(string input, int startat)", |c| {
            all(c, false)
        }),
        m(
            "static string Replace(string input, string pattern, string replacement)",
            |c| replace(c, true),
        ),
        m(
            "static string Replace(string input, string pattern, string replacement, RegexOptions options)",
            |c| replace(c, true),
        ),
        m(
            "static string Replace(string input, string pattern, string replacement, RegexOptions options, TimeSpan matchTimeout)",
            |c| replace(c, true),
        ),
        m(
            "static string Replace(string input, string pattern, MatchEvaluator evaluator)",
            |c| replace(c, true),
        ),
        m(
            "static string Replace(string input, string pattern, MatchEvaluator evaluator, RegexOptions options)",
            |c| replace(c, true),
        ),
        m("string Replace(string input, string replacement)", |c| {
            replace(c, false)
        }),
        m(
            "string Replace(string input, string replacement, int count)",
            |c| replace(c, false),
        ),
        m(
            "string Replace(string input, MatchEvaluator evaluator)",
            |c| replace(c, false),
        ),
        m(
            "string Replace(string input, MatchEvaluator evaluator, int count)",
            |c| replace(c, false),
        ),
        m("static string[] Split(string input, string pattern)", |c| {
            split(c, true)
        }),
        m(
            "static string[] Split(string input, string pattern, RegexOptions options)",
            |c| split(c, true),
        ),
        m("string[] Split(string input)", |c| split(c, false)),
        m("string[] Split(string input, int count)", |c| {
            split(c, false)
        }),
        m("static string Escape(string str)", |c| {
            let text = c.required_text(0, "str")?;
            Ok(Value::from(escape(&text.to_str())))
        }),
        m("static string Unescape(string str)", |c| {
            let text = c.required_text(0, "str")?;
            unescape(&text.to_str()).map(Value::from)
        }),
        m("string[] GetGroupNames()", |c| {
            let regex = &pattern(c)?.0;
            Ok(Value::strings(
                regex.groups().iter().map(|(_, name)| name.as_str()),
            ))
        }),
        m("int[] GetGroupNumbers()", |c| {
            let numbers = pattern(c)?
                .0
                .groups()
                .iter()
                .map(|(number, _)| int(*number))
                .collect();
            Ok(Value::array(Type::INT, numbers))
        }),
        outside("RegexOptions Options", |c| {
            let options = pattern(c)?.0.options;
            Ok(super::enums::of(
                "System.Text.RegularExpressions.RegexOptions",
                options.0,
            ))
        }),
    ],
};

pub(super) static CAPTURE: Table = Table {
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

pub(super) static GROUP: Table = Table {
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

pub(super) static MATCH: Table = Table {
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

const CAPTURE_NAME: &str = "System.Text.RegularExpressions.Capture";
const GROUP_NAME: &str = "System.Text.RegularExpressions.Group";
const MATCH_NAME: &str = "System.Text.RegularExpressions.Match";

pub(super) static MATCH_COLLECTION: Table = Table {
    name: "System.Text.RegularExpressions.MatchCollection",
    kind: TableKind::Class,
    parents: &["IList<Match>", "System.Collections.ICollection"],
    documented: true,
    members: &[m("int Count", count), m("Match this[int i]", item)],
};

pub(super) static GROUP_COLLECTION: Table = Table {
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

pub(super) static CAPTURE_COLLECTION: Table = Table {
    name: "System.Text.RegularExpressions.CaptureCollection",
    kind: TableKind::Class,
    parents: &["IList<Capture>", "System.Collections.ICollection"],
    documented: true,
    members: &[m("int Count", count), m("Capture this[int i]", item)],
};

/// A `Regex`.
#[derive(Debug)]
struct Pattern(Rc<Regex>);

impl NativeObject for Pattern {
    fn ty(&self) -> Type {
        super::type_named("System.Text.RegularExpressions.Regex")
    }

    fn text(&self) -> Option<Text> {
        Some(self.0.pattern.clone())
    }
}

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
        super::type_named(self.type_name)
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
        super::type_named(self.type_name)
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.items.clone())
    }
}

fn collection(type_name: &'static str, items: Vec<Value>) -> Value {
    Value::native(Parts { type_name, items })
}

fn items<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a [Value]> {
    c.arg(0)
        .as_native::<Parts>()
        .map(|parts| parts.items.as_slice())
        .ok_or_else(crate::exception::null_reference)
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
    c.arg(0)
        .as_native::<Part>()
        .ok_or_else(crate::exception::null_reference)
}

fn pattern<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Pattern> {
    c.arg(0)
        .as_native::<Pattern>()
        .ok_or_else(crate::exception::null_reference)
}

/// The options among the arguments.
fn options(c: &Call<'_, '_>) -> Options {
    let number = c.args.iter().skip(1).find_map(|arg| match arg {
        Value::Enum(_, number) => Some(*number),
        _ => None,
    });
    Options(number.unwrap_or(0))
}

fn create(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "pattern")?;
    Ok(Value::native(Pattern(Regex::new(&text, options(c))?)))
}

/// The pattern, the input, and where the arguments after them begin.
fn subject(c: &mut Call<'_, '_>, is_static: bool) -> Outcome<(Rc<Regex>, Text, usize)> {
    if is_static {
        let input = c.arg(0).as_text().cloned();
        let text = c.required_text(1, "pattern")?;
        let regex = Regex::new(&text, options(c))?;
        let input = input.ok_or_else(|| argument_null("input"))?;
        Ok((regex, input, 2))
    } else {
        let regex = pattern(c)?.0.clone();
        Ok((regex, c.required_text(1, "input")?, 2))
    }
}

/// Runs a search under the step limit.
fn limited<T>(c: &mut Call<'_, '_>, search: impl FnOnce(&mut u64) -> Outcome<T>) -> Outcome<T> {
    let limit = c.vm.limits.regex_steps;
    let mut left = limit;
    let result = search(&mut left);
    let used = usize::try_from(limit - left).unwrap_or(usize::MAX);
    c.vm.charge_steps(used / 8)?;
    result
}

/// Where the search begins: the `startat` argument, or the beginning.
fn start(c: &Call<'_, '_>, regex: &Regex, length: usize, at: usize) -> Outcome<usize> {
    match c.arg(at) {
        Value::Int(start) => usize::try_from(*start)
            .ok()
            .filter(|start| *start <= length)
            .ok_or_else(|| {
                out_of_range(
                    "Start index cannot be less than 0 or greater than input length.",
                    "startat",
                )
            }),
        _ => Ok(if regex.is_backward() { length } else { 0 }),
    }
}

fn is_match(c: &mut Call<'_, '_>, is_static: bool) -> Outcome {
    let (regex, input, rest) = subject(c, is_static)?;
    let units = input.to_units();
    let start = start(c, &regex, units.len(), rest)?;
    let found = limited(c, |steps| regex.find(&units, start, steps))?;
    Ok(Value::Bool(found.is_some()))
}

fn match_value(regex: &Rc<Regex>, input: &Rc<Vec<u16>>, found: Found) -> Value {
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

fn no_match(regex: Option<Rc<Regex>>, input: Rc<Vec<u16>>) -> Value {
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

fn first(c: &mut Call<'_, '_>, is_static: bool) -> Outcome {
    let (regex, input, rest) = subject(c, is_static)?;
    let units = Rc::new(input.to_units());
    let start = start(c, &regex, units.len(), rest)?;
    let found = limited(c, |steps| regex.find(&units, start, steps))?;
    Ok(match found {
        Some(found) => match_value(&regex, &units, found),
        None => no_match(Some(regex), units),
    })
}

fn all(c: &mut Call<'_, '_>, is_static: bool) -> Outcome {
    let (regex, input, _) = subject(c, is_static)?;
    let units = Rc::new(input.to_units());
    let found = limited(c, |steps| regex.find_all(&units, usize::MAX, steps))?;
    c.vm.charge_items(found.len().saturating_mul(4))?;
    let items = found
        .into_iter()
        .map(|found| match_value(&regex, &units, found))
        .collect();
    Ok(collection(
        "System.Text.RegularExpressions.MatchCollection",
        items,
    ))
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

fn replace(c: &mut Call<'_, '_>, is_static: bool) -> Outcome {
    let (regex, input, rest) = subject(c, is_static)?;
    let units = Rc::new(input.to_units());
    let with = match c.arg(rest) {
        Value::Null => return Err(argument_null("replacement")),
        value => value.clone(),
    };
    let most = match c.arg(rest + 1) {
        Value::Int(count) => usize::try_from(*count).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let mut found = limited(c, |steps| regex.find_all(&units, most, steps))?;
    if found.is_empty() {
        return Ok(Value::String(input));
    }
    if regex.is_backward() {
        found.reverse();
    }
    let replacement = with.as_text().map(|text| Replacement::parse(&regex, text));
    let mut out = Vec::new();
    let mut at = 0;
    for found in found {
        let whole = found.whole();
        out.extend_from_slice(units.get(at..whole.start).unwrap_or_default());
        at = whole.end;
        if let Some(replacement) = &replacement {
            replacement.expand(&found, &units, &mut out);
        } else {
            let made = c.vm.invoke(&with, &[match_value(&regex, &units, found)])?;
            out.extend(made.as_text().map(Text::to_units).unwrap_or_default());
        }
        if out.len() > 1 << 20 {
            c.vm.charge_bytes(1 << 16)?;
        }
    }
    out.extend_from_slice(units.get(at..).unwrap_or_default());
    c.vm.charge_bytes(out.len())?;
    Ok(Value::String(Text::from_units(&out)))
}

fn split(c: &mut Call<'_, '_>, is_static: bool) -> Outcome {
    let (regex, input, rest) = subject(c, is_static)?;
    let units = input.to_units();
    let most = match c.arg(rest) {
        Value::Int(count) if *count > 0 => usize::try_from(*count - 1).unwrap_or(0),
        _ => usize::MAX,
    };
    let found = limited(c, |steps| regex.find_all(&units, most, steps))?;
    let text = |start: usize, end: usize| {
        Value::String(Text::from_units(units.get(start..end).unwrap_or_default()))
    };
    let mut parts = Vec::new();
    let mut at = 0;
    for found in found {
        let whole = found.whole();
        parts.push(text(at, whole.start));
        at = whole.end;
        for group in 1..found.groups.len() {
            if let Some(captured) = found.group(group) {
                parts.push(text(captured.start, captured.end));
            }
        }
    }
    parts.push(text(at, units.len()));
    c.vm.charge_items(parts.len())?;
    Ok(Value::array(Type::STRING, parts))
}
