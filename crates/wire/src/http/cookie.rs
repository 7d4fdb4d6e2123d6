//! Cookies: finding one of ours in a request, and writing the header that sets or removes it.
//!
//! Implements: RFC 6265 §4.1.1 (Set-Cookie syntax), §4.2.1 and §5.4 (Cookie header), and of its
//! successor RFC 6265bis §4.1.3.2 (the `__Host-` prefix) and §4.1.2.7 (SameSite).

/// The value of the first cookie called `name` in the given Cookie headers, in order.
///
/// A `__Host-` cookie has one place to live, so a browser sends it once. Two different values mean that
/// somebody else set one of them, and then neither is believed: the answer is `None`. It is also `None`
/// when the value has characters that a cookie may not have (RFC 6265 §4.1.1, cookie-octet).
///
/// Only space and tab are trimmed, and no quotes, escapes or `$Version` of older cookie standards are
/// understood: each of them has been a way to pass another name off as a protected one.
pub fn find<'a>(headers: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a str> {
    let mut found: Option<&'a [u8]> = None;
    for pair in headers.flat_map(|header| header.split(|byte| *byte == b';')) {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let (Some(key), Some(value)) = (parts.next(), parts.next()) else { continue };
        if trim(key) != name.as_bytes() {
            continue;
        }
        match found {
            None => found = Some(trim(value)),
            Some(first) if name.starts_with("__Host-") && first != trim(value) => return None,
            Some(_) => {}
        }
    }
    found
        .filter(|value| value.iter().all(|byte| is_octet(*byte)))
        .and_then(|value| str::from_utf8(value).ok())
}

/// When a browser sends a cookie with a request that another site started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// Only when the person follows a link here.
    Lax,
}

/// One cookie to set. It always has `Path=/; Secure; HttpOnly` and never a `Domain`, which is what the
/// `__Host-` prefix of its name asks for.
///
/// It has no `Debug`: the value is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SetCookie {
    /// The name, a token of RFC 9110 §5.6.2 that starts with `__Host-`.
    pub name: &'static str,
    /// The value. Characters outside cookie-octet are left out when it is written, so that a value can
    /// never add an attribute or a header.
    pub value: String,
    /// Seconds until the browser forgets it; `None` keeps it until the browser closes.
    pub max_age: Option<u64>,
    /// Whether other sites' requests carry it.
    pub same_site: SameSite,
}

impl SetCookie {
    /// The cookie that removes the one of this name.
    pub fn removal(name: &'static str) -> Self {
        Self { name, value: String::new(), max_age: Some(0), same_site: SameSite::Lax }
    }

    /// The value of the Set-Cookie header: visible ASCII and spaces only.
    pub fn to_header(&self) -> String {
        let mut header = format!("{}=", self.name);
        header.extend(self.value.bytes().filter(|byte| is_octet(*byte)).map(char::from));
        header.push_str("; Path=/; Secure; HttpOnly; SameSite=");
        header.push_str(match self.same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
        });
        if let Some(seconds) = self.max_age {
            header.push_str(&format!("; Max-Age={seconds}"));
        }
        header
    }
}

