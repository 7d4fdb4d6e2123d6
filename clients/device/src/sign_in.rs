//! Signing in, step by step: a state machine that neither connects nor waits by itself.
//!
//! 1. [`Step::Send`]: the request of [`SignIn::step`] is sent, and the answer handed to [`SignIn::answered`].
//! 2. The first answer is what the device has to show ([`News::Show`]).
//! 3. [`Step::Wait`] until it is time to ask, then 1., until there are tokens or an error.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Client;
use crate::error::{Code, Error};
use crate::exchange::{Exchange, Heard};
use crate::http::{Request, Response};
use crate::key::Key;
use crate::moment::Moment;
use crate::secret::Secret;
use crate::tokens::Tokens;

/// The grant type of RFC 8628 §3.4.
pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How long lies between two polls where the server does not say (RFC 8628 §3.2).
const INTERVAL: u64 = 5;

/// By how much each `slow_down` makes that longer (RFC 8628 §3.5).
const LONGER: Duration = Duration::from_secs(5);

/// A device that is being signed in.
pub struct SignIn {
    pairing: bool,
    state: State,
}

enum State {
    Begins(Exchange),
    Waits(Waiting),
    Over,
}

struct Waiting {
    device_code: Secret,
    interval: Duration,
    /// How often in a row nobody answered.
    missed: u32,
    next: Instant,
    until: Instant,
    /// A poll that is on its way.
    poll: Option<Exchange>,
}

/// What to do next.
pub enum Step {
    /// Send this, and hand the answer to [`SignIn::answered`].
    Send(Request),
    /// Wait until then, and ask again. The device may do what it likes meanwhile, also give up.
    Wait(Instant),
}

/// What the device shows to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Four digits, which the person types on the page where they read the pairing code. They are for the screen of this
    /// device: say nothing that leads anybody to read them out, and send them nowhere.
    Digits(Secret),
    /// A code, which the person types on a page (RFC 8628 §3.3).
    UserCode {
        /// The code, with its dash.
        code: Secret,
        /// The page.
        page: String,
        /// The page with the code in its field already, for a QR code beside the text.
        complete: Option<String>,
    },
}

/// What came of an answer.
#[derive(Debug)]
pub enum News {
    /// Nothing that concerns the person.
    Nothing,
    /// This has to be shown until there are tokens, or an error.
    Show(Shown),
    /// The device is signed in.
    Tokens(Tokens),
}

impl SignIn {
    pub(crate) fn by_pairing(wish: Exchange) -> Self {
        Self { pairing: true, state: State::Begins(wish) }
    }

    pub(crate) fn by_user_code(wish: Exchange) -> Self {
        Self { pairing: false, state: State::Begins(wish) }
    }

    /// What to do at this moment.
    ///
    /// # Errors
    /// [`Error::Expired`] when nothing can come of it any more; [`Error::Key`] when the key does not sign.
    pub fn step(&mut self, client: &Client, key: &impl Key, moment: &Moment) -> Result<Step, Error> {
        match &mut self.state {
            State::Begins(wish) => wish.request(client, key, moment).map(Step::Send),
            State::Waits(waiting) if moment.at >= waiting.until => {
                self.state = State::Over;
                Err(Error::Expired)
            }
            State::Waits(waiting) if moment.at < waiting.next => Ok(Step::Wait(waiting.next)),
            State::Waits(waiting) => {
                let poll = client.poll(waiting.device_code.expose());
                let poll = waiting.poll.get_or_insert(poll);
                poll.request(client, key, moment).map(Step::Send)
            }
            State::Over => Err(Error::Expired),
        }
    }

    /// Takes the answer to what [`Step::Send`] said.
    ///
    /// # Errors
    /// Why it is over: the person said no, nobody answered in time, or another refusal.
    pub fn answered(
        &mut self,
        client: &mut Client,
        answer: Response,
        moment: &Moment,
    ) -> Result<News, Error> {
        let result = match &mut self.state {
            State::Begins(wish) => match wish.answered(client, answer, moment) {
                Ok(Heard::Again) => return Ok(News::Nothing),
                Ok(Heard::Done(answer)) => begun(self.pairing, &answer, moment.at).map(|(waiting, shown)| {
                    self.state = State::Waits(waiting);
                    News::Show(shown)
                }),
                Err(error) => Err(error),
            },
            State::Waits(waiting) => waiting.answered(client, answer, moment),
            State::Over => Err(Error::Expired),
        };
        if matches!(result, Err(_) | Ok(News::Tokens(_))) {
            self.state = State::Over;
        }
        result
    }

