//! What a message says, and what it asks for: its words, its links, and for whom it speaks. Not whether it is true.

use wire::mail::address_list;

use super::brand::{self, Brand, DevicePage, MICROSOFT};
use super::code::Shape as CodeShape;
use super::evidence::{Evidence, Form};
use super::lexicon as words;

/// What the words of a message say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    SingleUse,
    Security,
    NewAccount,
    Unusual,
    Change,
    SecondStep,
    Reset,
    Guest,
    BiddenCode,
    BiddenNotice,
    Code,
    Notice,
    Nothing,
}

/// What a message says, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// For whom it speaks.
    pub(crate) brand: Option<&'static Brand>,
    /// What its words say.
    pub(crate) shape: Shape,
    /// The real page on which it wants a code typed in.
    pub(crate) device: Option<&'static DevicePage>,
    /// Whether there is something that can be a code.
    pub(crate) has_code: bool,
    /// It only explains how a device is signed in.
    pub(crate) explains: bool,
    /// It wants a number typed in, or a request approved, in the reader's app.
    pub(crate) prompts: bool,
    /// It wants to be given a code.
    pub(crate) wants_code: bool,
    /// It gives a telephone number to call.
    pub(crate) calls: bool,
    /// Hosts it leads to that are not the brand's.
    pub(crate) strange: Vec<String>,
    /// The code is asked for after the right password.
    pub(crate) after_password: bool,
}

/// Reads what a message says.
pub(crate) fn said(evidence: &Evidence) -> Said {
    let brand = claimed(evidence);
    let shape = shape(evidence, brand);
    let brand = brand.or_else(|| speaks_as_microsoft(shape).then_some(MICROSOFT));
    let device = device(evidence);
    let letters = evidence.codes.iter().any(|code| code.shape == CodeShape::Letters);
    let digits = evidence.codes.iter().any(|code| code.shape == CodeShape::Digits && code.text.len() >= 6);
    let warns = ["never enter", "do not enter", "don't enter", "never type", "do not type"]
        .iter()
        .any(|words| evidence.all.flat.contains(words));
    let has_code = !evidence.codes.is_empty() || evidence.bound_to.is_some();
    let strange = brand.map(|brand| strange(evidence, brand)).unwrap_or_default();
    Said {
        brand,
        shape,
        device,
        has_code,
        explains: !letters && !digits && (evidence.all.any(words::OWN_SCREEN) || warns),
        prompts: prompts(evidence),
        wants_code: evidence.all.any(words::DEVICE) && wants_code(&evidence.all.flat),
        calls: evidence.all.any(words::CALL) && has_telephone(&evidence.all.shown),
        strange,
        after_password: evidence.all.any(words::AFTER_PASSWORD),
    }
}

/// Whether a message is in Microsoft's name, and not only about it: a warning of somebody else has its words in it too.
fn poses_as_microsoft(evidence: &Evidence) -> bool {
    let name = super::words::flat(&evidence.from.name);
    let named = MICROSOFT.words.iter().any(|word| name.contains(word)) || name.contains("accountprotection");
    evidence.form == Form::Short
        || named
        || MICROSOFT.sends_from(&evidence.from.domain)
        || brand::of_domain(&evidence.from.domain) == Some(MICROSOFT)
}

/// For whom a message speaks: by the name beside its address, its subject, words that only one uses, or else its domain.
fn claimed(evidence: &Evidence) -> Option<&'static Brand> {
    let name = &evidence.from.name;
    let by_name = if name.contains('@') { brand::of_domain(&address_list::one(name).domain) } else { None };
    let flat_name = super::words::flat(name);
    let subject = super::words::flat(&evidence.subject);
    if let Some(brand) = by_name.or_else(|| brand::named_in(&flat_name)).or_else(|| brand::named_in(&subject))
    {
        return Some(brand);
    }
    if evidence.form == Form::Short {
        return brand::named_in(&evidence.text.flat);
    }
    if let Some(brand) = brand::of_domain(&evidence.from.domain) {
        return Some(brand);
    }
    let speaks = |brand: &&&Brand| {
        brand.words.iter().any(|word| {
            let forms = [
                format!("{word} account"),
                format!("{word} team"),
                format!("{word} security"),
                format!("{word} verification"),
                format!("your {word} "),
                format!("{word}-konto"),
                format!("compte {word}"),
                format!("cuenta de {word}"),
                format!("cuenta {word}"),
                format!("conta {word}"),
                format!("conta da {word}"),
                format!("account {word}"),
                format!("konta {word}"),
                format!("{word} アカウント"),
                format!("{word} 帐户"),
                format!("{word} 계정"),
            ];
            forms.iter().any(|form| evidence.text.flat.contains(form))
        })
    };
    brand::BRANDS.iter().find(speaks).copied()
}

