//! Custom formats: `#,##0.00`, `0;neg 0;zero`, `0.0%`, `0.00E+0`.

use super::Digits;

/// A format is cut into sections for positive, negative and zero.
pub(super) fn format(pattern: &str, digits: &Digits) -> String {
    let sections = split(pattern);
    let section = |index: usize| sections.get(index).copied().filter(|s| !s.is_empty());
    let first = sections.first().copied().unwrap_or_default();
    let (chosen, signed) = if digits.is_zero() {
        (section(2).unwrap_or(first), true)
    } else if digits.negative {
        match section(1) {
            Some(section) => (section, false),
            None => (first, true),
        }
    } else {
        (first, true)
    };
    let layout = Layout::of(chosen);
    let mut rounded = digits.clone();
    layout.scale(&mut rounded);
    if rounded.is_zero() && !digits.is_zero() && sections.len() > 2 {
        // What rounds to zero is shown by the section for zero.
        return render(&Layout::of(section(2).unwrap_or(first)), &rounded, false);
    }
    render(&layout, &rounded, signed && digits.negative)
}

/// Splits at `;` outside quotes.
fn split(pattern: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let mut escaped = false;
    for (index, c) in pattern.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        } else if quote.is_none() && c == ';' {
            parts.push(pattern.get(start..index).unwrap_or_default());
            start = index + 1;
        }
    }
    parts.push(pattern.get(start..).unwrap_or_default());
    parts
}

/// A piece of a section.
enum Piece {
    /// `0` or `#`.
    Digit,
    Point,
    Literal(String),
    /// `E+00`: whether `+` is shown, and the least digits.
    Exponent {
        letter: char,
        plus: bool,
        digits: usize,
    },
}

/// A section, read.
struct Layout {
    pieces: Vec<Piece>,
    /// Digits before and after the point.
    whole: i32,
    fraction: i32,
    /// How many digits must be shown before and after the point.
    least_whole: i32,
    least_fraction: i32,
    grouped: bool,
    /// Powers of ten: `%` adds two, each `,` before the point takes three.
    power: i32,
    scientific: bool,
}

impl Layout {
    fn of(section: &str) -> Self {
        let mut layout = Self {
            pieces: Vec::new(),
            whole: 0,
            fraction: 0,
            least_whole: 0,
            least_fraction: 0,
            grouped: false,
            power: 0,
            scientific: false,
        };
        layout.read(section);
        layout
    }

    fn read(&mut self, section: &str) {
        let chars: Vec<char> = section.chars().collect();
        let at = |index: usize| chars.get(index).copied();
        let mut index = 0;
        let mut point = false;
        let mut commas = 0;
        while let Some(c) = at(index) {
            index += 1;
            match c {
                '0' | '#' => {
                    if commas > 0 && !point {
                        self.grouped = true;
                    }
                    commas = 0;
                    self.digit(c == '0', point);
                }
                '.' if !point => {
                    point = true;
                    self.power -= 3 * commas;
                    commas = 0;
                    self.pieces.push(Piece::Point);
                }
                ',' if !point && self.whole > 0 => commas += 1,
                '.' | ',' => {}
                '%' => {
                    self.power += 2;
                    self.literal(c);
                }
                '\u{2030}' => {
                    self.power += 3;
                    self.literal(c);
                }
                '\'' | '"' => {
                    while let Some(inner) = at(index) {
                        index += 1;
                        if inner == c {
                            break;
                        }
                        self.literal(inner);
                    }
                }
                '\\' => {
                    if let Some(next) = at(index) {
                        self.literal(next);
                        index += 1;
                    }
                }
                'E' | 'e' => index = self.exponent(&chars, index, c),
                other => self.literal(other),
            }
        }
        if !point {
            self.power -= 3 * commas;
        }
    }

