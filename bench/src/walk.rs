//! What a person does: open an account, and sign in.
//!
//! 1. GET the sign-in page: a cookie, and the form's token.
//! 2. POST the address: 303 to the page of the request.
//! 3. GET that page.
//! 4. Read the mail, as a mail program would, until a code comes that is not the one of last time.
//! 5. POST the code: 303 to the account page.
//! 6. GET that page, which has the address on it.

use std::time::{Duration, Instant};

use crate::http::{Answer, Connection, Request};
use crate::jar::Jar;
use crate::trouble::Trouble;

/// The steps that are timed, in the order in which they are taken.
pub(crate) const STEPS: [&str; 6] =
    ["GET sign-in page", "POST address", "GET code page", "mail is there", "POST code", "GET account page"];

/// A mail that is not there by then does not come.
const PATIENCE: Duration = Duration::from_secs(15);

/// One account as one browser knows it.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// The account's address.
    pub(crate) address: String,
    /// The browser's cookies.
    pub(crate) jar: Jar,
    /// The code of last time.
    pub(crate) code: String,
    /// How often the browser has signed in here.
    pub(crate) used: u32,
}

impl Profile {
    /// A browser that was never here.
    #[must_use]
    pub(crate) fn new(address: String) -> Self {
        Self { address, jar: Jar::default(), code: String::new(), used: 0 }
    }
}

/// How long each step of one sign-in took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// One time for each of [`STEPS`].
    pub(crate) steps: [Duration; STEPS.len()],
    /// How often the mail was asked for and was not there yet.
    pub(crate) early_looks: u32,
    /// Bytes of the account page.
    pub(crate) account_bytes: usize,
}

/// Opens an account where anybody may; afterwards the browser is known and signed in.
///
/// # Errors
/// The first step that did not go as it should.
pub(crate) async fn open_account(to: &mut Connection, profile: &mut Profile) -> Result<Timing, Trouble> {
    through(to, profile).await
}

/// A known browser whose session is over signs in.
///
/// # Errors
/// The first step that did not go as it should.
pub(crate) async fn sign_in(to: &mut Connection, profile: &mut Profile) -> Result<Timing, Trouble> {
    if !profile.jar.forget_session() {
        return Err(Trouble::Unexpected("there was no session cookie from last time".to_owned()));
    }
    profile.used += 1;
    through(to, profile).await
}

async fn through(to: &mut Connection, profile: &mut Profile) -> Result<Timing, Trouble> {
    let mut timing = Timing::default();
    let mut took = [Duration::ZERO; STEPS.len()];
    let mut clock = Instant::now();
    let mut lap = |step: &mut Duration| {
        let now = Instant::now();
        *step = now - clock;
        clock = now;
    };
    let [page, ask, wait, mail, redeem, account] = &mut took;

    let form = get(to, &mut profile.jar, "/sign-in", form_token).await?;
    lap(page);
    let mut fields = String::with_capacity(160);
    field(&mut fields, "address", &profile.address);
    field(&mut fields, "csrf", &form);
    let request = post(to, &mut profile.jar, "/sign-in", &fields).await?;
    if !request.starts_with("/sign-in/") {
        return Err(Trouble::Unexpected(format!(
            "POST /sign-in leads to {request}, not to the page for the code"
        )));
    }
    lap(ask);
    let form = get(to, &mut profile.jar, &request, form_token).await?;
    lap(wait);
    let code = read_mail(to, profile, &mut timing).await?;
    lap(mail);
    fields.clear();
    field(&mut fields, "code", &code);
    field(&mut fields, "csrf", &form);
    let next = post(to, &mut profile.jar, &request, &fields).await?;
    if next.split('?').next() != Some("/account") {
        return Err(Trouble::Unexpected(format!("after the code comes {next}, not /account")));
    }
    profile.code = code;
    lap(redeem);
    let address = profile.address.as_str();
    let own = |body: &str| body.contains(address).then_some(body.len());
    timing.account_bytes = get(to, &mut profile.jar, &next, own).await?;
    lap(account);
    timing.steps = took;
    Ok(timing)
}

/// How long after the code page the mail is looked for, and how long between two looks.
const FIRST_LOOK: Duration = Duration::from_millis(8);
const NEXT_LOOK: Duration = Duration::from_millis(4);

/// Step 4.
async fn read_mail(to: &mut Connection, profile: &Profile, timing: &mut Timing) -> Result<String, Trouble> {
    let started = Instant::now();
    // A mail program is told when there is mail; one that asks all the time would only measure its asking.
    let mut pause = FIRST_LOOK;
    loop {
        tokio::time::sleep(pause).await;
        match newest(to, &profile.address).await? {
            Some(code) if code != profile.code => return Ok(code),
            Some(_) | None => timing.early_looks += 1,
        }
        if started.elapsed() > PATIENCE {
            return Err(Trouble::Unexpected(format!("no mail to {} within {PATIENCE:?}", profile.address)));
        }
        pause = NEXT_LOOK;
    }
}

