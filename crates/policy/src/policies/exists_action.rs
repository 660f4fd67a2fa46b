//! `exists-action` and `<value>`: how a header or a parameter meets one that is there already.

use portcullis_expr::Value;

use crate::compile::CompileCx;
use crate::flow::Fault;
use crate::parse::{Attr, Checked};
use crate::scheme;
use crate::value::{FromValue, Val};

/// What happens if a header or parameter is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExistsAction {
    /// What is listed takes its place.
    Override,
    /// It stays as it is.
    Skip,
    /// What is listed comes after it.
    Append,
    /// It goes, and nothing comes.
    Delete,
}

impl ExistsAction {
    fn find(word: &str) -> Option<Self> {
        Some(match word {
            "override" => Self::Override,
            "skip" => Self::Skip,
            "append" => Self::Append,
            "delete" => Self::Delete,
            _ => return None,
        })
    }
}

impl FromValue for ExistsAction {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let word = scheme::to_text(value).unwrap_or_default();
        Self::find(&word).ok_or_else(|| {
            let expected = "`override`, `skip`, `append` or `delete`";
            Fault::expression(&format!(
                "the value `{word}` of `exists-action` is not {expected}"
            ))
        })
    }
}

/// The attribute `exists-action`.
pub(super) fn action(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Val<ExistsAction>> {
    let attr = checked
        .one_of("exists-action")?
        .and_then(ExistsAction::find)?;
    cx.value(checked, attr)
}

/// The texts of the `<value>` elements. `delete` ignores any.
pub(super) fn values<'c, 'd>(
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