    /// Takes note that no answer came. While the person is waited for, the next poll comes later each time (RFC 8628 §3.5);
    /// a sign-in that has not begun stays where it was, but its pairing code may be used up.
    pub fn unanswered(&mut self, moment: &Moment) {
        if let State::Waits(waiting) = &mut self.state {
            waiting.missed(moment.at);
        }
    }

    /// How long there is anything to wait for, once it has begun.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        match &self.state {
            State::Waits(waiting) => Some(waiting.until),
            State::Begins(_) | State::Over => None,
        }
    }
}

impl Waiting {
    fn answered(&mut self, client: &mut Client, answer: Response, moment: &Moment) -> Result<News, Error> {
        let Some(poll) = &mut self.poll else { return Ok(News::Nothing) };
        let heard = poll.answered(client, answer, moment);
        if let Ok(Heard::Again) = heard {
            return Ok(News::Nothing);
        }
        self.poll = None;
        match heard {
            Ok(Heard::Done(answer)) => Tokens::read(&answer, moment.seconds(), None).map(News::Tokens),
            Ok(Heard::Again) => Ok(News::Nothing),
            Err(Error::Refused(refused)) => match refused.code {
                Code::AuthorizationPending => Ok(self.pending(moment.at)),
                Code::SlowDown => {
                    self.interval += LONGER;
                    Ok(self.pending(moment.at))
                }
                Code::TemporarilyUnavailable | Code::ServerError => {
                    self.missed(moment.at);
                    Ok(News::Nothing)
                }
                _ => Err(Error::Refused(refused)),
            },
            // A proxy in between that says 502 is as good as no answer.
            Err(Error::Answer { status: 500.., .. }) => {
                self.missed(moment.at);
                Ok(News::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    fn pending(&mut self, at: Instant) -> News {
        self.missed = 0;
        self.next = at + self.interval;
        News::Nothing
    }

    fn missed(&mut self, at: Instant) {
        self.poll = None;
        // Twice as long each time, up to eight times.
        self.missed = self.missed.saturating_add(1).min(3);
        self.next = at + self.interval * 2_u32.pow(self.missed);
    }
}

/// Reads the first answer: of docs/pairing.md, or of RFC 8628 §3.2.
fn begun(pairing: bool, answer: &Response, at: Instant) -> Result<(Waiting, Shown), Error> {
    let wrong = |expected| Error::Answer { status: answer.status, expected };
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| wrong("a device code"))?;
    let said = |name: &str| body.get(name).and_then(Value::as_str);
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let device_code = Secret::new(said("device_code").ok_or(wrong("a device code"))?);
    let shown = if pairing {
        Shown::Digits(Secret::new(said("confirmation").ok_or(wrong("digits to show"))?))
    } else {
        Shown::UserCode {
            code: Secret::new(said("user_code").ok_or(wrong("a code to show"))?),
            page: said("verification_uri").ok_or(wrong("a page to name"))?.to_owned(),
            complete: said("verification_uri_complete").map(str::to_owned),
        }
    };
    // A year is no time in which anybody waits, and fits every clock.
    let seconds = |count: u64| Duration::from_secs(count.min(365 * 86_400));
    let lasts = seconds(number("expires_in").ok_or(wrong("a time in which it ends"))?);
    let interval = seconds(number("interval").unwrap_or(INTERVAL).max(1));
    let waiting =
        Waiting { device_code, interval, missed: 0, next: at + interval, until: at + lasts, poll: None };
    Ok((waiting, shown))
}

#[cfg(test)]
#[cfg(feature = "software-key")]
#[path = "sign_in/tests.rs"]
mod tests;
