//! The operator's page: the whole record, for operators alone.

use crate::site::{MINUTE, Plan, Site, unlimited, words};

#[test]
fn the_operators_page_is_for_operators_only() {
    let site = Site::new();
    let mut operator = site.open_first("ada@example.org");
    let mut member = site.open("bob@example.org");
    for path in ["/operator", "/operator?show=unknown", "/operator?before=1-x"] {
        member.get(path).expect(403, &words("trouble-not-yours"));
        assert_eq!(site.browser().get(path).location(), "/sign-in?notice=needed");
    }
    assert!(!member.get("/account").links().contains(&"/operator".to_owned()));
    assert!(operator.get("/account").links().contains(&"/operator".to_owned()));
    operator.get("/operator").expect(200, "account_opened");
}

#[test]
fn an_ask_for_an_address_without_account_is_seen_by_the_operator_and_by_nobody_else() {
    let site = Site::new();
    let mut operator = site.open_first("ada@example.org");
    let mut member = site.open("bob@example.org");
    site.browser_at("198.51.100.9").ask("nobody@example.net");
    let page = operator.get("/operator?show=unknown");
    page.expect(200, "sign_in_code_requested").expect(200, "198.51.100.9").expect(200, "@example.net");
    assert!(
        !page.says("nobody@example.net"),
        "the operator sees no more of the address than its owner would know it by"
    );
    for path in ["/account", "/account/activity"] {
        for browser in [&mut operator, &mut member] {
            assert!(!browser.get(path).says("example.net"));
        }
    }
}

#[test]
fn the_size_of_the_store_is_shown_with_the_rows_of_every_table() {
    let site = Site::new();
    let mut operator = site.open_first("ada@example.org");
    let page = operator.get("/operator");
    page.expect(200, &words("operator-store-table")).expect(200, " kB on disk.");
    page.expect(200, "accounts 1 addresses 1").expect(200, &format!("events {}", site.events().len()));
}

#[test]
fn the_record_is_read_back_page_by_page_without_loss() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let mut operator = site.open_first("ada@example.org");
    for n in 0..130 {
        site.browser_at("198.51.100.9").ask(&format!("nobody-{n}@example.net"));
        site.advance(MINUTE);
    }
    let mut rows = Vec::new();
    let mut next = Some("/operator".to_owned());
    while let Some(path) = next {
        let page = operator.get(&path);
        assert_eq!(page.status, 200, "{path}");
        rows.extend(page.body.split("<tr id=\"").skip(1).map(|row| row[..36].to_owned()));
        next = page.links().into_iter().find(|link| link.contains("before="));
    }
    let all: Vec<String> = site.events().iter().map(|event| event.id.to_string()).collect();
    assert_eq!(rows, all);
    for path in ["/operator?before=x", "/operator?before=1-2", "/operator?before=99999999999999999999-x"] {
        operator.get(path).expect(404, &words("trouble-not-found"));
    }
}

#[test]
fn the_activity_page_is_read_back_page_by_page_without_loss() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let mut ada = site.open_first("ada@example.org");
    for n in 0..120 {
        site.browser_at(&format!("198.51.100.{n}")).ask("ada@example.org");
        site.advance(MINUTE);
    }
    site.post();
    let (mut requests, mut pages) = (std::collections::BTreeSet::new(), 0);
    let mut next = Some("/account/activity".to_owned());
    while let Some(path) = next {
        let page = ada.get(&path);
        assert_eq!(page.status, 200, "{path}");
        let of_this: Vec<String> =
            page.body.split("<dd class=\"id\">").skip(1).map(|row| row[..36].to_owned()).collect();
        for request in of_this {
            assert!(requests.insert(request), "a request stands on two pages");
        }
        pages += 1;
        next = page.links().into_iter().find(|link| link.contains("before="));
    }
    assert_eq!((requests.len(), pages), (121, 3));
    ada.get("/account/activity?before=x").expect(404, &words("trouble-not-found"));
}
