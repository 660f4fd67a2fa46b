//! Calls to something other than the backend, and what is recorded.

pub(super) mod emit_metric;
pub(super) mod invoke_dapr_binding;
pub(super) mod invoke_request;
pub(super) mod log_to_eventhub;
pub(super) mod publish_to_dapr;
pub(super) mod send_one_way_request;
pub(super) mod send_request;
pub(super) mod send_service_bus_message;
pub(super) mod trace;
