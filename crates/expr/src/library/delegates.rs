//! Delegate types.

use super::object::bare;
use super::{Table, TableKind, m, nothing};

pub(super) static DELEGATE: Table = bare("System.Delegate", TableKind::Class, &[]);

macro_rules! delegates {
    ($($id:ident: $name:literal, $invoke:literal;)*) => {
        $(pub(super) static $id: Table = Table {
            name: $name,
            kind: TableKind::Delegate,
            parents: &["System.Delegate"],
            documented: true,
            // Calls are bound as invocations; the function is never reached.
            members: &[m($invoke, nothing)],
        };)*
    };
}

delegates! {
    FUNC: "System.Func<out TResult>", "TResult Invoke()";
    FUNC1: "System.Func<in T, out TResult>", "TResult Invoke(T arg)";
    FUNC2: "System.Func<in T1, in T2, out TResult>", "TResult Invoke(T1 arg1, T2 arg2)";
    FUNC3: "System.Func<in T1, in T2, in T3, out TResult>", "TResult Invoke(T1 arg1, T2 arg2, T3 arg3)";
    FUNC4: "System.Func<in T1, in T2, in T3, in T4, out TResult>", "TResult Invoke(T1 arg1, T2 arg2, T3 arg3, T4 arg4)";
    ACTION: "System.Action", "void Invoke()";
    ACTION1: "System.Action<in T>", "void Invoke(T obj)";
    ACTION2: "System.Action<in T1, in T2>", "void Invoke(T1 arg1, T2 arg2)";
    ACTION3: "System.Action<in T1, in T2, in T3>", "void Invoke(T1 arg1, T2 arg2, T3 arg3)";
    PREDICATE: "System.Predicate<in T>", "bool Invoke(T obj)";
    COMPARISON: "System.Comparison<in T>", "int Invoke(T x, T y)";
    CONVERTER: "System.Converter<in TInput, out TOutput>", "TOutput Invoke(TInput input)";
    MATCH_EVALUATOR: "System.Text.RegularExpressions.MatchEvaluator", "string Invoke(Match match)";
}
