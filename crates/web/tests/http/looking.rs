//! Looking changes nothing: every link of every page and mail can be followed by anybody, any number of times.

use std::collections::BTreeSet;

use http::Method;

use crate::browser::Browser;
use crate::site::{MINUTE, Plan, SECOND, Site, wrong};

/// A site where much has happened, its operator, and the mails that left.
fn lived_in() -> (Site, Browser, Vec<String>) {
    let site = Site::with(Plan { file: true, inbox: true, ..Plan::default() });
    let mut operator = site.open_first("ada@example.org");
    let mut links = vec![site.invite("bob@example.org"), site.invite("cyd@example.org")];
    let mut stranger = site.browser_at("198.51.100.9");
    let page = stranger.ask("ada@example.org");
    let unused = site.mail();
    stranger.submit(&page, &wrong(&unused.code, 0));
    site.advance(MINUTE * 11);
    site.sweep();
    for n in 0..4 {
        site.browser_at(&format!("198.51.100.{n}")).ask("ada@example.org");
        site.browser_at("198.51.100.9").ask("nobody@example.org");
    }
    let live = site.post();
    links.extend(live.iter().chain([&unused]).map(|mail| mail.not_me.clone()));
    // And one that waits, so that the operator's page has an outbox.
    site.advance(SECOND * 31);
    let waiting = operator.post("/sign-in", &[("address", "ada@example.org")]).location();
    site.browser_at("192.0.2.7").ask("bob@example.org");
    links.push(waiting);
    links.push(page);
    (site, operator, links)
}

#[test]
fn row_39_every_link_on_every_page_and_in_every_mail_can_be_followed_without_changing_anything() {
    let (site, mut operator, mails) = lived_in();
    operator.get("/account");
    let before = (site.bytes(), format!("{:?}", site.events()));
    let mut stranger = site.browser();
    for _ in 0..2 {
        for browser in [&mut operator, &mut stranger] {
            let mut seen = BTreeSet::new();
            let mut next =
                vec!["/".to_owned(), "/sign-in".to_owned(), "/inbox".to_owned(), "/healthz".to_owned()];
            next.extend(mails.iter().cloned());
            while let Some(path) = next.pop() {
                if !seen.insert(path.clone()) {
                    continue;
                }
                let answer = browser.get(&path);
                assert!(answer.status < 500, "{path}");
                next.extend(answer.links());
                next.extend((answer.status == 303).then(|| answer.header("location").to_owned()));
            }
            for path in ["/assets/style.css", "/assets/operator.css", "/assets/icon.svg", "/assets/logo"] {
                assert!(seen.iter().any(|link| link.starts_with(path)), "{path} is not among {seen:?}");
            }
            if browser.jar.contains_key("__Host-bidden-session") {
                for path in ["/assets/page.js", "/operator?show=findings", "/account/activity?show=changes"] {
                    assert!(seen.iter().any(|link| link.starts_with(path)), "{path} is not among {seen:?}");
                }
            }
        }
        for path in ["/account?notice=opened", "/account/activity?show=unused", "/operator?show=unused"] {
            operator.get(path);
        }
    }
    assert!(operator.is_signed_in());
    assert_eq!(format!("{:?}", site.events()), before.1);
    assert!(site.bytes() == before.0, "something was written");
}

#[test]
fn no_get_of_a_path_that_takes_forms_does_what_the_form_does() {
    let (site, mut operator, mails) = lived_in();
    let page = operator.get("/account/activity");
    let account = operator.get("/account");
    let mut paths: BTreeSet<String> = page.attributes("action").into_iter().collect();
    paths.extend(account.attributes("action"));
    paths.insert(format!("{}/again", mails.iter().find(|path| path.starts_with("/sign-in")).unwrap()));
    assert!(paths.iter().any(|path| path.ends_with("/not-me")) && paths.contains("/sign-out"));
    let before = site.bytes();
    for path in &paths {
        for query in ["", "?csrf=x", &format!("?csrf={}", operator.csrf)] {
            let answer = operator.get(&format!("{path}{query}"));
            assert!(matches!(answer.status, 200 | 303 | 405), "{path} {}", answer.status);
            let head = operator.send(Method::HEAD, &format!("{path}{query}"), &[], b"");
            assert!(matches!(head.status, 200 | 303 | 405), "{path} {}", head.status);
        }
    }
    assert!(site.bytes() == before, "something was written");
    assert!(operator.is_signed_in());
}
