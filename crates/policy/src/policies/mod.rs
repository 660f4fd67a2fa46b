//! Every policy, one file each.
//!
//! [`POLICIES`] is the whole list, in the order of the manual; to add a policy, write its file, its
//! `mod` line and its line here. A policy that cannot run yet is in the list with what is missing:
//! documents that use it are checked, and operations that need it answer 503.

use crate::compile::CompileFn;
use crate::grammar::PolicySpec;

mod access;
mod ai;
mod caching;
mod flow;
mod graphql;
mod outside;
mod parts;
mod routing;
mod transform;
mod validation;

#[cfg(test)]
mod tests;

/// A policy: what it is written with, and what makes it run.
#[derive(Debug)]
pub struct PolicyEntry {
    /// The facts.
    pub spec: &'static PolicySpec,
    /// From what was written to what runs.
    pub compile: Compile,
}

/// From what was written to what runs.
#[derive(Debug, Clone, Copy)]
pub enum Compile {
    /// It runs.
    Ready(CompileFn),
    /// It does not run yet; what is missing, as a sentence part.
    NotYet(&'static str),
}

/// The policy whose element has that name.
pub fn find(element: &str) -> Option<&'static PolicyEntry> {
    POLICIES
        .iter()
        .copied()
        .find(|entry| entry.spec.element() == element)
}

