//! Golden letters, and the properties that every letter has.

use insta::assert_snapshot;
use model::event::EntryKind;
use model::message::{Body, Message};
use model::notice::{Notice, What};
use model::sign_in_code::{CodeText, Purpose};
use model::source::Source;
use model::time::Time;
use proptest::prelude::*;
use wire::http::forwarded::client_address;
use wire::http::network::Network;
use wire::http::user_agent::{Browser, Family, System};
use wire::mail::mailbox::Mailbox;

use super::render;
use super::sample::{code, digest, letterhead, message, notice, notices};
use crate::letter::{Letter, Unwritable};
use crate::letterhead::Letterhead;

fn letter(message: &Message) -> Letter {
    render(message, &letterhead()).map_err(|error| error.to_string()).unwrap()
}

fn sign_in(to: &str) -> Letter {
    letter(&message(to, code(Purpose::SignIn, false)))
}

fn every_letter() -> Vec<Letter> {
    [
        code(Purpose::SignIn, false),
        code(Purpose::SignIn, true),
        code(Purpose::OpenAccount, false),
        code(Purpose::Recovery, false),
        code(Purpose::Recovery, true),
        digest(1, false),
        digest(12, true),
    ]
    .into_iter()
    .chain(notices())
    .map(|body| letter(&message("Ada@Example.org", body)))
    .collect()
}

