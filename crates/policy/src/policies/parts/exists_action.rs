//! `exists-action` and `<value>`: how a header or a parameter meets one that is there already.

use portcullis_expr::Value;

use crate::compile::CompileCx;
use crate::flow::Fault;
use crate::grammar::{AttributeSpec, Kind, optional};
use crate::parse::{Attr, Checked};
use crate::scheme;
use crate::value::{FromValue, Val};

/// What happens if a header or parameter is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policies) enum ExistsAction {
    /// What is listed takes its place.
    Override,
    /// It stays as it is.
    Skip,
    /// What is listed comes after it.
    Append,
    /// It goes, and nothing comes.
    Delete,
}

/// How it is written.
pub(in crate::policies) const ATTRIBUTE: AttributeSpec = optional(
    "exists-action",
    WORDS,
    "what to do if it is there already: replace it, leave it, add to it, or remove it",
)
.or(ExistsAction::Override.word());

const WORDS: Kind = Kind::OneOf(&[
    ExistsAction::Override.word(),
    ExistsAction::Skip.word(),
    ExistsAction::Append.word(),
    ExistsAction::Delete.word(),
]);

impl ExistsAction {
    const ALL: [Self; 4] = [Self::Override, Self::Skip, Self::Append, Self::Delete];

    /// How it is called in a document.
    pub(in crate::policies) const fn word(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Skip => "skip",
            Self::Append => "append",
            Self::Delete => "delete",
        }
    }

    fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

impl FromValue for ExistsAction {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let word = scheme::to_text(value).unwrap_or_default();
        Self::find(&word).ok_or_else(|| {
            let message = format!("the value `{word}` of `exists-action` is not {WORDS}");
            Fault::expression(&message)
        })
    }
}

/// What is written, or what is taken if nothing is.
pub(in crate::policies) fn action(
    checked: &Checked<'_>,
    cx: &mut CompileCx<'_>,
) -> Option<Val<ExistsAction>> {
    let attr = checked
        .one_of("exists-action")?
        .and_then(ExistsAction::find)?;
    cx.value(checked, attr)
}

/// The texts of the `<value>` elements. `delete` ignores any.
pub(in crate::policies) fn values<'c, 'd>(
    checked: &'c Checked<'d>,
    action: &Val<ExistsAction>,
) -> Vec<(&'c Checked<'d>, Attr<String>)> {
    if matches!(action, Val::Known(ExistsAction::Delete)) {
        return Vec::new();
    }
    let text = |value: &'c Checked<'d>| {
        (
            value,
            value
                .body()
                .unwrap_or_else(|| Attr::Literal(String::new(), value.span())),
        )
    };
    checked.children("value").map(text).collect()
}
