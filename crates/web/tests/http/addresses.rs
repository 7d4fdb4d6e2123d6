//! Addresses as people type them: odd ones are taken, impossible ones come back in their field with a sentence.

use crate::site::{Plan, Site, unlimited, words};

#[test]
fn odd_but_possible_addresses_are_taken() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
    for (typed, shown) in [
        ("Ada.Lovelace@EXAMPLE.Org", "Ada.Lovelace@example.org"),
        ("ada+quay+side@example.org", "ada+quay+side@example.org"),
        ("a.d.a@example.org", "a.d.a@example.org"),
        ("  ada@example.org\u{a0}", "ada@example.org"),
        ("<ada@example.org>", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("o'hara&sons@example.org", "o'hara&sons@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("jürgen@例え.jp", "jürgen@xn--r8jz45g.jp"),
        ("{}|!#$%*/=?^_`~-@example.org", "{}|!#$%*/=?^_`~-@example.org"),
        (&long, &long),
    ] {
        let mut browser = site.browser();
        let page = browser.ask(typed);
        browser.get(&page).expect(200, shown);
    }
}

#[test]
fn one_account_is_found_under_every_spelling_of_its_address() {
    let site = Site::with(Plan { policy: unlimited(), ..Plan::default() });
    site.open_first("Ada@Bücher.example");
    for typed in ["ada@bücher.example", "ADA@BÜCHER.EXAMPLE", " ada@xn--bcher-kva.example "] {
        let mut browser = site.browser_at("192.0.2.7");
        site.sign_in(&mut browser, typed);
        browser.get("/account").expect(200, "Ada@xn--bcher-kva.example");
    }
    // A tag makes another address, which has no account.
    site.browser().ask("ada+x@bücher.example");
    assert!(site.post().is_empty());
}

#[test]
fn impossible_addresses_come_back_in_their_field_with_a_sentence() {
    let site = Site::new();
    let link = site.set_up_link();
    let endless = format!("{}@example.org", "a".repeat(308));
    let huge = "a@".repeat(3000);
    let cases = [
        ("", "error-address-missing"),
        ("   ", "error-address-missing"),
        ("ada", "error-address-incomplete"),
        ("@", "error-address-local"),
        ("@example.org", "error-address-local"),
        ("a da@example.org", "error-address-local"),
        ("ada@", "error-address-domain"),
        ("ada@example", "error-address-domain"),
        ("ada@exa mple.org", "error-address-domain"),
        ("ada@-example.org", "error-address-domain"),
        ("ada@[192.0.2.1]", "error-address-domain"),
        ("ada@192.0.2.1", "error-address-domain"),
        ("ada@example.org,bob@example.org", "error-address-domain"),
        ("ada@example.org\r\nBcc: bob@example.org", "error-address-character"),
        ("ada\u{0}@example.org", "error-address-character"),
        ("ada\u{1b}[31m@example.org", "error-address-character"),
        ("\"><script>alert(1)</script>@example.org", "error-address-local"),
        (endless.as_str(), "error-address-too-long"),
        (huge.as_str(), "error-address-too-long"),
    ];
    for path in ["/sign-in", &link] {
        for (typed, sentence) in cases {
            let mut browser = site.browser();
            browser.get(path);
            let answer = browser.post(path, &[("address", typed)]);
            answer.expect(422, &words(sentence)).expect(422, &words(&format!("{sentence}-next")));
            let kept = answer.field("address").unwrap();
            let visible: String = typed.chars().filter(|letter| !letter.is_control()).collect();
            assert_eq!(kept, visible.chars().take(254).collect::<String>(), "{typed:?}");
            assert!(answer.body.contains("aria-invalid=\"true\"") && !answer.body.contains("<script>alert"));
        }
        let mut browser = site.browser();
        browser.get(path);
        browser.post(path, &[]).expect(422, &words("error-address-missing"));
    }
    assert_eq!(site.events().len(), 1);
    assert!(site.post().is_empty());
}

#[test]
fn letters_that_turn_the_line_around_or_hide_are_refused() {
    let site = Site::new();
    for typed in
        ["ada\u{202e}gro.elpmaxe@example.org", "ada\u{200b}@example.org", "ada@exam\u{ad}ple\u{2066}.org"]
    {
        let mut browser = site.browser();
        browser.get("/sign-in");
        assert_eq!(browser.post("/sign-in", &[("address", typed)]).status, 422, "{typed:?}");
    }
    assert!(site.events().is_empty());
}
