//! Character classes.

use crate::casing::{lower_unit, upper_unit};

/// A set of units.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) ranges: Vec<(u16, u16)>,
    pub(super) named: Vec<(Named, bool)>,
    pub(super) minus: Option<Box<Class>>,
    pub(super) ignore_case: bool,
}

/// The named sets; the flag beside them says whether they are negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Digit,
    AsciiDigit,
    Word,
    AsciiWord,
    Space,
    AsciiSpace,
    Letter,
    Upper,
    Lower,
    OtherLetter,
    Mark,
    Number,
    Punctuation,
    Symbol,
    Separator,
    Control,
    /// A block of Unicode.
    Block(u16, u16),
}

impl Named {
    /// The set of `\p{name}`.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "L" => Self::Letter,
            "Lu" => Self::Upper,
            "Ll" => Self::Lower,
            "Lo" | "Lm" | "Lt" => Self::OtherLetter,
            "M" | "Mn" | "Mc" | "Me" => Self::Mark,
            "Nd" => Self::Digit,
            "N" | "Nl" | "No" => Self::Number,
            "P" | "Pc" | "Pd" | "Ps" | "Pe" | "Pi" | "Pf" | "Po" => Self::Punctuation,
            "S" | "Sm" | "Sc" | "Sk" | "So" => Self::Symbol,
            "Z" | "Zs" | "Zl" | "Zp" => Self::Separator,
            "C" | "Cc" => Self::Control,
            _ => {
                let (_, start, end) = BLOCKS.iter().find(|(block, ..)| *block == name)?;
                Self::Block(*start, *end)
            }
        })
    }

    fn contains(self, unit: u16) -> bool {
        let Some(c) = char::from_u32(u32::from(unit)) else {
            return matches!(self, Self::Block(start, end) if (start..=end).contains(&unit));
        };
        match self {
            Self::Digit => crate::library::is_decimal_digit(c),
            Self::AsciiDigit => c.is_ascii_digit(),
            Self::Word => {
                c.is_alphanumeric()
                    || is_mark(unit)
                    || matches!(c, '_' | '\u{203F}' | '\u{2040}' | '\u{200C}' | '\u{200D}')
            }
            Self::AsciiWord => c.is_ascii_alphanumeric() || c == '_',
            Self::Space => c.is_whitespace(),
            Self::AsciiSpace => matches!(c, ' ' | '\t'..='\r'),
            Self::Letter => c.is_alphabetic(),
            Self::Upper => c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
            Self::OtherLetter => c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase(),
            Self::Mark => is_mark(unit),
            Self::Number => c.is_numeric(),
            Self::Punctuation => {
                c.is_ascii_punctuation() && !is_ascii_symbol(c)
                    || matches!(unit, 0xA1 | 0xA7 | 0xAB | 0xB6 | 0xB7 | 0xBB | 0xBF | 0x2010..=0x2027 | 0x2030..=0x205E)
            }
            Self::Symbol => {
                is_ascii_symbol(c)
                    || matches!(unit, 0xA2..=0xA6 | 0xA8 | 0xA9 | 0xAC | 0xAE..=0xB1 | 0xB4 | 0xB8 | 0xD7 | 0xF7 | 0x20A0..=0x20BF | 0x2190..=0x23FF | 0x2500..=0x2775)
            }
            Self::Separator => matches!(
                unit,
                0x20 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000
            ),
            Self::Control => c.is_control(),
            Self::Block(start, end) => (start..=end).contains(&unit),
        }
    }
}

fn is_mark(unit: u16) -> bool {
    matches!(unit, 0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5BD | 0x610..=0x61A | 0x64B..=0x65F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

fn is_ascii_symbol(c: char) -> bool {
    matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
}

/// The blocks that are named in patterns.
const BLOCKS: &[(&str, u16, u16)] = &[
    ("IsBasicLatin", 0x0000, 0x007F),
    ("IsLatin-1Supplement", 0x0080, 0x00FF),
    ("IsLatinExtended-A", 0x0100, 0x017F),
    ("IsLatinExtended-B", 0x0180, 0x024F),
    ("IsIPAExtensions", 0x0250, 0x02AF),
    ("IsCombiningDiacriticalMarks", 0x0300, 0x036F),
    ("IsGreek", 0x0370, 0x03FF),
    ("IsGreekandCoptic", 0x0370, 0x03FF),
    ("IsCyrillic", 0x0400, 0x04FF),
    ("IsArmenian", 0x0530, 0x058F),
    ("IsHebrew", 0x0590, 0x05FF),
    ("IsArabic", 0x0600, 0x06FF),
    ("IsDevanagari", 0x0900, 0x097F),
    ("IsThai", 0x0E00, 0x0E7F),
    ("IsLatinExtendedAdditional", 0x1E00, 0x1EFF),
    ("IsGreekExtended", 0x1F00, 0x1FFF),
    ("IsGeneralPunctuation", 0x2000, 0x206F),
    ("IsCurrencySymbols", 0x20A0, 0x20CF),
    ("IsLetterlikeSymbols", 0x2100, 0x214F),
    ("IsArrows", 0x2190, 0x21FF),
    ("IsMathematicalOperators", 0x2200, 0x22FF),
    ("IsBoxDrawing", 0x2500, 0x257F),
    ("IsHiragana", 0x3040, 0x309F),
    ("IsKatakana", 0x30A0, 0x30FF),
    ("IsCJKUnifiedIdeographs", 0x4E00, 0x9FFF),
    ("IsHangulSyllables", 0xAC00, 0xD7AF),
];

impl Class {
    /// Of one named set.
    pub(super) fn named(name: Named, negated: bool) -> Self {
        Self {
            named: vec![(name, negated)],
            ..Self::default()
        }
    }

    /// Whether a unit belongs to the set.
    pub(super) fn contains(&self, unit: u16) -> bool {
        let found = self.has(unit)
            || (self.ignore_case && (self.has(lower_unit(unit)) || self.has(upper_unit(unit))));
        found != self.negated
            && !self
                .minus
                .as_ref()
                .is_some_and(|minus| minus.contains(unit))
    }

    fn has(&self, unit: u16) -> bool {
        self.ranges
            .iter()
            .any(|(start, end)| (*start..=*end).contains(&unit))
            || self
                .named
                .iter()
                .any(|(named, negated)| named.contains(unit) != *negated)
    }
}
