//! Regular expressions as .NET has them, on a backtracking matcher with a step limit.
//!
//! Pattern → [`syntax::Node`] → [`compile::Code`] → [`exec`]. Matching works on UTF-16 units, keeps all
//! captures of a group, matches backwards for look-behinds, and uses no recursion but for look-arounds,
//! whose nesting is bounded by the parser. A match that takes more than its steps counts as timed out.

mod class;
mod compile;
mod exec;
mod replace;
mod syntax;

use std::cell::RefCell;
use std::rc::Rc;

pub(crate) use exec::Captured;
pub(crate) use replace::{Replacement, escape, unescape};

use crate::exception::{Exception, Outcome};
use crate::limits::Meter;
use crate::text::Text;
use compile::Code;

/// `RegexOptions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Options(pub(crate) i32);

impl Options {
    pub(crate) const IGNORE_CASE: i32 = 1;
    pub(crate) const MULTILINE: i32 = 2;
    pub(crate) const EXPLICIT_CAPTURE: i32 = 4;
    pub(crate) const SINGLELINE: i32 = 16;
    pub(crate) const IGNORE_WHITESPACE: i32 = 32;
    pub(crate) const RIGHT_TO_LEFT: i32 = 64;
    pub(crate) const ECMA: i32 = 256;

    fn has(self, flag: i32) -> bool {
        self.0 & flag != 0
    }

    fn with(self, flag: i32, on: bool) -> Self {
        Self(if on { self.0 | flag } else { self.0 & !flag })
    }
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Regex {
    pub(crate) pattern: Text,
    pub(crate) options: Options,
    code: Code,
    /// Each group: its number and its name.
    groups: Vec<(usize, String)>,
}

/// A match: for each group all its captures, group 0 being the whole match.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) groups: Vec<Vec<Captured>>,
}

impl Found {
    /// Where the whole match lies.
    pub(crate) fn whole(&self) -> Captured {
        self.group(0).unwrap_or(Captured { start: 0, end: 0 })
    }

    /// The last capture of a group.
    pub(crate) fn group(&self, index: usize) -> Option<Captured> {
        self.groups.get(index)?.last().copied()
    }
}

/// How many patterns a thread keeps compiled.
const KEPT: usize = 64;

thread_local! {
    static CACHE: RefCell<Vec<Rc<Regex>>> = const { RefCell::new(Vec::new()) };
}

impl Regex {
    /// Compiles a pattern, or takes it from those compiled before.
    pub(crate) fn new(pattern: &Text, options: Options) -> Outcome<Rc<Self>> {
        let known = CACHE.with_borrow_mut(|cache| {
            let at = cache
                .iter()
                .position(|r| r.options == options && r.pattern == *pattern)?;
            let regex = cache.remove(at);
            cache.push(regex.clone());
            Some(regex)
        });
        if let Some(regex) = known {
            return Ok(regex);
        }
        let regex = Rc::new(Self::compile(pattern, options)?);
        CACHE.with_borrow_mut(|cache| {
            if cache.len() >= KEPT {
                cache.remove(0);
            }
            // What is kept must not be a literal of a program that may go away: copy the text.
            cache.push(regex.clone());
        });
        Ok(regex)
    }

    fn compile(pattern: &Text, options: Options) -> Outcome<Self> {
        let parsed = syntax::parse(&pattern.to_units(), options).map_err(|why| {
            crate::exception::argument_plain(format!(
                "Invalid pattern '{pattern}' at offset {}. {}",
                why.at, why.message
            ))
        })?;
        let code = compile::compile(&parsed, options.has(Options::RIGHT_TO_LEFT));
        Ok(Self {
            pattern: pattern.clone(),
            options,
            code,
            groups: parsed.groups,
        })
    }

    /// The groups: number and name.
    pub(crate) fn groups(&self) -> &[(usize, String)] {
        &self.groups
    }

    /// The number of a named group.
    pub(crate) fn group_number(&self, name: &str) -> Option<usize> {
        self.groups
            .iter()
            .find(|(_, own)| own == name)
            .map(|(number, _)| *number)
    }

    /// Whether it searches from the end.
    pub(crate) fn is_backward(&self) -> bool {
        self.options.has(Options::RIGHT_TO_LEFT)
    }

    /// The first match at or after `start` (before it, if backward); `previous` is where `\G` matches.
    pub(crate) fn find(
        &self,
        input: &[u16],
        start: usize,
        steps: &mut u64,
    ) -> Outcome<Option<Found>> {
        let mut at = start;
        loop {
            let found = exec::run(&self.code, input, at, start, steps).map_err(|()| timeout())?;
            if let Some(groups) = found {
                return Ok(Some(Found { groups }));
            }
            if self.is_backward() {
                match at.checked_sub(1) {
                    Some(next) => at = next,
                    None => return Ok(None),
                }
            } else {
                at += 1;
                if at > input.len() {
                    return Ok(None);
                }
                at = self.code.skip_to(input, at);
            }
        }
    }

