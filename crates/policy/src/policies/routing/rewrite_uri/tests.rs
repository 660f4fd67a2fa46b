use super::*;
use portcullis_model::api::UrlTemplate;

/// What a template makes of `/get/{id}/{*rest}?a={b}` called as `request`.
fn fill(template: &str, values: [&str; 3]) -> Result<String, UnusableTemplate> {
    let operation = UrlTemplate::parse("/get/{id}/{*rest}?a={b}").unwrap();
    let names = ["id", "rest", "b"];
    let parameters: Vec<_> = names.into_iter().zip(values.map(str::to_owned)).collect();
    let template = Template::parse(template)?;
    let (path, query) = template.fill(&Binding::new(&parameters, Some(&operation)))?;
    let path = String::from_utf8(path.to_vec()).unwrap();
    Ok(match query {
        Some(query) => format!("{path}?{}", String::from_utf8(query.to_vec()).unwrap()),
        None => path,
    })
}

#[test]
fn parameters_stand_where_the_template_puts_them() {
    let check = |template, expect: &str| {
        assert_eq!(
            fill(template, ["4 2", "x/y", "q&r"]).as_deref(),
            Ok(expect),
            "{template}"
        );
    };
    check("/put", "/put");
    check("search", "/search");
    check("", "/");
    check("/api/{id}?x=1", "/api/4%202?x=1");
    check("/api/{ID}.json", "/api/4%202.json");
    check("/files/{rest}", "/files/x/y");
    check("/files/{*rest}", "/files/x/y");
    check("/find?q={b}&n={id}", "/find?q=q%26r&n=4%202");
    check("/by/{b}", "/by/q&r");
    check("/geocode:batch", "/geocode:batch");
    check("/a/../b c#d", "/b%20c");
}

#[test]
fn a_value_cannot_lead_elsewhere() {
    for (template, values) in [
        ("/x/{b}/y", ["1", "", "../admin"]),
        ("/x/{b}/y", ["1", "", ".."]),
        ("/x/{b}/y", ["1", "", ""]),
        ("/x/{b}/y", ["1", "", "a\\b"]),
        ("/x/.{b}/y", ["1", "", "."]),
        ("/x/{b}", ["1", "", "a\r\nb"]),
        ("/x/{rest}", ["1", "a/../b", ""]),
    ] {
        assert_eq!(
            fill(template, values),
            Err(UnusableTemplate::Value),
            "{template} {values:?}"
        );
    }
}

#[test]
fn what_is_no_template_is_refused() {
    let check = |template, expect: &str| {
        let why = fill(template, ["1", "2", "3"]).unwrap_err().to_string();
        assert!(why.contains(expect), "{template}: {why}");
    };
    check("/{id", "brace");
    check("/id}", "brace");
    check("/{}", "brace");
    check("/a}b/{id}", "brace");
    check("/{{id}}", "brace");
    check("/{other}", "Only parameters specified");
    check("/../a", "above its root");
    check("/a/../{id}", "`..` segments");
    check("/a%2fb", "slash");
}

#[test]
fn unmatched_parameters_follow_those_of_the_template() {
    let check =
        |template: Option<&'static str>, request: Option<&'static str>, expect: Option<&str>| {
            let bytes = |text: &'static str| Bytes::from_static(text.as_bytes());
            let is_bound = |pair: &[u8]| query::is_named(pair, "a");
            let got = merged(template.map(bytes), request.map(bytes).as_ref(), is_bound);
            assert_eq!(
                got.as_deref(),
                expect.map(str::as_bytes),
                "{template:?} {request:?}"
            );
        };
    check(None, Some("a=b&c=d"), Some("c=d"));
    check(None, Some("a=b"), None);
    check(None, None, None);
    check(Some("x=1"), Some("a=b&c=d&c=e"), Some("x=1&c=d&c=e"));
    check(Some("x=1"), Some("A=b"), Some("x=1"));
    check(Some("x=1"), None, Some("x=1"));
    check(
        Some("role=user"),
        Some("Role=admin&c=d"),
        Some("role=user&c=d"),
    );
}

#[test]
fn what_an_expression_adds_to_a_path_does_not_lead_up_in_it() {
    for (url, expect) in [
        ("/files/a%20b.txt", Some("/files/a%20b.txt")),
        ("/files/é", Some("/files/%C3%A9")),
        ("/files/../admin", None),
        ("/files/..", None),
        ("/files/%2e%2e/admin", None),
        ("/files/%252e%252e/admin", None),
        ("/files/..;/admin", None),
        ("/files/./a", None),
        ("/files/..%2fadmin", None),
        ("/files/..\\admin", None),
        ("/files/a\r\nX: y", None),
        ("/files/a\0", None),
    ] {
        let got = computed(url).ok().map(|(path, _)| path);
        assert_eq!(got.as_deref(), expect.map(str::as_bytes), "{url:?}");
    }
}
