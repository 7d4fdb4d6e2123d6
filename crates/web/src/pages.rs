//! The pages, one module for each path; the functions are named after the HTTP method.

pub(crate) mod about_address;
pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod addresses;
pub(crate) mod assets;
pub(crate) mod authenticators;
pub(crate) mod cancel;
pub(crate) mod close;
pub(crate) mod code;
pub(crate) mod confirm;
pub(crate) mod data;
pub(crate) mod entries;
pub(crate) mod entry;
pub(crate) mod grants;
pub(crate) mod inbox;
pub(crate) mod not_me;
pub(crate) mod operator;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod recover;
pub(crate) mod recovery_codes;
pub(crate) mod sessions;
pub(crate) mod set_password;
pub(crate) mod sign_in;
pub(crate) mod sign_in_policy;
pub(crate) mod welcome;
