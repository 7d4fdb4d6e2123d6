//! A person in a browser, who signs in and does not give up: whatever is turned away or lost is tried again, as
//! people do it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::id::{RequestId, SessionId};

use crate::http::{Answer, Connection};
use crate::notes::{Notes, SignIn, Trouble};

/// How long a person waits before the next try; shorter than `Retry-After`, to be hard on the server.
const NEXT_TRY: Duration = Duration::from_millis(20);
/// How often the inbox is looked at.
const NEXT_LOOK: Duration = Duration::from_millis(3);

/// A person gave up: the test is over for them.
#[derive(Debug)]
pub(crate) struct GaveUp;

/// Cookies, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    fn take(&mut self, answer: &Answer) {
        for cookie in answer.fields("set-cookie") {
            let pair = cookie.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub(crate) fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn session(&self) -> Option<SessionId> {
        let (_, value) = self.0.iter().find(|(name, _)| name.ends_with("session"))?;
        let bytes = wire::token::decode::<48>(value).unwrap();
        Some(SessionId::from_bytes(bytes[..16].try_into().unwrap()))
    }

    fn without_session(&self) -> Self {
        Self(self.0.iter().filter(|(name, _)| !name.ends_with("session")).cloned().collect())
    }
}

/// A code that was used, with what it takes to submit it again.
struct Used {
    path: String,
    form: String,
    jar: Jar,
}

/// Somebody with an address and a browser.
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) jar: Jar,
    connection: Connection,
    notes: Arc<Notes>,
    /// The code of last time: the inbox shows it until the next mail has come.
    code: String,
    used: Option<Used>,
}

impl Person {
    pub(crate) fn new(address: String, server: SocketAddr, notes: &Arc<Notes>) -> Self {
        let connection = Connection::to(server);
        Self {
            address,
            jar: Jar::default(),
            connection,
            notes: Arc::clone(notes),
            code: String::new(),
            used: None,
        }
    }

    /// Goes on at another server, with the same browser.
    pub(crate) fn move_to(&mut self, server: SocketAddr) {
        self.connection = Connection::to(server);
    }

    /// From the sign-in page to the account page. An account is opened by it the first time.
    pub(crate) fn sign_in(&mut self) -> Result<(), GaveUp> {
        let request = self.ask_for_a_code()?;
        self.type_the_code(request)
    }

    /// The first half: until the server has acknowledged the request.
    pub(crate) fn ask_for_a_code(&mut self) -> Result<RequestId, GaveUp> {
        self.jar = self.jar.without_session();
        let (_, form) = self.ready_to_ask()?;
        let answer = self.persist("/sign-in", Some(&form), &[303])?;
        let request = answer.location().strip_prefix("/sign-in/").and_then(|id| id.parse().ok());
        let request = request.unwrap_or_else(|| panic!("POST /sign-in leads to {}", answer.location()));
        self.notes.asked(request);
        Ok(request)
    }

    /// Everything that it takes to ask for a code by hand: cookies and form.
    pub(crate) fn ready_to_ask(&mut self) -> Result<(String, String), GaveUp> {
        let page = self.persist("/sign-in", None, &[200])?;
        Ok((self.jar.header(), format!("address={}&csrf={}", percent(&self.address), csrf(&page))))
    }

    /// The second half: reads the mail, submits the code, looks at the account.
    pub(crate) fn type_the_code(&mut self, request: RequestId) -> Result<(), GaveUp> {
        let path = format!("/sign-in/{request}");
        let page = self.persist(&path, None, &[200])?;
        let code = self.read_mail()?;
        let form = format!("code={code}&csrf={}", csrf(&page));
        self.code = code;
        let before = self.jar.clone();
        let mut outcomes = Vec::new();
        loop {
            match self.try_once(&path, Some(&form)) {
                Ok(answer) if answer.status == 303 && answer.location().starts_with("/account") => break,
                // It was redeemed by a try whose answer was lost. The code is worth nothing now, as it should be.
                Ok(answer) if answer.status == 422 && !outcomes.is_empty() => {
                    self.notes.spent(request, &outcomes);
                    return Ok(());
                }
                Ok(answer) => self.notes.odd(&format!("the code: {} {}", answer.status, heading(&answer))),
                Err(trouble) => outcomes.push(trouble),
            }
            self.pause()?;
        }
        let session = self.jar.session().unwrap();
        self.notes.signed_in(SignIn {
            address: self.address.clone(),
            request,
            session,
            cookies: self.jar.header(),
        });
        self.used = Some(Used { path, form, jar: before });
        self.look_at_the_account()
    }

