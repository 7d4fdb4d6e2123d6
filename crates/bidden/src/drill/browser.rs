//! A browser of a drill: a jar of cookies, the secret of the last form, and pages as somebody reads them. It follows nothing by
//! itself.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};
use model::id::SessionId;
use outbound::visitor::Reply;

use super::world::World;
use crate::Failed;

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
/// What somebody else's browser calls itself who copied what is in another one.
const OTHER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// A browser. A clone is the same one a moment before, or a copy in somebody else's hands.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    from: String,
    agent: String,
    jar: BTreeMap<String, String>,
    form: String,
}

/// What a browser was answered.
#[derive(Clone, Debug)]
pub(super) struct Page {
    asked: String,
    reply: Reply,
}

impl Browser {
    pub(super) fn new(from: &str) -> Self {
        Self::calling_itself(AGENT, from)
    }

    /// One that calls itself what it likes.
    pub(super) fn calling_itself(agent: &str, from: &str) -> Self {
        Self { from: from.to_owned(), agent: agent.to_owned(), jar: BTreeMap::new(), form: String::new() }
    }

    /// Opens an address.
    pub(super) fn open(&mut self, world: &World, path: &str) -> Result<Page, Failed> {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", "none".parse()?);
        self.send(world, (Method::GET, path), headers, String::new())
    }

    /// Sends a form of the last page.
    pub(super) fn post(
        &mut self,
        world: &World,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, Failed> {
        let form = self.form.clone();
        let all = std::iter::once(("csrf", form.as_str())).chain(fields.iter().copied());
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", "same-origin".parse()?);
        headers.insert("origin", world.url().parse()?);
        headers.insert("content-type", "application/x-www-form-urlencoded".parse()?);
        self.send(world, (Method::POST, path), headers, wire::form::encode(all))
    }

    /// Sends a form that a page of another site has, with whatever of ours the browser adds by itself.
    pub(super) fn post_from(
        &mut self,
        world: &World,
        site: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, Failed> {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", "cross-site".parse()?);
        headers.insert("origin", site.parse()?);
        headers.insert("content-type", "application/x-www-form-urlencoded".parse()?);
        self.send(world, (Method::POST, path), headers, wire::form::encode(fields.iter().copied()))
    }

    /// Its cookies in the same kind of browser elsewhere.
    pub(super) fn copied_to(&self, from: &str) -> Self {
        Self { from: from.to_owned(), ..self.clone() }
    }

    /// Its cookies in another kind of browser elsewhere.
    pub(super) fn stolen_to(&self, from: &str) -> Self {
        Self { agent: OTHER.to_owned(), ..self.copied_to(from) }
    }

    /// The session that it is signed in by.
    pub(super) fn session(&self) -> Result<SessionId, Failed> {
        let cookie = self.jar.iter().find(|(name, _)| name.ends_with("session")).map(|(_, value)| value);
        let secret = cookie.and_then(|value| wire::token::decode::<48>(value).ok());
        let id = secret.and_then(|secret| secret.first_chunk().copied());
        id.map(SessionId::from_bytes).ok_or_else(|| Failed("the browser is not signed in".to_owned()))
    }

    /// Sends the form at `path` once for each code, all at the same moment; how many were answered.
    pub(super) fn post_all(&self, world: &World, path: &str, codes: &[String]) -> Result<usize, Failed> {
        let mut headers = self.own()?;
        headers.insert("sec-fetch-site", "same-origin".parse()?);
        headers.insert("origin", world.url().parse()?);
        headers.insert("content-type", "application/x-www-form-urlencoded".parse()?);
        let form = |code: &String| wire::form::encode([("csrf", self.form.as_str()), ("code", code)]);
        world.ask_all(&self.from, path, &headers, codes.iter().map(form).collect())
    }

    /// The header fields that it sends with every request.
    fn own(&self) -> Result<HeaderMap, Failed> {
        let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", self.agent.parse()?);
        headers.insert("cookie", jar.join("; ").parse()?);
        Ok(headers)
    }

    fn send(
        &mut self,
        world: &World,
        (method, path): (Method, &str),
        mut headers: HeaderMap,
        content: String,
    ) -> Result<Page, Failed> {
        headers.extend(self.own()?);
        let asked = format!("{method} {path}");
        let reply = world.ask(&self.from, (method, path), headers, content)?;
        for cookie in reply.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if rest.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let page = Page { asked, reply };
        if let Some(form) = page.field("csrf") {
            self.form = form;
        }
        Ok(page)
    }
}

impl Page {
    /// Where it leads.
    pub(super) fn leads_to(&self) -> Result<String, Failed> {
        let place = self.reply.headers.get("location").and_then(|value| value.to_str().ok());
        place.map(str::to_owned).ok_or_else(|| Failed(format!("{}: {}", self.asked, self.what_it_says())))
    }

    /// What it was answered with.
    pub(super) const fn status(&self) -> u16 {
        self.reply.status
    }

    /// A header field; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.reply.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn what_it_says(&self) -> String {
        let text: String = self.text().chars().take(300).collect();
        format!("{} {text}", self.reply.status)
    }

    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.reply.content.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once("value=\"")?;
        value.split_once('"').map(|(value, _)| plain(value))
    }

