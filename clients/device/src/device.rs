//! A device as a program uses it: each call sends what has to be sent, and comes back when it is done.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::error::Error;
use crate::exchange::{Exchange, Heard};
use crate::http::{Method, Request, Response, Transport};
use crate::key::Key;
use crate::moment::Moment;
use crate::pairing_code::PairingCode;
use crate::proof::Proving;
use crate::server::Server;
use crate::sign_in::{News, Shown, SignIn, Step};
use crate::tokens::Tokens;

/// A client, its key, and what carries its requests.
pub struct Device<K, T> {
    client: Client,
    key: K,
    transport: T,
}

/// A device that has something to show, and waits for its person.
pub struct Waiting {
    sign_in: SignIn,
    shown: Shown,
}

impl Waiting {
    /// What to show: large, and until [`Device::wait`] or [`Device::poll`] comes back with tokens or an error.
    #[must_use]
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// How long there is anything to wait for.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.sign_in.until()
    }
}

/// What a poll came to.
#[derive(Debug)]
pub enum Polled {
    /// Nobody has answered. Come back after this time; earlier does no harm, and sends nothing.
    NotYet(Duration),
    /// The device is signed in. Keep the tokens before anything else.
    Tokens(Tokens),
}

impl<K: Key, T: Transport> Device<K, T> {
    /// Looks a server up by its issuer, for a client that an operator has registered there.
    ///
    /// # Errors
    /// [`Error::Unreachable`], or as [`Server::ask`] and [`Server::read`].
    pub fn find(issuer: &str, client_id: &str, (key, mut transport): (K, T)) -> Result<Self, Error> {
        let request = Server::ask(issuer)?;
        let answer = transport.send(&request).map_err(Error::Unreachable)?;
        let server = Server::read(issuer, &answer)?;
        Ok(Self::new(Client::new(server, client_id), key, transport))
    }

    /// A device whose server is known already.
    #[must_use]
    pub fn new(client: Client, key: K, transport: T) -> Self {
        Self { client, key, transport }
    }

