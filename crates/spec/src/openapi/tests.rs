use portcullis_model::api::Operation;
use portcullis_model::diagnostic::{Diagnostics, Sources};

use crate::description::{
    Description, KeyPlace, QueryParameters, SecuritySchemeKind, parse, parse_with,
};
use crate::limits::Limits;

fn read(text: &str) -> (Option<Description>, Vec<String>) {
    let mut sources = Sources::default();
    let source = sources.add("api", text);
    let mut diagnostics = Diagnostics::default();
    let description = parse(text, source, &mut diagnostics);
    let lines = diagnostics.iter().map(|d| sources.one_line(d)).collect();
    (description, lines)
}

fn clean(text: &str) -> Description {
    let (description, lines) = read(text);
    assert_eq!(lines, Vec::<String>::new());
    description.unwrap()
}

fn summary(operation: &Operation) -> String {
    let Operation {
        id,
        name,
        method,
        template,
        ..
    } = operation;
    format!("{id} | {name} | {method} {}", template.as_str())
}

fn bodies(operation: &Operation) -> Vec<String> {
    operation
        .responses
        .iter()
        .flat_map(|response| {
            response.representations.iter().map(|r| {
                let status = response.status.map_or("default".into(), |s| s.to_string());
                let body = r.example.as_deref().unwrap_or("-");
                format!("{status} {}: {body}", r.content_type)
            })
        })
        .collect()
}

/// A description whose only operation answers 200 with this media type object, in YAML flow style.
fn answering(media_type: &str, content: &str, components: &str) -> Description {
    clean(&format!(
        "openapi: 3.0.0\npaths: {{/a: {{get: {{responses: {{'200': {{content: \
         {{{media_type}: {content}}}}}}}}}}}}}\ncomponents: {{schemas: {{{components}}}}}\n"
    ))
}

#[test]
fn operations_are_named_and_templated_as_an_import_does_it() {
    let description = clean(
        "openapi: 3.0.1
info: {title: Store, version: 1.10, description: Orders}
servers: [{url: 'https://{env}.example.com/v1', variables: {env: {default: prod}}}]
paths:
  /orders/{id}:
    parameters:
      - {name: trace, in: query, required: true}
      - {name: id, in: path, required: true}
    get:
      operationId: Get_Order
      summary: ' Get an order '
      description: One order
      parameters:
        - $ref: '#/components/parameters/view'
        - {name: trace, in: query, required: false}
        - {name: filter, in: query, required: true, style: deepObject}
      responses: {'200': {description: ok}}
    x-extension: {anything: goes}
  /orders:
    post: {}
    get: {operationId: listOrders}
  x-vendor: {}
components:
  parameters:
    view: {name: view, in: query, required: true}
",
    );
    let all: Vec<String> = description.operations.iter().map(summary).collect();
    assert_eq!(
        all,
        [
            "get-order | Get an order | GET /orders/{id}?view={view}",
            "post-orders | POST /orders | POST /orders",
            "listorders | listOrders | GET /orders",
        ]
    );
    assert_eq!(description.title, "Store");
    assert_eq!(description.version, "1.10");
    assert_eq!(description.servers, ["https://prod.example.com/v1"]);
    assert_eq!(
        description.operations[0].description.as_deref(),
        Some("One order")
    );
}

#[test]
fn required_query_parameters_stay_out_if_the_api_says_so() {
    let text = "{\"openapi\":\"3.1.0\",\"paths\":{\"/a\":{\"get\":{\"parameters\":[{\"name\":\"q\",\"in\":\"query\",\"required\":true}]}}}}";
    for (choice, template) in [
        (QueryParameters::Template, "/a?q={q}"),
        (QueryParameters::Query, "/a"),
    ] {
        let mut diagnostics = Diagnostics::default();
        let source = Sources::default().add("api", text);
        let read = parse_with(text, source, choice, &Limits::DEFAULT, &mut diagnostics);
        assert_eq!(read.unwrap().operations[0].template.as_str(), template);
    }
}

