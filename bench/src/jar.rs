//! The cookies of one simulated browser.

/// Names and values, and the header made of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar {
    cookies: Vec<(String, String)>,
    header: String,
}

impl Jar {
    /// Takes one value of `Set-Cookie`. An empty value or `Max-Age=0` removes the cookie.
    pub(crate) fn take(&mut self, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let over = value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        match self.cookies.iter_mut().find(|(have, _)| have == name) {
            Some((_, old)) if !over && old == value => return,
            Some((_, old)) if !over => value.clone_into(old),
            Some(_) => self.cookies.retain(|(have, _)| have != name),
            None if over => return,
            None => self.cookies.push((name.to_owned(), value.to_owned())),
        }
        self.write_header();
    }

    /// Throws away the cookie of the browser session. Says whether there was one.
    pub(crate) fn forget_session(&mut self) -> bool {
        let before = self.cookies.len();
        self.cookies.retain(|(name, _)| !name.ends_with("session"));
        self.write_header();
        self.cookies.len() < before
    }

    /// The value of `Cookie`; empty when there are none.
    #[must_use]
    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    fn write_header(&mut self) {
        self.header.clear();
        for (name, value) in &self.cookies {
            if !self.header.is_empty() {
                self.header.push_str("; ");
            }
            self.header.extend([name.as_str(), "=", value.as_str()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_set_replaced_and_removed() {
        let mut jar = Jar::default();
        jar.take("__Host-browser=b1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=1000");
        jar.take("__Host-session=s1; Path=/; Secure");
        assert_eq!(jar.header(), "__Host-browser=b1; __Host-session=s1");
        jar.take("__Host-browser=b2; Path=/");
        assert_eq!(jar.header(), "__Host-browser=b2; __Host-session=s1");
        jar.take("__Host-browser=; Path=/; Max-Age=0");
        assert_eq!(jar.header(), "__Host-session=s1");
    }

    #[test]
    fn the_session_is_thrown_away_and_the_browser_stays_known() {
        let mut jar = Jar::default();
        jar.take("__Host-browser=b1");
        assert!(!jar.forget_session());
        jar.take("__Host-session=s1");
        assert!(jar.forget_session());
        assert_eq!(jar.header(), "__Host-browser=b1");
    }
}
