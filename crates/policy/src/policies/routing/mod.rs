//! Where the request goes.

pub(super) mod forward_request;
pub(super) mod proxy;
pub(super) mod rewrite_uri;
pub(super) mod set_backend_service;
