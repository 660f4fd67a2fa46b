//! JSON text → tokens, as lenient as Newtonsoft's reader: single quotes, bare names, comments,
//! trailing commas, hexadecimal numbers; and dates are recognised.

use std::collections::HashMap;

use super::{BigInteger, Data, FEW, JToken, JsonKind};
use crate::calendar::json_date;
use crate::exception::{Exception, Outcome};
use crate::text::{Text, TextBuilder};
use crate::types::Type;
use crate::value::Value;

/// Newtonsoft's default.
const MAX_DEPTH: usize = 64;

/// `JToken.Parse`.
pub fn parse(text: &Text) -> Outcome<JToken> {
    let text = text.to_str();
    let mut reader = Reader::new(&text);
    let token = reader.root("JToken")?;
    reader.end()?;
    Ok(token)
}

/// `JObject.Parse`, `JArray.Parse` or `JToken.Parse`, after the type; a mismatch is an error.
pub fn parse_as(text: &Text, ty: &Type) -> Outcome<JToken> {
    let (kind, name) = match *ty {
        Type::JOBJECT => (JsonKind::Object, "JObject"),
        Type::JARRAY => (JsonKind::Array, "JArray"),
        _ => return parse(text),
    };
    let text = text.to_str();
    let mut reader = Reader::new(&text);
    reader.skip()?;
    let open = if kind == JsonKind::Object { b'{' } else { b'[' };
    if reader.peek().is_some() && !reader.is(open) {
        // What is no JSON at all is reported as that.
        reader.value(0)?;
        return Err(reader.error(&format!(
            "Error reading {name} from JsonReader. Current JsonReader item is not {}.",
            if kind == JsonKind::Object {
                "an object"
            } else {
                "an array"
            }
        )));
    }
    let token = reader.root(name)?;
    reader.end()?;
    Ok(token)
}

