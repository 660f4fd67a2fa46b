//! Codes of policy expressions that the C# compiler has no number for.

use super::{Code, Entry};

/// Every code of this family.
pub(super) const ALL: &[Code] = &[DOES_NOT_COMPILE, WRONG_TYPE, OUTSIDE_AZURE];

/// An expression that does not compile, for a reason that has no code of its own.
pub const DOES_NOT_COMPILE: Code = Code(&Entry {
    id: "X0001",
    title: "expression does not compile",
    meaning: "The C# of a policy expression does not compile; the message says why, in the words of the C# compiler.",
    mend: "Mend the expression at the place that is shown. Expressions are C# 7 with the types that the documentation of policy expressions lists.",
});

/// A constant expression of the wrong type for its place.
pub const WRONG_TYPE: Code = Code(&Entry {
    id: "X0002",
    title: "expression of the wrong type",
    meaning: "The expression always gives the same value, and that value cannot stand here.",
    mend: "Write a value of the type that the attribute takes.",
});

/// A member that the documentation does not list.
pub const OUTSIDE_AZURE: Code = Code(&Entry {
    id: "outside-azure",
    title: "member outside the documented list",
    meaning: "The expression uses a .NET member that the documentation of policy expressions does not list; Azure may refuse it.",
    mend: "Nothing to do here; replace the member if the policy must also run in Azure.",
});
