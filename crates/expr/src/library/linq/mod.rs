//! `System.Linq.Enumerable`: sequences that are computed while they are read.

mod group;
mod lazy;
mod numbers;
mod order;
mod single;

pub(super) use group::{GROUPING, LOOKUP};
pub(super) use order::ORDERED;
pub(crate) use order::Ordering;

use super::{Table, TableKind, m};
use crate::eval::{Call, Vm};
use crate::exception::Outcome;
use crate::sequence::{Cursor, Plan, Sequence};
use crate::types::Type;
use crate::value::Value;

pub(super) static ENUMERABLE: Table = Table {
    name: "System.Linq.Enumerable",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        // Item by item
        m(
            "static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)",
            lazy::select,
        ),
        m(
            "static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)",
            lazy::select,
        ),
        m(
            "static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            lazy::filter,
        ),
        m(
            "static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)",
            lazy::filter,
        ),
        m(
            "static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)",
            lazy::select_many,
        ),
        m(
            "static IEnumerable<TResult> SelectMany<TSource, TCollection, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TCollection>> collectionSelector, Func<TSource, TCollection, TResult> resultSelector)",
            lazy::select_many_pairs,
        ),
        m(
            "static IEnumerable<TSource> Skip<TSource>(this IEnumerable<TSource> source, int count)",
            lazy::skip,
        ),
        m(
            "static IEnumerable<TSource> Take<TSource>(this IEnumerable<TSource> source, int count)",
            lazy::take,
        ),
        m(
            "static IEnumerable<TSource> SkipWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            lazy::skip_while,
        ),
        m(
            "static IEnumerable<TSource> TakeWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            lazy::take_while,
        ),
        m(
            "static IEnumerable<TSource> SkipLast<TSource>(this IEnumerable<TSource> source, int count)",
            lazy::skip_last,
        ),
        m(
            "static IEnumerable<TSource> TakeLast<TSource>(this IEnumerable<TSource> source, int count)",
            lazy::take_last,
        ),
        m(
            "static IEnumerable<TSource> Concat<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)",
            lazy::concat,
        ),
        m(
            "static IEnumerable<TSource> Append<TSource>(this IEnumerable<TSource> source, TSource element)",
            lazy::append,
        ),
        m(
            "static IEnumerable<TSource> Prepend<TSource>(this IEnumerable<TSource> source, TSource element)",
            lazy::prepend,
        ),
        m(
            "static IEnumerable<TResult> Zip<TFirst, TSecond, TResult>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second, Func<TFirst, TSecond, TResult> resultSelector)",
            lazy::zip,
        ),
        m(
            "static IEnumerable<TSource> Reverse<TSource>(this IEnumerable<TSource> source)",
            lazy::reverse,
        ),
        m(
            "static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source)",
            lazy::default_if_empty,
        ),
        m(
            "static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source, TSource defaultValue)",
            lazy::default_if_empty,
        ),
        m(
            "static IEnumerable<TResult> Cast<TResult>(this System.Collections.IEnumerable source)",
            lazy::cast,
        ),
        m(
            "static IEnumerable<TResult> OfType<TResult>(this System.Collections.IEnumerable source)",
            lazy::of_type,
        ),
        m(
            "static IEnumerable<TSource> AsEnumerable<TSource>(this IEnumerable<TSource> source)",
            |c| c.required(0, "source"),
        ),
        m(
            "static IEnumerable<TSource> Distinct<TSource>(this IEnumerable<TSource> source)",
            lazy::distinct,
        ),
        m(
            "static IEnumerable<TSource> Distinct<TSource>(this IEnumerable<TSource> source, IEqualityComparer<TSource> comparer)",
            lazy::distinct,
        ),
        m(
            "static IEnumerable<TSource> Union<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)",
            lazy::union,
        ),
        m(
            "static IEnumerable<TSource> Intersect<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)",
            lazy::intersect,
        ),
        m(
            "static IEnumerable<TSource> Intersect<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second, IEqualityComparer<TSource> comparer)",
            lazy::intersect,
        ),
        m(
            "static IEnumerable<TSource> Except<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)",
            lazy::except,
        ),
        m(
            "static IEnumerable<TSource> Except<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second, IEqualityComparer<TSource> comparer)",
            lazy::except,
        ),
        m(
            "static IEnumerable<int> Range(int start, int count)",
            lazy::range,
        ),
        m(
            "static IEnumerable<TResult> Repeat<TResult>(TResult element, int count)",
            lazy::repeat,
        ),
        m("static IEnumerable<TResult> Empty<TResult>()", |c| {
            Ok(Sequence::ready(Type::enumerable(c.type_arg(0)), Vec::new()))
        }),
        // Order and groups
        m(
            "static IOrderedEnumerable<TSource> OrderBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            |c| order::order_by(c, false),
        ),
        m(
            "static IOrderedEnumerable<TSource> OrderBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, IComparer<TKey> comparer)",
            |c| order::order_by(c, false),
        ),
        m(
            "static IOrderedEnumerable<TSource> OrderByDescending<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            |c| order::order_by(c, true),
        ),
        m(
            "static IOrderedEnumerable<TSource> OrderByDescending<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, IComparer<TKey> comparer)",
            |c| order::order_by(c, true),
        ),
        m(
            "static IOrderedEnumerable<TSource> ThenBy<TSource, TKey>(this IOrderedEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            |c| order::then_by(c, false),
        ),
        m(
            "static IOrderedEnumerable<TSource> ThenByDescending<TSource, TKey>(this IOrderedEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            |c| order::then_by(c, true),
        ),
        m(
            "static IEnumerable<IGrouping<TKey, TSource>> GroupBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            group::group_by,
        ),
        m(
            "static IEnumerable<IGrouping<TKey, TSource>> GroupBy<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, IEqualityComparer<TKey> comparer)",
            group::group_by,
        ),
        m(
            "static IEnumerable<IGrouping<TKey, TElement>> GroupBy<TSource, TKey, TElement>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TSource, TElement> elementSelector)",
            group::group_elements,
        ),
        m(
            "static IEnumerable<TResult> GroupBy<TSource, TKey, TResult>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TKey, IEnumerable<TSource>, TResult> resultSelector)",
            group::group_results,
        ),
        m(
            "static ILookup<TKey, TSource> ToLookup<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            group::to_lookup,
        ),
        m(
            "static IEnumerable<TResult> Join<TOuter, TInner, TKey, TResult>(this IEnumerable<TOuter> outer, IEnumerable<TInner> inner, Func<TOuter, TKey> outerKeySelector, Func<TInner, TKey> innerKeySelector, Func<TOuter, TInner, TResult> resultSelector)",
            group::join,
        ),
        m(
            "static IEnumerable<TResult> GroupJoin<TOuter, TInner, TKey, TResult>(this IEnumerable<TOuter> outer, IEnumerable<TInner> inner, Func<TOuter, TKey> outerKeySelector, Func<TInner, TKey> innerKeySelector, Func<TOuter, IEnumerable<TInner>, TResult> resultSelector)",
            group::group_join,
        ),
        // One result
        m(
            "static TSource First<TSource>(this IEnumerable<TSource> source)",
            |c| single::first(c, true),
        ),
        m(
            "static TSource First<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::first(c, true),
        ),
        m(
            "static TSource FirstOrDefault<TSource>(this IEnumerable<TSource> source)",
            |c| single::first(c, false),
        ),
        m(
            "static TSource FirstOrDefault<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::first(c, false),
        ),
        m(
            "static TSource Last<TSource>(this IEnumerable<TSource> source)",
            |c| single::last(c, true),
        ),
        m(
            "static TSource Last<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::last(c, true),
        ),
        m(
            "static TSource LastOrDefault<TSource>(this IEnumerable<TSource> source)",
            |c| single::last(c, false),
        ),
        m(
            "static TSource LastOrDefault<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::last(c, false),
        ),
        m(
            "static TSource Single<TSource>(this IEnumerable<TSource> source)",
            |c| single::single(c, true),
        ),
        m(
            "static TSource Single<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::single(c, true),
        ),
        m(
            "static TSource SingleOrDefault<TSource>(this IEnumerable<TSource> source)",
            |c| single::single(c, false),
        ),
        m(
            "static TSource SingleOrDefault<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            |c| single::single(c, false),
        ),
        m(
            "static TSource ElementAt<TSource>(this IEnumerable<TSource> source, int index)",
            |c| single::element_at(c, true),
        ),
        m(
            "static TSource ElementAtOrDefault<TSource>(this IEnumerable<TSource> source, int index)",
            |c| single::element_at(c, false),
        ),
        m(
            "static bool Any<TSource>(this IEnumerable<TSource> source)",
            single::any,
        ),
        m(
            "static bool Any<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            single::any,
        ),
        m(
            "static bool All<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            single::all,
        ),
        m(
            "static bool Contains<TSource>(this IEnumerable<TSource> source, TSource value)",
            single::contains,
        ),
        m(
            "static bool Contains<TSource>(this IEnumerable<TSource> source, TSource value, IEqualityComparer<TSource> comparer)",
            single::contains,
        ),
        m(
            "static bool SequenceEqual<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)",
            single::sequence_equal,
        ),
        m(
            "static int Count<TSource>(this IEnumerable<TSource> source)",
            single::count,
        ),
        m(
            "static int Count<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            single::count,
        ),
        m(
            "static long LongCount<TSource>(this IEnumerable<TSource> source)",
            single::long_count,
        ),
        m(
            "static long LongCount<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)",
            single::long_count,
        ),
        m(
            "static TSource Aggregate<TSource>(this IEnumerable<TSource> source, Func<TSource, TSource, TSource> func)",
            single::aggregate,
        ),
        m(
            "static TAccumulate Aggregate<TSource, TAccumulate>(this IEnumerable<TSource> source, TAccumulate seed, Func<TAccumulate, TSource, TAccumulate> func)",
            single::aggregate_from,
        ),
        m(
            "static TResult Aggregate<TSource, TAccumulate, TResult>(this IEnumerable<TSource> source, TAccumulate seed, Func<TAccumulate, TSource, TAccumulate> func, Func<TAccumulate, TResult> resultSelector)",
            single::aggregate_from,
        ),
        m(
            "static TSource[] ToArray<TSource>(this IEnumerable<TSource> source)",
            single::to_array,
        ),
        m(
            "static List<TSource> ToList<TSource>(this IEnumerable<TSource> source)",
            single::to_list,
        ),
        m(
            "static HashSet<TSource> ToHashSet<TSource>(this IEnumerable<TSource> source)",
            single::to_hash_set,
        ),
        m(
            "static HashSet<TSource> ToHashSet<TSource>(this IEnumerable<TSource> source, IEqualityComparer<TSource> comparer)",
            single::to_hash_set,
        ),
        m(
            "static Dictionary<TKey, TSource> ToDictionary<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)",
            single::to_dictionary,
        ),
        m(
            "static Dictionary<TKey, TSource> ToDictionary<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, IEqualityComparer<TKey> comparer)",
            single::to_dictionary,
        ),
        m(
            "static Dictionary<TKey, TElement> ToDictionary<TSource, TKey, TElement>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TSource, TElement> elementSelector)",
            single::to_dictionary_of,
        ),
        m(
            "static Dictionary<TKey, TElement> ToDictionary<TSource, TKey, TElement>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TSource, TElement> elementSelector, IEqualityComparer<TKey> comparer)",
            single::to_dictionary_of,
        ),
        // Numbers
        m(
            "static TSource Max<TSource>(this IEnumerable<TSource> source)",
            |c| numbers::extreme(c, true),
        ),
        m(
            "static TResult Max<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)",
            |c| numbers::extreme(c, true),
        ),
        m(
            "static TSource Min<TSource>(this IEnumerable<TSource> source)",
            |c| numbers::extreme(c, false),
        ),
        m(
            "static TResult Min<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)",
            |c| numbers::extreme(c, false),
        ),
        m(
            "static int Sum(this IEnumerable<int> source)",
            numbers::sum_int,
        ),
        m(
            "static int? Sum(this IEnumerable<int?> source)",
            numbers::sum_int,
        ),
        m(
            "static long Sum(this IEnumerable<long> source)",
            numbers::sum_long,
        ),
        m(
            "static long? Sum(this IEnumerable<long?> source)",
            numbers::sum_long,
        ),
        m(
            "static float Sum(this IEnumerable<float> source)",
            numbers::sum_float,
        ),
        m(
            "static double Sum(this IEnumerable<double> source)",
            numbers::sum_double,
        ),
        m(
            "static double? Sum(this IEnumerable<double?> source)",
            numbers::sum_double,
        ),
        m(
            "static decimal Sum(this IEnumerable<decimal> source)",
            numbers::sum_decimal,
        ),
        m(
            "static decimal? Sum(this IEnumerable<decimal?> source)",
            numbers::sum_decimal,
        ),
        m(
            "static int Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, int> selector)",
            numbers::sum_int,
        ),
        m(
            "static int? Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, int?> selector)",
            numbers::sum_int,
        ),
        m(
            "static long Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, long> selector)",
            numbers::sum_long,
        ),
        m(
            "static long? Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, long?> selector)",
            numbers::sum_long,
        ),
        m(
            "static float Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, float> selector)",
            numbers::sum_float,
        ),
        m(
            "static double Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, double> selector)",
            numbers::sum_double,
        ),
        m(
            "static double? Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, double?> selector)",
            numbers::sum_double,
        ),
        m(
            "static decimal Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, decimal> selector)",
            numbers::sum_decimal,
        ),
        m(
            "static decimal? Sum<TSource>(this IEnumerable<TSource> source, Func<TSource, decimal?> selector)",
            numbers::sum_decimal,
        ),
        m(
            "static double Average(this IEnumerable<int> source)",
            numbers::average_double,
        ),
        m(
            "static double Average(this IEnumerable<long> source)",
            numbers::average_double,
        ),
        m(
            "static double Average(this IEnumerable<double> source)",
            numbers::average_double,
        ),
        m(
            "static decimal Average(this IEnumerable<decimal> source)",
            numbers::average_decimal,
        ),
        m(
            "static double Average<TSource>(this IEnumerable<TSource> source, Func<TSource, int> selector)",
            numbers::average_double,
        ),
        m(
            "static double Average<TSource>(this IEnumerable<TSource> source, Func<TSource, long> selector)",
            numbers::average_double,
        ),
        m(
            "static double Average<TSource>(this IEnumerable<TSource> source, Func<TSource, double> selector)",
            numbers::average_double,
        ),
        m(
            "static decimal Average<TSource>(this IEnumerable<TSource> source, Func<TSource, decimal> selector)",
            numbers::average_decimal,
        ),
    ],
};

