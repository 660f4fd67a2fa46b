//! Finds where an expression ends: brackets matched, with C# strings and comments stepped over.
//!
//! This is the least that must be known of C# to read a raw policy text. It does not judge the
//! program; the expression compiler does.

use std::ops::Range;

use super::entity;

/// Whether `&lt;` and the like stand for characters in the scanned text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entities {
    /// The text is C# as it is.
    Plain,
    /// The text stands in a document: `&quot;` may open a string. Within a string that was opened
    /// by a bare quote an entity is the author's text and is left alone.
    Encoded,
}

/// Where an expression ends and what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// The offset after the closing bracket.
    pub end: usize,
    /// The insides of string and character literals, without interpolation holes.
    pub strings: Vec<Range<usize>>,
    /// Comments.
    pub comments: Vec<Range<usize>>,
    /// Entities that stand for a character, in order.
    pub entities: Vec<(Range<usize>, char)>,
}

/// The extent of the bracketed program whose opening bracket is at `open`.
///
/// `None` if it does not end, its brackets do not match, or it nests too deeply.
pub(crate) fn extent(text: &str, open: usize, entities: Entities) -> Option<Extent> {
    let mut scanner = Scanner {
        text,
        at: open,
        entities,
        before: [' '; 2],
        found: Extent::default(),
    };
    let closing = match scanner.step()?.character {
        '(' => ')',
        '{' => '}',
        _ => return None,
    };
    scanner.code(closing, 0)?;
    scanner.found.end = scanner.at;
    Some(scanner.found)
}

/// How deeply interpolation holes may nest in each other.
const DEEPEST_HOLE: usize = 16;
/// How many brackets may be open at once.
const MOST_BRACKETS: usize = 512;
/// `'\U0010FFFF'` is the longest character literal.
const LONGEST_CHARACTER: usize = 10;

/// One character of the program, as the C# compiler will see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    character: char,
    from: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Bare,
    Entity,
}

/// The kinds of string by what ends them and what nests in them.
#[derive(Debug, Clone, Copy)]
struct StringKind {
    verbatim: bool,
    interpolated: bool,
    opened: Origin,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    entities: Entities,
    /// The two characters before the current one, nearest first: `$` and `@` make string kinds.
    before: [char; 2],
    found: Extent,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next character where entities count, moving past it.
    fn step(&mut self) -> Option<Step> {
        let rest = self.text.get(self.at..)?;
        if self.entities == Entities::Encoded
            && let Some((character, length)) = entity::decode(rest)
        {
            let range = self.at..self.at + length;
            self.at = range.end;
            self.found.entities.push((range, character));
            return Some(Step {
                character,
                from: Origin::Entity,
            });
        }
        self.step_bare()
    }

    /// The next character as it is written, moving past it.
    fn step_bare(&mut self) -> Option<Step> {
        let character = self.rest().chars().next()?;
        self.at += character.len_utf8();
        Some(Step {
            character,
            from: Origin::Bare,
        })
    }

    /// Code up to and including `closing`.
    fn code(&mut self, closing: char, hole: usize) -> Option<()> {
        if hole > DEEPEST_HOLE {
            return None;
        }
        let mut open = vec![closing];
        self.before = [' '; 2];
        loop {
            let Step { character, from } = self.step()?;
            match character {
                '(' => open.push(')'),
                '[' => open.push(']'),
                '{' => open.push('}'),
                ')' | ']' | '}' => {
                    if open.pop() != Some(character) {
                        return None;
                    }
                    if open.is_empty() {
                        return Some(());
                    }
                }
                '"' => self.string(self.kind(from), hole)?,
                '\'' => self.character(),
                '/' if self.before[0] == '/' => self.line_comment(),
                '*' if self.before[0] == '/' => self.block_comment()?,
                _ => {}
            }
            if open.len() > MOST_BRACKETS {
                return None;
            }
            // What a comment or a string ends with is not the first half of something new.
            self.before = match character {
                '/' | '*' if self.before[0] == '/' => [' '; 2],
                '"' | '\'' => [' '; 2],
                _ => [character, self.before[0]],
            };
        }
    }

    fn kind(&self, opened: Origin) -> StringKind {
        let [near, far] = self.before;
        StringKind {
            verbatim: near == '@' || (near == '$' && far == '@'),
            interpolated: near == '$' || (near == '@' && far == '$'),
            opened,
        }
    }

    /// A string whose opening quote was just read, up to and including its closing quote.
    fn string(&mut self, kind: StringKind, hole: usize) -> Option<()> {
        let mut from = self.at;
        loop {
            let start = self.at;
            let step = self.step_in(kind.opened)?;
            match step.character {
                '\\' if !kind.verbatim => {
                    self.step_in(kind.opened)?;
                }
                '"' if kind.verbatim && self.follows('"', kind.opened) => {
                    self.step_in(kind.opened)?;
                }
                '"' => {
                    self.found.strings.push(from..start);
                    return Some(());
                }
                '{' | '}' if kind.interpolated && self.follows(step.character, kind.opened) => {
                    self.step_in(kind.opened)?;
                }
                '{' if kind.interpolated => {
                    self.found.strings.push(from..start);
                    self.code('}', hole + 1)?;
                    from = self.at;
                }
                _ => {}
            }
        }
    }

