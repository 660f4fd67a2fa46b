//! Resolvers of GraphQL APIs: where the value of a field comes from.

pub(super) mod cosmosdb_data_source;
pub(super) mod http_data_source;
pub(super) mod publish_event;
pub(super) mod set_graphql_resolver;
pub(super) mod sql_data_source;
