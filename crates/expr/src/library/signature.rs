//! C# signatures as text → [`Member`]s.
//!
//! The registry's tables and the host's surface say what they offer in the words of C#:
//! `"static int Parse(string s)"`, `"int Length"`, `"JToken this[string key]"`,
//! `"set JToken this[string key]"`, `"new(int capacity)"`, `"TimeSpan operator -(DateTime a, DateTime b)"`,
//! `"implicit operator JToken(string value)"`, `"bool Any<T>(this IEnumerable<T> source)"`,
//! `"const int MaxValue = 2147483647"`. They are read once, when the registry or surface is built.

use std::sync::Arc;

use super::registry::TypeNames;
use crate::ast::{SimpleName, TypeRef, TypeRefKind};
use crate::bound::Constant;
use crate::lex::{Number, TokenKind, lex};
use crate::member::{
    Body, CONSTRUCTOR, EXPLICIT, IMPLICIT, INDEXER, Member, MemberKind, Param, ParamMode,
};
use crate::parse::Parser;
use crate::types::{Num, Type};

/// Where a signature stands.
pub(crate) struct Place<'a> {
    /// The declaring type.
    pub(crate) owner: Type,
    /// The names of its type parameters.
    pub(crate) type_params: &'a [Arc<str>],
    /// What the names of types mean.
    pub(crate) names: &'a dyn TypeNames,
}

/// Reads a signature; the error says what cannot be understood.
pub(crate) fn read(text: &str, place: &Place<'_>, body: Body) -> Result<Member, String> {
    let mut problems = Vec::new();
    let tokens = lex(text, &mut problems);
    let parser = Parser::new(text, tokens, &mut problems);
    let mut reader = Reader {
        parser,
        place,
        own: Vec::new(),
    };
    let member = reader
        .member(body)
        .map_err(|why| format!("`{text}`: {why}"))?;
    let ended = reader.parser.at_end();
    if !problems.is_empty() || !ended {
        return Err(format!("`{text}`: not a signature"));
    }
    Ok(member)
}

/// Makes a type of its written form.
pub(crate) fn resolve(
    written: &TypeRef,
    names: &dyn TypeNames,
    params: &dyn Fn(&str) -> Option<Type>,
) -> Result<Type, String> {
    Ok(match &written.kind {
        TypeRefKind::Predefined(word) => names.named(&[word], 0).ok_or("unknown keyword")?,
        TypeRefKind::Array(item) => Type::array(resolve(item, names, params)?),
        TypeRefKind::Nullable(inner) => Type::nullable(resolve(inner, names, params)?),
        TypeRefKind::Tuple(items) => Type::Tuple(
            items
                .iter()
                .map(|t| resolve(t, names, params))
                .collect::<Result<_, _>>()?,
        ),
        TypeRefKind::Named(path) => return resolve_path(path, names, params),
        TypeRefKind::Var | TypeRefKind::Omitted => return Err("no type".to_owned()),
    })
}

fn resolve_path(
    path: &[SimpleName],
    names: &dyn TypeNames,
    params: &dyn Fn(&str) -> Option<Type>,
) -> Result<Type, String> {
    let Some(last) = path.last() else {
        return Err("no type".to_owned());
    };
    if path.len() == 1
        && let Some(param) = params(&last.text)
    {
        return Ok(param);
    }
    let words: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
    let open = names
        .named(&words, last.arguments.len())
        .ok_or_else(|| format!("unknown type `{}`", words.join(".")))?;
    let arguments: Vec<Type> = last
        .arguments
        .iter()
        .map(|argument| resolve(argument, names, params))
        .collect::<Result<_, _>>()?;
    Ok(match open {
        Type::Generic(crate::types::DefId::NULLABLE, _) => {
            Type::nullable(arguments.into_iter().next().unwrap_or(Type::Unknown))
        }
        Type::Generic(def, _) => Type::generic(def, arguments),
        other => other,
    })
}

struct Reader<'a, 'p> {
    parser: Parser<'p>,
    place: &'a Place<'a>,
    /// The method's own type parameters.
    own: Vec<Arc<str>>,
}

impl Reader<'_, '_> {
    fn member(&mut self, body: Body) -> Result<Member, String> {
        let is_static = self.parser.eat_keyword("static");
        for (word, kind, name) in [
            ("implicit", MemberKind::Implicit, IMPLICIT),
            ("explicit", MemberKind::Explicit, EXPLICIT),
        ] {
            if self.parser.eat_keyword(word) {
                self.parser.eat_keyword("operator");
                let result = self.ty()?;
                return self.finish(name, kind, result, body, true);
            }
        }
        if self.parser.eat_keyword("new") {
            let owner = self.place.owner.clone();
            return self.finish(CONSTRUCTOR, MemberKind::Constructor, owner, body, true);
        }
        if self.parser.eat_keyword("const") {
            return self.constant();
        }
        let setter = self.parser.is_setter();
        // The method's own type parameters are only known after its result type: look ahead.
        self.own = self.parser.look_for_type_params();
        let result = if self.parser.eat_keyword("void") {
            Type::Void
        } else {
            self.ty()?
        };
        if self.parser.eat_keyword("operator") {
            let symbol = self.parser.operator_symbol();
            return self.finish(&symbol, MemberKind::Operator, result, body, true);
        }
        if self.parser.eat_keyword("this") {
            let kind = if setter {
                MemberKind::IndexerSetter
            } else {
                MemberKind::Indexer
            };
            let name = if setter {
                Member::setter_name(INDEXER)
            } else {
                INDEXER.to_owned()
            };
            return self.finish(&name, kind, result, body, is_static);
        }
        let name = self.parser.name().text;
        self.parser.type_arguments();
        let kind = match (self.parser.is("("), setter) {
            (true, _) => MemberKind::Method,
            (false, true) => MemberKind::PropertySetter,
            (false, false) => MemberKind::Property,
        };
        let name = if setter {
            Member::setter_name(&name)
        } else {
            name
        };
        self.finish(&name, kind, result, body, is_static)
    }

