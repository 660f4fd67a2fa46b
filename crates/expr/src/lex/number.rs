//! Numeric literals: digits, separators, suffixes and the type they get.

use super::{Lexer, Number, TokenKind};
use crate::types::Num;

/// What follows the digits.
#[derive(Clone, Copy, PartialEq)]
enum Suffix {
    None,
    Integer { unsigned: bool, long: bool },
    Float,
    Double,
    Decimal,
}

impl Lexer<'_> {
    /// Reads a numeric literal.
    pub(super) fn number(&mut self) -> TokenKind {
        let start = self.at;
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] {
            if self.eat(prefix) {
                return self.radix_number(start, radix);
            }
        }
        let mut digits = self.digits(10);
        let mut real = false;
        if self.is_fraction() {
            real = true;
            self.at += 1;
            let fraction = self.digits(10);
            digits = format!("{digits}.{fraction}");
        }
        if let Some(exponent) = self.exponent() {
            real = true;
            digits.push_str(&exponent);
        }
        let suffix = self.suffix(true);
        let number = match suffix {
            Suffix::Float | Suffix::Double | Suffix::Decimal => real_number(&digits, suffix),
            Suffix::None if real => real_number(&digits, Suffix::Double),
            _ => return self.integer(start, digits.parse::<u64>().ok(), suffix),
        };
        match number {
            Some(number) if !digits.ends_with('_') => TokenKind::Number(number),
            _ => self.outside(start, suffix),
        }
    }

    fn outside(&mut self, start: usize, suffix: Suffix) -> TokenKind {
        let name = match suffix {
            Suffix::Float => "float",
            Suffix::Decimal => "decimal",
            _ => "double",
        };
        let message = format!("floating-point constant is outside the range of type `{name}`");
        self.error("CS0594", start, &message);
        TokenKind::Number(Number::Double(0.0))
    }

    fn radix_number(&mut self, start: usize, radix: u32) -> TokenKind {
        let digits = self.digits(radix);
        let suffix = self.suffix(false);
        if digits.is_empty() {
            self.error("CS1013", start, "invalid number");
            return TokenKind::Number(Number::Integer(0, Num::Int));
        }
        self.integer(start, u64::from_str_radix(&digits, radix).ok(), suffix)
    }

    /// Digits without their separators.
    fn digits(&mut self, radix: u32) -> String {
        let start = self.at;
        let digits = self.eat_while(|c| c == '_' || c.is_digit(radix)).to_owned();
        if digits.ends_with('_') {
            self.error("CS1013", start, "invalid number");
        }
        digits.replace('_', "")
    }

    fn exponent(&mut self) -> Option<String> {
        let mut rest = self.rest().chars();
        if !matches!(rest.next(), Some('e' | 'E')) {
            return None;
        }
        let sign = rest.next()?;
        let signed = matches!(sign, '+' | '-');
        let first = if signed { rest.next()? } else { sign };
        if !first.is_ascii_digit() {
            return None;
        }
        self.at += if signed { 2 } else { 1 };
        let digits = self.digits(10);
        Some(format!("e{}{digits}", if sign == '-' { "-" } else { "" }))
    }

    fn suffix(&mut self, decimal: bool) -> Suffix {
        let take = |lexer: &mut Self, suffix| {
            lexer.at += 1;
            suffix
        };
        match self.peek() {
            Some('f' | 'F') if decimal => take(self, Suffix::Float),
            Some('d' | 'D') if decimal => take(self, Suffix::Double),
            Some('m' | 'M') if decimal => take(self, Suffix::Decimal),
            Some('u' | 'U' | 'l' | 'L') => {
                let letters = self.eat_while(|c| matches!(c, 'u' | 'U' | 'l' | 'L'));
                let lower = letters.to_ascii_lowercase();
                Suffix::Integer {
                    unsigned: lower.contains('u'),
                    long: lower.contains('l'),
                }
            }
            _ => Suffix::None,
        }
    }

    fn integer(&mut self, start: usize, value: Option<u64>, suffix: Suffix) -> TokenKind {
        let Some(value) = value else {
            self.error("CS1021", start, "integral constant is too large");
            return TokenKind::Number(Number::Integer(0, Num::Int));
        };
        let (unsigned, long) = match suffix {
            Suffix::Integer { unsigned, long } => (unsigned, long),
            _ => (false, false),
        };
        let candidates: &[Num] = match (unsigned, long) {
            (false, false) => &[Num::Int, Num::UInt, Num::Long, Num::ULong],
            (true, false) => &[Num::UInt, Num::ULong],
            (false, true) => &[Num::Long, Num::ULong],
            (true, true) => &[Num::ULong],
        };
        let fits = |num: &&Num| num.range().is_some_and(|(_, max)| i128::from(value) <= max);
        let num = candidates.iter().find(fits).copied().unwrap_or(Num::ULong);
        TokenKind::Number(Number::Integer(value, num))
    }
}

fn real_number(digits: &str, suffix: Suffix) -> Option<Number> {
    match suffix {
        Suffix::Float => digits
            .parse()
            .ok()
            .filter(|n: &f32| n.is_finite())
            .map(Number::Float),
        Suffix::Decimal => digits
            .parse()
            .or_else(|_| rust_decimal::Decimal::from_scientific(digits))
            .ok()
            .map(Number::Decimal),
        _ => digits
            .parse()
            .ok()
            .filter(|n: &f64| n.is_finite())
            .map(Number::Double),
    }
}
