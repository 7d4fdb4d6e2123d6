//! Lines as the logs that people hold: one file for each shape.

mod audits;
mod azure;
mod guid;
mod portal;
mod sign_in;
mod unified;

pub(crate) use audits::audits;
pub(crate) use azure::Azure;
pub(crate) use guid::{Clock, guid_text};
pub(crate) use portal::{portal, portal_header};
pub(crate) use sign_in::{Version, properties};
pub(crate) use unified::{unified, unified_header};
