//! What a person sees of a text in HTML, and where its links lead.
//!
//! Not a browser: styles that hide text are known where mails hide it (inline `style`, `hidden`, size nought), so that a code
//! that was cut in pieces for filters is read as eyes read it. Implements: as much of the HTML standard's §13.2.5 (tokens)
//! and §13.5 (character references) as mails use.

/// Longest text that is read, in bytes.
pub const LONGEST: usize = 2 * 1024 * 1024;
/// How deep elements are followed.
const DEEPEST: usize = 500;
/// Most links that are kept.
const MOST_LINKS: usize = 500;

/// A text as it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What is visible, a line for each block.
    pub text: String,
    /// Each link: where it leads, and the words that carry it.
    pub links: Vec<(String, String)>,
    /// How many letters are there that nobody sees.
    pub hidden: usize,
    /// How many pictures there are.
    pub pictures: usize,
}

/// Reads HTML.
#[must_use]
pub fn read(html: &str) -> Seen {
    let mut reader = Reader::default();
    let mut rest = cut(html, LONGEST);
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        reader.text(text);
        rest = reader.markup(tag);
    }
    reader.text(rest);
    reader.seen
}

/// At most so many bytes of a text.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[derive(Default)]
struct Reader {
    seen: Seen,
    /// Open elements, with whether they hide what is in them.
    open: Vec<(String, bool)>,
    /// The link that is open: its place among the links.
    link: Option<usize>,
    hiding: usize,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = references(text);
        if self.hiding > 0 {
            self.seen.hidden =
                self.seen.hidden.saturating_add(text.chars().filter(|c| !c.is_whitespace()).count());
            return;
        }
        for c in text.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c == ' ' && self.seen.text.ends_with([' ', '\n']) {
                continue;
            }
            self.seen.text.push(c);
            if let Some((_, words)) = self.link.and_then(|at| self.seen.links.get_mut(at)) {
                words.push(c);
            }
        }
    }

    /// Takes what begins with `<`; answers what follows.
    fn markup<'a>(&mut self, text: &'a str) -> &'a str {
        let inner = text.strip_prefix('<').unwrap_or_default();
        if let Some(comment) = inner.strip_prefix("!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        if inner.starts_with(['!', '?']) {
            return inner.split_once('>').map_or("", |(_, rest)| rest);
        }
        let closing = inner.starts_with('/');
        let body = inner.strip_prefix('/').unwrap_or(inner);
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.text("<");
            return inner;
        }
        let (tag, rest) = tag(body);
        let name = tag.name.as_str();
        if is_block(name) && !self.seen.text.ends_with('\n') && self.hiding == 0 {
            while self.seen.text.ends_with(' ') {
                self.seen.text.pop();
            }
            self.seen.text.push('\n');
        }
        if closing {
            self.close(name);
            return rest;
        }
        if matches!(name, "script" | "style" | "title" | "noscript" | "template" | "textarea" | "select") {
            return after_close(rest, name);
        }
        self.begin(&tag);
        rest
    }

    fn begin(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        match name {
            "img" => {
                self.seen.pictures = self.seen.pictures.saturating_add(1);
                return;
            }
            "a" | "area" => {
                self.link = None;
                if let Some(href) = tag.attribute("href").filter(|_| self.seen.links.len() < MOST_LINKS) {
                    self.link = (name == "a").then_some(self.seen.links.len());
                    self.seen.links.push((href.trim().to_owned(), String::new()));
                }
            }
            _ => {}
        }
        if tag.is_empty || is_void(name) {
            return;
        }
        let hides = tag.hides();
        if self.open.len() < DEEPEST {
            self.open.push((name.to_owned(), hides));
            self.hiding += usize::from(hides);
        }
    }

    fn close(&mut self, name: &str) {
        if name == "a" {
            self.link = None;
        }
        let Some(at) = self.open.iter().rposition(|(open, _)| open == name) else { return };
        let hidden = self.open.iter().skip(at).filter(|(_, hides)| *hides).count();
        self.hiding = self.hiding.saturating_sub(hidden);
        self.open.truncate(at);
    }
}

/// What follows the closing tag of an element whose content is no text.
fn after_close<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = after;
    }
    ""
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    is_empty: bool,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether nobody sees what is in the element.
    fn hides(&self) -> bool {
        if self.attribute("hidden").is_some() {
            return true;
        }
        let style = self.attribute("style").unwrap_or_default().to_ascii_lowercase();
        style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
            let value: String =
                value.replace("!important", "").split_whitespace().collect::<Vec<_>>().join(" ");
            match name.trim() {
                "display" => value == "none",
                "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
                "opacity" => value.parse::<f32>().is_ok_and(|opacity| opacity < 0.1),
                "font-size" => is_tiny(&value),
                "font" => value.split(' ').any(|word| is_tiny(word.split('/').next().unwrap_or_default())),
                "color" => value == "transparent",
                "max-height" | "max-width" | "height" | "width" => {
                    is_tiny(&value) && style.contains("overflow")
                }
                "mso-hide" => value == "all",
                _ => false,
            }
        })
    }
}

/// Whether a length is below two points: nobody reads that.
fn is_tiny(value: &str) -> bool {
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let Ok(number) = number.parse::<f32>() else { return false };
    match unit.trim() {
        "em" | "rem" => number < 0.15,
        "%" => number < 15.0,
        "px" | "pt" | "" => number < 2.0,
        _ => number == 0.0,
    }
}

