//! `SelectToken`: Newtonsoft's dialect of JSONPath.
//!
//! A path is read into [`Step`]s ([`parse`]), which a [`Finder`] follows from the root; what a filter
//! compares is decided in [`compare`].

mod compare;
mod parse;

use super::{JToken, JsonKind};
use crate::exception::{Exception, Outcome};
use crate::limits::Meter;
use crate::text::Text;
use crate::value::Value;
use compare::{compares, matches_pattern};

/// How many tokens a path may visit.
const MAX_VISITED: usize = 200_000;

/// A step of a path.
#[derive(Debug, Clone)]
enum Step {
    /// `.name`; `*` has no name.
    Field(Option<String>),
    /// `..name`
    Scan(Option<String>),
    Fields(Vec<String>),
    /// `[0]`; `[*]` has no index.
    Index(Option<usize>),
    Indexes(Vec<usize>),
    Slice(Option<i64>, Option<i64>, Option<i64>),
    Filter(Filter),
    /// `..[?(…)]`
    ScanFilter(Filter),
    /// `$` in a filter.
    Root,
}

/// A condition in a path.
#[derive(Debug, Clone)]
enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Exists(Vec<Step>),
    Compare(Operand, Op, Operand),
}

#[derive(Debug, Clone)]
enum Operand {
    Path(Vec<Step>),
    Literal(Value),
    /// `/pattern/i`
    Pattern(String, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Matches,
}

/// The tokens at a path. With `strict`, what is missing is an error.
pub(crate) fn select(
    root: &JToken,
    path: &str,
    strict: bool,
    meter: &mut Meter,
) -> Outcome<Vec<JToken>> {
    let steps = parse::path(path)?;
    let mut finder = Finder {
        root,
        visited: 0,
        meter,
    };
    finder.walk(vec![root.clone()], &steps, strict)
}

fn error(message: impl Into<Text>) -> Exception {
    Exception::new("Newtonsoft.Json.JsonException", message)
}

struct Finder<'a> {
    root: &'a JToken,
    visited: usize,
    meter: &'a mut Meter,
}

