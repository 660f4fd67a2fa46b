//! Types whose members are to come.

use super::object::bare;
use super::{Table, TableKind};

pub(super) static STRING: Table = bare("System.String", TableKind::Class, &[]);
pub(super) static BOOL: Table = bare("System.Boolean", TableKind::Struct, &[]);
pub(super) static CHAR: Table = bare("System.Char", TableKind::Struct, &[]);
pub(super) static SBYTE: Table = bare("System.SByte", TableKind::Struct, &[]);
pub(super) static BYTE: Table = bare("System.Byte", TableKind::Struct, &[]);
pub(super) static SHORT: Table = bare("System.Int16", TableKind::Struct, &[]);
pub(super) static USHORT: Table = bare("System.UInt16", TableKind::Struct, &[]);
pub(super) static INT: Table = bare("System.Int32", TableKind::Struct, &[]);
pub(super) static UINT: Table = bare("System.UInt32", TableKind::Struct, &[]);
pub(super) static LONG: Table = bare("System.Int64", TableKind::Struct, &[]);
pub(super) static ULONG: Table = bare("System.UInt64", TableKind::Struct, &[]);
pub(super) static FLOAT: Table = bare("System.Single", TableKind::Struct, &[]);
pub(super) static DOUBLE: Table = bare("System.Double", TableKind::Struct, &[]);
pub(super) static DECIMAL: Table = bare("System.Decimal", TableKind::Struct, &[]);
pub(super) static DATE_TIME: Table = bare("System.DateTime", TableKind::Struct, &[]);
pub(super) static DATE_TIME_OFFSET: Table = bare("System.DateTimeOffset", TableKind::Struct, &[]);
pub(super) static TIME_SPAN: Table = bare("System.TimeSpan", TableKind::Struct, &[]);
pub(super) static GUID: Table = bare("System.Guid", TableKind::Struct, &[]);
pub(super) static ENUM: Table = bare("System.Enum", TableKind::Class, &[]);
pub(super) static ARRAY: Table = bare("System.Array", TableKind::Class, &[]);
pub(super) static DELEGATE: Table = bare("System.Delegate", TableKind::Class, &[]);
pub(super) static EXCEPTION: Table = bare("System.Exception", TableKind::Class, &[]);
pub(super) static NULLABLE: Table = bare("System.Nullable<T>", TableKind::Struct, &[]);
pub(super) static ENUMERABLE: Table =
    bare("System.Collections.IEnumerable", TableKind::Interface, &[]);
pub(super) static ENUMERABLE_OF: Table = bare(
    "System.Collections.Generic.IEnumerable<out T>",
    TableKind::Interface,
    &[],
);
pub(super) static COLLECTION_OF: Table = bare(
    "System.Collections.Generic.ICollection<T>",
    TableKind::Interface,
    &[],
);
pub(super) static LIST_INTERFACE: Table = bare(
    "System.Collections.Generic.IList<T>",
    TableKind::Interface,
    &[],
);
pub(super) static READ_ONLY_COLLECTION: Table = bare(
    "System.Collections.Generic.IReadOnlyCollection<out T>",
    TableKind::Interface,
    &[],
);
pub(super) static READ_ONLY_LIST: Table = bare(
    "System.Collections.Generic.IReadOnlyList<out T>",
    TableKind::Interface,
    &[],
);
pub(super) static DICTIONARY_INTERFACE: Table = bare(
    "System.Collections.Generic.IDictionary<TKey, TValue>",
    TableKind::Interface,
    &[],
);
pub(super) static READ_ONLY_DICTIONARY: Table = bare(
    "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>",
    TableKind::Interface,
    &[],
);
pub(super) static LIST: Table = bare("System.Collections.Generic.List<T>", TableKind::Class, &[]);
pub(super) static DICTIONARY: Table = bare(
    "System.Collections.Generic.Dictionary<TKey, TValue>",
    TableKind::Class,
    &[],
);
pub(super) static HASH_SET: Table = bare(
    "System.Collections.Generic.HashSet<T>",
    TableKind::Class,
    &[],
);
pub(super) static KEY_VALUE_PAIR: Table = bare(
    "System.Collections.Generic.KeyValuePair<TKey, TValue>",
    TableKind::Struct,
    &[],
);
pub(super) static JTOKEN: Table = bare("Newtonsoft.Json.Linq.JToken", TableKind::Class, &[]);
pub(super) static JCONTAINER: Table =
    bare("Newtonsoft.Json.Linq.JContainer", TableKind::Class, &[]);
