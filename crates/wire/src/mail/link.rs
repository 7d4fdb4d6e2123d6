//! Where links in messages lead, read without following them.
//!
//! Implements: as much of RFC 3986 §3 as tells the host. Wrapped links of filters are opened (their target stands in them).

use super::mailbox::{shown, to_ascii};

/// Most links of one text that are read.
pub const MOST: usize = 200;
/// Longest link that is read, in bytes.
pub const LONGEST: usize = 4_096;

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// The host: A-labels in lower case, or an address as it stands.
    pub host: String,
    /// What stands after the host, as it is written; at most a few hundred bytes.
    pub path: String,
    /// Whether it was found inside another one, of a filter or a redirector.
    pub unwrapped: bool,
    /// Whether a name and a password stand before the host, to look like one.
    pub disguised: bool,
}

impl Link {
    /// Reads one link; a text that names no host is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, 0)
    }

    fn read(text: &str, depth: usize) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let rest = match text.split_once(':') {
            Some((scheme, rest))
                if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") =>
            {
                rest.trim_start_matches(['/', '\\'])
            }
            Some((scheme, _)) if !scheme.contains(['.', '/']) => return None,
            _ => text.trim_start_matches('/'),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
        let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
        let host = decode(host);
        let host = to_ascii(&host).unwrap_or_else(|_| host.to_lowercase());
        if !host.contains('.') || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        if depth < 3
            && let Some(inner) = wrapped(&host, path).and_then(|inner| Self::read(&inner, depth + 1))
        {
            return Some(Self { unwrapped: true, ..inner });
        }
        let path = path.chars().take(300).collect();
        Some(Self { host, path, unwrapped: false, disguised: !user.is_empty() })
    }

    /// Host and path in lower case, without the query: for comparing with pages that are known.
    #[must_use]
    pub fn page(&self) -> String {
        let path = self.path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        format!("{}{}", self.host.strip_prefix("www.").unwrap_or(&self.host), decode(path).to_lowercase())
    }

    /// As people may see it without a program making it live: `hxxps://example[.]org/a`. Only host and the beginning of the
    /// path, in letters that cannot do harm.
    #[must_use]
    pub fn defanged(&self) -> String {
        let path: String = self.path.split(['?', '#']).next().unwrap_or_default().chars().take(60).collect();
        let path: String = path.chars().filter(|c| c.is_ascii_graphic() && !"<>\"'`".contains(*c)).collect();
        format!("hxxps://{}{path}", defanged_host(&self.host))
    }

    /// The host for people: U-labels.
    #[must_use]
    pub fn host_shown(&self) -> String {
        shown(&self.host)
    }
}

/// A host with its dots in brackets, so that no program makes a link of it.
#[must_use]
pub fn defanged_host(host: &str) -> String {
    let plain: String =
        host.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')).collect();
    plain.replace('.', "[.]")
}

/// The link inside a link of a filter or redirector.
fn wrapped(host: &str, path: &str) -> Option<String> {
    let within = |parent: &str| super::dkim::is_within(host, parent);
    let names: &[&str] = if within("safelinks.protection.outlook.com") {
        &["url"]
    } else if within("google.com") && path.starts_with("/url") {
        &["q", "url"]
    } else if within("urldefense.proofpoint.com") || within("urldefense.com") {
        if let Some((_, rest)) = path.split_once("/v3/__") {
            return rest.split_once("__;").map(|(inner, _)| inner.to_owned());
        }
        &["u"]
    } else if within("protect.mimecast.com") || within("linkprotect.cudasvc.com") {
        &["url", "a", "domain"]
    } else if within("bing.com") || within("linkedin.com") || within("facebook.com") || within("youtube.com")
    {
        &["url", "u", "q"]
    } else {
        return None;
    };
    let query = path.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default())?;
    let value = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        names.contains(&name.to_ascii_lowercase().as_str()).then_some(value)
    })?;
    let value = if within("urldefense.proofpoint.com") {
        value.replace('-', "%").replace('_', "/")
    } else {
        value.to_owned()
    };
    Some(decode(&value)).filter(|inner| inner.contains('.'))
}

