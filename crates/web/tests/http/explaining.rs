//! The page that says what a message means: it reads, answers, and keeps nothing.

use web::Explain;
use web::view::explain::{Explained, Section, Urgency};

use crate::browser::Browser;
use crate::site::{Plan, Site, words};

const PAGE: &str = "/explain";
const KIND: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");

/// Repeats what it is given, so that a test sees what the page does with it.
pub(crate) struct Echo;

impl Explain for Echo {
    fn explain(&self, message: &[u8], recipient: Option<&str>) -> Option<Explained> {
        let text = String::from_utf8(message.to_vec()).ok()?;
        Some(Explained {
            headline: text.clone(),
            urgency: Urgency::Danger,
            urgency_text: format!("{} bytes", message.len()),
            facts: vec![("To".to_owned(), recipient.unwrap_or("nobody").to_owned())],
            because: "because:".to_owned(),
            sections: vec![Section {
                id: "do",
                title: "What to do".to_owned(),
                ordered: true,
                lines: vec![(text.clone(), vec![text])],
            }],
        })
    }
}

fn body(browser: &Browser, fields: &[(&str, &str)]) -> String {
    let csrf = ("csrf", browser.csrf.as_str());
    let parts = std::iter::once(csrf).chain(fields.iter().copied()).map(|(name, value)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    format!("{}--x--\r\n", parts.collect::<String>())
}

#[test]
fn a_message_is_read_and_answered_and_nothing_is_kept() {
    let site = Site::new();
    let mut anybody = site.browser();
    anybody.get(PAGE).expect(200, &words("explain-heading"));
    let before = site.events().len();
    let fields = body(&anybody, &[("message", "hello"), ("address", "ada@example.org")]);
    let answer = anybody.post_as(PAGE, &[KIND], &fields);
    answer.expect(200, "5 bytes");
    answer.expect(200, "ada@example.org");
    assert_eq!(site.events().len(), before);
    // A file that was chosen stands for what was pasted.
    let fields = body(&anybody, &[("message", "hello"), ("file", "a whole mail")]);
    anybody.post_as(PAGE, &[KIND], &fields).expect(200, "12 bytes");
}

#[test]
fn row_53_what_is_pasted_is_text_wherever_it_stands() {
    let site = Site::new();
    let mut anybody = site.browser();
    anybody.get(PAGE);
    let fields = body(&anybody, &[("message", "<script>alert(1)</script>\"'&<b>")]);
    let page = anybody.post_as(PAGE, &[KIND], &fields).whole();
    assert!(!page.contains("<script>alert") && !page.contains("<b>"), "{page}");
}

#[test]
fn what_cannot_be_read_is_said_and_what_is_too_large_refused() {
    let site = Site::new();
    let mut anybody = site.browser();
    anybody.get(PAGE);
    for (fields, text) in [
        (vec![("message", "  "), ("file", "")], "explain-empty"),
        (vec![("message", "x"), ("address", "nobody")], "explain-wrong-address"),
    ] {
        let fields = body(&anybody, &fields);
        anybody.post_as(PAGE, &[KIND], &fields).expect(422, &words(text));
    }
    let large = body(&anybody, &[("message", &"a".repeat(1024 * 1024))]);
    assert_eq!(anybody.post_as(PAGE, &[KIND], &large).status, 413);
}

#[test]
fn only_a_form_of_this_browser_is_read() {
    let site = Site::new();
    let mut anybody = site.browser();
    anybody.get(PAGE);
    let forged = "--x\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nhello\r\n--x--\r\n";
    assert_eq!(anybody.post_as(PAGE, &[KIND], forged).status, 403);
    let fields = body(&anybody, &[("message", "hello")]);
    let elsewhere = ("sec-fetch-site", "cross-site");
    assert_eq!(anybody.post_as(PAGE, &[KIND, elsewhere], &fields).status, 403);
    assert_eq!(anybody.post_as(PAGE, &[("content-type", "text/plain")], &fields).status, 400);
}

#[test]
fn without_anybody_who_explains_there_is_no_such_page() {
    let site = Site::with(Plan { explain: false, ..Plan::default() });
    assert_eq!(site.browser().get(PAGE).status, 404);
}