    fn digit(&mut self, required: bool, after_point: bool) {
        if after_point {
            self.fraction += 1;
            if required {
                self.least_fraction = self.fraction;
            }
        } else {
            self.whole += 1;
            if required || self.least_whole > 0 {
                self.least_whole += 1;
            }
        }
        self.pieces.push(Piece::Digit);
    }

    fn literal(&mut self, c: char) {
        match self.pieces.last_mut() {
            Some(Piece::Literal(text)) => text.push(c),
            _ => self.pieces.push(Piece::Literal(c.to_string())),
        }
    }

    /// Reads `+00` or `-0` or `0` after an `E`.
    fn exponent(&mut self, chars: &[char], start: usize, letter: char) -> usize {
        let mut index = start;
        let sign = chars.get(index).copied();
        if matches!(sign, Some('+' | '-')) {
            index += 1;
        }
        let zeros = chars.iter().skip(index).take_while(|c| **c == '0').count();
        if zeros == 0 {
            self.literal(letter);
            return start;
        }
        self.scientific = true;
        self.pieces.push(Piece::Exponent {
            letter,
            plus: sign == Some('+'),
            digits: zeros,
        });
        index + zeros
    }

    /// Applies `%` and `,` and rounds.
    fn scale(&self, digits: &mut Digits) {
        if digits.is_zero() {
            return;
        }
        digits.point += self.power;
        if self.scientific {
            digits.keep(self.whole + self.fraction);
        } else {
            digits.round_to(self.fraction);
        }
    }
}

fn render(layout: &Layout, digits: &Digits, negative: bool) -> String {
    let mut shown = digits.clone();
    let mut exponent = 0;
    if layout.scientific {
        exponent = if digits.is_zero() {
            0
        } else {
            digits.point - layout.whole.max(1)
        };
        shown.point -= exponent;
    }
    let mut out = String::new();
    if negative {
        out.push('-');
    }
    // Digits before the point: as many as the number has, at least those required; what the pattern
    // has no place for comes before its first digit.
    let have = if shown.is_zero() {
        0
    } else {
        shown.point.max(0)
    };
    let count = have.max(layout.least_whole);
    let mut place = layout.whole;
    let mut after_point = 0;
    let mut pointed = false;
    let needed = needed_fraction(layout, &shown);
    for piece in &layout.pieces {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Point => {
                pointed = true;
                if needed > 0 {
                    if layout.whole == 0 && count > 0 {
                        push_whole(&mut out, layout, &shown, count, count, 0);
                    }
                    out.push('.');
                }
            }
            Piece::Digit if !pointed => {
                let first = place == layout.whole;
                let from = if first { count.max(place) } else { place };
                push_whole(&mut out, layout, &shown, count, from, place - 1);
                place -= 1;
            }
            Piece::Digit => {
                after_point += 1;
                if after_point <= needed {
                    out.push(char::from(b'0' + shown.at(-after_point)));
                }
            }
            Piece::Exponent {
                letter,
                plus,
                digits,
            } => {
                out.push(*letter);
                if exponent < 0 {
                    out.push('-');
                } else if *plus {
                    out.push('+');
                }
                let width = *digits;
                let digits = format!("{:0width$}", exponent.abs());
                out.push_str(&digits);
            }
        }
    }
    out
}

/// How many digits after the point are shown: trailing zeros only where `0` asks for them.
fn needed_fraction(layout: &Layout, digits: &Digits) -> i32 {
    let have = i32::try_from(digits.significant.len()).unwrap_or(0) - digits.point;
    let have = if digits.is_zero() { 0 } else { have };
    have.clamp(layout.least_fraction, layout.fraction)
}

/// The digits with weights below `from`, down to `to`, as far as they are shown.
fn push_whole(out: &mut String, layout: &Layout, digits: &Digits, count: i32, from: i32, to: i32) {
    for weight in (to..from).rev() {
        if weight < count {
            out.push(char::from(b'0' + digits.at(weight)));
            if layout.grouped && weight > 0 && weight % 3 == 0 {
                out.push(',');
            }
        }
    }
}
