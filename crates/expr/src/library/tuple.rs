//! `System.Tuple<…>`.

use super::dictionary::field;
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::types::Type;
use crate::value::Value;

pub(super) static TUPLE: Table = Table {
    name: "System.Tuple",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static Tuple<T1> Create<T1>(T1 item1)", create),
        m(
            "static Tuple<T1, T2> Create<T1, T2>(T1 item1, T2 item2)",
            create,
        ),
        m(
            "static Tuple<T1, T2, T3> Create<T1, T2, T3>(T1 item1, T2 item2, T3 item3)",
            create,
        ),
        m(
            "static Tuple<T1, T2, T3, T4> Create<T1, T2, T3, T4>(T1 item1, T2 item2, T3 item3, T4 item4)",
            create,
        ),
    ],
};

pub(super) static TUPLE1: Table = Table {
    name: "System.Tuple<T1>",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[m("new(T1 item1)", create), m("T1 Item1", |c| field(c, 0))],
};

pub(super) static TUPLE2: Table = Table {
    name: "System.Tuple<T1, T2>",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(T1 item1, T2 item2)", create),
        m("T1 Item1", |c| field(c, 0)),
        m("T2 Item2", |c| field(c, 1)),
    ],
};

pub(super) static TUPLE3: Table = Table {
    name: "System.Tuple<T1, T2, T3>",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(T1 item1, T2 item2, T3 item3)", create),
        m("T1 Item1", |c| field(c, 0)),
        m("T2 Item2", |c| field(c, 1)),
        m("T3 Item3", |c| field(c, 2)),
    ],
};

pub(super) static TUPLE4: Table = Table {
    name: "System.Tuple<T1, T2, T3, T4>",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(T1 item1, T2 item2, T3 item3, T4 item4)", create),
        m("T1 Item1", |c| field(c, 0)),
        m("T2 Item2", |c| field(c, 1)),
        m("T3 Item3", |c| field(c, 2)),
        m("T4 Item4", |c| field(c, 3)),
    ],
};

fn create(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(c.args.len())?;
    let arity = c.args.len();
    let def = super::registry().named_def("Tuple", arity);
    let ty = match def {
        Some(def) => Type::generic(def, c.types.to_vec()),
        None => Type::OBJECT,
    };
    Ok(Value::record(ty, c.args.to_vec()))
}
