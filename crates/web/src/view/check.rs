//! Checks what every page must keep, on every page in every state.

use std::collections::BTreeSet;
use std::path::Path;

use model::voice::Voice;

use crate::view::{assets, sample};

/// Elements without an end tag (HTML, "void elements").
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

fn voice() -> Voice {
    Voice::new("en", &[assets::ENGLISH]).unwrap()
}

fn pages() -> Vec<(&'static str, String)> {
    sample::all(&voice()).into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}

/// One tag as it stands between `<` and `>`: its name, its attributes, whether it ends an element.
struct Tag<'a> {
    name: &'a str,
    inside: &'a str,
    ends: bool,
    closed: bool,
}

/// The tags of a page. A `<` or `>` anywhere else is a mistake, since both are escaped in text and values.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "a stray > in {text:?}");
        let (tag, next) = after.split_once('>').expect("a tag that never ends");
        assert!(!tag.contains('<'), "a stray < in {tag:?}");
        rest = next;
        if tag.starts_with('!') {
            continue;
        }
        let ends = tag.starts_with('/');
        let closed = tag.ends_with('/');
        let inside = tag.trim_matches('/');
        let name = inside.split_ascii_whitespace().next().unwrap_or_default();
        tags.push(Tag { name, inside: inside.get(name.len()..).unwrap_or_default(), ends, closed });
    }
    tags
}

/// What is wrong with the nesting, if anything is.
fn nesting(html: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(html) {
        if tag.ends {
            let last = open.pop();
            if last != Some(tag.name) {
                return Some(format!("</{}> ends {last:?}", tag.name));
            }
        } else if !tag.closed && !VOID.contains(&tag.name) {
            if tag.name == "p" && open.last() == Some(&"p") {
                return Some("a paragraph in a paragraph".to_owned());
            }
            open.push(tag.name);
        }
    }
    (!open.is_empty()).then(|| format!("never ended: {open:?}"))
}

/// The values of the attribute `name` on a page.
fn values<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("{name}=\"");
    tags(html)
        .iter()
        .flat_map(|tag| tag.inside.split(' ').filter_map(|part| part.strip_prefix(start.as_str())))
        .map(|value| value.trim_end_matches('"'))
        .collect()
}

#[test]
fn the_checker_sees_what_is_badly_nested() {
    assert_eq!(nesting("<!doctype html><p>a<br><b>c</b><use href=\"#a\"/></p>"), None);
    for bad in ["<p><b></p></b>", "<p>", "</p>", "<ul><li></ul>", "<p><p></p></p>"] {
        assert!(nesting(bad).is_some(), "{bad}");
    }
}

#[test]
fn every_page_is_well_nested_with_one_heading_and_one_main() {
    for (name, html) in pages() {
        assert_eq!(nesting(&html), None, "{name}");
        let count = |wanted: &str| tags(&html).iter().filter(|tag| tag.name == wanted && !tag.ends).count();
        for once in ["h1", "main", "title", "header", "footer"] {
            assert_eq!(count(once), 1, "{once} on {name}");
        }
        assert!(!html.contains("<title> "), "{name} has no title");
    }
}

#[test]
fn identifiers_are_unique_and_what_refers_to_them_finds_them() {
    for (name, html) in pages() {
        let ids = values(&html, "id");
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "an identifier occurs twice on {name}: {ids:?}");
        for attribute in ["for", "aria-labelledby"] {
            for value in values(&html, attribute) {
                assert!(unique.contains(value), "{attribute}={value} on {name}");
            }
        }
        for href in values(&html, "href") {
            if let Some(fragment) = href.strip_prefix('#') {
                assert!(unique.contains(fragment), "#{fragment} on {name}");
            }
        }
    }
}

#[test]
fn no_page_carries_style_script_or_handlers_of_its_own() {
    for (name, html) in pages() {
        for tag in tags(&html) {
            assert_ne!(tag.name, "style", "{name}");
            assert!(tag.name != "script" || tag.ends || tag.inside.contains(" src="), "{name}");
            for part in tag.inside.split_ascii_whitespace() {
                assert!(!part.starts_with("on") && !part.starts_with("style="), "{part} on {name}");
            }
        }
        for href in ["href", "src", "action"].iter().flat_map(|attribute| values(&html, attribute)) {
            let ours = !href.contains("//") || href.starts_with("https://account.linden.example/")
                // Where the answer to a client goes.
                || (["onward", "form-post"].contains(&name) && href.starts_with("https://reader.linden.example/cb"))
                // For an app on the same device.
                || href.starts_with("otpauth://totp/");
            assert!(
                ours && !href.starts_with("data:") && !href.starts_with("javascript:"),
                "{href} on {name}"
            );
        }
    }
}

