//! Paths → steps.

use super::{Filter, Op, Operand, Step, error};
use crate::exception::Outcome;
use crate::value::Value;

/// How deep the conditions of a filter may nest.
const MAX_DEPTH: u32 = 32;

/// Reads a path.
pub(super) fn path(text: &str) -> Outcome<Vec<Step>> {
    Parser::new(text).path()
}

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
        if self.depth > MAX_DEPTH {
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
