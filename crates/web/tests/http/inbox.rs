//! The inbox page: what would have been mailed, on this machine only.

use flow::deliver;
use web::plain_letter::PlainLetter;

use crate::site::{Plan, Site, words};

const ADA: &str = "ada@example.org";

/// Puts what is due into the inbox, as the worker does without a mail server; returns the texts.
fn keep(site: &Site) -> Vec<String> {
    let mut texts = Vec::new();
    for leased in site.lease() {
        let message =
            deliver::compose(site.app.store(), &site.cx(), &flow::deliver::Held::default(), &leased)
                .unwrap()
                .unwrap();
        let model::message::Body::SignInCode { code, not_me, .. } = message.body else { panic!("a digest") };
        let origin = &site.line.origin;
        let text =
            format!("Your code:\n\n  {}\n\n{origin}/not-me/{not_me}\n\n@x #{}", code.expose(), code.expose());
        let to = message.to.clone();
        let letter = PlainLetter { to: message.to, subject: "A code <b>".to_owned(), text: text.clone() };
        let letters = vec![deliver::InPlace { leased, to, content: letter.write() }];
        site.write(move |tx, cx| deliver::keep(tx, cx, &letters));
        texts.push(text);
    }
    texts
}

#[test]
fn a_newcomer_reads_the_first_code_in_the_inbox() {
    let site = Site::with(Plan { inbox: true, ..Plan::default() });
    let link = site.set_up_link();
    let mut browser = site.browser();
    browser.get("/inbox").expect(200, &words("inbox-empty"));
    browser.get(&link);
    let page = browser.post(&link, &[("address", ADA)]).location();
    let texts = keep(&site);
    assert!(browser.get(&page).links().contains(&"/inbox".to_owned()));
    let list = browser.get("/inbox");
    list.expect(200, "A code <b>").expect(200, ADA);
    let mail = list.links().into_iter().find(|link| link.starts_with("/inbox/")).unwrap();
    let shown = browser.get(&mail);
    shown.expect(200, &texts[0]);
    // The link of the mail is one that can be followed.
    let not_me = shown.attributes("href").into_iter().find(|link| link.contains("/not-me/")).unwrap();
    browser.get(not_me.strip_prefix("http://localhost:8000").unwrap()).expect(200, &words("not-me-button"));

    let newest = browser.get("/inbox/newest?to=ADA%40example.org");
    assert_eq!((newest.status, newest.body.as_str()), (200, texts[0].as_str()));
    assert!(newest.header("content-type").starts_with("text/plain"));
    browser.get("/inbox/newest").expect(400, &words("trouble-malformed"));
    browser.get("/inbox/newest?to=bob%40example.org").expect(404, &words("trouble-not-found"));
    for path in ["/inbox/x", "/inbox/01925766-ae00-7001-95a3-29a45ca3c45e"] {
        browser.get(path).expect(404, &words("trouble-not-found"));
    }
}

#[test]
fn there_is_no_inbox_with_a_mail_server_nor_for_anybody_elsewhere_nor_behind_a_proxy() {
    let local = || Plan { inbox: true, ..Plan::default() };
    let public =
        || Plan { public_url: "https://id.example.org", loopback: false, inbox: true, ..Plan::default() };
    for (plan, peer, headers) in [
        (Plan::default(), "127.0.0.1", &[][..]),
        (local(), "192.0.2.7", &[]),
        (local(), "::ffff:192.0.2.7", &[]),
        (local(), "2001:db8::7", &[("x-forwarded-for", "127.0.0.1")]),
        (Plan { proxies: vec!["127.0.0.1/32"], ..local() }, "127.0.0.1", &[]),
        (Plan { proxies: vec!["127.0.0.1/32"], ..local() }, "127.0.0.1", &[("x-forwarded-for", "127.0.0.1")]),
        (Plan { proxies: vec!["10.0.0.0/8"], ..local() }, "127.0.0.1", &[]),
        (public(), "127.0.0.1", &[]),
        (public(), "192.0.2.7", &[]),
    ] {
        let site = Site::with(plan);
        let link = site.set_up_link();
        let mut browser = site.browser_at(peer);
        browser.get(&link);
        let page = browser.post(&link, &[("address", ADA)]).location();
        keep(&site);
        assert!(!browser.get(&page).links().contains(&"/inbox".to_owned()), "{peer} is shown the way");
        let id = deliver::inbox(site.app.store(), 1).unwrap()[0].id;
        for path in ["/inbox", "/inbox/newest?to=ada%40example.org", &format!("/inbox/{id}")] {
            let answer = browser.send(http::Method::GET, path, headers, b"");
            answer.expect(404, &words("trouble-not-found"));
        }
    }
    for peer in ["127.0.0.1", "127.8.8.8", "::1"] {
        assert_eq!(Site::with(local()).browser_at(peer).get("/inbox").status, 200, "{peer}");
    }
}

#[test]
fn a_page_of_another_site_cannot_read_the_inbox_through_a_name_of_its_own() {
    let site = Site::with(Plan { inbox: true, ..Plan::default() });
    let mut browser = site.browser();
    browser.get("/sign-in");
    browser.ask(ADA);
    for host in ["evil.example:8000", "evil.example", ""] {
        for path in ["/inbox", "/inbox/newest?to=ada%40example.org"] {
            let answer = browser.send(http::Method::GET, path, &[("host", host)], b"");
            assert_eq!(answer.status, 421);
        }
    }
    // Nor by a script: answers are for pages of this origin alone.
    let answer = browser.get("/inbox");
    assert!(answer.headers.get("access-control-allow-origin").is_none());
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
}