    /// The account page, which shows the address to its owner only.
    pub(crate) fn look_at_the_account(&mut self) -> Result<(), GaveUp> {
        let page = self.persist("/account", None, &[200])?;
        if !page.body.contains(&self.address) {
            self.notes.odd(&format!("the account page of {} does not show the address", self.address));
        }
        Ok(())
    }

    /// Submits the code of last time once more, as it was: nothing must come of it.
    pub(crate) fn try_the_used_code(&mut self) -> Result<(), GaveUp> {
        let Some(Used { path, form, jar }) = self.used.take() else { return Ok(()) };
        let own = std::mem::replace(&mut self.jar, jar);
        let answer = self.persist(&path, Some(&form), &[422]);
        assert!(self.jar.session().is_none(), "a used code has signed somebody in");
        self.jar = own;
        answer.map(drop)
    }

    fn read_mail(&mut self) -> Result<String, GaveUp> {
        let path = format!("/inbox/newest?to={}", percent(&self.address));
        loop {
            let answer = self.persist(&path, None, &[200, 404])?;
            if answer.status == 200 {
                let code = answer.body.trim_end().rsplit(" #").next().unwrap();
                assert!(code.len() == 8 && !code.contains(' '), "a mail without a code: {}", answer.body);
                if code != self.code {
                    return Ok(code.to_owned());
                }
            }
            self.notes.give_up_if_over()?;
            std::thread::sleep(NEXT_LOOK);
        }
    }

    /// Asks until an answer of the `expected` statuses comes. Everything else that is not a proper 503 is odd.
    fn persist(&mut self, path: &str, form: Option<&str>, expected: &[u16]) -> Result<Answer, GaveUp> {
        loop {
            match self.try_once(path, form) {
                Ok(answer) if expected.contains(&answer.status) => return Ok(answer),
                Ok(answer) => self.notes.odd(&format!("{path}: {} {}", answer.status, heading(&answer))),
                Err(_) => {}
            }
            self.pause()?;
        }
    }

    fn try_once(&mut self, path: &str, form: Option<&str>) -> Result<Answer, Trouble> {
        let began = Instant::now();
        match self.connection.ask(path, &self.jar.header(), form) {
            Ok(answer) if answer.status == 503 => {
                answer.expect_busy();
                Err(self.notes.disturbed(began, Trouble::TurnedAway, path))
            }
            Ok(answer) => {
                self.jar.take(&answer);
                Ok(answer)
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                self.notes.odd(&format!("{path}: no answer at all"));
                Err(Trouble::Broken)
            }
            Err(error) => Err(self.notes.disturbed(began, Trouble::Broken, &format!("{path}: {error}"))),
        }
    }

    fn pause(&self) -> Result<(), GaveUp> {
        self.notes.give_up_if_over()?;
        std::thread::sleep(NEXT_TRY);
        Ok(())
    }
}

/// The token that every form carries.
fn csrf(page: &Answer) -> String {
    let (_, rest) =
        page.body.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

fn heading(page: &Answer) -> &str {
    let heading = page.body.split_once("<h1").and_then(|(_, rest)| rest.split_once('>'));
    heading.and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(text, _)| text)
}

fn percent(text: &str) -> String {
    text.replace('+', "%2B").replace('@', "%40")
}