#[test]
fn the_mail_about_a_new_browser() {
    let letter = letter(&message("ada@example.org", notice(What::NewBrowser, None)));
    assert_eq!(letter.subject, "A new browser signed in at bidden");
    assert_snapshot!(letter.text, @r"
    A browser that never did before signed in to your account at bidden
    (id.example.org).

    Site             bidden at id.example.org
    Account          ada@example.org
    When             12 May 2026, 03:14 CEST (01:14 UTC)
    Network address  192.0.2.7
    Browser          Firefox on Linux

    If that was you, you do not need to do anything. If it was not, somebody
    else is in your account: end that session on your account page now, and look
    at what was changed.

    Everything that happened stands on your activity page, with its time and
    where it came from. There you can say that it was not you.
    https://id.example.org/account/activity
    ");
}

#[test]
fn the_mail_about_a_sign_in_that_waits_and_can_be_cancelled() {
    let opens_at = Time::from_micros(super::sample::NIGHT + 24 * model::time::HOUR);
    let what = What::EntryAsked { kind: EntryKind::SignIn, opens_at };
    let body = notice(what, Some("/cancel/CQkJCQkJCQkJCQkJCQkJCQ"));
    assert_snapshot!(letter(&message("ada@example.org", body)).text, @r"
    Somebody began to sign in to your account at bidden (id.example.org) in a
    browser that is new to it. The account has a passkey, and that was not used,
    so nobody is in yet: it opens on 13 May 2026, 03:14 CEST (01:14 UTC).

    Site             bidden at id.example.org
    Account          ada@example.org
    When             12 May 2026, 03:14 CEST (01:14 UTC)
    Network address  192.0.2.7
    Browser          Firefox on Linux

    If that was you, wait until then. If it was not, cancel it: then nobody gets
    in by it.

    Was it not you? Undo it on this page. Opening it changes nothing; the button
    there does.
    https://id.example.org/cancel/CQkJCQkJCQkJCQkJCQkJCQ
    ");
}

#[test]
fn the_mail_with_the_answer_to_what_is_held() {
    let until = Time::from_micros(super::sample::NIGHT + 24 * model::time::HOUR);
    let Body::Notice { notice, link, .. } =
        notice(What::Holdings { until }, Some("/about-this-address/CQkJCQkJCQkJCQkJCQkJCQ"))
    else {
        panic!("a notice")
    };
    let letter = letter(&message("ada@example.org", Body::Notice { notice, called: None, link }));
    assert_snapshot!(letter.text, @r"
    Somebody, perhaps you, asked what bidden (id.example.org) holds about this
    address. The answer stands on a page that only this mail leads to, until 13
    May 2026, 03:14 CEST (01:14 UTC).

    Site             bidden at id.example.org
    Address          the one that this mail came to, at example.org
    When             12 May 2026, 03:14 CEST (01:14 UTC)
    Network address  192.0.2.7
    Browser          Firefox on Linux

    If you did not ask, you do not need to do anything: nothing is changed, and
    only you can see the answer.

    The page says which accounts the address belongs to, if any, and what you
    can do about it. Opening it changes nothing.
    https://id.example.org/about-this-address/CQkJCQkJCQkJCQkJCQkJCQ
    ");
}

#[test]
fn every_notice_has_texts_of_its_own_and_says_how_often_it_was() {
    let mut texts = std::collections::BTreeSet::new();
    for body in notices() {
        let letter = letter(&message("ada@example.org", body));
        assert!(!letter.subject.contains("mail-") && !letter.text.contains("mail-notice"), "{}", letter.text);
        assert!(texts.insert(letter.text.clone()), "{}", letter.text);
    }
    let Body::Notice { notice, called, link } = notice(What::NewBrowser, None) else { panic!("a notice") };
    let body = Body::Notice { notice: Notice { more: 4, ..notice }, called, link };
    assert!(letter(&message("ada@example.org", body)).text.contains("4 more times"));
}

#[test]
fn a_link_that_is_no_path_of_ours_is_not_written() {
    for bad in ["//evil.example", "cancel/a", "/cancel/a b", "/cancel/\r\nBcc: b", "/a?b", "/a#b", "/a.b"] {
        let written = render(&message("ada@example.org", notice(What::NewBrowser, Some(bad))), &letterhead());
        assert_eq!(written.err(), Some(Unwritable::Part("link")), "{bad}");
    }
}

/// Row 44: a mail about an account of an organisation and one about a personal account are told apart by what they say.
#[test]
fn row_44_every_mail_names_the_organisation_or_says_that_the_account_is_personal() {
    let says = |tenant: Option<&str>, body: Body, words: &str| {
        let message = Message { tenant: tenant.map(str::to_owned), ..message("Ada@Example.org", body) };
        let text = letter(&message).text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{words}: {text}");
    };
    let uni = Some("Example University");
    let of_uni = "Account ada@example.org, an account of Example University ";
    for purpose in [Purpose::SignIn, Purpose::Confirm] {
        says(uni, code(purpose, false), of_uni);
        says(None, code(purpose, false), "Account ada@example.org, a personal account ");
    }
    says(uni, digest(3, false), of_uni);
    let open = "at example.org; its account would be one of Example University ";
    says(uni, code(Purpose::OpenAccount, false), open);
}

#[test]
fn the_mail_with_a_sign_in_code() {
    let letter = sign_in("Ada@Example.org");
    assert_eq!(letter.subject, "Your sign-in code for bidden (amber-falcon)");
    assert_eq!(
        (letter.to.as_str(), letter.message_id.ends_with("@id.example.org")),
        ("Ada@example.org", true)
    );
    assert_snapshot!(letter.text, @r"
    Somebody asked for a sign-in code for your account at bidden
    (id.example.org). If that was you, type the code below on the page where you
    asked for it. If it was not, nobody gets in without the code, and you do not
    need to do anything.

    Site             bidden at id.example.org
    Account          ada@example.org, a personal account
    What for         Signing in to your account
    Asked for        12 May 2026, 03:14 CEST (01:14 UTC)
    Network address  192.0.2.7
    Browser          Firefox on Linux; it has never signed in to this account
    Reference        amber-falcon; the page where it was asked for shows it too

    Sign-in code     BCDF-GHJK
    Valid until      12 May 2026, 03:24 CEST (01:24 UTC)

    Type the code only at https://id.example.org, on the page where you asked
    for it.

    Nobody who calls or writes to you may be given this code: not support, not
    the police, nobody.

    Did you not ask for this? Say so on this page. Opening it changes nothing;
    the button there ends this request.
    https://id.example.org/not-me/CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk

    A code that is never used lets nobody in. No password was tried.

    What is held about this address, and how to refuse all mail from here:
    https://id.example.org/about-this-address

    @id.example.org #BCDFGHJK
    ");
}

#[test]
fn the_mail_with_a_code_that_opens_an_account() {
    let letter = letter(&message("ada@example.org", code(Purpose::OpenAccount, false)));
    assert_eq!(letter.subject, "Your code to confirm this address at bidden (amber-falcon)");
    assert_snapshot!(letter.text, @r"
    Somebody typed this address to open an account at bidden (id.example.org).
    If that was you, type the code below on the page where you typed it; it
    confirms that the address is yours. If it was not, no account is opened
    without the code, and you do not need to do anything.

    Site                   bidden at id.example.org
    Address                the one that this mail came to, at example.org
    What for               Confirming this address, to open an account
    Asked for              12 May 2026, 03:14 CEST (01:14 UTC)
    Network address        192.0.2.7
    Browser                Firefox on Linux
    Reference              amber-falcon; the page where it was asked for shows
                           it too

    Code for this address  BCDF-GHJK
    Valid until            12 May 2026, 03:24 CEST (01:24 UTC)

    Type the code only at https://id.example.org, on the page where you asked
    for it.

    Nobody who calls or writes to you may be given this code: not support, not
    the police, nobody.

    Did you not ask for this? Say so on this page. Opening it changes nothing;
    the button there ends this request.
    https://id.example.org/not-me/CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk

    A code that is never used opens no account. No password was tried.

    What is held about this address, and how to refuse all mail from here:
    https://id.example.org/about-this-address

    @id.example.org #BCDFGHJK
    ");
}

#[test]
fn the_mail_about_requests_that_were_not_mailed() {
    let letter = letter(&message("ada@example.org", digest(12, true)));
    assert_eq!(letter.subject, "12 requests for a code for bidden were not mailed");
    assert_snapshot!(letter.text, @r"
    12 requests for a sign-in code for your account at bidden (id.example.org)
    were not mailed to you.

    None of them got a code, so there was nothing that anybody could guess, and
    nobody got in with them. No password was tried. You do not need to do
    anything.

    Site         bidden at id.example.org
    Account      ada@example.org, a personal account
    Requests     12
    Since        11 May 2026, 03:14 CEST (01:14 UTC)
    Muted until  11 June 2026, 03:14 CEST (01:14 UTC)

    Until then, browsers that have never signed in to your account get no code
    mailed to you. Browsers that you signed in with before go on working.

    If you asked yourself and no code came, ask again in a browser that you
    signed in with before, or ask the operator of bidden.

    Each request stands on your activity page, with its time and where it came
    from.
    https://id.example.org/account/activity
    ");
}

#[test]
fn one_request_that_was_not_mailed_is_not_spoken_of_in_the_plural() {
    let letter = letter(&message("ada@example.org", digest(1, false)));
    assert_eq!(letter.subject, "1 request for a code for bidden was not mailed");
    assert!(letter.text.starts_with("1 request for a sign-in code"), "{}", letter.text);
    assert!(letter.text.contains("It got no code") && !letter.text.contains("Muted"), "{}", letter.text);
}

#[test]
fn the_whole_mail_depends_on_the_message_alone() {
    let bytes = || String::from_utf8(sign_in("ada@example.org").to_email().unwrap().formatted()).unwrap();
    assert_eq!(bytes(), bytes());
    let (head, _) =
        bytes().split_once("\r\n\r\n").map(|(head, rest)| (head.to_owned(), rest.to_owned())).unwrap();
    assert_snapshot!(head.replace("\r\n", "\n"), @r#"
    From: bidden <no-reply@example.org>
    To: ada@example.org
    Subject: Your sign-in code for bidden (amber-falcon)
    Date: Tue, 12 May 2026 01:14:30 +0000
    Message-ID: <01010101-0101-0101-0101-010101010101@id.example.org>
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    Content-Language: en
    MIME-Version: 1.0
    Content-Type: multipart/alternative;
     boundary="=01010101-0101-0101-0101-010101010101"
    "#);
    let bytes = bytes();
    for part in ["Content-Type: text/plain; charset=utf-8", "Content-Type: text/html; charset=utf-8"] {
        assert_eq!(bytes.matches(part).count(), 1, "{bytes}");
    }
    assert!(bytes.contains("\r\n@id.example.org #BCDFGHJK\r\n--=0"), "{bytes}");
}

#[test]
fn the_code_is_in_no_subject_and_in_no_notification() {
    for letter in every_letter() {
        let start = |text: &str| text.chars().take(200).collect::<String>();
        let body = letter.html.split("<body>").nth(1).unwrap();
        for shown in [&letter.subject, &start(&letter.text), &start(body)] {
            assert!(!shown.contains("BCDF") && !shown.contains("GHJK"), "{shown}");
        }
        assert!(!letter.html.split("<body>").next().unwrap().contains("BCDF"));
    }
}

/// WICG origin-bound one-time codes: the last line, the host without a port, the code without a dash.
#[test]
fn the_last_line_binds_the_code_to_the_host() {
    let head = Letterhead {
        public_url: "http://localhost:8000".to_owned(),
        host: "localhost".to_owned(),
        ..letterhead()
    };
    let letter = render(&message("ada@example.org", code(Purpose::SignIn, false)), &head).ok().unwrap();
    assert_eq!(letter.text.split('\n').next_back(), Some("@localhost #BCDFGHJK"));
    assert!(letter.text.contains("\nhttp://localhost:8000/not-me/CQkJ"), "{}", letter.text);
}

#[test]
fn every_text_exists_and_every_line_fits() {
    for letter in every_letter() {
        for text in [&letter.subject, &letter.text, &letter.html] {
            // An unknown identifier is shown in brackets, an argument that was not given in braces.
            assert!(!text.contains("[mail-") && !text.contains("{$"), "{text}");
        }
        assert!(letter.text.lines().all(|line| line.chars().count() <= 78), "{}", letter.text);
        assert!(letter.text.lines().all(|line| line == line.trim_end()), "{}", letter.text);
    }
}

#[test]
fn the_html_part_is_small_says_the_same_and_loads_nothing() {
    for letter in every_letter() {
        assert!(letter.html.len() < 6_000, "{} bytes", letter.html.len());
        for remote in ["<img", "<link", "<script", "url(", "src=", "@import", "<iframe", "<form"] {
            assert!(!letter.html.contains(remote), "{remote}");
        }
        let visible = letter.html.split("<body>").nth(1).unwrap();
        let link = letter.text.lines().find(|line| line.starts_with("https://")).unwrap();
        assert_eq!(visible.matches("href=").count(), 1);
        assert!(visible.contains(&format!("href=\"{link}\"")), "{link}");
        for line in letter.text.lines().filter(|line| !line.starts_with("https://") && !line.starts_with('@'))
        {
            for words in line.split("  ").map(str::trim).filter(|words| !words.is_empty()) {
                let escaped = words.replace('&', "&#38;").replace('\'', "&#39;");
                assert!(visible.contains(&escaped), "{escaped}\n{visible}");
            }
        }
    }
}

#[test]
fn what_an_operator_writes_into_the_letterhead_is_escaped() {
    let head = Letterhead { site_name: "<b>A & \"B\"".to_owned(), ..letterhead() };
    let letter = render(&message("ada@example.org", code(Purpose::SignIn, true)), &head).ok().unwrap();
    assert!(!letter.html.contains("<b>A") && letter.html.contains("&#60;b&#62;A &#38; &#34;B&#34;"));
    assert!(letter.text.contains("<b>A & \"B\""));
}

/// threats.md §5.2 row 44: the site and the account are named, and the kind of code.
#[test]
fn row_44_every_mail_names_the_site_and_whose_account_it_is() {
    for letter in every_letter() {
        assert!(letter.subject.contains("bidden") && letter.text.contains("bidden at id.example.org"));
    }
    assert!(
        sign_in("Ada@Example.org").text.contains("\nAccount          ada@example.org, a personal account\n")
    );
}

#[test]
fn an_address_that_was_not_kept_is_not_spoken_of() {
    let mut body = code(Purpose::SignIn, true);
    if let Body::SignInCode { source, .. } = &mut body {
        source.address = None;
    }
    assert!(!letter(&message("ada@example.org", body)).text.contains("Network address"));
}

#[test]
fn parts_that_were_not_made_by_us_are_not_written() {
    let with = |change: fn(&mut CodeText, &mut String, &mut String)| {
        let mut body = code(Purpose::SignIn, true);
        if let Body::SignInCode { code, reference, not_me, .. } = &mut body {
            change(code, reference, not_me);
        }
        render(&message("ada@example.org", body), &letterhead()).err()
    };
    assert_eq!(
        with(|code, _, _| *code = CodeText::from_text("BCD\nFGHJ".to_owned())),
        Some(Unwritable::Part("code"))
    );
    assert_eq!(with(|code, _, _| *code = CodeText::from_text(String::new())), Some(Unwritable::Part("code")));
    for bad in ["amber falcon", "amber", "a-b-c", "Amber-falcon", "amber-\r\nx", "evil.example-x"] {
        let mut body = code(Purpose::SignIn, true);
        if let Body::SignInCode { reference, .. } = &mut body {
            *reference = bad.to_owned();
        }
        let error = render(&message("ada@example.org", body), &letterhead()).err();
        assert_eq!(error, Some(Unwritable::Part("reference")), "{bad}");
    }
    assert_eq!(with(|_, _, not_me| not_me.push('A')), Some(Unwritable::Part("token")));
    assert_eq!(with(|_, _, not_me| *not_me = "../../x".to_owned()), Some(Unwritable::Part("token")));
    let to = |to: &str| render(&message(to, digest(1, false)), &letterhead()).err();
    assert_eq!(to("ada@example.org\r\nBcc: eve@example.org"), Some(Unwritable::Recipient));
    let mut early = message("ada@example.org", digest(1, false));
    early.queued_at = Time::from_micros(-1);
    assert_eq!(render(&early, &letterhead()).err(), Some(Unwritable::Calendar));
    early.queued_at = Time::from_micros(253_402_300_800_000_000);
    assert_eq!(render(&early, &letterhead()).err(), Some(Unwritable::Calendar));
}

/// What somebody would like to have in a mail that comes from us.
const LURES: [&str; 12] = [
    "https://evil.example/login",
    "evil.example",
    "+43-800-123456",
    "call.0800123456.now",
    "your-account-is-hacked",
    "<b>Urgent</b>",
    "<img src=x>",
    "\r\nBcc: eve@evil.example",
    "\nX-Lure: 1",
    "\u{202e}gnp.exe",
    "\u{200b}zero",
    "\u{2068}isolate\u{2069}",
];

/// Everything a reader or a mail program can see of `letter`, except the field `To`.
fn all_of(letter: &Letter) -> String {
    let email = String::from_utf8_lossy(&letter.to_email().unwrap().formatted()).into_owned();
    let fields: Vec<&str> = email.lines().filter(|line| !line.starts_with("To: ")).collect();
    format!("{}\n{}\n{}\n{}", letter.subject, letter.text, letter.html, fields.join("\n"))
}

fn lured(text: &str) -> Option<&'static str> {
    LURES.into_iter().find(|lure| text.contains(lure.trim()))
}

fn asked_from(user_agent: &str, forwarded: &[&str], purpose: Purpose) -> Body {
    let peer = "127.0.0.1".parse().unwrap();
    let mut body = code(purpose, false);
    if let Body::SignInCode { source, .. } = &mut body {
        let address = client_address(peer, &[], forwarded, &[Network::LOOPBACK]);
        *source = Source { address: Some(address), browser: Browser::parse(user_agent) };
    }
    body
}

proptest! {
    /// threats.md §5.2 row 38, by absence: header fields full of lures leave none in any mail.
    #[test]
    fn row_38_nothing_of_the_headers_of_a_request_is_in_the_mail(
        lures in prop::collection::vec(prop::sample::select(&LURES[..]), 1..5),
        around in prop::sample::select(&["", "Mozilla/5.0 (X11; Linux) ", "curl/", "Mozilla/5.0 (", "Firefox/"][..]),
        noise in ".{0,40}",
    ) {
        let field = format!("{around}{noise}{}", lures.join(" "));
        let body = asked_from(&field, &[&field, &format!("192.0.2.1, {field}")], Purpose::SignIn);
        let all = all_of(&letter(&message("ada@example.org", body)));
        prop_assert_eq!(lured(&all), None);
        prop_assert!(!all.contains(['\u{202e}', '\u{200b}', '\u{2068}']), "invisible characters");
    }

    /// threats.md §5.2 row 38, by indifference: the mail is one of a fixed set, whatever the header says.
    #[test]
    fn row_38_the_browser_comes_from_closed_lists(user_agent in ".{0,80}") {
        let said = all_of(&letter(&message("ada@example.org", asked_from(&user_agent, &[], Purpose::SignIn))));
        let browser = Browser::parse(&user_agent);
        let mut body = asked_from("", &[], Purpose::SignIn);
        if let Body::SignInCode { source, .. } = &mut body {
            source.browser = Browser {
                family: Family::from_code(browser.family.code()).unwrap(),
                system: System::from_code(browser.system.code()).unwrap(),
            };
        }
        prop_assert_eq!(said, all_of(&letter(&message("ada@example.org", body))));
    }

    /// threats.md §5.2 row 38: whoever types an address for which there is no account chooses what stands
    /// before the `@`. The mail is the same for every choice.
    #[test]
    fn row_38_a_new_address_does_not_speak_through_the_mail(
        local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,30}(\\.[a-z0-9\u{5d0}\u{627}\u{e9}-]{1,20})?",
    ) {
        if let Ok(mailbox) = Mailbox::parse(&format!("{local}@example.org")) {
            let said = letter(&message(mailbox.as_str(), code(Purpose::OpenAccount, false)));
            let plain = letter(&message("a@example.org", code(Purpose::OpenAccount, false)));
            prop_assert_eq!((said.subject, said.text, said.html), (plain.subject, plain.text, plain.html));
        }
    }

    /// The spelling that was typed this time does not show: case is all that it can change.
    #[test]
    fn row_38_an_account_is_named_as_it_is_and_not_as_it_was_typed(to in "[aA][dD][aA]@[eE]xample\\.[oO]rg") {
        let (typed, known) = (sign_in(&to), sign_in("ada@example.org"));
        prop_assert_eq!((typed.subject, typed.text, typed.html), (known.subject, known.text, known.html));
    }

    /// Every address that `wire` reads can be written to, and stays within its field.
    #[test]
    fn every_address_that_is_read_can_be_written_to(
        local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\u{5d0}\u{627}\u{e9}\u{4e00}.-]{1,40}",
        domain in "([a-z0-9\u{e9}\u{4e00}]{1,12}\\.){1,3}(org|\u{440}\u{444})|localhost",
    ) {
        if let Ok(mailbox) = Mailbox::parse(&format!("{local}@{domain}")) {
            let email = sign_in(mailbox.as_str()).to_email();
            let Ok(email) = email else { return Err(TestCaseError::fail(mailbox.as_str().to_owned())) };
            let written = String::from_utf8(email.formatted()).unwrap();
            let (head, _) = written.split_once("\r\n\r\n").unwrap();
            prop_assert!(head.lines().all(|line| {
                let name = line.split(':').next().unwrap_or_default();
                line.starts_with(' ') || ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                    "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"].contains(&name)
            }), "{head}");
            prop_assert_eq!(email.envelope().to()[0].to_string(), mailbox.as_str());
        }
    }

    #[test]
    fn no_text_breaks_out_of_a_field(text in "(.|\r\n|\n){0,60}") {
        let mut letter = sign_in("ada@example.org");
        letter.subject = text;
        if let Ok(email) = letter.to_email() {
            let written = String::from_utf8(email.formatted()).unwrap();
            let (head, _) = written.split_once("\r\n\r\n").unwrap();
            prop_assert_eq!(head.lines().filter(|line| !line.starts_with(' ')).count(), 10, "{}", head);
        }
    }
}

#[test]
fn the_receipt_stands_in_both_parts_as_it_was_signed() {
    let lines = format!("bidden-receipt-1 {}\n{}", "A".repeat(59), "Q".repeat(76));
    for body in [code(Purpose::SignIn, false), digest(3, false), notice(What::NewBrowser, None)] {
        let is_code = matches!(body, Body::SignInCode { .. });
        let with = Message { receipt: Some(lines.clone()), ..message("ada@example.org", body) };
        let letter = letter(&with);
        assert!(letter.text.contains(&format!("\n{lines}")), "{}", letter.text);
        assert_eq!(letter.text.ends_with(&lines), !is_code, "a code's last line is for browsers");
        for line in lines.lines() {
            assert!(letter.html.contains(&format!("{line}<br>")), "{}", letter.html);
        }
        let mail = letter.to_email().unwrap().formatted();
        let found = wire::record::receipt::Signed::find_in(&mail);
        assert_eq!(found.len(), 1, "{}", String::from_utf8_lossy(&mail));
    }
}