/// A plan made of a function that begins a reading.
struct Begin<F>(F);

impl<F: Fn(&mut Vm<'_>) -> Outcome<Box<dyn Cursor>>> Plan for Begin<F> {
    fn open(&self, vm: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>> {
        vm.enter()?;
        let cursor = (self.0)(vm);
        vm.leave();
        cursor
    }
}

/// A reading made of a function that gives the next item.
struct Pull<F>(F);

impl<F: FnMut(&mut Vm<'_>) -> Outcome<Option<Value>>> Cursor for Pull<F> {
    fn next(&mut self, vm: &mut Vm<'_>) -> Outcome<Option<Value>> {
        vm.step()?;
        vm.enter()?;
        let item = (self.0)(vm);
        vm.leave();
        item
    }
}

/// A boxed reading.
fn pull(
    next: impl FnMut(&mut Vm<'_>) -> Outcome<Option<Value>> + 'static,
) -> Outcome<Box<dyn Cursor>> {
    Ok(Box::new(Pull(next)))
}

/// A lazy sequence of items of that type.
fn lazy(
    item: Type,
    sources: &[&Value],
    begin: impl Fn(&mut Vm<'_>) -> Outcome<Box<dyn Cursor>> + 'static,
) -> Outcome {
    Sequence::lazy(Type::enumerable(item), sources, Begin(begin))
}

/// Reads another sequence as it is.
pub(super) struct Through(pub(super) Value);

impl Plan for Through {
    fn open(&self, vm: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>> {
        vm.open(&self.0)
    }
}

/// The first argument, which must not be `null`.
fn source(c: &Call<'_, '_>) -> Outcome {
    c.required(0, "source")
}

fn holds(vm: &mut Vm<'_>, test: &Value, item: &Value) -> Outcome<bool> {
    Ok(matches!(
        vm.invoke(test, std::slice::from_ref(item))?,
        Value::Bool(true)
    ))
}