    fn constant(&mut self) -> Result<Member, String> {
        let ty = self.ty()?;
        let name = self.parser.name().text;
        self.parser.eat("=");
        let value = self.literal(&ty)?;
        self.finish(&name, MemberKind::Property, ty, Body::Constant(value), true)
    }

    fn finish(
        &mut self,
        name: &str,
        kind: MemberKind,
        result: Type,
        body: Body,
        is_static: bool,
    ) -> Result<Member, String> {
        let extension = self.parser.is_extension();
        let params = if matches!(kind, MemberKind::Property | MemberKind::PropertySetter) {
            Vec::new()
        } else {
            self.params()?
        };
        Ok(Member {
            name: name.into(),
            owner: self.place.owner.clone(),
            kind,
            is_static: is_static || extension,
            extension,
            owner_params: self.place.type_params.len(),
            type_params: std::mem::take(&mut self.own),
            params,
            result,
            body,
            documented: true,
        })
    }

    fn params(&mut self) -> Result<Vec<Param>, String> {
        let mut params = Vec::new();
        let close = if self.parser.eat("[") { "]" } else { ")" };
        if close == ")" && !self.parser.eat("(") {
            return Err("`(` expected".to_owned());
        }
        while !self.parser.is(close) {
            self.parser.eat_keyword("this");
            let mode = if self.parser.eat_keyword("out") {
                ParamMode::Out
            } else if self.parser.eat_keyword("ref") {
                ParamMode::Ref
            } else if self.parser.eat_keyword("params") {
                ParamMode::Params
            } else {
                ParamMode::Value
            };
            let ty = self.ty()?;
            let name = self.parser.name().text.into();
            let default = if self.parser.eat("=") {
                Some(self.literal(&ty)?)
            } else {
                None
            };
            params.push(Param {
                name,
                ty,
                mode,
                default,
            });
            if !self.parser.eat(",") {
                break;
            }
        }
        if !self.parser.eat(close) {
            return Err(format!("`{close}` expected"));
        }
        Ok(params)
    }

    fn ty(&mut self) -> Result<Type, String> {
        let written = self.parser.type_ref();
        let class = self.place.type_params;
        let params = |name: &str| {
            let position = class.iter().chain(&self.own).position(|p| &**p == name)?;
            u16::try_from(position).ok().map(Type::Param)
        };
        resolve(&written, self.place.names, &params)
    }

    fn literal(&mut self, ty: &Type) -> Result<Constant, String> {
        let negative = self.parser.eat("-");
        Ok(match self.parser.advance().kind {
            TokenKind::Keyword("null" | "default") => Constant::Null,
            TokenKind::Keyword("true") => Constant::Bool(true),
            TokenKind::Keyword("false") => Constant::Bool(false),
            TokenKind::Text(units) => {
                let text = String::from_utf16_lossy(&units);
                Constant::Text(crate::text::SharedText::literal(&text))
            }
            TokenKind::Char(unit) => Constant::Char(unit),
            TokenKind::Number(number) => {
                number_of(number, negative, ty).ok_or("number of another type")?
            }
            _ => return Err("literal expected".to_owned()),
        })
    }
}

fn number_of(number: Number, negative: bool, ty: &Type) -> Option<Constant> {
    let sign = if negative { -1 } else { 1 };
    Some(match (number, ty.num()?) {
        (Number::Integer(n, _), num) => {
            let n = i128::from(n) * sign;
            match num {
                Num::SByte => Constant::SByte(i8::try_from(n).ok()?),
                Num::Byte => Constant::Byte(u8::try_from(n).ok()?),
                Num::Short => Constant::Short(i16::try_from(n).ok()?),
                Num::UShort => Constant::UShort(u16::try_from(n).ok()?),
                Num::Char => Constant::Char(u16::try_from(n).ok()?),
                Num::Int => Constant::Int(i32::try_from(n).ok()?),
                Num::UInt => Constant::UInt(u32::try_from(n).ok()?),
                Num::Long => Constant::Long(i64::try_from(n).ok()?),
                Num::ULong => Constant::ULong(u64::try_from(n).ok()?),
                _ => return None,
            }
        }
        (Number::Double(n), Num::Double) => Constant::Double(if negative { -n } else { n }),
        (Number::Float(n), Num::Float) => Constant::Float(if negative { -n } else { n }),
        (Number::Decimal(n), Num::Decimal) => Constant::Decimal(if negative { -n } else { n }),
        _ => return None,
    })
}

impl Parser<'_> {
    /// Takes the word `set`, if a type follows it.
    fn is_setter(&mut self) -> bool {
        let found = self.is_word("set");
        if found {
            self.advance();
        }
        found
    }
}