    /// The next character inside a string: entities count only if one opened it.
    fn step_in(&mut self, opened: Origin) -> Option<Step> {
        match opened {
            Origin::Bare => self.step_bare(),
            Origin::Entity => self.step(),
        }
    }

    fn follows(&self, character: char, opened: Origin) -> bool {
        let rest = self.rest();
        rest.starts_with(character)
            || (opened == Origin::Entity
                && entity::decode(rest).is_some_and(|(c, _)| c == character))
    }

    /// A character literal whose opening quote was just read; a lone `'` is passed over.
    fn character(&mut self) {
        let (at, entities) = (self.at, self.found.entities.len());
        for read in 0..=LONGEST_CHARACTER {
            let start = self.at;
            match self.step().map(|s| s.character) {
                Some('\\') => {
                    self.step();
                }
                Some('\'') if read > 0 => {
                    self.found.strings.push(at..start);
                    return;
                }
                None | Some('\n' | '\'') => break,
                Some(_) => {}
            }
        }
        self.at = at;
        self.found.entities.truncate(entities);
    }

    fn line_comment(&mut self) {
        let from = self.at;
        while let Some(step) = self.step() {
            if step.character == '\n' {
                break;
            }
        }
        self.found.comments.push(from..self.at);
    }

    fn block_comment(&mut self) -> Option<()> {
        let from = self.at;
        let mut last = ' ';
        loop {
            let step = self.step()?;
            if last == '*' && step.character == '/' {
                self.found.comments.push(from..self.at);
                return Some(());
            }
            last = step.character;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, entities: Entities, expected: Option<&str>) {
        let open = text.find(['(', '{']).unwrap();
        let end = extent(text, open, entities).map(|e| e.end);
        assert_eq!(end.and_then(|end| text.get(..end)), expected, "{text}");
    }

    #[test]
    fn an_expression_ends_at_its_own_bracket() {
        let table = [
            ("(a)) rest", Some("(a)")),
            ("{ return 1; } rest", Some("{ return 1; }")),
            (r#"(")") x"#, Some(r#"(")")"#)),
            (r#"("\")") x"#, Some(r#"("\")")"#)),
            (r#"(@"\")) x"#, Some(r#"(@"\")"#)),
            (r#"(@"a"")") x"#, Some(r#"(@"a"")")"#)),
            (r#"($"{f(")")} )") x"#, Some(r#"($"{f(")")} )")"#)),
            (r#"($"{{)") x"#, Some(r#"($"{{)")"#)),
            (r#"($@"\{a}"")") x"#, Some(r#"($@"\{a}"")")"#)),
            (r#"(@$"\{a["x"]}") x"#, Some(r#"(@$"\{a["x"]}")"#)),
            ("(')') x", Some("(')')")),
            (r"('\'' + ')') x", Some(r"('\'' + ')')")),
            (r#"('"') x"#, Some(r#"('"')"#)),
            ("(a // )\n) x", Some("(a // )\n)")),
            ("(a /* ) */) x", Some("(a /* ) */)")),
            ("(a / b) x", Some("(a / b)")),
            (r#"("http://x") x"#, Some(r#"("http://x")"#)),
            ("(x[0].Y{1}) x", Some("(x[0].Y{1})")),
            ("(a < b && c) x", Some("(a < b && c)")),
            ("(a", None),
            ("(a]", None),
            (r#"(")"#, None),
            ("(a // )", None),
            ("(é 'x' ü)", Some("(é 'x' ü)")),
        ];
        for (text, expected) in table {
            check(text, Entities::Plain, expected);
        }
    }

    #[test]
    fn an_entity_counts_outside_of_a_bare_string_only() {
        let encoded = [
            ("(&quot;)&quot;) x", Some("(&quot;)&quot;)")),
            (r#"("&quot;)") x"#, Some(r#"("&quot;)")"#)),
            ("(&quot;\\&quot;)&quot;) x", Some("(&quot;\\&quot;)&quot;)")),
            (
                "(@&quot;&quot;&quot;)&quot;) x",
                Some("(@&quot;&quot;&quot;)&quot;)"),
            ),
            ("(&apos;)&apos;) x", Some("(&apos;)&apos;)")),
            ("(a //)&#10;) x", Some("(a //)&#10;)")),
        ];
        for (text, expected) in encoded {
            check(text, Entities::Encoded, expected);
        }
        let found = extent(
            r#"(a &lt; "&lt;" + &quot;&lt;&quot;)"#,
            0,
            Entities::Encoded,
        )
        .unwrap();
        let decoded: String = found.entities.iter().map(|(_, c)| c).collect();
        assert_eq!(decoded, r#"<"<""#);
    }

    #[test]
    fn string_insides_are_known_without_their_holes() {
        let text = r#"($"a{b}c" + "d" + 'e')"#;
        let found = extent(text, 0, Entities::Plain).unwrap();
        let insides: Vec<&str> = found
            .strings
            .into_iter()
            .filter_map(|r| text.get(r))
            .collect();
        assert_eq!(insides, ["a", "c", "d", "e"]);
    }

    #[test]
    fn nesting_is_bounded() {
        let brackets = "(".repeat(100_000);
        assert_eq!(extent(&brackets, 0, Entities::Plain), None);
        let holes = format!("({}", "$\"{".repeat(100_000));
        assert_eq!(extent(&holes, 0, Entities::Plain), None);
    }
}
