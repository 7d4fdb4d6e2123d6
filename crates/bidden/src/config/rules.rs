//! Table: the rules that settings obey together, each with the sentence that explains it to an operator.
//!
//! A rule looks only at settings that were accepted by themselves: what was refused has been reported.

use model::method::{Flaw, Method, MethodPolicy, Use};
use model::sms::Cost;
use outbound::sms::headers::Headers;
use outbound::sms::template::Template;
use wire::http::origin::Scheme;

use super::money;
use super::problem::Problem;
use super::value::Value;
use super::values::Values;
use super::words::SmsContentType;

/// One rule.
pub(super) struct Rule {
    /// What it asks and why, for the reference.
    pub(super) says: &'static str,
    /// Where it is broken; nothing if it is kept.
    pub(super) check: fn(&Values) -> Option<Problem>,
}

/// Every rule, in the order in which they are printed.
pub(super) const RULES: &[Rule] = &[
    Rule {
        says: "A server that others can reach (`listen` is not a loopback address, or `public_url` does not \
               name this machine) needs a `public_url` with `https`; `tls` or `trusted_proxies`; and \
               `smtp.host` with `smtp.from`. Without mail settings the inbox page would show codes to \
               strangers, and without TLS sessions could be stolen on the way.",
        check: fit_for_visitors,
    },
    Rule {
        says: "`trusted_proxies` needs `smtp.host`: behind a proxy others may reach the server, so that \
               there is no inbox page.",
        check: no_inbox_behind_a_proxy,
    },
    Rule {
        says: "`public_url` begins with `https` unless it names this machine: browsers keep the session \
               cookie only then.",
        check: https_beyond_this_machine,
    },
    Rule {
        says: "With `tls.certificate`, `public_url` begins with `https`, because this listener then speaks \
               nothing else.",
        check: https_with_tls,
    },
    Rule { says: "`tls.certificate` and `tls.key` are set together.", check: both_tls_files },
    Rule { says: "`smtp.host` needs `smtp.from`.", check: a_sender_for_mail },
    Rule {
        says: "`smtp.security = \"plain\"` is for a mail server on this machine (`localhost`, 127.0.0.0/8, \
               ::1): the mails carry codes, and anybody on the way could read them.",
        check: plain_stays_here,
    },
    Rule {
        says: "`smtp.username` and a password (`smtp.password` or `smtp.password_file`) are set together.",
        check: whole_credentials,
    },
    Rule { says: "`budget.mails_per_day` is at most `budget.mails_per_week`.", check: a_day_within_a_week },
    Rule {
        says: "`budget.resend_after` is at most `code.lifetime`: a code that is over is not sent again.",
        check: resend_within_life,
    },
    Rule {
        says: "`sms.url` needs `sms.countries`: without a country nothing would leave.",
        check: countries_for_messages,
    },
    Rule {
        says: "`sms.url` begins with `https` unless it names this machine: the requests carry codes and credentials, \
               and anybody on the way could read them.",
        check: sms_beyond_this_machine,
    },
    Rule {
        says: "`sms.body` is what `sms.content_type` says, knows no other blanks than `{to}`, `{digits}`, `{text}`, \
               `{id}` and `{secret}`, and has `{text}`; `{to}` or `{digits}` stands in it or in `sms.headers`.",
        check: a_body_for_messages,
    },
    Rule {
        says: "`{secret}` in `sms.body` or `sms.headers` needs `sms.secret` or `sms.secret_file`.",
        check: a_secret_for_its_blank,
    },
    Rule { says: "`sms.per_day` is at most `sms.per_week`.", check: messages_a_day_within_a_week },
    Rule { says: "`sms.budget_per_prefix` is at most `sms.budget`.", check: a_prefix_within_all },
    Rule {
        says: "No price in `sms.price` and `sms.prices` is above `sms.budget_per_prefix`: such a message would never \
               leave.",
        check: prices_within_the_budget,
    },
    Rule {
        says: "`methods.sign_in` holds one of `passkey`, `password`, `mail_code`, `sms_code`, and `totp` only beside \
               `password`. `methods.step_up` holds `password` and `totp` together or neither: alone they are one factor.",
        check: methods_that_work,
    },
    Rule {
        says: "`sms_code` in `methods.sign_in` or `methods.recovery` needs `sms.countries`, and where a mail server is set \
               up `sms.url`: otherwise no code would ever leave for a telephone.",
        check: messages_for_their_codes,
    },
    Rule {
        says: "`methods.sign_in` without `mail_code` needs `registration = \"closed\"`: accounts are opened by a code \
               that confirms the address.",
        check: codes_to_open_accounts,
    },
    Rule { says: "`session.idle` is at most `session.absolute`.", check: idle_within_absolute },
    Rule { says: "`keys.ahead` is at most `keys.period`.", check: ahead_within_period },
    Rule {
        says: "`password.min_length` is at most `password.min_length_single_factor`: a password that stands alone is not \
               shorter.",
        check: longer_alone,
    },
];

