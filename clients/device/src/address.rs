//! Addresses of a server: which ones a device may talk to.

/// Whether secrets may be sent there: over TLS, or without leaving this machine.
pub(crate) fn is_safe(url: &str) -> bool {
    match url.split_once("://") {
        Some(("https", rest)) => !authority(rest).is_empty() && !rest.contains(['@', '#', ' ', '\\']),
        Some(("http", rest)) => {
            let place = authority(rest);
            let host = match place.strip_prefix('[') {
                Some(six) => six.split(']').next().unwrap_or_default(),
                None => place.split(':').next().unwrap_or_default(),
            };
            matches!(host, "localhost" | "127.0.0.1" | "::1") && !rest.contains(['@', '#', ' ', '\\'])
        }
        _ => false,
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Where the metadata of an issuer are (RFC 8414 §3.1): before its path, if it has one.
pub(crate) fn of_metadata(issuer: &str) -> String {
    const SUFFIX: &str = "/.well-known/oauth-authorization-server";
    let after_scheme = issuer.find("://").map_or(0, |at| at.saturating_add(3));
    let (scheme, rest) = issuer.split_at_checked(after_scheme).unwrap_or((issuer, ""));
    let place = authority(rest);
    let path = rest.strip_prefix(place).unwrap_or_default().trim_end_matches('/');
    format!("{scheme}{place}{SUFFIX}{path}")
}

/// What `htu` says of an address (RFC 9449 §4.2): it "without query and fragment parts".
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_over_tls_or_not_at_all() {
        for url in
            ["https://id.example.org/x", "http://localhost:8000", "http://127.0.0.1/", "http://[::1]:80/a"]
        {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://id.example.org/",
            "http://localhost.example.org/",
            "http://localhost@evil.example/",
            "https://id.example.org@evil.example/",
            "https:///path",
            "ftp://localhost/",
            "localhost",
            "",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }

    #[test]
    fn metadata_stand_before_the_path_of_an_issuer() {
        let at = of_metadata;
        assert_eq!(at("https://a.example"), "https://a.example/.well-known/oauth-authorization-server");
        assert_eq!(at("https://a.example/"), "https://a.example/.well-known/oauth-authorization-server");
        assert_eq!(
            at("https://a.example/one"),
            "https://a.example/.well-known/oauth-authorization-server/one"
        );
    }

    #[test]
    fn a_proof_names_the_address_without_its_query() {
        assert_eq!(without_query("https://a.example/b?c=d#e"), "https://a.example/b");
        assert_eq!(without_query("https://a.example/b"), "https://a.example/b");
    }
}