#[test]
fn openapi_2_is_read_like_3() {
    let description = clean(
        r##"{"swagger":"2.0","info":{"title":"Pets","version":"1"},
"host":"pets.example.com","basePath":"/v2/","schemes":["http","https"],
"produces":["application/json","text/plain"],
"securityDefinitions":{"key":{"type":"apiKey","in":"query","name":"k"},"b":{"type":"basic"}},
"parameters":{"limit":{"name":"limit","in":"query","required":true,"type":"integer"}},
"responses":{"Pet":{"description":"a pet","schema":{"$ref":"#/definitions/Pet"}}},
"definitions":{"Pet":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}}}},
"paths":{"/pets":{"get":{"parameters":[{"$ref":"#/parameters/limit"},
{"name":"body","in":"body","required":true,"schema":{}}],
"responses":{"200":{"$ref":"#/responses/Pet"},
"404":{"description":"none","examples":{"text/plain":"no pets"}},"default":{"description":"odd"}}}}}}"##,
    );
    let operation = &description.operations[0];
    assert_eq!(
        summary(operation),
        "get-pets | GET /pets | GET /pets?limit={limit}"
    );
    assert_eq!(
        description.servers,
        ["https://pets.example.com/v2", "http://pets.example.com/v2"]
    );
    assert_eq!(
        bodies(operation),
        [
            "200 application/json: {\"id\":0,\"name\":\"string\"}",
            "200 text/plain: -",
            "404 application/json: -",
            "404 text/plain: no pets",
        ]
    );
    assert_eq!(operation.responses.len(), 3);
    assert_eq!(
        description.security[0].kind,
        SecuritySchemeKind::ApiKey {
            place: KeyPlace::Query,
            parameter: "k".into()
        }
    );
}

#[test]
fn a_body_is_the_first_of_example_examples_and_schema() {
    for (media_type, content, body) in [
        (
            "application/json",
            "{example: {a: 1}, schema: {type: string}}",
            "{\"a\":1}",
        ),
        ("application/json", "{example: '{\"a\": 1}'}", "{\"a\": 1}"),
        ("application/json", "{example: '12'}", "\"12\""),
        (
            "application/json",
            "{examples: {none: {summary: s}, x: {value: [1]}, y: {value: 2}}}",
            "[1]",
        ),
        (
            "application/json",
            "{schema: {example: {b: 2}}}",
            "{\"b\":2}",
        ),
        (
            "application/json",
            "{schema: {type: array, items: {type: boolean}}}",
            "[true]",
        ),
        ("application/problem+json", "{schema: {}}", "{}"),
        ("text/plain", "{schema: {type: string}}", "string"),
        ("text/plain", "{example: 5}", "5"),
        ("application/xml", "{schema: {type: object}}", "-"),
        ("application/xml", "{example: <a/>}", "<a/>"),
        ("application/xml", "{example: {a: 1}}", "-"),
        ("image/png", "{schema: {type: object}}", "-"),
        ("application/json", "{}", "-"),
    ] {
        let description = answering(media_type, content, "");
        assert_eq!(
            bodies(&description.operations[0]),
            [format!("200 {media_type}: {body}")],
            "{content}"
        );
    }
}

#[test]
fn a_sample_follows_the_schema() {
    for (schema, sample) in [
        ("{type: [null, integer], minimum: 3}", "3"),
        ("{type: string, enum: [b, a]}", "\"b\""),
        (
            "{type: string, format: uuid}",
            "\"00000000-0000-0000-0000-000000000000\"",
        ),
        ("{const: 7}", "7"),
        ("{type: number, default: 1.5}", "1.5"),
        (
            "{properties: {a: {type: 'null'}, b: {items: {type: number}}}}",
            "{\"a\":null,\"b\":[0]}",
        ),
        (
            "{allOf: [{$ref: '#/components/schemas/Base'}, {properties: {b: {type: boolean}}}]}",
            "{\"id\":0,\"b\":true}",
        ),
        ("{oneOf: [{type: string}, {type: number}]}", "\"string\""),
        (
            "{type: object, properties: {x: {type: string}}, anyOf: [{$ref: '#/components/schemas/Base'}]}",
            "{\"id\":0,\"x\":\"string\"}",
        ),
    ] {
        let content = format!("{{schema: {schema}}}");
        let base = "Base: {type: object, properties: {id: {type: integer}}}";
        let description = answering("application/json", &content, base);
        assert_eq!(
            bodies(&description.operations[0]),
            [format!("200 application/json: {sample}")],
            "{schema}"
        );
    }
}

