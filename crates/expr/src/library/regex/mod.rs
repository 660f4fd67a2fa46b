//! `System.Text.RegularExpressions`: searching, replacing, splitting.

mod found;

use std::rc::Rc;

use super::object::flags;
use super::string::int;
use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, null_reference, out_of_range};
use crate::regex::{Options, Regex, Replacement, escape, unescape};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, TimeSpan, Value};
use found::{collection, match_value, no_match};

pub(super) use found::{
    CAPTURE, CAPTURE_COLLECTION, GROUP, GROUP_COLLECTION, MATCH, MATCH_COLLECTION,
};

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

fn pattern<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Pattern> {
    c.arg(0).as_native::<Pattern>().ok_or_else(null_reference)
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
    // The input is taken apart into units whatever is found in it.
    let size = c
        .arg(usize::from(!is_static))
        .as_text()
        .map_or(0, Text::size);
    c.vm.charge_steps(size / 32)?;
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
    let (mut at, mut charged) = (0, 0);
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
        // `$_` and its like bring in the whole input for each match.
        c.vm.charge_bytes((out.len() - charged) * 2)?;
        charged = out.len();
    }
    out.extend_from_slice(units.get(at..).unwrap_or_default());
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