#[test]
fn every_form_posts_to_us_with_a_csrf_token_and_a_button() {
    let mut forms = 0;
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            forms += 1;
            // A search changes nothing, and its address can be kept.
            if form.contains("role=\"search\"") {
                assert!(form.contains("method=\"get\"") && !form.contains("csrf"), "{name}: {form}");
                continue;
            }
            // The answer to a client goes to the client, and is no secret of ours.
            if name == "form-post" && form.contains("data-sends") {
                assert!(!form.contains("csrf") && form.matches("<button").count() == 1, "{name}: {form}");
                continue;
            }
            assert!(form.contains("method=\"post\"") && form.contains("action=\"/"), "{name}: {form}");
            assert!(form.contains("<input type=\"hidden\" name=\"csrf\" value=\"c3Rh"), "{name}: {form}");
            assert_eq!(form.matches("<button").count(), 1, "{name}: {form}");
        }
        for bare in ["<button></button>", "<a href=\"\""] {
            assert!(!html.contains(bare), "{name}");
        }
    }
    assert!(forms > 20, "{forms}");
}

#[test]
fn a_page_and_its_style_weigh_less_than_fifty_kilobytes() {
    for (name, html) in pages() {
        let asked = |file: &str, content: &str| if html.contains(file) { content.len() } else { 0 };
        let scripts = asked("\"page.js", assets::SCRIPT) + asked("\"passkey.js", assets::PASSKEY);
        let weight = html.len() + assets::STYLE.len() + assets::ICON.len() + scripts;
        assert!(weight < 50_000, "{name} weighs {weight}");
    }
}

#[test]
fn what_somebody_typed_is_escaped() {
    let pages = pages();
    let (_, html) = pages.iter().find(|(name, _)| *name == "sign-in-missing").unwrap();
    assert!(html.contains("anna@&#34;&#62;&#60;script&#62;"), "{html}");
}

#[test]
fn the_style_asks_nobody_for_anything_and_uses_only_variables_it_sets() {
    for forbidden in ["url(", "@import", "http:", "https:", "expression(", "!important"] {
        assert!(!assets::STYLE.contains(forbidden), "{forbidden}");
    }
    let uses = assets::STYLE.split("var(").skip(1).filter_map(|rest| rest.split([')', ',']).next());
    let uses: BTreeSet<_> = uses.collect();
    let sets = assets::STYLE.lines().filter_map(|line| line.trim().split_once(": "));
    let sets: BTreeSet<_> = sets.map(|(name, _)| name).filter(|name| name.starts_with("--")).collect();
    assert!(sets.len() > 20);
    for variable in &sets {
        assert!(uses.contains(variable), "{variable} changes nothing");
    }
    for variable in uses {
        assert!(assets::STYLE.contains(&format!("{variable}: ")), "{variable} is set nowhere");
    }
}

/// All identifiers of the message file.
fn identifiers() -> Vec<&'static str> {
    assets::ENGLISH
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id)
        .collect()
}

/// The text of all files below `directory`, this file left out.
fn text_below(directory: &Path, text: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text_below(&path, text);
        } else if !path.ends_with("check.rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for directory in ["templates", "src/view"] {
        text_below(&root.join(directory), &mut sources);
    }
    let ids = identifiers();
    assert!(ids.len() > 200);
    for id in &ids {
        assert!(sources.contains(&format!("\"{id}\"")), "{id} is used nowhere");
    }
    let voice = voice();
    for call in ["say(\"", "count(\"", "with(\"", "of_site(\"", "fill(\""] {
        for id in sources.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(voice.knows(id), "{id} is not in the message file");
        }
    }
    for (name, html) in pages() {
        // An unknown identifier is shown in brackets, and a missing argument in braces.
        assert!(!html.contains('[') && !html.contains('{'), "{name}: {html}");
    }
}

#[test]
fn templates_hold_no_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let mut text = std::fs::read_to_string(&path).unwrap();
        // The shape of a page is a class, not a word.
        let shape = ("{% block shape %}", "{% endblock %}");
        for (open, close) in [shape, ("{%", "%}"), ("{{", "}}"), ("<", ">")] {
            while let Some((before, rest)) = text.split_once(open) {
                let (_, after) = rest.split_once(close).unwrap();
                text = format!("{before} {after}");
            }
        }
        assert!(!text.contains(char::is_alphabetic), "{}: {text}", path.display());
    }
}

#[test]
fn every_state_of_every_page_is_drawn() {
    // A state that no sample shows would escape all checks above: each of these texts must appear somewhere.
    let drawn: String = pages().into_iter().map(|(_, html)| html).collect();
    let voice = voice();
    for id in identifiers() {
        let text = voice.say(id);
        if text.starts_with('[') {
            continue;
        }
        let text = text.replace('\'', "&#39;");
        let elsewhere = ["month-", "weekday-", "moment-"].iter().any(|prefix| id.starts_with(prefix));
        assert!(elsewhere || drawn.contains(&text), "no sample shows {id}: {text}");
    }
}