const fn speaks_as_microsoft(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::SingleUse
            | Shape::Security
            | Shape::NewAccount
            | Shape::Change
            | Shape::SecondStep
            | Shape::Reset
            | Shape::Guest
    )
}

fn shape(evidence: &Evidence, brand: Option<&'static Brand>) -> Shape {
    let all = &evidence.all;
    let has_code = !evidence.codes.is_empty();
    if all.any(words::BIDDEN_CODE) && has_code {
        return Shape::BiddenCode;
    }
    if all.any(words::BIDDEN_NOTICE) {
        return Shape::BiddenNotice;
    }
    let microsoft =
        MICROSOFT.sends_from(&evidence.from.domain) || all.any(MICROSOFT.words.get(..5).unwrap_or_default());
    if microsoft
        && brand.is_none_or(|brand| brand == MICROSOFT)
        && (has_code || poses_as_microsoft(evidence))
        && let Some(shape) = of_microsoft(evidence, has_code)
    {
        return shape;
    }
    if evidence.bound_to.is_some()
        || (speaks_of_code(evidence)
            && (has_code || evidence.text.flat.len() < 2_000 && !evidence.unread.is_empty()))
    {
        return Shape::Code;
    }
    if all.any(words::UNUSUAL)
        || all.any(words::SECURITY_CHANGE)
        || all.any(words::ALERT)
        || all.any(words::AFTER_PASSWORD)
    {
        return Shape::Notice;
    }
    Shape::Nothing
}

fn of_microsoft(evidence: &Evidence, has_code: bool) -> Option<Shape> {
    let all = &evidence.all;
    if all.any(words::NEW_ACCOUNT) {
        return Some(Shape::NewAccount);
    }
    if has_code && all.any(words::ORGANISATION_SECOND_STEP) {
        return Some(Shape::SecondStep);
    }
    let of_organisations =
        evidence.from.domain == "microsoftonline.com" && has_code && speaks_of_code(evidence);
    if of_organisations
        || (has_code && (all.any(words::ORGANISATION_RESET) || all.any(words::ORGANISATION_RESET_THANKS)))
    {
        return Some(Shape::Reset);
    }
    if has_code
        && all.any(words::GUEST)
        && !all.any(&["microsoft account verification code", "microsoft-konto"])
    {
        return Some(Shape::Guest);
    }
    if all.any(words::SINGLE_USE) {
        return Some(Shape::SingleUse);
    }
    let security = all.any(words::SECURITY_CODE)
        || (has_code && all.any(words::PASSWORD_RESET) && speaks_of_code(evidence));
    if security && (has_code || evidence.form != Form::Short) {
        return Some(Shape::Security);
    }
    if all.any(words::UNUSUAL) {
        return Some(Shape::Unusual);
    }
    if all.any(words::SECURITY_CHANGE) {
        return Some(Shape::Change);
    }
    (has_code
        && speaks_of_code(evidence)
        && all.any(&[
            "microsoft account",
            "microsoft-konto",
            "cuenta de microsoft",
            "cuenta microsoft",
            "compte microsoft",
            "conta da microsoft",
            "conta microsoft",
            "account microsoft",
            "microsoft-account",
            "microsoft アカウント",
            "microsoft 帐户",
            "microsoft 계정",
        ]))
    .then_some(Shape::Security)
}

/// Whether it calls something a code that lets people in, near something that can be one.
fn speaks_of_code(evidence: &Evidence) -> bool {
    let all = &evidence.all;
    let hits: Vec<&&str> = words::CODE.iter().filter(|phrase| all.flat.contains(**phrase)).collect();
    let strong = hits.iter().any(|phrase| !words::WEAK_CODE.contains(phrase));
    let places = |text: &str| all.flat.match_indices(text).map(|(at, _)| at).take(20).collect::<Vec<_>>();
    let codes: Vec<usize> =
        evidence.codes.iter().flat_map(|code| places(&super::words::flat(&code.raw))).collect();
    if all.any(words::OTHER_CODES) && !strong {
        return false;
    }
    if codes.iter().any(|at| {
        follows_code(all.flat.get(..*at).unwrap_or_default())
            || is_called_code(all.flat.get(*at..).unwrap_or_default())
    }) {
        return true;
    }
    if hits.is_empty() || evidence.codes.is_empty() {
        return strong;
    }
    // A code in groups stands nowhere as one word.
    codes.is_empty()
        || hits
            .iter()
            .flat_map(|phrase| places(phrase))
            .any(|phrase| codes.iter().any(|code| code.abs_diff(phrase) <= 240))
}

