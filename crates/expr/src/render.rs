//! Values as JSON, for tests and tools.

use crate::surface::Surface;
use crate::value::Value;

/// A value with its type, as one JSON object.
pub fn value(_value: &Value, _surface: &Surface) -> String {
    String::new()
}
