//! The HTML part: the same blocks with structure, one column of 600 px, light and dark, nothing remote.

use askama::Template;

use super::layout::{Block, Content};
use crate::letter::Unwritable;
use crate::letterhead::Letterhead;

#[derive(Template)]
#[template(path = "mail.html", whitespace = "minimize")]
struct Page<'a> {
    language: &'a str,
    site: &'a str,
    content: &'a Content,
}

/// Draws `content`.
pub(super) fn draw(content: &Content, head: &Letterhead) -> Result<String, Unwritable> {
    let page = Page { language: head.voice.language(), site: &head.site_name, content };
    page.render().map_err(|_| Unwritable::Template)
}
