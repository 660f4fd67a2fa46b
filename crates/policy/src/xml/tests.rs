use std::fmt::Write as _;
use std::sync::Arc;

use portcullis_model::policy::PolicyFormat;
use portcullis_model::{Diagnostics, Sources};

use super::*;

/// Reads a text and prints the tree on one line, then what was wrong, one line each.
fn outline(format: PolicyFormat, text: &str) -> String {
    let (document, problems) = read_text(format, text);
    let mut out = String::new();
    if let Some(root) = &document.root {
        element(&document, root, &mut out);
    }
    for problem in problems {
        write!(out, "\n{problem}").unwrap();
    }
    out
}

fn read_text(format: PolicyFormat, text: &str) -> (Document, Vec<String>) {
    let mut sources = Sources::default();
    let text: Arc<str> = Arc::from(text);
    let source = sources.add("p.xml", Arc::clone(&text));
    let mut found = Diagnostics::default();
    let document = read(&text, format, source, Limits::DOCUMENT, &mut found);
    let lines = found.iter().map(|d| sources.one_line(d)).collect();
    (document, lines)
}

fn element(document: &Document, element_: &Element, out: &mut String) {
    write!(out, "{}[", element_.name).unwrap();
    assert_eq!(document.written(element_.name_span), element_.name);
    assert!(document.written(element_.span).starts_with('<'));
    for attribute in &element_.attributes {
        write!(out, "@{}={:?} ", attribute.name, attribute.value.as_str()).unwrap();
        assert_eq!(document.written(attribute.name_span), attribute.name);
    }
    for node in &element_.children {
        match node {
            Node::Element(child) => element(document, child, out),
            Node::Text(text) if text.is_blank() => {}
            Node::Text(text) => write!(out, "{:?}", text.as_str()).unwrap(),
            Node::Comment(span) => write!(out, "<{}>", document.written(*span).len()).unwrap(),
        }
    }
    out.push(']');
}

