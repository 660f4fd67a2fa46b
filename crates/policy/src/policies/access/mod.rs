//! Who may call, how often, and as whom the gateway calls.

pub(super) mod authentication_basic;
pub(super) mod authentication_certificate;
pub(super) mod authentication_managed_identity;
pub(super) mod check_header;
pub(super) mod get_authorization_context;
pub(super) mod ip_filter;
pub(super) mod quota;
pub(super) mod quota_by_key;
pub(super) mod rate_limit;
pub(super) mod rate_limit_by_key;
pub(super) mod validate_azure_ad_token;
pub(super) mod validate_client_certificate;
pub(super) mod validate_jwt;