/// Reads one value for `JsonConvert`, or nothing if the text is blank. `dates` says whether strings that
/// show a date become one.
pub(crate) fn parse_optional(text: &Text, dates: bool) -> Outcome<Option<JToken>> {
    let text = text.to_str();
    let mut reader = Reader {
        dates,
        ..Reader::new(&text)
    };
    reader.skip()?;
    if reader.peek().is_none() {
        return Ok(None);
    }
    let token = reader.value(0)?;
    reader.end()?;
    Ok(Some(token))
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    dates: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            dates: true,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is(&self, c: u8) -> bool {
        self.peek() == Some(c)
    }

    fn eat(&mut self, c: u8) -> bool {
        let found = self.is(c);
        self.at += usize::from(found);
        found
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn error(&self, message: &str) -> Exception {
        let before = self.bytes.get(..self.at).unwrap_or(self.bytes);
        let line = before.split(|b| *b == b'\n').count();
        let column = before.iter().rev().take_while(|b| **b != b'\n').count();
        Exception::new(
            "Newtonsoft.Json.JsonReaderException",
            format!("{message} Path '', line {line}, position {column}."),
        )
    }

    fn unexpected(&self) -> Exception {
        match self.rest().chars().next() {
            Some(c) => self.error(&format!(
                "Unexpected character encountered while parsing value: {c}."
            )),
            None => self.error("Unexpected end of content while loading JSON."),
        }
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Outcome<()> {
        loop {
            match self.peek() {
                Some(b'\t' | b'\n' | b'\r' | b' ') => self.at += 1,
                Some(b'/') => self.comment()?,
                Some(byte) if byte >= 0x80 => match self.rest().chars().next() {
                    Some(c) if c.is_whitespace() => self.at += c.len_utf8(),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Outcome<()> {
        self.at += 1;
        if self.eat(b'/') {
            while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                self.at += 1;
            }
            return Ok(());
        }
        if !self.eat(b'*') {
            return Err(self.error("Error parsing comment. Expected: *."));
        }
        match self.rest().find("*/") {
            Some(length) => self.at += length + 2,
            None => return Err(self.error("Unexpected end while parsing comment.")),
        }
        Ok(())
    }

    fn root(&mut self, name: &str) -> Outcome<JToken> {
        self.skip()?;
        if self.peek().is_none() {
            return Err(self.error(&format!("Error reading {name} from JsonReader.")));
        }
        self.value(0)
    }

    fn end(&mut self) -> Outcome<()> {
        self.skip()?;
        match self.peek() {
            None | Some(0) => Ok(()),
            Some(_) => {
                Err(self.error("Additional text encountered after finished reading JSON content."))
            }
        }
    }

    fn value(&mut self, depth: usize) -> Outcome<JToken> {
        self.skip()?;
        if depth >= MAX_DEPTH && (self.is(b'{') || self.is(b'[')) {
            return Err(self.error("The reader's MaxDepth of 64 has been exceeded."));
        }
        if self.eat(b'{') {
            return self.object(depth);
        }
        if self.eat(b'[') {
            return self.array(depth);
        }
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let text = self.string(quote)?;
                Ok(string_token(text, self.dates))
            }
            Some(b'0'..=b'9' | b'-' | b'.') => self.number(),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Outcome<JToken> {
        let mut properties: Vec<JToken> = Vec::new();
        let mut places: HashMap<Text, usize> = HashMap::new();
        loop {
            self.skip()?;
            if self.eat(b'}') {
                return Ok(JToken::new(Data::Object(properties)));
            }
            let name = self.property_name()?;
            self.skip()?;
            if !self.eat(b':') {
                return Err(
                    self.error("Invalid character after parsing property name. Expected ':'.")
                );
            }
            self.skip()?;
            // `{"a":}`
            if self.is(b'}') || self.is(b',') {
                return Err(self.unexpected());
            }
            let value = self.value(depth + 1)?;
            let property = JToken::new(Data::Property(name.clone(), vec![value]));
            // Of two equal names the last value stays, in the first place.
            let place = if properties.len() < FEW {
                properties.iter().position(|p| p.has_name(&name))
            } else {
                if places.is_empty() {
                    let names = properties.iter().filter_map(JToken::name);
                    places = names
                        .enumerate()
                        .map(|(place, name)| (name, place))
                        .collect();
                }
                let next = properties.len();
                let place = *places.entry(name).or_insert(next);
                (place != next).then_some(place)
            };
            match place.and_then(|place| properties.get_mut(place)) {
                Some(place) => *place = property,
                None => properties.push(property),
            }
            self.skip()?;
            if !self.eat(b',') && !self.is(b'}') {
                return Err(self.after_value());
            }
        }
    }

    fn after_value(&self) -> Exception {
        match self.rest().chars().next() {
            Some(c) => self.error(&format!(
                "After parsing a value an unexpected character was encountered: {c}."
            )),
            None => self.error("Unexpected end of content while loading JObject."),
        }
    }

    fn property_name(&mut self) -> Outcome<Text> {
        if let Some(quote @ (b'"' | b'\'')) = self.peek() {
            return self.string(quote);
        }
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default();
        self.at += length;
        match (name.is_empty(), self.peek()) {
            (true, Some(_)) => Err(self.error("Invalid property identifier character.")),
            (true, None) => Err(self.error("Unexpected end of content while loading JObject.")),
            (false, None) => {
                Err(self.error("Unexpected end while parsing unquoted property name."))
            }
            (false, Some(_)) => Ok(Text::from(name)),
        }
    }

    fn array(&mut self, depth: usize) -> Outcome<JToken> {
        let mut items = Vec::new();
        loop {
            self.skip()?;
            if self.eat(b']') {
                return Ok(JToken::new(Data::Array(items)));
            }
            // `[1,,2]` has an undefined item.
            if self.is(b',') {
                self.at += 1;
                items.push(JToken::value(JsonKind::Undefined, Value::Null));
                continue;
            }
            items.push(self.value(depth + 1)?);
            self.skip()?;
            if !self.eat(b',') && !self.is(b']') {
                return Err(self.after_value());
            }
        }
    }

    fn string(&mut self, quote: u8) -> Outcome<Text> {
        self.at += 1;
        let mut builder: Option<TextBuilder> = None;
        loop {
            let rest = self.rest();
            let length = rest.bytes().position(|b| b == quote || b == b'\\');
            let Some(length) = length else {
                self.at = self.bytes.len();
                return Err(self.error("Unterminated string. Expected delimiter: \"."));
            };
            let plain = rest.get(..length).unwrap_or_default();
            self.at += length + 1;
            if rest.as_bytes().get(length) == Some(&quote) {
                // Most strings have no escapes.
                let Some(mut builder) = builder else {
                    return Ok(Text::from(plain));
                };
                builder.push_str(plain);
                return Ok(builder.finish());
            }
            let mut so_far = builder.take().unwrap_or_default();
            so_far.push_str(plain);
            self.escape(&mut so_far)?;
            builder = Some(so_far);
        }
    }

    fn escape(&mut self, builder: &mut TextBuilder) -> Outcome<()> {
        let Some(letter) = self.peek() else {
            return Err(self.error("Unterminated string. Expected delimiter: \"."));
        };
        self.at += 1;
        match letter {
            b'b' => builder.push_str("\u{8}"),
            b't' => builder.push_str("\t"),
            b'n' => builder.push_str("\n"),
            b'f' => builder.push_str("\u{C}"),
            b'r' => builder.push_str("\r"),
            b'\\' => builder.push_str("\\"),
            b'"' => builder.push_str("\""),
            b'\'' => builder.push_str("'"),
            b'/' => builder.push_str("/"),
            b'u' => {
                let mut units = vec![self.unicode_escape()?];
                // A pair is taken whole, so that it stays UTF-8.
                if units.first().is_some_and(|u| (0xD800..0xDC00).contains(u))
                    && self.rest().starts_with("\\u")
                {
                    self.at += 2;
                    units.push(self.unicode_escape()?);
                }
                builder.push(&Text::from_units(&units));
            }
            _ => return Err(self.error("Bad JSON escape sequence.")),
        }
        Ok(())
    }

    fn unicode_escape(&mut self) -> Outcome<u16> {
        let digits = self.rest().get(..4).unwrap_or_default();
        self.at += digits.len();
        u16::from_str_radix(digits, 16)
            .ok()
            .filter(|_| digits.len() == 4)
            .ok_or_else(|| self.error("Could not parse unicode escape."))
    }

    fn word(&mut self) -> Outcome<JToken> {
        let tokens: [(&str, JsonKind, Value); 6] = [
            ("true", JsonKind::Boolean, Value::Bool(true)),
            ("false", JsonKind::Boolean, Value::Bool(false)),
            ("null", JsonKind::Null, Value::Null),
            ("undefined", JsonKind::Undefined, Value::Null),
            ("NaN", JsonKind::Float, Value::Double(f64::NAN)),
            ("Infinity", JsonKind::Float, Value::Double(f64::INFINITY)),
        ];
        for (word, kind, value) in tokens {
            if self.eat_word(word) {
                if self.rest().chars().next().is_some_and(is_name) {
                    return Err(self.unexpected());
                }
                return Ok(JToken::value(kind, value));
            }
        }
        Err(self.unexpected())
    }

    fn number(&mut self) -> Outcome<JToken> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .position(|b| !is_number_part(b))
            .unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        self.at += length;
        if text == "-" && self.eat_word("Infinity") {
            return Ok(JToken::value(
                JsonKind::Float,
                Value::Double(f64::NEG_INFINITY),
            ));
        }
        number_token(text)
            .ok_or_else(|| self.error(&format!("Input string '{text}' is not a valid number.")))
    }
}

fn number_token(text: &str) -> Option<JToken> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let sign = if negative { -1 } else { 1 };
    let integer = |n: i64| JToken::value(JsonKind::Integer, Value::Long(n));
    if let Some(hex) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        return i64::from_str_radix(hex, 16)
            .ok()
            .map(|n| integer(n.wrapping_mul(sign)));
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
        return i64::from_str_radix(digits, 8)
            .ok()
            .map(|n| integer(n.wrapping_mul(sign)));
    }
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(match text.parse() {
            Ok(n) => integer(n),
            Err(_) => JToken::value(
                JsonKind::Integer,
                Value::native(BigInteger(text.to_owned())),
            ),
        });
    }
    let valid = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let n: f64 = text.parse().ok().filter(|_| valid)?;
    n.is_finite()
        .then(|| JToken::value(JsonKind::Float, Value::Double(n)))
}

/// A string, or the date that it shows.
fn string_token(text: Text, dates: bool) -> JToken {
    match text.as_ascii().filter(|_| dates).and_then(json_date) {
        Some(date) => JToken::value(JsonKind::Date, Value::DateTime(date)),
        None => JToken::value(JsonKind::String, Value::String(text)),
    }
}

fn is_number_part(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'a'..=b'f' | b'A'..=b'F' | b'x' | b'X')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
