//! Sets of characters: `[…]`, and those that have a name.

use super::{MAX_DEPTH, Parse, Parser};
use crate::regex::Options;
use crate::regex::class::{Class, Named};

impl Parser<'_> {
    /// A class after its `[`.
    pub(super) fn class(&mut self) -> Parse<Class> {
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

    /// `\d`, `\W`, `\p{…}` and their like.
    pub(super) fn named_class(&mut self) -> Parse<Option<Class>> {
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
}