/// Percent-decoded; what is no escape stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped =
            (*first == b'%').then(|| after.get(..2).and_then(|digits| str::from_utf8(digits).ok())).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The links in a text: with a scheme, or a host with a path as people write it (`microsoft.com/devicelogin`).
#[must_use]
pub fn find(text: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    for word in text.split(|c: char| {
        c.is_whitespace()
            || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '«' | '»' | '“' | '”' | '|')
    }) {
        if found.len() >= MOST {
            break;
        }
        let word =
            word.trim_matches(['.', ',', ';', ':', '!', '\'', '*', '`', '。', '、']).trim_end_matches('?');
        let lower = word.get(..8.min(word.len())).unwrap_or_default().to_ascii_lowercase();
        let has_scheme = lower.starts_with("http:") || lower.starts_with("https:");
        if !has_scheme && !looks_like_host(word) {
            continue;
        }
        if let Some(link) = Link::parse(word).filter(|link| !found.contains(link)) {
            found.push(link);
        }
    }
    found
}

/// Whether a word without a scheme is meant as a link: a name with a dot and letters after the last one. Addresses are none.
fn looks_like_host(word: &str) -> bool {
    let host = word.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    let letters = |text: &str| text.chars().all(|c| c.is_alphabetic());
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    (2..=24).contains(&top.chars().count())
        && (letters(top) || top.starts_with("xn--"))
        && !name.is_empty()
        && name.chars().all(in_name)
        && name.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Option<String> {
        Link::parse(text).map(|link| link.page())
    }

    #[test]
    fn hosts_are_found_behind_what_hides_them() {
        for (text, known) in [
            ("https://Microsoft.com/DeviceLogin", "microsoft.com/devicelogin"),
            ("microsoft.com/devicelogin/", "microsoft.com/devicelogin"),
            ("https://www.microsoft.com/link?x=1", "microsoft.com/link"),
            ("https://login.microsoft.com@evil.example/a", "evil.example/a"),
            ("https:\\\\evil.example\\a", "evil.example\\a"),
            (
                "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmicrosoft.com%2Fdevicelogin&data=05",
                "microsoft.com/devicelogin",
            ),
            ("https://www.google.com/url?q=https://aka.ms/devicelogin&sa=D", "aka.ms/devicelogin"),
            ("https://urldefense.com/v3/__https://aka.ms/devicelogin__;!!abc", "aka.ms/devicelogin"),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__aka.ms_devicelogin&d=x",
                "aka.ms/devicelogin",
            ),
            ("https://mícrosoft.com/a", "xn--mcrosoft-c2a.com/a"),
            ("https://a.example/%64evicelogin", "a.example/devicelogin"),
        ] {
            assert_eq!(page(text).as_deref(), Some(known), "{text}");
        }
        assert!(Link::parse("https://login.microsoft.com@evil.example/a").is_some_and(|link| link.disguised));
        for text in [
            "",
            "mailto:a@b.org",
            "tel:1",
            "javascript:alert(1)",
            "localhost",
            "https://",
            "data:text/html,x.y",
        ] {
            assert_eq!(page(text), None, "{text}");
        }
    }

    #[test]
    fn links_are_found_in_text_as_people_write_it() {
        let hosts = |text: &str| find(text).into_iter().map(|link| link.page()).collect::<Vec<_>>();
        assert_eq!(
            hosts("Open https://microsoft.com/devicelogin, or (aka.ms/devicelogin)."),
            ["microsoft.com/devicelogin", "aka.ms/devicelogin"]
        );
        assert_eq!(hosts("Write to a@b.example at 10.30. See e.g. nothing"), Vec::<String>::new());
        assert_eq!(hosts("http://aka.ms/authapp"), ["aka.ms/authapp"]);
        assert_eq!(find(&"a.example/1 b.example/2 ".repeat(1_000)).len(), 2);
    }

    #[test]
    fn nothing_that_is_shown_is_live() {
        let link = Link::parse("https://evil.example/a\u{202e}b<script>?q=secret#x").unwrap();
        assert_eq!(link.defanged(), "hxxps://evil[.]example/abscript");
        assert_eq!(defanged_host("a.b\u{1b}[2J"), "a[.]b2J");
    }
}