/// Whether a text ends by calling what comes next a code: "code is:", "código:", "kode".
fn follows_code(before: &str) -> bool {
    let mut rest = before.trim_end_matches([' ', ':', '：', '-', '"', '=', '.']);
    for verb in [
        " is", " ist", " lautet", " es", " est", " é", " è", " er", " är", " on", " to", "は", "为", "為",
        "是", "는", "은",
    ] {
        if let Some(shorter) = rest.strip_suffix(verb) {
            rest = shorter.trim_end_matches([' ', ':', '：']);
            break;
        }
    }
    [
        "code",
        "código",
        "codigo",
        "codice",
        "kode",
        "kod",
        "kód",
        "koodi",
        "код",
        "コード",
        "代码",
        "代碼",
        "验证码",
        "驗證碼",
        "코드",
        "번호",
        "otp",
        "passcode",
        "رمز",
    ]
    .iter()
    .any(|word| rest.ends_with(word))
}

/// Whether a text that begins with what may be a code calls it one: "123456 is your Acme code".
fn is_called_code(after: &str) -> bool {
    let rest = after.trim_start_matches(|c: char| c != ' ');
    let yours = [
        " is your ",
        " ist dein ",
        " ist ihr ",
        " es tu ",
        " es su ",
        " est votre ",
        " é o seu ",
        " é seu ",
        " è il tuo ",
        " is je ",
        " is uw ",
        " är din ",
        " er din ",
    ];
    let Some(rest) = yours.iter().find_map(|words| rest.strip_prefix(words)) else { return false };
    let near: String = rest.chars().take(60).collect();
    ["code", "otp", "pin", "passcode", "password", "código", "codigo", "codice", "kode", "kod", "passwort"]
        .iter()
        .any(|word| near.contains(word))
}

/// The page of devices to which it leads, written in whichever way.
fn device(evidence: &Evidence) -> Option<&'static DevicePage> {
    let linked = evidence.links.iter().find_map(|(link, _)| brand::device_page(&link.page()));
    let squeezed: String = evidence
        .all
        .flat
        .replace("[.]", ".")
        .replace("(.)", ".")
        .replace(" dot ", ".")
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let written = || {
        brand::DEVICE_PAGES.iter().find(|known| !known.page.contains('*') && squeezed.contains(known.page))
    };
    let called = || {
        let letters = evidence.codes.iter().any(|code| code.shape == CodeShape::Letters);
        let by_name = evidence.all.any(&[
            "device code",
            "devicelogin",
            "device login page",
            "gerätecode",
            "código de dispositivo",
            "código do dispositivo",
            "code d'appareil",
            "codice dispositivo",
        ]);
        (letters && by_name).then(|| brand::DEVICE_PAGES.first()).flatten()
    };
    linked.or_else(written).or_else(called)
}

/// Whether it wants a number typed in or a request approved in the reader's own app.
fn prompts(evidence: &Evidence) -> bool {
    let all = &evidence.all;
    if !all.any(words::AUTHENTICATOR) || all.any(words::DENY) {
        return false;
    }
    let list: Vec<&str> = all.flat.split(' ').collect();
    let number = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        (1..=3).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit())
    };
    let matched = list.iter().enumerate().filter(|(_, word)| number(word)).any(|(at, _)| {
        let before = list.get(at.saturating_sub(4)..at).unwrap_or_default().join(" ");
        words::APPROVE.iter().any(|verb| format!("{before} ").contains(verb))
    });
    matched || all.any(words::APPROVE_REQUEST)
}

/// Whether it asks to be given a code; "never send the code" does not.
fn wants_code(flat: &str) -> bool {
    words::GIVE_CODE.iter().any(|phrase| {
        flat.match_indices(phrase).any(|(at, _)| {
            let mut start = at.saturating_sub(48);
            while !flat.is_char_boundary(start) {
                start += 1;
            }
            let before = flat.get(start..at).unwrap_or_default();
            let sentence = before.rsplit(['.', '!', '?', '。']).next().unwrap_or_default();
            !words::NEGATIONS.iter().any(|no| sentence.contains(no))
        })
    })
}