    /// What stands in the first element whose tag has this attribute, up to `after`.
    pub(super) fn element(&self, attribute: &str, after: &str) -> Option<String> {
        let (_, rest) = self.reply.content.split_once(attribute)?;
        let (_, rest) = rest.split_once('>')?;
        rest.split_once(after).map(|(found, _)| read(found))
    }

    /// The lines of a page of activity: when, as the page has it for machines, and what.
    pub(super) fn entries(&self) -> Vec<(String, String)> {
        let lines = self.reply.content.split("<time class=\"clock\" datetime=\"").skip(1);
        let line = |rest: &str| {
            let (stamp, rest) = rest.split_once('"')?;
            let (_, rest) = rest.split_once("<span class=\"what\">")?;
            let (what, rest) = rest.split_once("</span>")?;
            let ends =
                rest.split_once("<span class=\"ends\">").and_then(|(_, rest)| rest.split_once("</span>"));
            let ends = ends.map(|(ends, _)| read(ends)).filter(|ends| !ends.is_empty());
            let what = ends.map_or_else(|| read(what), |ends| format!("{} ({ends})", read(what)));
            Some((stamp.to_owned(), what))
        };
        lines.filter_map(line).collect()
    }

    /// Its markup.
    pub(super) fn content(&self) -> &str {
        &self.reply.content
    }

    /// The value of the first attribute of this name.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let (_, rest) = self.reply.content.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| plain(value))
    }

    /// Whether its markup has this.
    pub(super) fn has(&self, markup: &str) -> bool {
        self.reply.content.contains(markup)
    }

    /// The page without its markup.
    pub(super) fn text(&self) -> String {
        read(&self.reply.content)
    }
}

/// Markup as somebody reads it.
fn read(markup: &str) -> String {
    let mut text = String::new();
    let mut rest = markup;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    plain(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Character references of HTML, undone.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, tail) = after.split_once(';').unwrap_or((after, ""));
        plain.push(match name {
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => {
                let number = other.strip_prefix('#').and_then(|number| number.parse().ok());
                number.and_then(char::from_u32).unwrap_or('&')
            }
        });
        rest = tail;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_person_reads_it() {
        let content =
            "<p>a &#60;b&gt;\n<b>c &amp; d</b></p><input name=\"n\" value=\"&#34;v\"><i>1</i><i>2</i>"
                .to_owned();
        let page =
            Page { asked: String::new(), reply: Reply { status: 200, headers: HeaderMap::new(), content } };
        assert_eq!(page.text(), "a <b> c & d 1 2");
        assert_eq!(page.field("n").as_deref(), Some("\"v"));
        assert_eq!(page.element("name=\"n\"", "</i>").as_deref(), Some("1"));
        assert_eq!(page.entries(), []);
    }
}