fn fit_for_visitors(values: &Values) -> Option<Problem> {
    let listens_beyond = match values.get("listen") {
        Some(Value::Listen(address)) => !address.ip().to_canonical().is_loopback(),
        _ => false,
    };
    let named_beyond =
        matches!(values.get("public_url"), Some(Value::Origin(origin)) if !origin.host().is_loopback());
    if !listens_beyond && !named_beyond {
        return None;
    }
    let mut missing = Vec::new();
    let only_http = match values.get("public_url") {
        Some(Value::Origin(origin)) => origin.scheme() == Scheme::Http && origin.host().is_loopback(),
        _ => false,
    };
    if values.is_missing("public_url") || only_http {
        missing.push("public_url = \"https://…\"");
    }
    let no_tls = values.is_missing("tls.certificate") && values.is_missing("tls.key");
    if no_tls && !is_behind_proxies(values) && !values.is_refused("trusted_proxies") {
        missing.push("tls.certificate and tls.key, or trusted_proxies if a proxy in front ends TLS");
    }
    for key in ["smtp.host", "smtp.from"] {
        if values.is_missing(key) {
            missing.push(key);
        }
    }
    if missing.is_empty() {
        return None;
    }
    let (key, expected) = if listens_beyond {
        (
            "listen",
            "an address of this machine only, such as \"127.0.0.1:8000\", or a server that is fit for visitors",
        )
    } else {
        ("public_url", "a server that is fit for visitors, since others are to reach it by this name")
    };
    Some(values.problem(key, expected).with_next(format!("Still missing for that: {}.", missing.join("; "))))
}

fn is_behind_proxies(values: &Values) -> bool {
    matches!(values.get("trusted_proxies"), Some(Value::Networks(networks)) if !networks.is_empty())
}

fn no_inbox_behind_a_proxy(values: &Values) -> Option<Problem> {
    (is_behind_proxies(values) && values.is_missing("smtp.host")).then(|| {
        values.problem("trusted_proxies", "no proxies as long as no mail server is set").with_next(
            "Set `smtp.host` and `smtp.from`: behind a proxy there is no inbox page to read codes from.",
        )
    })
}

fn https_beyond_this_machine(values: &Values) -> Option<Problem> {
    match values.get("public_url") {
        Some(Value::Origin(origin)) if origin.scheme() == Scheme::Http && !origin.host().is_loopback() => {
            Some(values.problem("public_url", "https, or the name localhost").with_next(
                "Put TLS in front or set `tls`: browsers do not keep the session cookie without it.",
            ))
        }
        _ => None,
    }
}

fn https_with_tls(values: &Values) -> Option<Problem> {
    match values.get("public_url") {
        Some(Value::Origin(origin))
            if origin.scheme() == Scheme::Http
                && origin.host().is_loopback()
                && !values.is_missing("tls.certificate") =>
        {
            Some(
                values
                    .problem("public_url", "https, because `tls.certificate` is set")
                    .with_next("Write https, or remove `tls.certificate` and `tls.key`."),
            )
        }
        _ => None,
    }
}

fn both_tls_files(values: &Values) -> Option<Problem> {
    together(values, ("tls.certificate", &["tls.certificate"]), ("tls.key", &["tls.key"]))
}

fn whole_credentials(values: &Values) -> Option<Problem> {
    together(
        values,
        ("smtp.username", &["smtp.username"]),
        ("`smtp.password` or `smtp.password_file`", &["smtp.password", "smtp.password_file"]),
    )
}

/// One half set and the other not. Each half has a name for people, and the keys that it may consist of.
fn together(values: &Values, left: (&str, &[&str]), right: (&str, &[&str])) -> Option<Problem> {
    let set = |keys: &[&str]| keys.iter().copied().find(|key| !values.is_missing(key)).map(str::to_owned);
    let (there, absent) = match (set(left.1), set(right.1)) {
        (Some(key), None) => (key, right.0),
        (None, Some(key)) => (key, left.0),
        _ => return None,
    };
    let absent = if absent.contains('`') { absent.to_owned() } else { format!("`{absent}`") };
    Some(
        values
            .problem(&there, format!("{absent} as well"))
            .with_next(format!("Set {absent}, or remove `{there}`.")),
    )
}

fn a_sender_for_mail(values: &Values) -> Option<Problem> {
    (!values.is_missing("smtp.host") && values.is_missing("smtp.from")).then(|| {
        values
            .problem("smtp.host", "`smtp.from` as well")
            .with_next("Set `smtp.from` to the address that the mails come from.")
    })
}

