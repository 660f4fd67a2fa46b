//! Types whose members are to come.

use super::object::bare;
use super::{Table, TableKind};

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
