//! What apps call the owner of an account.

use askama::Template;

use crate::view::frame::Frame;

/// GET `/account/profile`.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "profile.html", whitespace = "minimize")]
pub struct ProfilePage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether it was saved before this page was shown.
    pub saved: bool,
    /// Whether what was typed could not be saved.
    pub wrong: bool,
    /// The name, or what was typed.
    pub name: &'a str,
}
