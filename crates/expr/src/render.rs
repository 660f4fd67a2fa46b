//! Values as JSON, for tests and tools.

use crate::surface::Surface;
use crate::value::Value;

/// A value with its type, as one JSON object.
pub fn value(_value: &Value, _surface: &Surface) -> String {
    String::new()
}

/// Not written yet.
pub fn json(
    _value: &Value,
    _host: &mut dyn crate::host::Host,
    _surface: &Surface,
) -> crate::exception::Outcome<String> {
    Ok("{}".to_owned())
}