pub(super) static JOBJECT: Table = bare("Newtonsoft.Json.Linq.JObject", TableKind::Class, &[]);
pub(super) static JARRAY: Table = bare("Newtonsoft.Json.Linq.JArray", TableKind::Class, &[]);
pub(super) static JPROPERTY: Table = bare("Newtonsoft.Json.Linq.JProperty", TableKind::Class, &[]);
pub(super) static JVALUE: Table = bare("Newtonsoft.Json.Linq.JValue", TableKind::Class, &[]);
pub(super) static JRAW: Table = bare("Newtonsoft.Json.Linq.JRaw", TableKind::Class, &[]);
pub(super) static URI: Table = bare("System.Uri", TableKind::Class, &[]);
pub(super) static XOBJECT: Table = bare("System.Xml.Linq.XObject", TableKind::Class, &[]);
pub(super) static XNODE: Table = bare("System.Xml.Linq.XNode", TableKind::Class, &[]);
pub(super) static XCONTAINER: Table = bare("System.Xml.Linq.XContainer", TableKind::Class, &[]);
pub(super) static XELEMENT: Table = bare("System.Xml.Linq.XElement", TableKind::Class, &[]);
pub(super) static XDOCUMENT: Table = bare("System.Xml.Linq.XDocument", TableKind::Class, &[]);
pub(super) static XATTRIBUTE: Table = bare("System.Xml.Linq.XAttribute", TableKind::Class, &[]);
pub(super) static XTEXT: Table = bare("System.Xml.Linq.XText", TableKind::Class, &[]);
pub(super) static XCDATA: Table = bare("System.Xml.Linq.XCData", TableKind::Class, &[]);
pub(super) static XCOMMENT: Table = bare("System.Xml.Linq.XComment", TableKind::Class, &[]);
pub(super) static XINSTRUCTION: Table = bare(
    "System.Xml.Linq.XProcessingInstruction",
    TableKind::Class,
    &[],
);
pub(super) static XDOCTYPE: Table = bare("System.Xml.Linq.XDocumentType", TableKind::Class, &[]);
pub(super) static XNAME: Table = bare("System.Xml.Linq.XName", TableKind::Class, &[]);
pub(super) static XNAMESPACE: Table = bare("System.Xml.Linq.XNamespace", TableKind::Class, &[]);
pub(super) static IGROUPING: Table = bare(
    "System.Linq.IGrouping<out TKey, out TElement>",
    TableKind::Interface,
    &[],
);
pub(super) static ORDERED: Table = bare(
    "System.Linq.IOrderedEnumerable<out TElement>",
    TableKind::Interface,
    &[],
);
pub(super) static QUEUE: Table = bare("System.Collections.Generic.Queue<T>", TableKind::Class, &[]);
pub(super) static STACK: Table = bare("System.Collections.Generic.Stack<T>", TableKind::Class, &[]);
pub(super) static FUNC: Table = bare("System.Func<out TResult>", TableKind::Delegate, &[]);
pub(super) static FORMATTABLE: Table = bare("System.IFormattable", TableKind::Interface, &[]);
pub(super) static COMPARABLE: Table = bare("System.IComparable", TableKind::Interface, &[]);
pub(super) static SET_INTERFACE: Table = bare(
    "System.Collections.Generic.ISet<T>",
    TableKind::Interface,
    &[],
);
pub(super) static JENUMERABLE: Table = bare(
    "Newtonsoft.Json.Linq.JEnumerable<out T>",
    TableKind::Class,
    &[],
);
pub(super) static READ_ONLY_COLLECTION_CLASS: Table = bare(
    "System.Collections.ObjectModel.ReadOnlyCollection<T>",
    TableKind::Class,
    &[],
);
