//! Patterns → nodes.

use super::Options;
use super::class::{Class, Named};

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

/// How many groups have no name, and the names of the others in order.
#[derive(Debug, Default)]
struct GroupNames {
    unnamed: usize,
    named: Vec<String>,
}

/// Named groups are numbered after all others, so they are counted first.
fn group_names(pattern: &[u16], options: Options) -> GroupNames {
    let mut names = GroupNames::default();
    let text: Vec<char> = pattern
        .iter()
        .map(|u| char::from_u32(u32::from(*u)).unwrap_or('?'))
        .collect();
    let at = |index: usize| text.get(index).copied();
    let mut in_class = 0_u32;
    let mut index = 0;
    while let Some(c) = at(index) {
        match c {
            '\\' => index += 1,
            '[' if in_class == 0 => {
                in_class = 1;
                // A `]` that comes first belongs to the class.
                if at(index + 1) == Some('^') {
                    index += 1;
                }
                if at(index + 1) == Some(']') {
                    index += 1;
                }
            }
            '[' if in_class > 0 && at(index.wrapping_sub(1)) == Some('-') => in_class += 1,
            ']' if in_class > 0 => in_class -= 1,
            '(' if in_class == 0 => {
                if at(index + 1) != Some('?') {
                    names.unnamed += usize::from(!options.has(Options::EXPLICIT_CAPTURE));
                } else if let Some(quote) = at(index + 2).filter(|c| matches!(c, '<' | '\'')) {
                    let close = if quote == '<' { '>' } else { '\'' };
                    let name: String = text
                        .iter()
                        .skip(index + 3)
                        .take_while(|c| **c != close)
                        .collect();
                    if !name.starts_with(['=', '!']) && !names.named.contains(&name) {
                        names.named.push(name);
                    }
                }
            }
            _ => {}
        }
        index += 1;
    }
    names
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

    // === Groups ===

    fn group(&mut self) -> Parse<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.invalid("The pattern is nested too deep."));
        }
        self.at += 1;
        let outer = self.options;
        let node = if self.eat('?') {
            self.special_group()?
        } else {
            self.plain_group()?
        };
        self.depth -= 1;
        if let Some(node) = node {
            self.options = outer;
            return Ok(node);
        }
        // `(?i)` changes the options of what follows.
        Ok(Node::Empty)
    }

    fn close(&mut self) -> Parse<()> {
        if self.eat(')') {
            return Ok(());
        }
        self.at = self.pattern.len();
        Err(self.invalid("Not enough )'s."))
    }

    fn plain_group(&mut self) -> Parse<Option<Node>> {
        if self.options.has(Options::EXPLICIT_CAPTURE) {
            let node = self.alternatives()?;
            self.close()?;
            return Ok(Some(node));
        }
        let number = self.next;
        self.next += 1;
        let node = self.alternatives()?;
        self.close()?;
        Ok(Some(Node::Group(number, Box::new(node))))
    }

    fn special_group(&mut self) -> Parse<Option<Node>> {
        let look = [
            ("=", false, false),
            ("!", false, true),
            ("<=", true, false),
            ("<!", true, true),
        ];
        for (mark, behind, negated) in look {
            if self.eat_text(mark) {
                let node = self.alternatives()?;
                self.close()?;
                return Ok(Some(Node::Look {
                    node: Box::new(node),
                    behind,
                    negated,
                }));
            }
        }
        if self.eat('>') {
            let node = self.alternatives()?;
            self.close()?;
            return Ok(Some(Node::Atomic(Box::new(node))));
        }
        if self.eat('<') {
            return self.named_group('>').map(Some);
        }
        if self.eat('\'') {
            return self.named_group('\'').map(Some);
        }
        if self.eat('(') {
            return self.conditional().map(Some);
        }
        self.option_group()
    }

    fn named_group(&mut self, close: char) -> Parse<Node> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != close) {
            name.push(c);
            self.at += 1;
        }
        let valid = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !self.eat(close) || !valid {
            return Err(
                self.invalid("Invalid group name: Group names must begin with a word character.")
            );
        }
        let number = self.group_number(&name).unwrap_or(0);
        let node = self.alternatives()?;
        self.close()?;
        Ok(Node::Group(number, Box::new(node)))
    }

    fn group_number(&self, name: &str) -> Option<usize> {
        if let Ok(number) = name.parse::<usize>() {
            let known = number <= self.names.unnamed || self.names.named.iter().any(|n| n == name);
            return known.then_some(number);
        }
        let position = self.names.named.iter().position(|own| own == name)?;
        Some(self.names.unnamed + 1 + position)
    }

    /// `(?(name)yes|no)`, `(?(?=…)yes|no)`.
    fn conditional(&mut self) -> Parse<Node> {
        let before = self.at;
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
            self.at += 1;
        }
        let known = self
            .group_number(&name)
            .filter(|_| self.peek() == Some(')'));
        let test = if let Some(number) = known {
            self.at += 1;
            Err(number)
        } else {
            self.at = before;
            let test = if self.eat('?') {
                self.special_group()?.unwrap_or(Node::Empty)
            } else {
                let node = self.alternatives()?;
                self.close()?;
                Node::Look {
                    node: Box::new(node),
                    behind: false,
                    negated: false,
                }
            };
            Ok(test)
        };
        let yes = self.sequence()?;
        let no = if self.eat('|') {
            self.sequence()?
        } else {
            Node::Empty
        };
        self.close()?;
        Ok(match test {
            Err(number) => Node::IfGroup(number, Box::new((yes, no))),
            Ok(test) => Node::IfMatch(Box::new((test, yes, no))),
        })
    }

    /// `(?i)`, `(?i-s:…)`, `(?:…)`.
    fn option_group(&mut self) -> Parse<Option<Node>> {
        let mut on = true;
        let mut options = self.options;
        loop {
            let flag = match self.peek() {
                Some(':') => {
                    self.at += 1;
                    self.options = options;
                    let node = self.alternatives()?;
                    self.close()?;
                    return Ok(Some(node));
                }
                Some(')') => {
                    self.at += 1;
                    self.options = options;
                    return Ok(None);
                }
                Some('-') => {
                    on = false;
                    self.at += 1;
                    continue;
                }
                Some('+') => {
                    on = true;
                    self.at += 1;
                    continue;
                }
                Some('i') => Options::IGNORE_CASE,
                Some('m') => Options::MULTILINE,
                Some('n') => Options::EXPLICIT_CAPTURE,
                Some('s') => Options::SINGLELINE,
                Some('x') => Options::IGNORE_WHITESPACE,
                _ => return Err(self.invalid("Unrecognized grouping construct.")),
            };
            self.at += 1;
            options = options.with(flag, on);
        }
    }

    // === Escapes ===

    fn escape(&mut self) -> Parse<Node> {
        let Some(c) = self.peek() else {
            return Err(self.invalid("Illegal \\ at end of pattern."));
        };
        let assertion = match c {
            'A' => Some(Assertion::Start),
            'z' => Some(Assertion::End),
            'Z' => Some(Assertion::EndOrFinalNewline),
            'G' => Some(Assertion::Continue),
            'b' => Some(Assertion::Boundary(false, self.options.has(Options::ECMA))),
            'B' => Some(Assertion::Boundary(true, self.options.has(Options::ECMA))),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 1;
            return Ok(Node::Assert(assertion));
        }
        if let Some(class) = self.named_class()? {
            return Ok(Node::Class(class));
        }
        if c == 'k' {
            return self.named_backreference();
        }
        if c.is_ascii_digit() && c != '0' {
            return self.backreference();
        }
        let unit = self.escaped_unit(false)?;
        Ok(self.literal(unit))
    }

    fn backreference(&mut self) -> Parse<Node> {
        let before = self.at;
        let number = self.number().unwrap_or(0) as usize;
        if self.group_number(&number.to_string()).is_some() {
            return Ok(Node::Backreference(number, self.ignore_case()));
        }
        if number > 9 {
            // Too large for a group: an octal escape.
            self.at = before;
            let unit = self.octal();
            return Ok(self.literal(unit));
        }
        Err(self.invalid("Reference to undefined group number."))
    }

    fn named_backreference(&mut self) -> Parse<Node> {
        self.at += 1;
        let close = if self.eat('<') {
            '>'
        } else if self.eat('\'') {
            '\''
        } else {
            return Err(self.invalid("Malformed \\k<...> named back reference."));
        };
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != close) {
            name.push(c);
            self.at += 1;
        }
        self.eat(close);
        match self.group_number(&name) {
            Some(number) => Ok(Node::Backreference(number, self.ignore_case())),
            None => Err(self.invalid("Reference to undefined group name.")),
        }
    }

    /// `\d`, `\W`, `\p{…}` and their like.
    fn named_class(&mut self) -> Parse<Option<Class>> {
        let ecma = self.options.has(Options::ECMA);
        let (named, negated) = match self.peek() {
            Some('d') => (
                if ecma {
                    Named::AsciiDigit
                } else {
                    Named::Digit
                },
                false,
            ),
            Some('D') => (
                if ecma {
                    Named::AsciiDigit
                } else {
                    Named::Digit
                },
                true,
            ),
            Some('w') => (if ecma { Named::AsciiWord } else { Named::Word }, false),
            Some('W') => (if ecma { Named::AsciiWord } else { Named::Word }, true),
            Some('s') => (
                if ecma {
                    Named::AsciiSpace
                } else {
                    Named::Space
                },
                false,
            ),
            Some('S') => (
                if ecma {
                    Named::AsciiSpace
                } else {
                    Named::Space
                },
                true,
            ),
            Some(c @ ('p' | 'P')) => {
                self.at += 1;
                let named = self.property()?;
                return Ok(Some(Class::named(named, c == 'P')));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(Class::named(named, negated)))
    }

    fn property(&mut self) -> Parse<Named> {
        if !self.eat('{') {
            return Err(self.invalid("Malformed \\p{X} character escape."));
        }
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != '}') {
            name.push(c);
            self.at += 1;
        }
        if !self.eat('}') {
            return Err(self.invalid("Incomplete \\p{X} character escape."));
        }
        Named::of(&name).ok_or_else(|| self.invalid("Unknown property."))
    }

    fn octal(&mut self) -> u16 {
        let mut value: u16 = 0;
        for _ in 0..3 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            self.at += 1;
            value = value * 8 + u16::try_from(digit).unwrap_or(0);
        }
        value & 0xFF
    }

    fn hex(&mut self, digits: usize) -> Parse<u16> {
        let mut value: u32 = 0;
        for _ in 0..digits {
            let digit = self.peek().and_then(|c| c.to_digit(16));
            let Some(digit) = digit else {
                return Err(self.invalid("Insufficient hexadecimal digits."));
            };
            self.at += 1;
            value = value * 16 + digit;
        }
        Ok(u16::try_from(value).unwrap_or(0))
    }

    /// A single character after a backslash.
    fn escaped_unit(&mut self, in_class: bool) -> Parse<u16> {
        let Some(c) = self.peek() else {
            return Err(self.invalid("Illegal \\ at end of pattern."));
        };
        if c == '0' || (in_class && c.is_digit(8)) {
            return Ok(self.octal());
        }
        let unit = self.bump().unwrap_or(0);
        Ok(match c {
            'a' => 7,
            'b' if in_class => 8,
            'e' => 27,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'c' => {
                let letter = self.bump().unwrap_or(0);
                let upper = crate::casing::upper_unit(letter);
                if !(64..96).contains(&upper) {
                    return Err(self.invalid("Unrecognized control character."));
                }
                upper - 64
            }
            c if c.is_alphanumeric() || c == '_' => {
                return Err(self.invalid("Unrecognized escape sequence."));
            }
            _ => unit,
        })
    }

    // === Classes ===

    /// A class after its `[`.
    fn class(&mut self) -> Parse<Class> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.invalid("The pattern is nested too deep."));
        }
        let mut class = Class {
            negated: self.eat('^'),
            ignore_case: self.ignore_case(),
            ..Class::default()
        };
        let mut first = true;
        loop {
            let Some(c) = self.peek() else {
                return Err(self.invalid("Unterminated [] set."));
            };
            if c == ']' && !first {
                self.at += 1;
                break;
            }
            if c == '-' && self.look(1) == Some('[') && !first {
                self.at += 2;
                class.minus = Some(Box::new(self.class()?));
                if !self.eat(']') {
                    return Err(self
                        .invalid("A subtraction must be the last element in a character class."));
                }
                break;
            }
            first = false;
            self.class_item(&mut class)?;
        }
        self.depth -= 1;
        Ok(class)
    }

    fn class_item(&mut self, class: &mut Class) -> Parse<()> {
        let start = if self.eat('\\') {
            if let Some(named) = self.named_class()? {
                class.named.extend(named.named);
                return Ok(());
            }
            self.escaped_unit(true)?
        } else {
            self.bump().unwrap_or(0)
        };
        let range = self.peek() == Some('-')
            && !matches!(self.look(1), None | Some(']'))
            && self.look(1) != Some('[');
        if !range {
            class.ranges.push((start, start));
            return Ok(());
        }
        let before = self.at;
        self.at += 1;
        let end = if self.eat('\\') {
            if matches!(
                self.peek(),
                Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P')
            ) {
                // `[a-\d]`: the hyphen stands for itself.
                self.at = before;
                class.ranges.push((start, start));
                return Ok(());
            }
            self.escaped_unit(true)?
        } else {
            self.bump().unwrap_or(0)
        };
        if end < start {
            return Err(self.invalid("[x-y] range in reverse order."));
        }
        class.ranges.push((start, end));
        Ok(())
    }
}
