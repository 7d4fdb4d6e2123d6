//! What came back: status, headers, body, and the page in it as a person or a browser reads it.

use http::HeaderMap;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// What was asked: `GET /sign-in`.
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header that may stand once; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    /// Where the answer leads; it must be one that leads somewhere.
    pub(crate) fn location(&self) -> String {
        assert_eq!(self.status, 303, "{}: {}", self.asked, self.text());
        self.header("location").to_owned()
    }

    /// The values of all cookies that are set, as written.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// The page without its markup, white space made even.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = self.body.as_str();
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            text.push(' ');
            rest = tag.split_once('>').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        even(&plain(&text))
    }

    /// Whether the page has this sentence.
    pub(crate) fn says(&self, sentence: &str) -> bool {
        self.text().contains(&even(sentence))
    }

    /// Asserts status and sentence, and shows the page if they are others.
    pub(crate) fn expect(&self, status: u16, sentence: &str) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        assert!(self.says(sentence), "{}: no {sentence:?} in {}", self.asked, self.text());
        self
    }

    /// The value of the field `name`.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once("value=\"")?;
        Some(plain(value.split_once('"')?.0))
    }

    /// The two words that page and mail share.
    pub(crate) fn reference(&self) -> String {
        let (_, rest) = self.body.split_once("class=\"reference\">").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    }

    /// The values of an attribute, wherever it stands.
    pub(crate) fn attributes(&self, name: &str) -> Vec<String> {
        let start = format!(" {name}=\"");
        self.body.split(&start).skip(1).map(|rest| plain(rest.split_once('"').unwrap().0)).collect()
    }

    /// Everything that a browser may follow by itself, and every link, within this site.
    pub(crate) fn links(&self) -> Vec<String> {
        let all = ["href", "src"].into_iter().flat_map(|name| self.attributes(name));
        all.map(|link| link.split('#').next().unwrap().to_owned())
            .filter(|link| link.starts_with('/'))
            .collect()
    }

    /// Head and body as they went over the line.
    pub(crate) fn whole(&self) -> String {
        format!("{} {:?}\n{}", self.status, self.headers, self.body)
    }
}

/// White space made even.
pub(crate) fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Character references of HTML, undone.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let (name, tail) = after.split_once(';').unwrap_or((after, ""));
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            number => char::from_u32(number.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
        });
        rest = tail;
    }
    plain.push_str(rest);
    plain
}

#[test]
fn a_page_is_read_as_a_person_reads_it() {
    let body =
        "<p>a &#60;b&gt;\n<b>c</b></p><a href=\"/x#y\">d</a><input name=\"n\" value=\"&#34;v\">".to_owned();
    let answer = Answer { asked: String::new(), status: 200, headers: HeaderMap::new(), body };
    assert_eq!(answer.text(), "a <b> c d");
    assert!(answer.says("a <b>") && !answer.says("x"));
    assert_eq!(answer.field("n").unwrap(), "\"v");
    assert_eq!(answer.links(), ["/x"]);
}
