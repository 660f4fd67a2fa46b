//! Whether requests and responses are as the API's description says.

pub(super) mod validate_content;
pub(super) mod validate_graphql_request;
pub(super) mod validate_headers;
pub(super) mod validate_odata_request;
pub(super) mod validate_parameters;
pub(super) mod validate_status_code;
