//! The part of a manual page that a specification says: where a policy may stand, its attributes
//! and its elements, as Markdown.

use std::fmt::Write as _;

use super::{
    AttributeSpec, Category, ChildSpec, Choice, Content, ElementSpec, Expressions, Need, Nested,
    PolicySpec, Repeat, Take, TextNeed,
};

impl Category {
    /// The heading of the chapter.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Limits => "Rate limiting and quotas",
            Self::Access => "Access control and authentication",
            Self::Validation => "Validation",
            Self::Routing => "Routing and backends",
            Self::Caching => "Caching",
            Self::Transformation => "Transformation",
            Self::CrossDomain => "Cross-domain",
            Self::Integration => "Control flow and integration",
            Self::Observability => "Observability",
            Self::Ai => "AI safety",
            Self::GraphQl => "GraphQL resolvers",
        }
    }
}

impl PolicySpec {
    /// Sections, scopes and repetition, one line each.
    pub fn places_markdown(&self) -> String {
        let join = |names: Vec<String>| match names.as_slice() {
            [] => "GraphQL resolvers only".to_owned(),
            names => names.join(", "),
        };
        let sections = self.sections.iter().map(|s| format!("`{s}`")).collect();
        let scopes = self.scopes.iter().map(|s| format!("`{s}`")).collect();
        let repeat = match self.repeat {
            Repeat::Many => "any number of times",
            Repeat::OncePerSection => "once in a section",
            Repeat::OncePerDocument => "once in a document",
        };
        format!(
            "* Sections: {}\n* Scopes: {}\n* Repetition: {repeat}\n",
            join(sections),
            join(scopes)
        )
    }

    /// A table of attributes for the policy and for each element in it.
    pub fn tables_markdown(&self) -> String {
        let mut out = String::new();
        element(&mut out, &self.root, "");
        out
    }
}

fn element(out: &mut String, spec: &ElementSpec, path: &str) {
    let path = format!("{path}{}", spec.name);
    // Writing to a string does not fail.
    let _ = write!(out, "### `{path}`\n\n");
    if !spec.meaning.is_empty() {
        let _ = write!(out, "{}\n\n", spec.meaning);
    }
    if !spec.attributes.is_empty() {
        out.push_str("| Attribute | Needed | Value | Expression | Default | Meaning |\n");
        out.push_str("|---|---|---|---|---|---|\n");
        for spec in spec.attributes {
            attribute(out, spec);
        }
        out.push('\n');
    }
    for line in contents(spec) {
        let _ = writeln!(out, "* {line}");
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    for child in spec.children {
        out.push('\n');
        element(out, child.spec, &format!("{path}/"));
    }
}

fn attribute(out: &mut String, spec: &AttributeSpec) {
    let need = match spec.need {
        Need::Optional => "no",
        Need::Expected => "expected",
        Need::Required => "yes",
    };
    let expression = match spec.expressions {
        Expressions::Allowed => "yes",
        Expressions::Forbidden => "no",
    };
    let default = spec.default.map_or("–".to_owned(), |d| format!("`{d}`"));
    let _ = writeln!(
        out,
        "| `{}` | {need} | {} | {expression} | {default} | {} |",
        spec.name, spec.kind, spec.meaning
    );
}

/// What may stand in an element, one line each.
fn contents(spec: &ElementSpec) -> Vec<String> {
    let mut lines = Vec::new();
    if spec.content == Content::Foreign {
        lines.push("What stands in it is taken as it is.".to_owned());
    }
    if spec.text.need != TextNeed::Forbidden {
        let need = match spec.text.need {
            TextNeed::Required => "Text",
            TextNeed::Optional | TextNeed::Forbidden => "Text, which may be empty",
        };
        lines.push(format!("{need}: {}.", spec.text.meaning));
    }
    lines.extend(spec.children.iter().map(|child| {
        let ChildSpec { spec, min, max } = child;
        format!("`{}`: {}.", spec.name, times(*min, *max))
    }));
    lines.extend(spec.choices.iter().map(choice));
    match spec.policies {
        Nested::None => {}
        Nested::Any => lines.push("Any policy that may stand in the section.".to_owned()),
        Nested::Steps(names) => lines.push(format!("The policies `{}`.", names.join("`, `"))),
        Nested::Only(policies) => lines.extend(
            policies
                .iter()
                .map(|p| format!("The policy `{}`: {}.", p.name, times(p.min, p.max))),
        ),
    }
    lines
}

fn choice(choice: &Choice) -> String {
    let names = choice.of.join("`, `");
    match choice.take {
        Take::ExactlyOne => format!("Exactly one of `{names}`."),
        Take::AtMostOne => format!("At most one of `{names}`."),
        Take::AtLeastOne => format!("At least one of `{names}`."),
        Take::AllOrNone => format!("All or none of `{names}`."),
        Take::AllIf { attribute, is } => format!("`{names}` with `{attribute}=\"{is}\"`."),
        Take::AllUnless { attribute, is } => {
            format!("`{names}`, unless `{attribute}=\"{is}\"`.")
        }
    }
}

fn times(min: u16, max: Option<u16>) -> String {
    match (min, max) {
        (1, Some(1)) => "once".to_owned(),
        (0, Some(1)) => "once or not at all".to_owned(),
        (0, None) => "any number of times".to_owned(),
        (1, None) => "at least once".to_owned(),
        (min, Some(max)) => format!("from {min} to {max} times"),
        (min, None) => format!("at least {min} times"),
    }
}

#[cfg(test)]
mod tests {
    use crate::policies;

    #[test]
    fn a_specification_is_written_as_tables() {
        let spec = policies::find("ip-filter").unwrap().spec;
        assert_eq!(
            spec.places_markdown(),
            "* Sections: `inbound`\n\
             * Scopes: `global`, `workspace`, `product`, `api`, `operation`\n\
             * Repetition: any number of times\n"
        );
        insta::assert_snapshot!(spec.tables_markdown(), @r"
        ### `ip-filter`

        | Attribute | Needed | Value | Expression | Default | Meaning |
        |---|---|---|---|---|---|
        | `action` | yes | one of `allow`, `forbid` | yes | – | what happens to callers from the listed addresses |

        * `address`: any number of times.
        * `address-range`: any number of times.
        * At least one of `address`, `address-range`.

        ### `ip-filter/address`

        One address.

        * Text: the address.

        ### `ip-filter/address-range`

        All addresses from one to another.

        | Attribute | Needed | Value | Expression | Default | Meaning |
        |---|---|---|---|---|---|
        | `from` | yes | an IP address | yes | – | the first address |
        | `to` | yes | an IP address | yes | – | the last address |
        ");
    }
}