fn plain_stays_here(values: &Values) -> Option<Problem> {
    match (values.get("smtp.security"), values.get("smtp.host")) {
        (Some(Value::Word("plain")), Some(Value::Host(host))) if !host.is_loopback() => Some(
            values
                .problem(
                    "smtp.security",
                    format!(
                        "\"implicit\" or \"starttls\" towards {}",
                        super::problem::quoted(&host.to_string())
                    ),
                )
                .with_next("Use TLS, or a mail server on this machine: the mails carry codes."),
        ),
        _ => None,
    }
}

fn a_day_within_a_week(values: &Values) -> Option<Problem> {
    fewer(values, "budget.mails_per_day", "budget.mails_per_week")
}

fn longer_alone(values: &Values) -> Option<Problem> {
    fewer(values, "password.min_length", "password.min_length_single_factor")
}

fn fewer(values: &Values, small: &str, large: &str) -> Option<Problem> {
    match (values.get(small), values.get(large)) {
        (Some(Value::Number(low)), Some(Value::Number(high))) if low > high => {
            Some(exceeds(values, small, large))
        }
        _ => None,
    }
}

fn countries_for_messages(values: &Values) -> Option<Problem> {
    let none = match values.get("sms.countries") {
        Some(Value::Countries(countries)) => countries.is_empty(),
        _ => values.is_missing("sms.countries"),
    };
    (none && values.get("sms.url").is_some()).then(|| {
        values.problem("sms.url", "`sms.countries` as well").with_next(
            "Set `sms.countries` to the countries that messages may go to, such as [\"DE\", \"AT\"].",
        )
    })
}

fn sms_beyond_this_machine(values: &Values) -> Option<Problem> {
    match values.get("sms.url") {
        Some(Value::Url(url))
            if url.origin().scheme() == Scheme::Http && !url.origin().host().is_loopback() =>
        {
            Some(
                values
                    .problem("sms.url", "https, or a gateway on this machine")
                    .with_next("Write https: the requests carry codes and credentials."),
            )
        }
        _ => None,
    }
}

fn a_body_for_messages(values: &Values) -> Option<Problem> {
    let expected = "a body with {text}, well-formed for `sms.content_type`";
    // The problem stands where somebody wrote something: at the type, if the body is the default.
    let key = if values.place("sms.body").rank() == 0 { "sms.content_type" } else { "sms.body" };
    match template(values)? {
        Err(unfit) => Some(values.problem(key, expected).with_next(unfit.to_string())),
        Ok(template) if template.has_number() || values.is_refused("sms.headers") => None,
        Ok(_) => (!headers(values).has_number()).then(|| {
            values
                .problem("sms.body", "a body that says whom the message is for")
                .with_next("Write {to} or {digits} in it, or in `sms.headers`.")
        }),
    }
}

fn a_secret_for_its_blank(values: &Values) -> Option<Problem> {
    if !values.is_missing("sms.secret") || !values.is_missing("sms.secret_file") {
        return None;
    }
    let in_body = matches!(template(values), Some(Ok(template)) if template.has_secret());
    let key = if in_body { Some("sms.body") } else { headers(values).has_secret().then_some("sms.headers") };
    key.map(|key| {
        values
            .problem(key, "`sms.secret` or `sms.secret_file` as well")
            .with_next("Set one of them, or leave out {secret}.")
    })
}

/// The body as it will be filled in; nothing if it or its type was refused by itself.
fn template(values: &Values) -> Option<Result<Template, outbound::sms::template::Unfit>> {
    match (values.get("sms.body"), values.get("sms.content_type")) {
        (Some(Value::Text(body)), Some(Value::Word(content_type))) => {
            let content_type = SmsContentType::from_word(content_type)?;
            Some(Template::new(body, content_type.of_template()))
        }
        _ => None,
    }
}

fn headers(values: &Values) -> Headers {
    match values.get("sms.headers") {
        Some(Value::Secret(lines)) => Headers::parse(lines.reveal()).unwrap_or_default(),
        _ => Headers::default(),
    }
}

fn messages_a_day_within_a_week(values: &Values) -> Option<Problem> {
    fewer(values, "sms.per_day", "sms.per_week")
}

fn a_prefix_within_all(values: &Values) -> Option<Problem> {
    fewer(values, "sms.budget_per_prefix", "sms.budget")
}

