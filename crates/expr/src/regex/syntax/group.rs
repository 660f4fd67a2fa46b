//! Groups: captures, look-arounds, conditions, options; and which groups a pattern has.

use super::{MAX_DEPTH, Node, Parse, Parser};
use crate::regex::Options;

/// How many groups have no name, and the names of the others in order.
#[derive(Debug, Default)]
pub(super) struct GroupNames {
    pub(super) unnamed: usize,
    pub(super) named: Vec<String>,
}

/// Named groups are numbered after all others, so they are counted first.
pub(super) fn group_names(pattern: &[u16], options: Options) -> GroupNames {
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

impl Parser<'_> {
    pub(super) fn group(&mut self) -> Parse<Node> {
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

    pub(super) fn close(&mut self) -> Parse<()> {
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

    pub(super) fn group_number(&self, name: &str) -> Option<usize> {
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
}
