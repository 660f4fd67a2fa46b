//! `SelectToken`: Newtonsoft's dialect of JSONPath.

use super::{JToken, JsonKind};
use crate::exception::{Exception, Outcome};
use crate::text::Text;
use crate::value::Value;

/// How many tokens a path may visit.
const MAX_VISITED: usize = 200_000;

fn error(message: impl Into<Text>) -> Exception {
    Exception::new("Newtonsoft.Json.JsonException", message)
}

/// The tokens at a path. With `strict`, what is missing is an error.
pub(crate) fn select(root: &JToken, path: &str, strict: bool) -> Outcome<Vec<JToken>> {
    let steps = Parser::new(path).path()?;
    let mut finder = Finder { root, visited: 0 };
    finder.walk(vec![root.clone()], &steps, strict)
}

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

// === Evaluation ===

struct Finder<'a> {
    root: &'a JToken,
    visited: usize,
}

impl Finder<'_> {
    fn visit(&mut self) -> Outcome<()> {
        self.visited += 1;
        if self.visited > MAX_VISITED {
            return Err(Exception::limit("a JSON path visits too many tokens"));
        }
        Ok(())
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
            Step::Field(name) => return field(token, name.as_deref(), strict, out),
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
            Step::Index(index) => return Self::index(token, *index, strict, out),
            Step::Indexes(indexes) => {
                for index in indexes {
                    Self::index(token, Some(*index), strict, out)?;
                }
            }
            Step::Slice(start, end, step) => {
                return slice(token, (*start, *end, *step), strict, out);
            }
            Step::Filter(filter) => {
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
                        if matches_pattern(left, pattern, *ignore_case)? {
                            return Ok(true);
                        }
                        continue;
                    }
                    for right in self.operand(token, right)? {
                        if compares(left, *op, &right) {
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

fn number(value: &Value) -> Option<f64> {
    match crate::convert::to_num(value, crate::types::Num::Double) {
        Ok(Value::Double(n))
            if !matches!(value, Value::String(_) | Value::Null | Value::Bool(_)) =>
        {
            Some(n)
        }
        _ => None,
    }
}

fn text(value: &Value) -> Option<Text> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::DateTime(date) => Some(Text::from(super::date_text(*date))),
        Value::Guid(guid) => Some(Text::from(guid.hyphenated())),
        Value::TimeSpan(span) => Some(Text::from(crate::calendar::span_text(*span))),
        _ => None,
    }
}

fn compares(left: &Value, op: Op, right: &Value) -> bool {
    if let (Value::Json(a), Value::Json(b)) = (left, right) {
        return match op {
            Op::Equal | Op::StrictEqual => a.deep_equals(b),
            Op::NotEqual | Op::StrictNotEqual => !a.deep_equals(b),
            _ => false,
        };
    }
    let order = match (number(left), number(right)) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => match (text(left), text(right)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ if crate::value::equals(left, right) => Some(std::cmp::Ordering::Equal),
            _ => None,
        },
    };
    match op {
        Op::Equal | Op::StrictEqual => order.is_some_and(std::cmp::Ordering::is_eq),
        Op::NotEqual | Op::StrictNotEqual => !order.is_some_and(std::cmp::Ordering::is_eq),
        Op::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Op::LessEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Op::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
        Op::GreaterEqual => order.is_some_and(std::cmp::Ordering::is_ge),
        Op::Matches => false,
    }
}

fn matches_pattern(value: &Value, pattern: &str, ignore_case: bool) -> Outcome<bool> {
    let Some(input) = value.as_text() else {
        return Ok(false);
    };
    crate::regex::is_match(input, pattern, ignore_case)
}

// === Parsing ===

