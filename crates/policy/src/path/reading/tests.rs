//! Which readings a path has, and how much is looked at for them.

use super::*;

fn check(path: &str, cuts: Cuts, expect: &[&str]) {
    let found: Vec<_> = readings("", path, cuts).unwrap().collect();
    let mut got: Vec<&str> = found.iter().map(|r| r.path.as_str()).collect();
    got.sort_unstable();
    let mut expect = expect.to_vec();
    expect.sort_unstable();
    assert_eq!(got, expect, "{path}");
    assert!(
        found.is_empty() || !is_unmistakable(path.as_bytes()),
        "{path}"
    );
}

#[test]
fn every_way_to_read_a_path_is_listed_once() {
    let check = |path, expect: &[&str]| check(path, Cuts::LastSegment, expect);
    check("/a/b", &[]);
    check("/a%20b/%C3%A9", &[]);
    check("/a;x/b", &["/a/b"]);
    check("//a", &["/a"]);
    check("/a/", &[]);
    check("/a//", &["/a"]);
    check("/;x/a", &["//a", "/a"]);
    check("/a.%20/b", &["/a/b"]);
    check("/%2561", &["/a"]);
    check("/a%3Fb", &["/a"]);
    check("/C%23", &["/C"]);
    check("/%23general", &[]);
    check("/who%3F/albums", &[]);
    check("/a;x//b", &["/a;x/b", "/a//b", "/a/b"]);
    check("/a;%3Fx", &["/a", "/a;"]);
}

#[test]
fn below_an_operation_that_takes_any_path_a_cut_is_feared_anywhere() {
    check("/who%3F/albums", Cuts::Anywhere, &["/who"]);
    check("/a/%23b", Cuts::Anywhere, &["/a", "/a/"]);
}

#[test]
fn a_revision_is_no_parameter_that_is_stripped() {
    let found = readings("/shop;x;REV=2", "/a;rev=3", Cuts::LastSegment).unwrap();
    let got: Vec<_> = found.map(|r| (r.path, r.is_fullest)).collect();
    assert_eq!(got, [("/shop;REV=2/a".to_owned(), true)]);
}

#[test]
fn a_path_with_more_to_look_at_than_anybody_needs_has_too_many_readings() {
    let of = |segment: &str, count| {
        let path = segment.repeat(count);
        readings("", &path, Cuts::Anywhere).map(Iterator::count)
    };
    assert_eq!(of("/a%20b", 1000), Ok(0), "there is one reading only");
    assert_eq!(of("/a;x", 64), Ok(1));
    assert_eq!(of("/a;x", 65), Err(TooMany));
    let most = of("/;a%253b%20%3F", 1);
    assert!(most.is_ok_and(|most| most < 64), "{most:?}");
}

/// What can be read in as many ways as anything.
const TAIL: &str = "/b%20;x%3Fy/c%2541;z%20/d.";

#[test]
fn no_path_makes_more_work_than_its_readings_are_worth() {
    let worth = 64 * MOST_BYTES;
    for (part, times) in [
        ("a", 10),
        ("a", 900),
        ("a", 16_000),
        ("%25", 300),
        ("%25", 5_000),
        ("%C3%A9", 2_700),
        ("/a", 30),
        ("/a;", 5_000),
        ("/", 16_000),
        (";", 16_000),
        ("%20", 5_000),
        ("%3F", 5_000),
        ("%2541", 3_000),
    ] {
        for cuts in [Cuts::LastSegment, Cuts::Anywhere] {
            for rev in ["", "/shop;rev=2"] {
                let path = format!("/{}{TAIL}", part.repeat(times));
                let name = format!("{times} times `{part}` below `{rev}`");
                let Ok(found) = readings(rev, &path, cuts) else {
                    assert!(path.len() > 160, "{name}: nobody minds a short path");
                    continue;
                };
                assert!(path.len() <= MOST_BYTES, "{name}");
                let looked_at: usize = found.map(|reading| reading.path.len()).sum();
                assert!(looked_at <= worth, "{name}: {looked_at}");
            }
        }
    }
}

#[test]
fn the_limit_of_bytes_is_that_of_mistakable_paths_alone() {
    let of = |path: &str| readings("/shop", path, Cuts::Anywhere).map(Iterator::count);
    let fill = MOST_BYTES - "/shop".len() - "/;x".len();
    assert_eq!(of(&format!("/{};x", "a".repeat(fill))), Ok(1));
    assert_eq!(of(&format!("/{};x", "a".repeat(fill + 1))), Err(TooMany));
    for honest in ["a", "%C3%A9", "%25", "b%20c", "a/"] {
        let path = format!("/{}", honest.repeat(5_000));
        assert_eq!(of(&path), Ok(0), "{honest}");
        let found = readings("", &path, Cuts::Anywhere).unwrap();
        assert!(found.suffix.is_empty() && found.rest.is_empty());
        assert!(found.known.is_empty(), "nothing of it is copied");
    }
}

#[test]
fn a_reading_is_made_when_it_is_asked_for_and_the_fullest_comes_first() {
    let mut found = readings("", TAIL, Cuts::Anywhere).unwrap();
    assert!(found.next().is_some_and(|first| first.is_fullest));
    assert_eq!(found.known.len(), 2, "as it stands, and the first");
    let others: Vec<_> = found.collect();
    assert!(others.len() > 8, "{others:?}");
    assert!(others.iter().all(|other| !other.is_fullest));
}

#[test]
fn what_is_encoded_again_and_again_is_decoded_to_the_end() {
    for (segment, expect) in [
        ("%61", "a"),
        ("%2561", "a"),
        ("%25252561", "a"),
        ("%252%2530b", " b"),
        ("%25", "%"),
        ("%2525", "%"),
        ("100%25zz", "100%zz"),
        ("%C3%A9", "é"),
    ] {
        assert_eq!(decode_fully(segment).text, expect, "{segment}");
    }
}
