//! Patterns → nodes.
//!
//! Here stand what a pattern is made of and the reading of alternatives, sequences and quantifiers;
//! what begins with `(`, `\` or `[` is read by [`group`], [`escape`] and [`set`].

mod escape;
mod group;
mod set;

use super::Options;
use super::class::Class;
use group::{GroupNames, group_names};

/// How deep groups may nest.
const MAX_DEPTH: u32 = 50;
/// How many nodes a pattern may have.
const MAX_NODES: usize = 10_000;

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Char {
        unit: u16,
        ignore_case: bool,
    },
    Class(Class),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: Option<u32>,
        greedy: bool,
    },
    Group(usize, Box<Node>),
    Backreference(usize, bool),
    Assert(Assertion),
    Look {
        node: Box<Node>,
        behind: bool,
        negated: bool,
    },
    Atomic(Box<Node>),
    IfGroup(usize, Box<(Node, Node)>),
    IfMatch(Box<(Node, Node, Node)>),
}

/// What a position must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assertion {
    Start,
    End,
    EndOrFinalNewline,
    LineStart,
    LineEnd,
    Boundary(bool, bool),
    Continue,
}

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) groups: Vec<(usize, String)>,
}

/// Why a pattern is invalid.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

/// Reads a pattern.
pub(super) fn parse(pattern: &[u16], options: Options) -> Result<Parsed, Invalid> {
    let names = group_names(pattern, options);
    let mut parser = Parser {
        pattern,
        at: 0,
        options,
        names,
        next: 1,
        depth: 0,
        nodes: 0,
    };
    let node = parser.alternatives()?;
    if parser.at < pattern.len() {
        return Err(parser.invalid("Too many )'s."));
    }
    let count = parser.names.unnamed + 1;
    let mut groups: Vec<(usize, String)> = (0..count).map(|n| (n, n.to_string())).collect();
    for (index, name) in parser.names.named.iter().enumerate() {
        match name.parse() {
            Ok(number) if number < count => {}
            Ok(number) => groups.push((number, name.clone())),
            Err(_) => groups.push((count + index, name.clone())),
        }
    }
    Ok(Parsed { node, groups })
}

struct Parser<'a> {
    pattern: &'a [u16],
    at: usize,
    options: Options,
    names: GroupNames,
    next: usize,
    depth: u32,
    nodes: usize,
}

type Parse<T> = Result<T, Invalid>;

impl Parser<'_> {
    fn invalid(&self, message: &'static str) -> Invalid {
        Invalid {
            at: self.at,
            message,
        }
    }

    fn peek(&self) -> Option<char> {
        self.look(0)
    }

    fn look(&self, ahead: usize) -> Option<char> {
        let unit = self.pattern.get(self.at + ahead)?;
        Some(char::from_u32(u32::from(*unit)).unwrap_or('\u{FFFD}'))
    }

    fn bump(&mut self) -> Option<u16> {
        let unit = self.pattern.get(self.at).copied()?;
        self.at += 1;
        Some(unit)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn eat_text(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(index, c)| self.look(index) == Some(c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn ignore_case(&self) -> bool {
        self.options.has(Options::IGNORE_CASE)
    }

    fn alternatives(&mut self) -> Parse<Node> {
        let outer = self.options;
        let mut branches = vec![self.sequence()?];
        while self.eat('|') {
            branches.push(self.sequence()?);
        }
        self.options = outer;
        Ok(if branches.len() == 1 {
            branches.remove(0)
        } else {
            Node::Alternatives(branches)
        })
    }

    fn sequence(&mut self) -> Parse<Node> {
        let mut items = Vec::new();
        loop {
            self.skip_comments();
            match self.peek() {
                None | Some('|' | ')') => break,
                Some(_) => {
                    self.nodes += 1;
                    if self.nodes > MAX_NODES {
                        return Err(self.invalid("The pattern is too large."));
                    }
                    let item = self.item()?;
                    let item = self.quantified(item)?;
                    items.push(item);
                }
            }
        }
        Ok(if items.len() == 1 {
            items.remove(0)
        } else {
            Node::Sequence(items)
        })
    }

    fn skip_comments(&mut self) {
        loop {
            if self.eat_text("(?#") {
                while self.peek().is_some_and(|c| c != ')') {
                    self.at += 1;
                }
                self.eat(')');
            } else if self.options.has(Options::IGNORE_WHITESPACE)
                && self.peek().is_some_and(char::is_whitespace)
            {
                self.at += 1;
            } else if self.options.has(Options::IGNORE_WHITESPACE) && self.peek() == Some('#') {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else {
                return;
            }
        }
    }

    fn quantified(&mut self, item: Node) -> Parse<Node> {
        self.skip_comments();
        let Some((least, most)) = self.quantifier()? else {
            return Ok(item);
        };
        let greedy = !self.eat('?');
        let node = Node::Repeat {
            node: Box::new(item),
            least,
            most,
            greedy,
        };
        self.skip_comments();
        let before = self.at;
        if self.quantifier()?.is_some() {
            self.at = before + 1;
            return Err(self.invalid("Nested quantifier."));
        }
        Ok(node)
    }

    fn quantifier(&mut self) -> Parse<Option<(u32, Option<u32>)>> {
        Ok(match self.peek() {
            Some('*') => {
                self.at += 1;
                Some((0, None))
            }
            Some('+') => {
                self.at += 1;
                Some((1, None))
            }
            Some('?') => {
                self.at += 1;
                Some((0, Some(1)))
            }
            Some('{') => self.braces()?,
            _ => None,
        })
    }

    /// `{n}`, `{n,}`, `{n,m}`; anything else is literal text.
    fn braces(&mut self) -> Parse<Option<(u32, Option<u32>)>> {
        let before = self.at;
        self.at += 1;
        let least = self.number();
        let most = if self.eat(',') {
            self.number().map(Some).or(Some(None))
        } else {
            least.map(Some)
        };
        match (least, most) {
            (Some(least), Some(most)) if self.eat('}') => {
                if most.is_some_and(|most| most < least) {
                    return Err(self.invalid("Illegal {x,y} with x > y."));
                }
                Ok(Some((least, most)))
            }
            _ => {
                self.at = before;
                Ok(None)
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.at += 1;
            value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        value.map(|value| value.min(100_000))
    }

    fn item(&mut self) -> Parse<Node> {
        match self.peek() {
            Some('(') => self.group(),
            Some('[') => {
                self.at += 1;
                self.class().map(Node::Class)
            }
            Some('\\') => {
                self.at += 1;
                self.escape()
            }
            Some('.') => {
                self.at += 1;
                let newline = (!self.options.has(Options::SINGLELINE)).then_some((10, 10));
                Ok(Node::Class(Class {
                    negated: true,
                    ranges: newline.into_iter().collect(),
                    ..Class::default()
                }))
            }
            Some('^') => {
                self.at += 1;
                Ok(Node::Assert(if self.options.has(Options::MULTILINE) {
                    Assertion::LineStart
                } else {
                    Assertion::Start
                }))
            }
            Some('$') => {
                self.at += 1;
                Ok(Node::Assert(if self.options.has(Options::MULTILINE) {
                    Assertion::LineEnd
                } else {
                    Assertion::EndOrFinalNewline
                }))
            }
            Some('*' | '+' | '?') => Err(self.invalid("Quantifier {x,y} following nothing.")),
            _ => {
                let unit = self.bump().unwrap_or(0);
                Ok(self.literal(unit))
            }
        }
    }

    fn literal(&self, unit: u16) -> Node {
        Node::Char {
            unit,
            ignore_case: self.ignore_case(),
        }
    }
}
