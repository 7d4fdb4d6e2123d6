//! Where a request came from: the other end of the connection, or what a declared proxy says about it.

use crate::site::{Plan, Site, words};

const ADA: &str = "ada@example.org";

/// The address that the record has for an ask with these headers.
fn recorded(plan: Plan, peer: &str, headers: &[(&str, &str)]) -> String {
    let site = Site::with(plan);
    let mut browser = site.browser_at(peer);
    browser.get("/sign-in");
    let body = wire::form::encode([("csrf", browser.csrf.clone().as_str()), ("address", ADA)]);
    browser.post_as("/sign-in", headers, &body).location();
    site.events()[0].source.unwrap().address.unwrap().to_string()
}

fn behind(proxies: &[&'static str]) -> Plan {
    Plan {
        public_url: "https://id.example.org",
        loopback: false,
        proxies: proxies.to_vec(),
        ..Plan::default()
    }
}

#[test]
fn without_a_declared_proxy_no_header_changes_the_address() {
    for header in [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "client-ip",
        "via",
    ] {
        for value in ["203.0.113.66", "for=203.0.113.66"] {
            assert_eq!(recorded(behind(&[]), "192.0.2.7", &[(header, value)]), "192.0.2.7", "{header}");
            assert_eq!(recorded(Plan::default(), "127.0.0.1", &[(header, value)]), "127.0.0.1", "{header}");
        }
    }
}

#[test]
fn a_declared_proxy_is_believed_and_nobody_else() {
    let plan = || behind(&["10.0.0.0/8", "2001:db8:ffff::/48"]);
    for (peer, forwarded, recorded_as) in [
        ("10.1.2.3", "203.0.113.66", "203.0.113.66"),
        ("10.1.2.3", "2001:db8::7", "2001:db8::7"),
        ("2001:db8:ffff::1", "203.0.113.66", "203.0.113.66"),
        // What the client wrote itself stands to the left.
        ("10.1.2.3", "127.0.0.1, 203.0.113.66", "203.0.113.66"),
        ("10.1.2.3", "10.9.9.9, 203.0.113.66, 10.4.5.6", "203.0.113.66"),
        // Not a proxy of ours.
        ("192.0.2.7", "203.0.113.66", "192.0.2.7"),
        // Nothing that could be read.
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "<script>", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("::ffff:10.1.2.3", "203.0.113.66", "203.0.113.66"),
    ] {
        let found = recorded(plan(), peer, &[("x-forwarded-for", forwarded)]);
        assert_eq!(found, recorded_as, "{peer} says {forwarded:?}");
    }
    // A proxy that writes X-Forwarded-For passes on what a client claims in Forwarded.
    let both = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.66")];
    assert_eq!(recorded(plan(), "10.1.2.3", &both), "203.0.113.66");
    assert_eq!(recorded(plan(), "10.1.2.3", &both[..1]), "10.1.2.3");
}

#[test]
fn the_activity_page_shows_the_address_behind_the_proxy() {
    let site = Site::with(behind(&["10.0.0.0/8"]));
    let mut owner = site.open_first(ADA);
    let mut stranger = site.browser_at("10.1.2.3");
    stranger.get("/sign-in");
    let body = wire::form::encode([("csrf", stranger.csrf.clone().as_str()), ("address", ADA)]);
    stranger.post_as("/sign-in", &[("x-forwarded-for", "203.0.113.66")], &body).location();
    assert_eq!(site.mail().source.address.unwrap().to_string(), "203.0.113.66");
    let page = owner.get("/account/activity");
    page.expect(200, "203.0.113.66").expect(200, &words("browser-new"));
    assert!(!page.says("10.1.2.3"));
}

#[test]
fn a_policy_that_keeps_networks_shows_no_whole_address_anywhere() {
    let policy = model::policy::Policy {
        keep_addresses: model::policy::KeepAddresses::Network,
        ..model::policy::Policy::default()
    };
    let site = Site::with(Plan { policy, ..Plan::default() });
    let mut owner = site.open_first(ADA);
    site.browser_at("203.0.113.66").ask(ADA);
    let mail = site.mail();
    assert_eq!(mail.source.address.unwrap().to_string(), "203.0.113.0");
    owner.get("/account/activity").expect(200, "203.0.113.0");
    site.browser_at("198.51.100.77").post(&mail.not_me, &[]);
    owner.get("/operator").expect(200, "198.51.100.0");
    let everything: String = site.said().iter().map(crate::answer::Answer::whole).collect();
    assert!(!everything.contains("203.0.113.66") && !everything.contains("198.51.100.77"));
    assert!(!serde_json::to_string(&site.events()).unwrap().contains("203.0.113.66"));
}