    /// All matches that do not overlap, up to `most`.
    pub(crate) fn find_all(
        &self,
        input: &[u16],
        most: usize,
        steps: &mut u64,
    ) -> Outcome<Vec<Found>> {
        let mut matches = Vec::new();
        let mut at = if self.is_backward() { input.len() } else { 0 };
        while matches.len() < most {
            let Some(found) = self.find(input, at, steps)? else {
                break;
            };
            let next = self.after(&found, input.len());
            matches.push(found);
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        Ok(matches)
    }

    /// Where the search for the next match begins.
    pub(crate) fn after(&self, found: &Found, length: usize) -> Option<usize> {
        let whole = found.whole();
        let empty = whole.start == whole.end;
        if self.is_backward() {
            return if empty {
                whole.start.checked_sub(1)
            } else {
                Some(whole.start)
            };
        }
        let next = whole.end + usize::from(empty);
        (next <= length).then_some(next)
    }
}

/// A match took too long.
fn timeout() -> Exception {
    Exception::new(
        "System.Text.RegularExpressions.RegexMatchTimeoutException",
        "The RegEx engine has timed out while trying to match a pattern to an input string. This can \
         occur for many reasons, including very large inputs or excessive backtracking caused by \
         nested quantifiers, back-references and other factors.",
    )
}

/// Whether a pattern matches somewhere in a text.
pub(crate) fn is_match(
    input: &Text,
    pattern: &str,
    ignore_case: bool,
    meter: &mut Meter,
) -> Outcome<bool> {
    let options = Options(if ignore_case { Options::IGNORE_CASE } else { 0 });
    let regex = Regex::new(&Text::from(pattern), options)?;
    let most = 1_000_000;
    let mut steps = most;
    meter.steps(input.size() / 64)?;
    let found = regex.find(&input.to_units(), 0, &mut steps);
    meter.steps(usize::try_from((most - steps) / 8).unwrap_or(usize::MAX))?;
    Ok(found?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pattern: &str, input: &str, options: i32) -> String {
        let regex = match Regex::new(&Text::from(pattern), Options(options)) {
            Ok(regex) => regex,
            Err(error) => return format!("!{}", error.type_name()),
        };
        let units: Vec<u16> = input.encode_utf16().collect();
        let mut steps = 100_000;
        match regex.find_all(&units, usize::MAX, &mut steps) {
            Ok(found) => found
                .iter()
                .map(|f| {
                    f.groups
                        .iter()
                        .map(|g| {
                            g.last().map_or("-".to_owned(), |c| {
                                String::from_utf16_lossy(&units[c.start..c.end])
                            })
                        })
                        .collect::<Vec<_>>()
                        .join(",")
                })
                .collect::<Vec<_>>()
                .join("|"),
            Err(error) => format!("!{}", error.type_name()),
        }
    }

    #[test]
    fn matches_as_dotnet() {
        for (pattern, input, options, expect) in [
            (r"\d+", "a1b22", 0, "1|22"),
            ("(a)(b)?", "ac", 0, "a,a,-"),
            ("aa", "aaaa", 0, "aa|aa"),
            ("", "ab", 0, "||"),
            (
                "<b>(.*?)</b>",
                "<b>x</b><b>y</b>",
                0,
                "<b>x</b>,x|<b>y</b>,y",
            ),
            ("foo|foobar", "foobar", 0, "foo"),
            (r"(?<=\$)\d", "price: $5", 0, "5"),
            ("(?<!^)([A-Z])", "CamelCase", 0, "C,C"),
            (r"(\w)\1", "aabb", 0, "aa,a|bb,b"),
            ("[a-z-[aeiou]]+", "abcde", 0, "bcd"),
            ("(?i)ABC", "abc", 0, "abc"),
            ("a(?i:b)c", "aBc aBC", 0, "aBc"),
            ("^b$", "a\nb", 2, "b"),
            ("^b$", "a\nb", 0, ""),
            ("^(?(?=a)abc|def)$", "abc", 0, "abc"),
            (r"(?<k>\w+)=(\w+)", "key=value", 0, "key=value,value,key"),
            ("a{2,3}", "aaaaa", 0, "aaa|aa"),
            ("a{2", "a{2", 0, "a{2"),
            ("[]]", "]", 0, "]"),
            ("(?:a|ab)(?:c|bcd)(d*)", "abcd", 0, "abcd,"),
            ("(?>a+)ab", "aaab", 0, ""),
            (r"\d", "1 2 3", 64, "3|2|1"),
            (r"\bfoo\b", "foo food", 0, "foo"),
            (
                "(a+)+$",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
                0,
                "!System.Text.RegularExpressions.RegexMatchTimeoutException",
            ),
            ("*", "a", 0, "!System.ArgumentException"),
            ("[z-a]", "a", 0, "!System.ArgumentException"),
            ("(?<n>", "a", 0, "!System.ArgumentException"),
            (r"\1", "a", 0, "!System.ArgumentException"),
        ] {
            assert_eq!(all(pattern, input, options), expect, "{pattern} on {input}");
        }
    }

    #[test]
    fn keeps_all_captures_of_a_group() {
        let regex = Regex::new(&Text::from("(ab)+"), Options(0)).unwrap();
        let units: Vec<u16> = "abab".encode_utf16().collect();
        let found = regex.find(&units, 0, &mut 1000).unwrap().unwrap();
        assert_eq!(found.groups[1].len(), 2);
    }
}
