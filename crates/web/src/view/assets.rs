//! The files that pages refer to, and the message file of each language, built into the program.

/// The one stylesheet; its variables are listed at its top.
pub const STYLE: &str = include_str!("../assets/style.css");
/// The script of the waiting page: it counts the time left in words. Every page works without it.
pub const SCRIPT: &str = include_str!("../assets/page.js");
/// The script of pages where a passkey is used or made.
pub const PASSKEY: &str = include_str!("../assets/passkey.js");
/// The script of an approver's pages: it has their worker installed and switches the doorbell.
pub const DOORBELL: &str = include_str!("../assets/doorbell.js");
/// The worker behind them, without its words, which go before it.
pub const WORKER: &str = include_str!("../assets/approve-worker.js");
/// The icons of an approver once it is installed: two sizes, and one that may be cut to any shape. `icons.py` draws them.
pub const ICONS: [(&str, &[u8]); 3] = [
    ("icon-192.png", include_bytes!("../assets/icon-192.png")),
    ("icon-512.png", include_bytes!("../assets/icon-512.png")),
    ("icon-maskable.png", include_bytes!("../assets/icon-maskable.png")),
];
/// The icon for the browser's tab.
pub const ICON: &str = include_str!("../assets/icon.svg");
/// The texts of all pages, in English (Fluent).
pub const ENGLISH: &str = include_str!("../texts/en.ftl");