impl Finder<'_> {
    fn visit(&mut self) -> Outcome<()> {
        self.visited += 1;
        self.meter.ticks(2)?;
        if self.visited > MAX_VISITED {
            return Err(Exception::limit("a JSON path visits too many tokens"));
        }
        Ok(())
    }

    /// Charges for taking all children.
    fn charge_children(&mut self, token: &JToken) -> Outcome<()> {
        let count = token.children().len();
        self.meter.ticks(count)?;
        self.meter.bytes(count.saturating_mul(size_of::<JToken>()))
    }

    fn walk(&mut self, start: Vec<JToken>, steps: &[Step], strict: bool) -> Outcome<Vec<JToken>> {
        let mut current = start;
        for step in steps {
            let mut next = Vec::new();
            for token in &current {
                self.visit()?;
                self.step(token, step, strict, &mut next)?;
            }
            current = next;
        }
        Ok(current)
    }

    fn step(
        &mut self,
        token: &JToken,
        step: &Step,
        strict: bool,
        out: &mut Vec<JToken>,
    ) -> Outcome<()> {
        match step {
            Step::Root => out.push(self.root.clone()),
            Step::Field(name) => {
                if name.is_none() {
                    self.charge_children(token)?;
                }
                return field(token, name.as_deref(), strict, out);
            }
            Step::Fields(names) => {
                for name in names {
                    field(token, Some(name), strict, out)?;
                }
            }
            Step::Scan(name) => {
                for found in self.descendants(token)? {
                    match name {
                        None => out.push(found),
                        Some(name) => out.extend(found.get(&Text::from(name.as_str()))),
                    }
                }
            }
            Step::Index(index) => {
                if index.is_none() {
                    self.charge_children(token)?;
                }
                return Self::index(token, *index, strict, out);
            }
            Step::Indexes(indexes) => {
                for index in indexes {
                    Self::index(token, Some(*index), strict, out)?;
                }
            }
            Step::Slice(start, end, step) => {
                self.charge_children(token)?;
                return slice(token, (*start, *end, *step), strict, out);
            }
            Step::Filter(filter) => {
                self.charge_children(token)?;
                for child in values(token) {
                    self.visit()?;
                    if self.matches(&child, filter)? {
                        out.push(child);
                    }
                }
            }
            Step::ScanFilter(filter) => {
                for found in self.descendants(token)? {
                    for child in values(&found) {
                        self.visit()?;
                        if self.matches(&child, filter)? {
                            out.push(child);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn index(
        token: &JToken,
        index: Option<usize>,
        strict: bool,
        out: &mut Vec<JToken>,
    ) -> Outcome<()> {
        let Some(index) = index else {
            out.extend(values(token));
            return Ok(());
        };
        if token.kind() != JsonKind::Array {
            if strict {
                let name = crate::names::simple(&token.ty(), &crate::Surface::empty());
                return Err(error(format!("Index {index} not valid on {name}.")));
            }
            return Ok(());
        }
        match token.child(index) {
            Some(child) => out.push(child),
            None if strict => {
                return Err(error(format!(
                    "Index {index} outside the bounds of JArray."
                )));
            }
            None => {}
        }
        Ok(())
    }

    /// A token and all values within it, parents first.
    fn descendants(&mut self, token: &JToken) -> Outcome<Vec<JToken>> {
        let mut found = Vec::new();
        let mut waiting = vec![token.clone()];
        while let Some(token) = waiting.pop() {
            self.visit()?;
            waiting.extend(values(&token).into_iter().rev());
            found.push(token);
        }
        Ok(found)
    }

    fn matches(&mut self, token: &JToken, filter: &Filter) -> Outcome<bool> {
        match filter {
            Filter::And(parts) => {
                for part in parts {
                    if !self.matches(token, part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Filter::Or(parts) => {
                for part in parts {
                    if self.matches(token, part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Filter::Exists(path) => Ok(!self.walk(vec![token.clone()], path, false)?.is_empty()),
            Filter::Compare(left, op, right) => {
                let lefts = self.operand(token, left)?;
                for left in &lefts {
                    if let Operand::Pattern(pattern, ignore_case) = right {
                        if matches_pattern(left, pattern, *ignore_case, self.meter)? {
                            return Ok(true);
                        }
                        continue;
                    }
                    for right in self.operand(token, right)? {
                        if compares(left, *op, &right, self.meter)? {
                            return Ok(true);
                        }
                    }
                }
                Ok(false)
            }
        }
    }

    fn operand(&mut self, token: &JToken, operand: &Operand) -> Outcome<Vec<Value>> {
        match operand {
            Operand::Literal(value) => Ok(vec![value.clone()]),
            Operand::Pattern(..) => Ok(Vec::new()),
            Operand::Path(path) => {
                let found = self.walk(vec![token.clone()], path, false)?;
                Ok(found
                    .iter()
                    .map(|t| t.scalar().unwrap_or(Value::Json(t.clone())))
                    .collect())
            }
        }
    }
}

fn field(token: &JToken, name: Option<&str>, strict: bool, out: &mut Vec<JToken>) -> Outcome<()> {
    let Some(name) = name else {
        out.extend(values(token));
        return Ok(());
    };
    if token.kind() == JsonKind::Object {
        match token.get(&Text::from(name)) {
            Some(value) => out.push(value),
            None if strict => {
                return Err(error(format!(
                    "Property '{name}' does not exist on JObject."
                )));
            }
            None => {}
        }
    } else if strict {
        let kind = crate::names::simple(&token.ty(), &crate::Surface::empty());
        return Err(error(format!("Property '{name}' not valid on {kind}.")));
    }
    Ok(())
}

type Bounds = (Option<i64>, Option<i64>, Option<i64>);

fn slice(token: &JToken, bounds: Bounds, strict: bool, out: &mut Vec<JToken>) -> Outcome<()> {
    let step = bounds.2.unwrap_or(1);
    if step == 0 {
        return Err(error("Step cannot be zero."));
    }
    if token.kind() != JsonKind::Array {
        return if strict {
            Err(error("Array slice is not valid on this token."))
        } else {
            Ok(())
        };
    }
    let items = values(token);
    let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut start = bounds.0.unwrap_or(if step > 0 { 0 } else { count - 1 });
    let mut stop = bounds.1.unwrap_or(if step > 0 { count } else { -1 });
    if bounds.0.is_some_and(|s| s < 0) {
        start += count;
    }
    if bounds.1.is_some_and(|s| s < 0) {
        stop += count;
    }
    start = start.clamp(
        if step > 0 { 0 } else { i64::MIN },
        if step > 0 { i64::MAX } else { count - 1 },
    );
    stop = stop.clamp(-1, count);
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
            out.push(item.clone());
        }
        at = at.saturating_add(step);
    }
    Ok(())
}

/// The values of an object or the items of an array.
fn values(token: &JToken) -> Vec<JToken> {
    match token.kind() {
        JsonKind::Object => token.children().iter().filter_map(|p| p.child(0)).collect(),
        _ => token.children().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str, path: &str) -> String {
        let root = crate::json::parse(&Text::from(json)).unwrap();
        match select(&root, path, false, &mut Meter::open()) {
            Ok(tokens) => tokens
                .iter()
                .map(|token| crate::json::write(token, false))
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("!{}", error.message()),
        }
    }

    #[test]
    fn follows_paths() {
        let json =
            r#"{"a":{"b":[1,2,{"c":"x"}]},"l":[{"n":"abc","p":5},{"n":"y","p":15}],"a.b":7}"#;
        for (path, expect) in [
            ("$.a.b[0]", "1"),
            ("a.b[2].c", "\"x\""),
            ("a.z.q", ""),
            ("a.b[-1:]", "{\"c\":\"x\"}"),
            ("a.b[0,1]", "1 2"),
            ("$.l[?(@.p > 10)].n", "\"y\""),
            ("$.l[*].n", "\"abc\" \"y\""),
            ("$.l[?(@.p >= 5 && @.n != 'y')].p", "5"),
            ("$..p", "5 15"),
            ("$['a.b']", "7"),
            ("$.l[?(@.n =~ /^A/i)].n", "\"abc\""),
            ("$.a.b[", "!Path ended with open indexer."),
        ] {
            assert_eq!(found(json, path), expect, "{path}");
        }
    }
}
