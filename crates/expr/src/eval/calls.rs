//! Calls of library functions and of the host, and what such a function sees.

use std::rc::Rc;

use super::{Frame, Vm};
use crate::bound::{HostInvocation, NativeCall};
use crate::exception::{Exception, Outcome, argument_null, null_reference};
use crate::host::HostCall;
use crate::json::JToken;
use crate::text::Text;
use crate::types::Type;
use crate::value::{
    Array, DateTime, DateTimeOffset, Decimal, Dictionary, Guid, List, Set, TimeSpan, Value,
};

/// One call of a library function: its arguments (the receiver first) and type arguments (those of the
/// receiver's type first).
pub(crate) struct Call<'a, 'h> {
    pub(crate) vm: &'a mut Vm<'h>,
    pub(crate) args: &'a mut [Value],
    pub(crate) types: &'a [Type],
}

impl Vm<'_> {
    pub(super) fn native_call(&mut self, call: &NativeCall, frame: &mut Frame) -> Outcome {
        match &*call.args {
            [] => self.native_with(call, &mut [], frame),
            [a] => {
                let mut args = [self.eval(a, frame)?];
                self.native_with(call, &mut args, frame)
            }
            [a, b] => {
                let mut args = [self.eval(a, frame)?, self.eval(b, frame)?];
                self.native_with(call, &mut args, frame)
            }
            many => {
                let mut args = self.eval_all(many, frame)?;
                self.native_with(call, &mut args, frame)
            }
        }
    }

    fn native_with(&mut self, call: &NativeCall, args: &mut [Value], frame: &mut Frame) -> Outcome {
        if call.instance && args.first().is_some_and(Value::is_null) {
            return Err(null_reference());
        }
        let result = (call.run)(&mut Call {
            vm: self,
            args,
            types: &call.types,
        });
        write_back(&call.outs, args, frame);
        match &result {
            Ok(Value::String(text)) => self.charge_bytes(text.size())?,
            Ok(tree @ (Value::Json(_) | Value::Xml(_))) => self.keep(tree),
            _ => {}
        }
        result
    }

    pub(super) fn host_call(&mut self, call: &HostInvocation, frame: &mut Frame) -> Outcome {
        let receiver = self.eval(&call.receiver, frame)?;
        let mut args = self.eval_all(&call.args, frame)?;
        if call.instance && receiver.is_null() {
            return Err(null_reference());
        }
        let result = self.host.call(HostCall {
            receiver: &receiver,
            member: call.member,
            key: call.key,
            types: &call.types,
            args: &mut args,
        });
        write_back(&call.outs, &args, frame);
        if let Ok(tree @ (Value::Json(_) | Value::Xml(_))) = &result {
            self.keep(tree);
        }
        result
    }
}

/// Gives the variables of `out` and `ref` arguments their new values.
fn write_back(outs: &[(usize, usize)], args: &[Value], frame: &mut Frame) {
    for (argument, slot) in outs {
        if let Some(value) = args.get(*argument) {
            frame.set(*slot, value.clone());
        }
    }
}

// === Call ===

/// The argument at an index as one variant of [`Value`]; a method that gets another fails.
macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident: $variant:ident($ty:ty);)*) => {
        impl Call<'_, '_> {
            $($(#[$doc])*
            pub(crate) fn $name(&self, index: usize) -> Outcome<$ty> {
                match self.arg(index) {
                    Value::$variant(value) => Ok(value.clone()),
                    other => Err(unexpected(other)),
                }
            })*
        }
    };
}

variants! {
    /// A `bool`.
    bool: Bool(bool);
    /// A `char`.
    char: Char(u16);
    /// An `int`.
    int: Int(i32);
    /// A `long`.
    long: Long(i64);
    /// A `double`.
    double: Double(f64);
    /// A `decimal`.
    decimal: Decimal(Decimal);
    /// A `string` that is not `null`.
    text: String(Text);
    /// A `DateTime`.
    date_time: DateTime(DateTime);
    /// A `DateTimeOffset`.
    date_time_offset: DateTimeOffset(DateTimeOffset);
    /// A `TimeSpan`.
    time_span: TimeSpan(TimeSpan);
    /// A `Guid`.
    guid: Guid(Guid);
    /// An array.
    array: Array(Rc<Array>);
    /// A list.
    list: List(Rc<List>);
    /// A dictionary.
    dictionary: Dictionary(Rc<Dictionary>);
    /// A set.
    set: Set(Rc<Set>);
    /// A JSON token that is not `null`.
    json: Json(JToken);
    /// A part of an XML document.
    xml: Xml(crate::xml::XObject);
    /// An exception.
    exception: Exception(Exception);
}

/// The binder lets nothing else through; `null` is the only surprise.
fn unexpected(value: &Value) -> Exception {
    match value {
        Value::Null => null_reference(),
        _ => crate::exception::invalid_cast("Specified cast is not valid."),
    }
}

impl Call<'_, '_> {
    /// An argument; `null` if there is none.
    pub(crate) fn arg(&self, index: usize) -> &Value {
        self.args.get(index).unwrap_or(&Value::Null)
    }

    /// An argument that must not be `null`.
    pub(crate) fn required(&self, index: usize, parameter: &str) -> Outcome<Value> {
        match self.arg(index) {
            Value::Null => Err(argument_null(parameter)),
            value => Ok(value.clone()),
        }
    }

    /// A string argument that must not be `null`.
    pub(crate) fn required_text(&self, index: usize, parameter: &str) -> Outcome<Text> {
        match self.arg(index) {
            Value::Null => Err(argument_null(parameter)),
            _ => self.text(index),
        }
    }

    /// A string argument that may be `null`.
    pub(crate) fn optional_text(&self, index: usize) -> Option<Text> {
        self.arg(index).as_text().cloned()
    }

    /// A `byte[]` argument that must not be `null`.
    pub(crate) fn required_bytes(&self, index: usize, parameter: &str) -> Outcome<Vec<u8>> {
        match self.arg(index) {
            Value::Null => Err(argument_null(parameter)),
            value => value.to_bytes().ok_or_else(|| unexpected(value)),
        }
    }

    /// The number of an enumeration's member.
    pub(crate) fn enumerated(&self, index: usize) -> i32 {
        match self.arg(index) {
            Value::Enum(_, value) => *value,
            _ => 0,
        }
    }

    /// A type argument.
    pub(crate) fn type_arg(&self, index: usize) -> Type {
        self.types.get(index).cloned().unwrap_or(Type::OBJECT)
    }

    /// Gives an `out` argument its value.
    pub(crate) fn put(&mut self, index: usize, value: Value) {
        if let Some(place) = self.args.get_mut(index) {
            *place = value;
        }
    }
}
