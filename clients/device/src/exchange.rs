//! One thing that is asked of a server, by one request or two: the first may only bring the nonce for the second.

use crate::client::{Client, Form};
use crate::error::{Code, Error, Refused};
use crate::form;
use crate::http::{Method, Request, Response};
use crate::key::Key;
use crate::moment::Moment;
use crate::proof::Proving;
use crate::secret::Secret;

/// Something that is asked of the server.
#[derive(Clone)]
pub struct Exchange {
    url: String,
    asks: Asks,
    again: bool,
}

#[derive(Clone)]
enum Asks {
    Posts(Form),
    Gets(Secret),
}

/// What an answer means for an [`Exchange`].
pub enum Heard {
    /// The server wants its nonce in the proof: make the request once more, and send it at once.
    Again,
    /// It was done.
    Done(Response),
}

impl Exchange {
    pub(crate) fn post(url: &str, form: Form) -> Self {
        Self { url: url.to_owned(), asks: Asks::Posts(form), again: false }
    }

    pub(crate) fn get(url: &str, access: Secret) -> Self {
        Self { url: url.to_owned(), asks: Asks::Gets(access), again: false }
    }

    /// The request. Make it anew each time that it is sent: a proof is good once.
    ///
    /// # Errors
    /// [`Error::Key`] when the key does not sign.
    pub fn request(&self, client: &Client, key: &impl Key, moment: &Moment) -> Result<Request, Error> {
        let (method, access) = match &self.asks {
            Asks::Posts(_) => (Method::Post, None),
            Asks::Gets(access) => (Method::Get, Some(access.expose())),
        };
        let proving = Proving {
            method,
            url: &self.url,
            nonce: client.nonce(),
            access_token: access,
            at: client.time(moment),
            random: moment.random,
        };
        let mut headers = vec![("Accept", "application/json".to_owned()), ("DPoP", proving.by(key)?)];
        let body = match &self.asks {
            Asks::Posts(Form(pairs)) => {
                headers.push(("Content-Type", "application/x-www-form-urlencoded".to_owned()));
                Some(form::encode(pairs.iter().map(|(name, value)| (*name, value.as_str()))))
            }
            Asks::Gets(access) => {
                headers.push(("Authorization", format!("DPoP {}", access.expose())));
                None
            }
        };
        Ok(Request { method, url: self.url.clone(), headers, body })
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// [`Error::Refused`] for a no; [`Error::Answer`] for what is none of this protocol.
    pub fn answered(
        &mut self,
        client: &mut Client,
        answer: Response,
        moment: &Moment,
    ) -> Result<Heard, Error> {
        client.hear(&answer, moment);
        if answer.status == 200 {
            return Ok(Heard::Done(answer));
        }
        let wrong = Error::Answer { status: answer.status, expected: "an error of OAuth" };
        let refused = Refused::read(&answer).ok_or(wrong)?;
        if refused.code == Code::UseDpopNonce && answer.header("dpop-nonce").is_some() && !self.again {
            self.again = true;
            return Ok(Heard::Again);
        }
        Err(Error::Refused(refused))
    }
}