fn prices_within_the_budget(values: &Values) -> Option<Problem> {
    let Some(Value::Number(budget)) = values.get("sms.budget_per_prefix") else { return None };
    let budget = Cost::from_hundredths(i64::try_from(*budget).unwrap_or(i64::MAX).saturating_mul(100));
    let listed = match values.get("sms.prices") {
        Some(Value::Prices(prices)) => prices.iter().map(|(_, cost)| *cost).max(),
        _ => None,
    };
    let usual = match values.get("sms.price") {
        Some(Value::Cost(cost)) => Some(*cost),
        _ => None,
    };
    let (key, dearest) = if listed > usual { ("sms.prices", listed) } else { ("sms.price", usual) };
    (dearest? > budget).then(|| {
        let key = if values.place(key).rank() == 0 { "sms.budget_per_prefix" } else { key };
        let dearest = dearest.map(money::text).unwrap_or_default();
        values.problem(key, "a budget that lets at least one message leave").with_next(format!(
            "A message costs {dearest} cents; `sms.budget_per_prefix` is {}.",
            money::text(budget)
        ))
    })
}

fn resend_within_life(values: &Values) -> Option<Problem> {
    shorter(values, "budget.resend_after", "code.lifetime")
}

fn methods_that_work(values: &Values) -> Option<Problem> {
    let (Some(Value::Methods(sign_in)), Some(Value::Methods(step_up))) =
        (values.get("methods.sign_in"), values.get("methods.step_up"))
    else {
        return None;
    };
    let policy = MethodPolicy::OPEN.with(Use::SignIn, *sign_in).with(Use::StepUp, *step_up);
    let (key, expected, next) = match policy.flaw()? {
        Flaw::NoSignIn => (
            "methods.sign_in",
            "something by which people can sign in",
            "Add \"passkey\", \"password\" or \"mail_code\".",
        ),
        Flaw::TotpAlone => (
            "methods.sign_in",
            "\"password\" beside \"totp\"",
            "Add \"password\", or remove \"totp\": a code out of an app is never the only proof.",
        ),
        Flaw::HalfStepUp => (
            "methods.step_up",
            "\"password\" and \"totp\" together, or neither",
            "Add the other one or remove both: alone they are one factor, and reach no second level.",
        ),
    };
    Some(values.problem(key, expected).with_next(next))
}

fn messages_for_their_codes(values: &Values) -> Option<Problem> {
    let open =
        |key: &&str| matches!(values.get(key), Some(Value::Methods(methods)) if methods.has(Method::SmsCode));
    let key = ["methods.sign_in", "methods.recovery"].into_iter().find(open)?;
    let countries =
        matches!(values.get("sms.countries"), Some(Value::Countries(countries)) if !countries.is_empty());
    let gateway = values.get("sms.url").is_some() || values.get("smtp.host").is_none();
    let missing = match (countries, gateway) {
        (false, _) => "sms.countries",
        (true, false) => "sms.url",
        (true, true) => return None,
    };
    let next = format!("Set `{missing}`, or remove \"sms_code\": no code would ever leave for a telephone.");
    Some(values.problem(key, format!("`{missing}` beside \"sms_code\"")).with_next(next))
}

fn codes_to_open_accounts(values: &Values) -> Option<Problem> {
    match (values.get("methods.sign_in"), values.get("registration")) {
        (Some(Value::Methods(methods)), Some(Value::Word(registration)))
            if !methods.has(Method::MailCode) && *registration != "closed" && !methods.is_empty() =>
        {
            Some(values.problem("methods.sign_in", "\"mail_code\", or `registration = \"closed\"`").with_next(
                "Accounts are opened by a code that confirms the address. Add \"mail_code\" until all accounts are \
                 there, or close registration. A tenant can switch codes off for its members either way.",
            ))
        }
        _ => None,
    }
}

fn idle_within_absolute(values: &Values) -> Option<Problem> {
    shorter(values, "session.idle", "session.absolute")
}

fn ahead_within_period(values: &Values) -> Option<Problem> {
    shorter(values, "keys.ahead", "keys.period")
}

fn shorter(values: &Values, small: &str, large: &str) -> Option<Problem> {
    match (values.get(small), values.get(large)) {
        (Some(Value::Duration(low)), Some(Value::Duration(high))) if low > high => {
            Some(exceeds(values, small, large))
        }
        _ => None,
    }
}

/// The problem stands where somebody wrote something: at the larger one, if the smaller is the default.
fn exceeds(values: &Values, small: &str, large: &str) -> Problem {
    let text = |key| values.get(key).map(Value::text).unwrap_or_default();
    if values.place(small).rank() == 0 {
        values
            .problem(large, format!("at least `{small}`, which is {}", text(small)))
            .with_next(format!("Raise it, or lower `{small}`."))
    } else {
        values
            .problem(small, format!("at most `{large}`, which is {}", text(large)))
            .with_next(format!("Lower it, or raise `{large}`."))
    }
}
