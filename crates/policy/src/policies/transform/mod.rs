//! What is changed in the request and the response.

pub(super) mod cors;
pub(super) mod cross_domain;
pub(super) mod find_and_replace;
pub(super) mod json_to_xml;
pub(super) mod jsonp;
pub(super) mod redirect_content_urls;
pub(super) mod set_body;
pub(super) mod set_header;
pub(super) mod set_method;
pub(super) mod set_query_parameter;
pub(super) mod set_status;
pub(super) mod set_variable;
pub(super) mod xml_to_json;
pub(super) mod xsl_transform;