/// Looks once for a mail that was read before.
///
/// # Errors
/// It is not there any more.
pub(crate) async fn look(to: &mut Connection, profile: &Profile) -> Result<(), Trouble> {
    match newest(to, &profile.address).await? {
        Some(code) if code == profile.code => Ok(()),
        _ => Err(Trouble::Unexpected(format!("the last mail to {} is gone from the inbox", profile.address))),
    }
}

/// The code in the newest mail to an address, if there is one.
async fn newest(to: &mut Connection, address: &str) -> Result<Option<String>, Trouble> {
    let path = format!("/inbox/newest?to={}", percent(address));
    let answer = to.exchange(Request { path: &path, cookies: "", form: None }).await?;
    match answer.status {
        404 => Ok(None),
        200 => match code(answer.body) {
            Some(code) => Ok(Some(code.to_owned())),
            None => Err(Trouble::Unexpected("a mail without a code in its last line".to_owned())),
        },
        _ => Err(wrong("GET", "/inbox/newest", &answer)),
    }
}

/// A page, and what is looked for on it.
///
/// # Errors
/// Another status than 200, or a page without it.
pub(crate) async fn get<T>(
    to: &mut Connection,
    jar: &mut Jar,
    path: &str,
    find: impl Fn(&str) -> Option<T>,
) -> Result<T, Trouble> {
    let answer = to.exchange(Request { path, cookies: jar.header(), form: None }).await?;
    if answer.status != 200 {
        return Err(wrong("GET", path, &answer));
    }
    answer.fields("set-cookie").for_each(|cookie| jar.take(cookie));
    find(answer.body).ok_or_else(|| Trouble::Unexpected(format!("GET {path}: the page lacks what it is for")))
}

/// A form, and where it leads.
///
/// # Errors
/// Another status than 303.
pub(crate) async fn post(
    to: &mut Connection,
    jar: &mut Jar,
    path: &str,
    form: &str,
) -> Result<String, Trouble> {
    let answer = to.exchange(Request { path, cookies: jar.header(), form: Some(form) }).await?;
    let Some(location) = answer.location().filter(|_| answer.status == 303) else {
        return Err(wrong("POST", path, &answer));
    };
    answer.fields("set-cookie").for_each(|cookie| jar.take(cookie));
    Ok(location.to_owned())
}

fn wrong(method: &str, path: &str, answer: &Answer<'_>) -> Trouble {
    let heading = between(answer.body, "<h1", "</h1>")
        .and_then(|rest| rest.split_once('>'))
        .map_or("", |(_, text)| text);
    let to = answer.location().map(|to| format!(" to {to}")).unwrap_or_default();
    Trouble::Unexpected(format!("{method} {path}: {}{to} {heading}", answer.status).trim_end().to_owned())
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner)
}

/// The token that every form carries.
pub(crate) fn form_token(page: &str) -> Option<String> {
    between(page, "name=\"csrf\" value=\"", "\"").filter(|token| !token.is_empty()).map(str::to_owned)
}

/// The code from the domain-bound form in the last line, `@host #CODE`.
fn code(mail: &str) -> Option<&str> {
    let (host, code) = mail.trim_end().lines().next_back()?.rsplit_once(" #")?;
    (host.starts_with('@') && !code.is_empty()).then_some(code)
}

/// Adds a field to an encoded form.
pub(crate) fn field(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend([name, "=", &percent(value)]);
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_from_the_last_line_of_the_mail_only() {
        assert_eq!(code("Your code is on the last line.\n\n@localhost #BCDFGHJK\n"), Some("BCDFGHJK"));
        assert_eq!(code("@localhost #BCDFGHJK\nGoodbye"), None);
        assert_eq!(code("localhost #BCDFGHJK"), None);
        assert_eq!(code("@localhost #"), None);
        assert_eq!(code(""), None);
    }

    #[test]
    fn the_token_of_the_form_is_found() {
        let page = "<form><input type=\"hidden\" name=\"csrf\" value=\"abc_-1\"></form>";
        assert_eq!(form_token(page).as_deref(), Some("abc_-1"));
        assert_eq!(form_token("<input name=\"csrf\" value=\"\">"), None);
        assert_eq!(form_token("<h1>Gone</h1>"), None);
    }

    #[test]
    fn a_form_is_encoded() {
        let mut form = String::new();
        field(&mut form, "address", "a+b@example.test");
        field(&mut form, "csrf", "x_-1");
        assert_eq!(form, "address=a%2Bb%40example.test&csrf=x_-1");
    }
}