/// Every policy, in the order of the manual.
pub static POLICIES: &[&PolicyEntry] = &[
    // Rate limiting and quotas
    &ready(&access::rate_limit::SPEC, access::rate_limit::compile),
    &ready(
        &access::rate_limit_by_key::SPEC,
        access::rate_limit_by_key::compile,
    ),
    &not_yet(&access::quota::SPEC, "counting calls over long periods"),
    &not_yet(
        &access::quota_by_key::SPEC,
        "counting calls over long periods",
    ),
    &not_yet(
        &flow::limit_concurrency::SPEC,
        "counting requests in flight",
    ),
    &not_yet(&ai::llm_token_limit::SPEC, "counting tokens"),
    &not_yet(&ai::azure_openai_token_limit::SPEC, "counting tokens"),
    // Access control and authentication
    &ready(&access::check_header::SPEC, access::check_header::compile),
    &ready(&access::ip_filter::SPEC, access::ip_filter::compile),
    &not_yet(&access::validate_jwt::SPEC, "verifying tokens"),
    &not_yet(&access::validate_azure_ad_token::SPEC, "verifying tokens"),
    &not_yet(
        &access::validate_client_certificate::SPEC,
        "verifying client certificates",
    ),
    &not_yet(
        &access::get_authorization_context::SPEC,
        "the credential manager",
    ),
    &not_yet(
        &access::authentication_basic::SPEC,
        "credentials for backends",
    ),
    &not_yet(
        &access::authentication_certificate::SPEC,
        "client certificates for backends",
    ),
    &not_yet(
        &access::authentication_managed_identity::SPEC,
        "tokens of managed identities",
    ),
    // Validation
    &not_yet(&validation::validate_content::SPEC, "schemas of bodies"),
    &not_yet(
        &validation::validate_parameters::SPEC,
        "schemas of parameters",
    ),
    &not_yet(
        &validation::validate_headers::SPEC,
        "schemas of response headers",
    ),
    &not_yet(
        &validation::validate_status_code::SPEC,
        "declared response codes",
    ),
    &not_yet(
        &validation::validate_graphql_request::SPEC,
        "GraphQL queries",
    ),
    &not_yet(&validation::validate_odata_request::SPEC, "OData queries"),
    // Routing and backends
    &ready(
        &routing::forward_request::SPEC,
        routing::forward_request::compile,
    ),
    &ready(
        &routing::set_backend_service::SPEC,
        routing::set_backend_service::compile,
    ),
    &not_yet(&routing::proxy::SPEC, "calling through a proxy"),
    // Caching
    &not_yet(&caching::cache_lookup::SPEC, "the response cache"),
    &not_yet(&caching::cache_store::SPEC, "the response cache"),
    &not_yet(&caching::cache_lookup_value::SPEC, "the value cache"),
    &not_yet(&caching::cache_store_value::SPEC, "the value cache"),
    &not_yet(&caching::cache_remove_value::SPEC, "the value cache"),
    &not_yet(&caching::cache_value::SPEC, "the value cache"),
    &not_yet(
        &caching::llm_semantic_cache_lookup::SPEC,
        "the semantic cache",
    ),
    &not_yet(
        &caching::llm_semantic_cache_store::SPEC,
        "the semantic cache",
    ),
    &not_yet(
        &caching::azure_openai_semantic_cache_lookup::SPEC,
        "the semantic cache",
    ),
    &not_yet(
        &caching::azure_openai_semantic_cache_store::SPEC,
        "the semantic cache",
    ),
    // Transformation
    &ready(&transform::set_method::SPEC, transform::set_method::compile),
    &ready(&transform::set_status::SPEC, transform::set_status::compile),
    &ready(
        &transform::set_variable::SPEC,
        transform::set_variable::compile,
    ),
    &ready(&transform::set_body::SPEC, transform::set_body::compile),
    &ready(&transform::set_header::SPEC, transform::set_header::compile),
    &ready(
        &transform::set_query_parameter::SPEC,
        transform::set_query_parameter::compile,
    ),
    &ready(&routing::rewrite_uri::SPEC, routing::rewrite_uri::compile),
    &not_yet(&transform::json_to_xml::SPEC, "converting JSON"),
    &not_yet(&transform::xml_to_json::SPEC, "converting XML"),
    &ready(
        &transform::find_and_replace::SPEC,
        transform::find_and_replace::compile,
    ),
    &not_yet(
        &transform::redirect_content_urls::SPEC,
        "rewriting links in bodies",
    ),
    &not_yet(&transform::xsl_transform::SPEC, "XSL transformations"),
    &ready(&flow::return_response::SPEC, flow::return_response::compile),
    &ready(&flow::mock_response::SPEC, flow::mock_response::compile),
    // Cross-domain
    &ready(&transform::cors::SPEC, transform::cors::compile),
    &not_yet(
        &transform::cross_domain::SPEC,
        "serving a cross-domain policy file",
    ),
    &not_yet(&transform::jsonp::SPEC, "JSON with padding"),
    // Control flow and integration
    &ready(&flow::choose::SPEC, flow::choose::compile),
    &not_yet(&flow::retry::SPEC, "running policies again"),
    &not_yet(&flow::wait::SPEC, "running policies at the same time"),
    &ready(
        &flow::include_fragment::SPEC,
        flow::include_fragment::compile,
    ),
    &not_yet(&outside::send_request::SPEC, "calls from policies"),
    &not_yet(&outside::send_one_way_request::SPEC, "calls from policies"),
    &not_yet(&outside::publish_to_dapr::SPEC, "the Dapr sidecar"),
    &not_yet(&outside::invoke_dapr_binding::SPEC, "the Dapr sidecar"),
    &not_yet(&outside::send_service_bus_message::SPEC, "Service Bus"),
    &not_yet(&outside::invoke_request::SPEC, "calls from policies"),
    // Observability
    &ready(&outside::trace::SPEC, outside::trace::compile),
    &not_yet(&outside::emit_metric::SPEC, "metrics from policies"),
    &not_yet(&outside::log_to_eventhub::SPEC, "loggers"),
    &not_yet(&ai::llm_emit_token_metric::SPEC, "counting tokens"),
    &not_yet(&ai::azure_openai_emit_token_metric::SPEC, "counting tokens"),
    // AI safety
    &not_yet(&ai::llm_content_safety::SPEC, "the content safety service"),
    // GraphQL resolvers
    &not_yet(&graphql::http_data_source::SPEC, "GraphQL resolvers"),
    &not_yet(&graphql::sql_data_source::SPEC, "GraphQL resolvers"),
    &not_yet(&graphql::cosmosdb_data_source::SPEC, "GraphQL resolvers"),
    &not_yet(&graphql::publish_event::SPEC, "GraphQL subscriptions"),
    &not_yet(
        &graphql::set_graphql_resolver::SPEC,
        "GraphQL resolvers of the retired form",
    ),
];

const fn ready(spec: &'static PolicySpec, compile: CompileFn) -> PolicyEntry {
    PolicyEntry {
        spec,
        compile: Compile::Ready(compile),
    }
}

const fn not_yet(spec: &'static PolicySpec, missing: &'static str) -> PolicyEntry {
    PolicyEntry {
        spec,
        compile: Compile::NotYet(missing),
    }
}