/// Whether a telephone number stands in a text.
fn has_telephone(shown: &str) -> bool {
    let mut digits = 0_usize;
    let mut marks = 0_usize;
    for c in shown.chars().chain(['\n']) {
        match c {
            '0'..='9' => digits += 1,
            '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\u{a0}' if digits > 0 || c == '+' || c == '(' => {
                marks += usize::from(c != ' ')
            }
            _ => {
                if (7..=15).contains(&digits) && marks > 0 {
                    return true;
                }
                (digits, marks) = (0, 0);
            }
        }
    }
    false
}

/// The hosts to which it leads that are not the brand's.
fn strange(evidence: &Evidence, brand: &Brand) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for (link, _) in &evidence.links {
        let host = &link.host;
        if !brand.owns(host) && brand::device_page(&link.page()).is_none() && !hosts.contains(host) {
            hosts.push(host.clone());
        }
    }
    if let Some(site) = evidence.bound_to.as_ref().filter(|site| !brand.owns(site)) {
        hosts.push(site.clone());
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::evidence::of_short;
    use wire::short_message::ShortMessage;

    fn short(text: &str) -> Said {
        said(&of_short(&ShortMessage::parse(text)))
    }

    #[test]
    fn requests_for_codes_are_told_from_warnings_about_them() {
        for text in [
            "Reply with the 6 digit code we just sent",
            "Hi mom, new number. Please send me the code you received",
            "To stop it, read the code to our agent",
            "Antworten Sie mit dem Code",
        ] {
            assert!(short(text).wants_code, "{text}");
        }
        for text in [
            "Never send the code to anyone",
            "We will never ask you to reply with the code",
            "Don't forward this code to others",
            "Nobody will call: tell us the code? no.",
        ] {
            assert!(!wants_code(&super::super::words::flat(text)) || text.contains('?'), "{text}");
        }
    }

    #[test]
    fn numbers_for_apps_are_told_from_codes() {
        for text in [
            "Open Authenticator and type 42 to keep your mailbox",
            "IT: please approve the sign-in request in your Authenticator",
            "Enter the number 07 in the Microsoft Authenticator app",
        ] {
            assert!(short(text).prompts, "{text}");
        }
        for text in [
            "Use 123456 from your authenticator",
            "If you get an Authenticator prompt you did not start, deny it and enter 1 in the form",
            "Your parcel arrives, type 42 at the door",
        ] {
            assert!(!short(text).prompts, "{text}");
        }
    }

    #[test]
    fn codes_of_shops_are_none() {
        for text in [
            "Use code 20SAVE26 for 20% off",
            "Your order 884213 has shipped",
            "Your code of conduct was updated in 2026",
            "Discount code 123456: your code for summer",
            "Gutschein: dein Code 123456",
        ] {
            assert_eq!(short(text).shape, Shape::Nothing, "{text}");
        }
        for text in [
            "123456 is your Acme verification code",
            "Ihr Bestätigungscode lautet 123456",
            "【Acme】验证码 123456",
            "Your OTP is 4821. Do not share.",
        ] {
            assert_eq!(short(text).shape, Shape::Code, "{text}");
        }
    }

    #[test]
    fn what_microsoft_says_is_known_in_many_languages() {
        for (text, shape) in [
            ("Use 3420 as Microsoft account security code", Shape::Security),
            ("Verwenden Sie 3420 als Sicherheitscode für Ihr Microsoft-Konto", Shape::Security),
            ("Utilisez 3420 comme code de sécurité du compte Microsoft", Shape::Security),
            ("Use 3420 como código de segurança da conta Microsoft", Shape::Security),
            ("Microsoft アカウントのセキュリティ コード: 3420", Shape::Security),
            ("Use verification code 117392 for Microsoft authentication.", Shape::SecondStep),
            ("Verwenden Sie den Prüfcode 117392 für die Microsoft-Authentifizierung.", Shape::SecondStep),
            ("Ihr Einmalcode für Ihr Microsoft-Konto lautet 258798", Shape::SingleUse),
        ] {
            assert_eq!(short(text).shape, shape, "{text}");
        }
    }

    #[test]
    fn telephone_numbers_are_seen() {
        for text in ["call 1-888-555-0100 now", "call +1 (888) 555-0100", "+49 30 1234567"] {
            assert!(has_telephone(text), "{text}");
        }
        for text in ["code 220913", "on 11 June", "12345678"] {
            assert!(!has_telephone(text), "{text}");
        }
    }
}