struct Parser<'a> {
    path: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn new(path: &'a str) -> Self {
        Self {
            path,
            at: 0,
            depth: 0,
        }
    }

    fn rest(&self) -> &'a str {
        self.path.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn space(&mut self) {
        while self.eat(" ") {}
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn path(&mut self) -> Outcome<Vec<Step>> {
        self.eat("$");
        let steps = self.steps(false)?;
        if self.at < self.path.len() {
            let c = self.peek().unwrap_or(' ');
            return Err(error(format!(
                "Unexpected character while parsing path: {c}"
            )));
        }
        Ok(steps)
    }

    /// Steps up to the end, or to what cannot belong to a path within a filter.
    fn steps(&mut self, in_filter: bool) -> Outcome<Vec<Step>> {
        let mut steps = Vec::new();
        let mut first = !in_filter;
        loop {
            if self.eat("..") {
                steps.push(self.scan()?);
            } else if self.eat(".") {
                let name = self.field_name();
                if name.is_empty() {
                    return Err(error("Unexpected end while parsing path."));
                }
                steps.push(Step::Field((name != "*").then(|| name.to_owned())));
            } else if self.eat("[") || (!in_filter && self.eat("(")) {
                steps.push(self.indexer()?);
            } else if first && self.peek().is_some_and(|c| c != ' ') {
                let name = self.field_name();
                if name.is_empty() {
                    return Ok(steps);
                }
                steps.push(Step::Field((name != "*").then(|| name.to_owned())));
            } else {
                return Ok(steps);
            }
            first = false;
        }
    }

    fn field_name(&mut self) -> &'a str {
        self.take_while(|c| {
            !matches!(
                c,
                '.' | '[' | '(' | ']' | ')' | ' ' | '=' | '!' | '<' | '>' | '&' | '|' | ','
            )
        })
    }

    fn scan(&mut self) -> Outcome<Step> {
        if self.eat("[") {
            return Ok(match self.indexer()? {
                Step::Filter(filter) => Step::ScanFilter(filter),
                Step::Field(name) => Step::Scan(name),
                other => other,
            });
        }
        let name = self.field_name();
        Ok(Step::Scan(
            (name != "*" && !name.is_empty()).then(|| name.to_owned()),
        ))
    }

    fn close(&mut self) -> Outcome<()> {
        self.space();
        if self.eat("]") || self.eat(")") {
            Ok(())
        } else {
            Err(error("Path ended with open indexer."))
        }
    }

    fn indexer(&mut self) -> Outcome<Step> {
        self.space();
        let step = match self.peek() {
            Some('\'' | '"') => {
                let mut names = vec![self.quoted()?];
                self.space();
                while self.eat(",") {
                    self.space();
                    names.push(self.quoted()?);
                    self.space();
                }
                match names.as_slice() {
                    [name] => Step::Field(Some(name.clone())),
                    _ => Step::Fields(names),
                }
            }
            Some('?') => {
                self.at += 1;
                self.space();
                if !self.eat("(") {
                    return Err(error("Unexpected character while parsing path indexer."));
                }
                let filter = self.filter()?;
                self.space();
                if !self.eat(")") {
                    return Err(error("Path ended with open query."));
                }
                Step::Filter(filter)
            }
            Some('*') => {
                self.at += 1;
                Step::Index(None)
            }
            Some(_) => self.array_step()?,
            None => return Err(error("Path ended with open indexer.")),
        };
        self.close()?;
        Ok(step)
    }

    fn quoted(&mut self) -> Outcome<String> {
        let quote = self.peek().filter(|c| matches!(c, '\'' | '"'));
        let Some(quote) = quote else {
            return Err(error("Unexpected character while parsing path indexer."));
        };
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(error("Path ended with open indexer.")),
                Some(c) if c == quote => {
                    self.at += 1;
                    return Ok(out);
                }
                Some('\\') => {
                    self.at += 1;
                    let c = self.peek().unwrap_or('\\');
                    self.at += c.len_utf8();
                    out.push(c);
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    out.push(c);
                }
            }
        }
    }

    fn integer(&mut self) -> Outcome<Option<i64>> {
        self.space();
        let digits = self.take_while(|c| c == '-' || c.is_ascii_digit());
        self.space();
        if digits.is_empty() {
            return Ok(None);
        }
        digits
            .parse()
            .map(Some)
            .map_err(|_| error("Unexpected character while parsing path indexer."))
    }

    fn array_step(&mut self) -> Outcome<Step> {
        let first = self.integer()?;
        if self.eat(":") {
            let end = self.integer()?;
            let step = if self.eat(":") { self.integer()? } else { None };
            return Ok(Step::Slice(first, end, step));
        }
        let index = |n: Option<i64>| {
            n.and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| error("Unexpected character while parsing path indexer."))
        };
        let mut indexes = vec![index(first)?];
        while self.eat(",") {
            let next = self.integer()?;
            indexes.push(index(next)?);
        }
        Ok(match indexes.as_slice() {
            [only] => Step::Index(Some(*only)),
            _ => Step::Indexes(indexes),
        })
    }

    fn filter(&mut self) -> Outcome<Filter> {
        self.depth += 1;
        if self.depth > 32 {
            return Err(error("Path is nested too deep."));
        }
        let mut alternatives = vec![self.conjunction()?];
        self.space();
        while self.eat("||") {
            alternatives.push(self.conjunction()?);
            self.space();
        }
        self.depth -= 1;
        Ok(match alternatives.len() {
            1 => alternatives.remove(0),
            _ => Filter::Or(alternatives),
        })
    }

    fn conjunction(&mut self) -> Outcome<Filter> {
        let mut parts = vec![self.comparison()?];
        self.space();
        while self.eat("&&") {
            parts.push(self.comparison()?);
            self.space();
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Filter::And(parts),
        })
    }

    fn comparison(&mut self) -> Outcome<Filter> {
        self.space();
        if self.eat("(") {
            let inner = self.filter()?;
            self.space();
            if !self.eat(")") {
                return Err(error("Path ended with open query."));
            }
            return Ok(inner);
        }
        let left = self.operand()?;
        self.space();
        let op = [
            ("===", Op::StrictEqual),
            ("!==", Op::StrictNotEqual),
            ("==", Op::Equal),
            ("!=", Op::NotEqual),
            ("<>", Op::NotEqual),
            ("<=", Op::LessEqual),
            (">=", Op::GreaterEqual),
            ("=~", Op::Matches),
            ("<", Op::Less),
            (">", Op::Greater),
            ("=", Op::Equal),
        ]
        .into_iter()
        .find(|(symbol, _)| self.eat(symbol));
        match (op, left) {
            (Some((_, op)), left) => Ok(Filter::Compare(left, op, self.operand()?)),
            (None, Operand::Path(path)) => Ok(Filter::Exists(path)),
            (None, _) => Err(error("Could not read query operator.")),
        }
    }

    fn operand(&mut self) -> Outcome<Operand> {
        self.space();
        if self.eat("@") {
            return self.steps(true).map(Operand::Path);
        }
        if self.eat("$") {
            let mut steps = vec![Step::Root];
            steps.extend(self.steps(true)?);
            return Ok(Operand::Path(steps));
        }
        match self.peek() {
            Some('\'' | '"') => self
                .quoted()
                .map(|text| Operand::Literal(Value::from(text))),
            Some('/') => self.pattern(),
            _ => self.literal(),
        }
    }

    fn pattern(&mut self) -> Outcome<Operand> {
        self.at += 1;
        let mut pattern = String::new();
        loop {
            match self.peek() {
                None => return Err(error("Path ended with an open regex.")),
                Some('/') => {
                    self.at += 1;
                    let options = self.take_while(char::is_alphabetic);
                    return Ok(Operand::Pattern(pattern, options.contains('i')));
                }
                Some('\\') => {
                    self.at += 1;
                    let c = self.peek().unwrap_or('\\');
                    self.at += c.len_utf8();
                    if c != '/' {
                        pattern.push('\\');
                    }
                    pattern.push(c);
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    pattern.push(c);
                }
            }
        }
    }

    fn literal(&mut self) -> Outcome<Operand> {
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
        Ok(Operand::Literal(match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => match (word.parse::<i64>(), word.parse::<f64>()) {
                (Ok(n), _) => Value::Long(n),
                (_, Ok(n)) => Value::Double(n),
                _ => return Err(error("Unexpected character while parsing path query.")),
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str, path: &str) -> String {
        let root = super::super::parse(&Text::from(json)).unwrap();
        match select(&root, path, false) {
            Ok(tokens) => tokens
                .iter()
                .map(|token| super::super::write(token, false))
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
