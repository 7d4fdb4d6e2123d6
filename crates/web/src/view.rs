//! What every page shows: one struct of plain data per page, and the template that draws it.
//!
//! A page holds a [`Frame`] (what all pages share) and values that were decided elsewhere. Templates
//! contain no words: they ask the frame for texts by identifier, and those stand in `texts/en.ftl`.
//! A handler fills the struct and calls [`askama::Template::render`].

pub mod account;
pub mod activity;
pub mod addresses;
pub mod approve;
pub mod assets;
pub mod authenticators;
pub(crate) mod change;
pub mod chart;
pub mod codes_off;
pub mod confirm;
pub mod data;
pub mod device;
pub mod doorbell;
pub mod entry;
pub mod explain;
pub mod finding;
pub mod frame;
pub mod gate;
pub mod grants;
pub mod inbox;
pub mod ledger;
pub mod moment;
pub mod not_me;
pub mod oauth;
pub mod operator;
pub mod passkey;
pub mod password;
pub mod profile;
pub mod qr;
pub mod recover;
#[doc(hidden)]
pub mod sample;
pub mod sessions;
pub mod set_password;
pub mod sign_in;
pub mod source;
pub mod trouble;
pub mod undo;
pub mod waiting;
pub mod welcome;

#[cfg(test)]
mod check;
