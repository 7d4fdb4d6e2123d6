//! The texts of the mails, by language, for `model::voice::Voice`; every identifier begins with `mail-`.

/// English.
pub const ENGLISH: &str = include_str!("texts/en.ftl");
