//! The files that pages refer to, and the message file of each language, built into the program.

/// The one stylesheet; its variables are listed at its top.
pub const STYLE: &str = include_str!("../assets/style.css");
/// The script of the waiting page: it counts the time left in words. Every page works without it.
pub const SCRIPT: &str = include_str!("../assets/page.js");
/// The script of pages where a passkey is used or made.
pub const PASSKEY: &str = include_str!("../assets/passkey.js");
/// The icon for the browser's tab.
pub const ICON: &str = include_str!("../assets/icon.svg");
/// The texts of all pages, in English (Fluent).
pub const ENGLISH: &str = include_str!("../texts/en.ftl");