#[test]
fn schemas_that_contain_themselves_end() {
    let tree = "Tree: {type: object, properties: {name: {type: string}, \
                children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}";
    let loops = "Loop: {$ref: '#/components/schemas/Loop'}";
    let wide = "Wide: {type: object, properties: {a: {$ref: '#/components/schemas/Wide'}, \
                b: {$ref: '#/components/schemas/Wide'}}}";
    for (name, components, sample) in [
        (
            "Tree",
            tree,
            "200 application/json: {\"name\":\"string\",\"children\":[{",
        ),
        ("Loop", loops, "200 application/json: null"),
        // Grows with the power of its depth: too large to be a sample.
        ("Wide", wide, "200 application/json: -"),
    ] {
        let content = format!("{{schema: {{$ref: '#/components/schemas/{name}'}}}}");
        let description = answering("application/json", &content, components);
        let body = bodies(&description.operations[0]).remove(0);
        assert!(body.starts_with(sample), "{body}");
    }
}

#[test]
fn problems_are_told_with_their_places() {
    for (text, expected) in [
        (
            "{\"openapi\": \"3.0.0\",\n \"paths\": {\"/a\" {}}}",
            "api:2:17: error[S0001]: the API description cannot be read: expected `:`, found `{`",
        ),
        (
            "info: {}\n",
            "api:1:1: error[S0003]: this is not an OpenAPI description: it has no member `openapi`",
        ),
        (
            "openapi: 4.0.0\n",
            "api:1:10: error[S0003]: `4.0.0` is not a version of OpenAPI that is known here",
        ),
        (
            "- a\n",
            "api:1:1: error[S0003]: an API description is an object, this is an array",
        ),
        (
            "openapi: 3.0.0\npaths: []\n",
            "api:2:8: error[S0004]: `paths` is an object in OpenAPI, this is an array",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a: {get: 5, put: {}}\n",
            "api:3:13: error[S0004]: an operation is an object in OpenAPI, this is a number",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a: {$ref: 'b.yaml#/a'}\n",
            "api:3:14: error[S0005]: the reference `b.yaml#/a` leads nowhere: it leads out of this text",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a: {get: {responses: {'200': {$ref: '#/components/x'}}}}\n",
            "api:3:40: warning[S0005]: the reference `#/components/x` leads nowhere: nothing stands there",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a/{b}{c}: {get: {}}\n  /a: {get: {}}\n",
            "api:3:3: error[S0006]: `GET /a/{b}{c}` cannot be served: the segment `{b}{c}` has more than one parameter",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a: {get: {}}\n  /A/: {get: {}}\n",
            "api:4:3: warning[S0007]: `GET /A/` stands twice; the later one is left out",
        ),
        (
            "openapi: 3.0.0\npaths:\n  /a/{id}: {get: {parameters: [{name: id, in: query, required: true}]}}\n",
            "api:3:39: warning[S0008]: the required query parameter `id` is not part of the URL template: the path has a parameter of that name",
        ),
        (
            "openapi: 3.1.0\ninfo: {}\n",
            "api:1:1: warning[S0009]: the API description has no operations",
        ),
    ] {
        let (_, lines) = read(text);
        assert_eq!(lines, [expected], "{text}");
    }
}

#[test]
fn references_find_names_with_slashes_and_items_of_arrays() {
    let description = clean(
        "openapi: 3.0.0
paths:
  /a/{b}:
    get: {operationId: one, parameters: [{name: q, in: query, required: true}]}
    put: {operationId: two, parameters: [{$ref: '#/paths/~1a~1%7Bb%7D/get/parameters/0'}]}
  /c: {$ref: '#/paths/~1a~1{b}'}
",
    );
    let all: Vec<&str> = description
        .operations
        .iter()
        .map(|o| o.template.as_str())
        .collect();
    assert_eq!(
        all,
        ["/a/{b}?q={q}", "/a/{b}?q={q}", "/c?q={q}", "/c?q={q}"]
    );
    let ids: Vec<&str> = description
        .operations
        .iter()
        .map(|o| o.id.as_str())
        .collect();
    assert_eq!(ids, ["one", "two", "one-1", "two-1"]);
}

#[test]
fn more_operations_than_the_limit_are_refused() {
    let limits = Limits {
        operations: 1,
        ..Limits::DEFAULT
    };
    let text = "openapi: 3.0.0\npaths: {/a: {get: {}, put: {}}, /b: {get: {}}}";
    let mut diagnostics = Diagnostics::default();
    let source = Sources::default().add("api", text);
    let read = parse_with(
        text,
        source,
        QueryParameters::Template,
        &limits,
        &mut diagnostics,
    );
    assert_eq!(read.unwrap().operations.len(), 1);
    assert_eq!(diagnostics.iter().next().unwrap().code.id(), "S0002");
}