    /// Says more about the client: its kind, its scope.
    #[must_use]
    pub fn with(self, say: impl FnOnce(Client) -> Client) -> Self {
        Self { client: say(self.client), ..self }
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &Server {
        self.client.server()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Brings a pairing code that a person typed, and gets the digits to show.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::InvalidGrant`](crate::Code::InvalidGrant) where no window is open for the code: let the
    /// person type again. [`Error::Unreachable`]: the code may be used up; let the person open another window.
    pub fn pair(&mut self, code: &PairingCode) -> Result<Waiting, Error> {
        let sign_in = self.client.pair(code)?;
        self.begin(sign_in)
    }

    /// Asks for a code to show, where the operator has switched that on (RFC 8628). Pair if the device can take twelve letters.
    ///
    /// # Errors
    /// [`Error::Unable`] where it is off; [`Error::Refused`] where it is off for this client.
    pub fn show_code(&mut self) -> Result<Waiting, Error> {
        let sign_in = self.client.show_code()?;
        self.begin(sign_in)
    }

    fn begin(&mut self, mut sign_in: SignIn) -> Result<Waiting, Error> {
        loop {
            let Step::Send(request) = sign_in.step(&self.client, &self.key, &Moment::now()?)? else {
                return Err(Error::Expired);
            };
            let answer = self.transport.send(&request).map_err(Error::Unreachable)?;
            if let News::Show(shown) = sign_in.answered(&mut self.client, answer, &Moment::now()?)? {
                return Ok(Waiting { sign_in, shown });
            }
        }
    }

    /// Asks whether the person has answered, if it is time to; for programs with a loop of their own.
    ///
    /// # Errors
    /// As [`Device::wait`].
    pub fn poll(&mut self, waiting: &mut Waiting) -> Result<Polled, Error> {
        loop {
            let moment = Moment::now()?;
            let request = match waiting.sign_in.step(&self.client, &self.key, &moment)? {
                Step::Wait(until) => return Ok(Polled::NotYet(until.saturating_duration_since(moment.at))),
                Step::Send(request) => request,
            };
            match self.transport.send(&request) {
                Ok(answer) => {
                    let news = waiting.sign_in.answered(&mut self.client, answer, &Moment::now()?)?;
                    if let News::Tokens(tokens) = news {
                        return Ok(Polled::Tokens(tokens));
                    }
                }
                Err(_) => waiting.sign_in.unanswered(&Moment::now()?),
            }
        }
    }

    /// Waits until the person has answered. Networks that come and go are sat out.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::AccessDenied`](crate::Code::AccessDenied) when the person said no: do not begin again by
    /// yourself. [`Error::Expired`], or `expired_token`, when nobody answered in time.
    pub fn wait(&mut self, mut waiting: Waiting) -> Result<Tokens, Error> {
        loop {
            match self.poll(&mut waiting)? {
                Polled::Tokens(tokens) => return Ok(tokens),
                Polled::NotYet(time) => thread::sleep(time),
            }
        }
    }

    /// Gets the next tokens. Keep them before they are used: a refresh token is good once.
    ///
    /// # Errors
    /// [`Error::Unreachable`]: ask again with the same tokens, for bidden lets a refresh token be used once more while nobody
    /// has used the next. [`Error::Refused`] with [`Code::InvalidGrant`](crate::Code::InvalidGrant): the device is signed out.
    pub fn refresh(&mut self, tokens: &Tokens) -> Result<Tokens, Error> {
        let answer = self.run(self.client.refresh(tokens)?)?;
        self.client.refreshed(&answer, tokens, &Moment::now()?)
    }

    /// Who signed in, as the JSON of OpenID Connect Core §5.3.2: `sub` at the least. (A client may be registered so that it is
    /// a signed JWT.)
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Code::InvalidToken`](crate::Code::InvalidToken) when the access token has ended, or with
    /// [`Code::InsufficientScope`](crate::Code::InsufficientScope) where it lacks `openid`.
    pub fn userinfo(&mut self, tokens: &Tokens) -> Result<String, Error> {
        let answer = self.run(self.client.userinfo(tokens)?)?;
        let wrong = Error::Answer { status: answer.status, expected: "text" };
        String::from_utf8(answer.body).map_err(|_| wrong)
    }

    /// Signs the device out at the server. Throw the tokens away when it is done; keep the key, if you like.
    ///
    /// # Errors
    /// [`Error::Unreachable`]: nothing is known; ask again, or tell the person to end it on their account page.
    pub fn sign_out(&mut self, tokens: &Tokens) -> Result<(), Error> {
        self.run(self.client.revoke(tokens)?).map(drop)
    }

    /// The headers with which a request goes to a service of somebody else's: `Authorization` and `DPoP`. `nonce` is the last
    /// `DPoP-Nonce` of that service, if it has sent one; where it answers 401 with `use_dpop_nonce`, ask once more with that.
    ///
    /// # Errors
    /// [`Error::Key`] when the key does not sign.
    pub fn authorize(
        &self,
        (method, url): (Method, &str),
        tokens: &Tokens,
        nonce: Option<&str>,
    ) -> Result<[(&'static str, String); 2], Error> {
        let moment = Moment::now()?;
        let access = tokens.access.expose();
        let (at, random) = (self.client.time(&moment), moment.random);
        let proving = Proving { method, url, nonce, access_token: Some(access), at, random };
        Ok([("Authorization", format!("DPoP {access}")), ("DPoP", proving.by(&self.key)?)])
    }

    fn run(&mut self, mut exchange: Exchange) -> Result<Response, Error> {
        loop {
            let request: Request = exchange.request(&self.client, &self.key, &Moment::now()?)?;
            let answer = self.transport.send(&request).map_err(Error::Unreachable)?;
            if let Heard::Done(answer) = exchange.answered(&mut self.client, answer, &Moment::now()?)? {
                return Ok(answer);
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "software-key")]
#[path = "device/tests.rs"]
mod tests;