/// Reads a tag from its name on; answers it and what follows its `>`.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut tag = Tag { name: cut(name, 64).to_ascii_lowercase(), attributes: Vec::new(), is_empty: false };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        if let Some(after) = rest.strip_prefix('/') {
            tag.is_empty = after.starts_with('>');
            rest = after;
            continue;
        }
        if rest.is_empty() {
            return (tag, "");
        }
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '=')).unwrap_or(rest.len());
        // An `=` without a name before it is the name's first letter (HTML §13.2.5.32).
        let end = if end == 0 { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { end };
        let (name, after) = rest.split_at(end);
        let after_space = after.trim_start();
        let (value, next) = match after_space.strip_prefix('=') {
            Some(value) => attribute_value(value.trim_start()),
            None => ("", after),
        };
        if tag.attributes.len() < 64 {
            tag.attributes.push((name.to_ascii_lowercase(), references(value)));
        }
        rest = next;
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    text.split_at(end)
}

/// Text with its character references resolved.
fn references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inner = from.strip_prefix('&').unwrap_or_default();
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(inner.len());
        let (name, after) = inner.split_at(end);
        match reference(name) {
            Some(c) => {
                out.push(c);
                rest = after.strip_prefix(';').unwrap_or(after);
            }
            None => {
                out.push('&');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
        return hex.unwrap_or_else(|| number.parse()).ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "shy" => '\u{ad}',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "middot" => '·',
        "aacute" => 'á',
        "agrave" => 'à',
        "acirc" => 'â',
        "atilde" => 'ã',
        "auml" => 'ä',
        "aring" => 'å',
        "ccedil" => 'ç',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "euml" => 'ë',
        "iacute" => 'í',
        "igrave" => 'ì',
        "icirc" => 'î',
        "iuml" => 'ï',
        "ntilde" => 'ñ',
        "oacute" => 'ó',
        "ograve" => 'ò',
        "ocirc" => 'ô',
        "otilde" => 'õ',
        "ouml" => 'ö',
        "oslash" => 'ø',
        "uacute" => 'ú',
        "ugrave" => 'ù',
        "ucirc" => 'û',
        "uuml" => 'ü',
        "szlig" => 'ß',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "Eacute" => 'É',
        _ => return None,
    })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "hr"
            | "tr"
            | "table"
            | "li"
            | "ul"
            | "ol"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "body"
            | "td"
            | "th"
            | "dt"
            | "dd"
            | "center"
            | "address"
    )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "meta" | "link" | "input" | "wbr" | "base" | "area" | "col" | "source"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_it_looks() {
        let seen = read(
            "<html><head><title>T</title><style>p{}</style></head><body><p>One&nbsp;two</p>\n<p>Three<br>four &amp; five</p><!-- no --><script>x</script></body>",
        );
        assert_eq!(seen.text.trim(), "One two\nThree\nfour & five");
    }

    #[test]
    fn a_code_cut_in_pieces_is_read_whole() {
        let seen = read(
            "<p>Enter <b>HK4T</b><span style=\"font-size:0\">xx</span><b>MR7QP</b> at <a href=\"https://aka.ms/devicelogin\">Microsoft</a></p>",
        );
        assert_eq!(seen.text.trim(), "Enter HK4TMR7QP at Microsoft");
        assert_eq!(
            (seen.hidden, seen.links),
            (2, vec![("https://aka.ms/devicelogin".to_owned(), "Microsoft".to_owned())])
        );
        for style in [
            "display: none",
            "visibility:hidden",
            "opacity:0",
            "font-size: 1px",
            "DISPLAY:NONE !important",
            "font:0/0 a",
            "color:transparent",
            "max-height:0;overflow:hidden",
        ] {
            let seen = read(&format!("a<div style='{style}'>x<i>y</i></div>b"));
            assert_eq!((seen.text.replace('\n', ""), seen.hidden), ("ab".to_owned(), 2), "{style}");
        }
        assert_eq!(read("a<i hidden>b</i>c").text, "ac");
        assert_eq!(read("<p style='font-size:12px;opacity:0.9'>a").text.trim(), "a");
    }

    #[test]
    fn links_are_kept_with_their_words() {
        let seen = read(
            "<a class=x href='https://a.example/?a=1&amp;b=2'>one <b>two</b></a> <a>no</a><a href=b.example>three",
        );
        assert_eq!(
            seen.links,
            [
                ("https://a.example/?a=1&b=2".to_owned(), "one two".to_owned()),
                ("b.example".to_owned(), "three".to_owned())
            ]
        );
    }

    #[test]
    fn broken_markup_ends() {
        for html in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"",
            "</",
            "<!--",
            "<!",
            "&",
            "&#",
            "&#x110000;",
            "<p <p <p",
            "a < b",
            "<a =\"x\">y",
            "<script>never",
            "<a / / b='1'",
        ] {
            let _ = read(html);
        }
        assert_eq!(read("1 < 2 & 3").text, "1 < 2 & 3");
        let deep = "<div style='display:none'>".repeat(10_000);
        assert_eq!(read(&format!("{deep}x")).text.trim(), "");
        assert!(read(&"<a href=x>".repeat(10_000)).links.len() <= MOST_LINKS);
    }
}