#[test]
fn elements_attributes_text_and_comments_are_read() {
    let table = [
        (
            r#"<a b="1" c='2'>x<!-- y --><d/></a>"#,
            r#"a[@b="1" @c="2" "x"<10>d[]]"#,
        ),
        (
            "\u{feff}<?xml version=\"1.0\"?>\r\n<a>1\r\n2</a>\r\n",
            r#"a["1\n2"]"#,
        ),
        ("<a>&lt;&#65;&#x42;&amp;amp;</a>", r#"a["<AB&amp;"]"#),
        ("<a>x<![CDATA[<b>&amp;]]>y</a>", r#"a["x<b>&amp;y"]"#),
        ("<a b=\"1\n2\t3\"/>", r#"a[@b="1\n2\t3" ]"#),
        (
            "<x:a xmlns:x=\"u\"><x:b-c.d/></x:a>",
            r#"x:a[@xmlns:x="u" x:b-c.d[]]"#,
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outline(PolicyFormat::Raw, text), expected, "{text}");
        assert_eq!(outline(PolicyFormat::Escaped, text), expected, "{text}");
    }
}

#[test]
fn raw_expressions_end_where_csharp_says() {
    let table = [
        (r#"<a b="@(x["y"])"/>"#, r#"a[@b="@(x[\"y\"])" ]"#),
        (
            r#"<a b=" @(x > 1 && y < 2) " c="1"/>"#,
            r#"a[@b=" @(x > 1 && y < 2) " @c="1" ]"#,
        ),
        (r"<a>@(x.As<string>())</a>", r#"a["@(x.As<string>())"]"#),
        (
            "<a>\n @{ return \"</a>\"; }\n</a>",
            r#"a["\n @{ return \"</a>\"; }\n"]"#,
        ),
        (
            r#"<a b="Bearer @(x["y"])"/>"#,
            r#"a[@b="Bearer @(x[\"y\"])" ]"#,
        ),
        (r"<a b='@(x['y'])'/>", r#"a[@b="@(x['y'])" ]"#),
        (r#"<a b="@(x)/@(y["z"])"/>"#, r#"a[@b="@(x)/@(y[\"z\"])" ]"#),
        (
            r#"<a b="me@here">you@there</a>"#,
            r#"a[@b="me@here" "you@there"]"#,
        ),
        (
            r#"<a b="me@(here">you@(there</a>"#,
            r#"a[@b="me@(here" "you@(there"]"#,
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outline(PolicyFormat::Raw, text), expected, "{text}");
    }
}

#[test]
fn an_expression_means_the_same_raw_escaped_and_half_escaped() {
    let raw = r#"<a b="@(x["y"] != "<&>" && z < 1)">@("a" + '"')</a>"#;
    let half = r#"<a b="@(x[&quot;y&quot;] != &quot;&lt;&amp;&gt;&quot; &amp;&amp; z &lt; 1)">@(&quot;a&quot; + '&quot;')</a>"#;
    let mixed = r#"<a b="@(x["y"] != "<&>" &amp;&amp; z &lt; 1)">@("a" + '"')</a>"#;
    let expected = outline(PolicyFormat::Raw, raw);
    assert_eq!(outline(PolicyFormat::Raw, half), expected);
    assert_eq!(outline(PolicyFormat::Raw, mixed), expected);
    assert_eq!(outline(PolicyFormat::Escaped, half), expected);
}

#[test]
fn an_entity_in_a_bare_string_is_the_authors_text() {
    let text = r#"<a>@("&lt;b&gt;")</a>"#;
    assert_eq!(outline(PolicyFormat::Raw, text), r#"a["@(\"&lt;b&gt;\")"]"#);
    assert_eq!(outline(PolicyFormat::Escaped, text), r#"a["@(\"<b>\")"]"#);
}

const MISTAKES: &[(&str, &str)] = &[
    ("", "\np.xml:1:1: error[P0001]: the text has no element"),
    (
        "<a>",
        "a[]\np.xml:1:1: error[P0001]: the element `a` is not closed",
    ),
    (
        "<a><b></a>",
        "a[b[]]\np.xml:1:4: error[P0001]: the element `b` is not closed",
    ),
    (
        "<a><JObject></value></a>",
        "a[JObject[]]\n\
             p.xml:1:13: error[P0001]: the `JObject` start tag does not match the end tag of `value`\n\
             p.xml:1:4: error[P0001]: the element `JObject` is not closed",
    ),
    (
        "<a>x & y</a>",
        "a[\"x & y\"]\np.xml:1:6: error[P0004]: `&` starts no entity that a policy document knows",
    ),
    (
        "<a b=\"1\" b=\"2\"/>",
        "a[@b=\"1\" ]\np.xml:1:10: error[P0005]: `a` has the attribute `b` twice",
    ),
    (
        "<a b c=1 d=\"2\"/>",
        "a[@d=\"2\" ]\np.xml:1:4: error[P0001]: the attribute `b` has no value\n\
             p.xml:1:6: error[P0001]: the value of `c` does not stand in quotes",
    ),
    (
        "<a b=\"1\"c=\"2\"/>",
        "a[@b=\"1\" @c=\"2\" ]\np.xml:1:9: error[P0001]: white space must stand before `c`",
    ),
    (
        "<a b=\"O=\"x, y\"\"/>",
        "a[@b=\"O=\" ]\np.xml:1:10: error[P0001]: the attribute `x` has no value\n\
             p.xml:1:11: error[P0001]: `,` must not stand in the tag of `a`\n\
             p.xml:1:13: error[P0001]: the attribute `y` has no value\n\
             p.xml:1:14: error[P0001]: `\"\"` must not stand in the tag of `a`",
    ),
    (
        "<a>1 < 2</a>",
        "a[\"1 < 2\"]\np.xml:1:6: error[P0001]: `<` starts no tag here",
    ),
    (
        "<a/>\n<b/>",
        "a[]\np.xml:2:2: error[P0001]: `b` stands after the end of the document",
    ),
    (
        " x <a/>",
        "a[]\np.xml:1:2: error[P0001]: text stands outside of the outermost element",
    ),
    (
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "a[\"&b;\"]\n\
             p.xml:1:1: error[P0003]: a policy document must not declare a document type or entities\n\
             p.xml:1:34: error[P0004]: `&` starts no entity that a policy document knows",
    ),
    (
        "<a b=\"1>\n<c d=\"2\"/></a>",
        "a[@b=\"1\" c[@d=\"2\" ]]\np.xml:1:4: error[P0001]: the value of `b` does not end",
    ),
    (
        "<a b=\"@(f(x)\" c=\"1\">@(y[)</a>",
        "a[@b=\"@(f(x)\" @c=\"1\" \"@(y[)\"]\n\
             p.xml:1:7: error[P0006]: the expression does not end, or its brackets do not match\n\
             p.xml:1:21: error[P0006]: the expression does not end, or its brackets do not match",
    ),
    (
        "<a><!-- x</a>",
        "a[<10>]\np.xml:1:4: error[P0001]: the comment does not end",
    ),
    (
        "<a>\u{1}</a>",
        "\np.xml:1:4: error[P0001]: character 0x1 must not stand in a document",
    ),
];

#[test]
fn mistakes_are_shown_where_they_are_and_reading_goes_on() {
    for (text, expected) in MISTAKES {
        assert_eq!(outline(PolicyFormat::Raw, text), *expected, "{text}");
    }
}

#[test]
fn escaped_text_ends_at_the_first_quote() {
    let text = r#"<a b="@(x["y"])"/>"#;
    assert_eq!(
        outline(PolicyFormat::Escaped, text),
        "a[@b=\"@(x[\" ]\n\
         p.xml:1:12: error[P0001]: the attribute `y` has no value\n\
         p.xml:1:13: error[P0001]: `\"])\"` must not stand in the tag of `a`"
    );
}

#[test]
fn size_depth_and_number_are_bounded() {
    let long = format!("<a>{}</a>", " ".repeat(256 * 1024));
    let deep = "<a>".repeat(100_000 / 3);
    let many = format!("<a>{}</a>", "<b/>".repeat(30_000));
    for text in [&long, &deep, &many] {
        let (_, problems) = read_text(PolicyFormat::Raw, text);
        assert!(problems.iter().any(|p| p.contains("P0002")), "{problems:?}");
    }
    let hopeless = "<a b=\"@(\" />".repeat(10_000);
    let (_, problems) = read_text(PolicyFormat::Raw, &hopeless);
    assert_eq!(problems.len(), Limits::DOCUMENT.problems);
}

#[test]
fn a_raw_document_prints_as_it_was_written() {
    let text = "\u{feff}<!-- x -->\r\n<a  b = '@(\"&quot;\")' >&#65;<c /></a >\n";
    let (document, problems) = read_text(PolicyFormat::Raw, text);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(document.to_raw(), text);
}

#[test]
fn an_escaped_document_prints_as_raw_text_of_the_same_meaning() {
    let escaped = r#"<a b="@(x[&quot;y&quot;] &lt; 1)" c="a &amp; b"><!-- &lt; -->@{ return &quot;&amp;lt;&quot;; }<d>&lt;</d><![CDATA[x]]></a>"#;
    let (document, _) = read_text(PolicyFormat::Escaped, escaped);
    let raw = document.to_raw();
    let expected = outline(PolicyFormat::Escaped, escaped);
    assert_eq!(outline(PolicyFormat::Raw, &raw), expected, "{raw}");
    assert!(raw.contains(r#"b="@(x["y"] < 1)" c="a &amp; b""#), "{raw}");
}

#[test]
fn liquid_and_style_sheets_survive() {
    let text = "<p><set-body template=\"liquid\">{\"a\": \"{{body.b | Upcase}}\", {% if c %}1{% endif %}}</set-body>\
                <xsl:stylesheet version=\"1.0\" xmlns:xsl=\"u\"><xsl:value-of select=\"a[b='c']\"/></xsl:stylesheet></p>";
    let expected = r#"p[set-body[@template="liquid" "{\"a\": \"{{body.b | Upcase}}\", {% if c %}1{% endif %}}"]xsl:stylesheet[@version="1.0" @xmlns:xsl="u" xsl:value-of[@select="a[b='c']" ]]]"#;
    assert_eq!(outline(PolicyFormat::Raw, text), expected);
}