/// RFC 6265 §4.1.1: cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E.
fn is_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2B | 0x2D..=0x3A | 0x3C..=0x5B | 0x5D..=0x7E)
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(headers: &[&'a str], name: &str) -> Option<&'a str> {
        find(headers.iter().map(|header| header.as_bytes()), name)
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let table: &[(&[&str], &str, Option<&str>)] = &[
            (&[], "a", None),
            (&[""], "a", None),
            (&["SID=31d4d96e407aad42; lang=en-US"], "SID", Some("31d4d96e407aad42")),
            (&["SID=31d4d96e407aad42; lang=en-US"], "lang", Some("en-US")),
            (&["SID=31d4d96e407aad42; lang=en-US"], "sid", None),
            (&["a=1;b=2"], "b", Some("2")),
            (&["a=1", "b=2"], "b", Some("2")),
            (&[" \ta = 1\t ;"], "a", Some("1")),
            (&["a=b=c=="], "a", Some("b=c==")),
            (&["a="], "a", Some("")),
            (&["a"], "a", None),
            (&["a; b=2"], "b", Some("2")),
            (&["xa=1"], "a", None),
            (&["ax=1"], "a", None),
            (&["a=1; a=2"], "a", Some("1")),
        ];
        for (headers, name, expected) in table {
            assert_eq!(found(headers, name), *expected, "{headers:?} {name}");
        }
    }

    #[test]
    fn two_values_of_one_host_cookie_are_both_refused() {
        assert_eq!(found(&["__Host-s=1; __Host-s=2"], "__Host-s"), None);
        assert_eq!(found(&["__Host-s=1", "x=y; __Host-s=2"], "__Host-s"), None);
        assert_eq!(found(&["__Host-s=1; __Host-s="], "__Host-s"), None);
        assert_eq!(found(&["__Host-s=1; __Host-s=1"], "__Host-s"), Some("1"));
        assert_eq!(found(&["__Host-s=1; __Host-t=2"], "__Host-s"), Some("1"));
    }

    #[test]
    fn no_other_spelling_passes_for_a_host_cookie() {
        for header in [
            "\u{2000}__Host-s=1",
            "\u{A0}__Host-s=1",
            "\u{85}__Host-s=1",
            "__host-s=1",
            "\"__Host-s\"=1",
            "__Host-s\0=1",
            "$Version=1,__Host-s=1",
            "x=\"; y=1, __Host-s=1",
            "=__Host-s=1",
            "%5F_Host-s=1",
            "\x0B__Host-s=1",
        ] {
            assert_eq!(found(&[header], "__Host-s"), None, "{header:?}");
        }
    }

    #[test]
    fn a_value_with_forbidden_characters_is_not_read() {
        for header in ["a=\"1\"", "a=1 2", "a=1,2", "a=1\\2", "a=\u{e9}", "a=1\x7F", "a=1\r2"] {
            assert_eq!(found(&[header], "a"), None, "{header:?}");
        }
        assert_eq!(find([&b"a=\xFF"[..]].into_iter(), "a"), None);
    }

    #[test]
    fn a_set_cookie_header_has_every_attribute() {
        let mut cookie = SetCookie {
            name: "__Host-session",
            value: "abc_-1".to_owned(),
            max_age: Some(2_592_000),
            same_site: SameSite::Lax,
        };
        assert_eq!(
            cookie.to_header(),
            "__Host-session=abc_-1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000"
        );
        cookie.max_age = None;
        cookie.same_site = SameSite::Strict;
        assert_eq!(cookie.to_header(), "__Host-session=abc_-1; Path=/; Secure; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_removal_is_empty_and_expires_at_once() {
        let header = SetCookie::removal("__Host-session").to_header();
        assert_eq!(header, "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn a_value_cannot_add_an_attribute_or_a_header() {
        let value = "a; Domain=example.com\r\nX: y".to_owned();
        let header = SetCookie { name: "n", value, max_age: None, same_site: SameSite::Lax }.to_header();
        assert_eq!(header, "n=aDomain=example.comX:y; Path=/; Secure; HttpOnly; SameSite=Lax");
    }

    proptest! {
        #[test]
        fn what_is_set_is_found(value in "[!#-+--:<-\\[\\]-~]{0,40}") {
            let cookie = SetCookie { name: "__Host-x", value: value.clone(), max_age: None, same_site: SameSite::Lax };
            let header = cookie.to_header();
            let pair = header.split(';').next().unwrap();
            prop_assert_eq!(found(&["a=b", pair], "__Host-x"), Some(value.as_str()));
        }

        #[test]
        fn any_bytes_are_answered(header in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(value) = find(std::iter::once(header.as_slice()), "a") {
                prop_assert!(value.bytes().all(is_octet));
            }
        }
    }
}
