//! A push service on this machine: it takes messages as RFC 8030 says, checks who sends them, and answers as it is told.
//!
//! Implements: RFC 8030 §5 (a POST with TTL, Urgency and Topic; 201), RFC 8292 §2 and §3 (a signed token with aud, exp and sub).

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use wire::token::{decode, decode_at_most};

/// What the service does with a message.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Answers with this status line, and with further header fields, each ended by `\r\n`.
    Status(&'static str, String),
    /// Answers with this status line, and says something.
    Says(&'static str, &'static str),
    /// Says nothing and keeps the connection open.
    Silence,
    /// Takes the message and answers with content without an end.
    Endless,
    /// Sends header fields without an end.
    EndlessHead,
    /// Hangs up.
    Close,
}

impl Answer {
    /// A status line and nothing else.
    #[must_use]
    pub const fn plain(status: &'static str) -> Self {
        Self::Status(status, String::new())
    }
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request line.
    pub line: String,
    fields: Vec<(String, String)>,
    /// The content.
    pub content: Vec<u8>,
}

/// What the token of a sender says, once its signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The key that signed, as the sender names it.
    pub key: [u8; 65],
    /// Whom it is for.
    pub audience: String,
    /// Until when, in seconds since 1970.
    pub expires: i64,
    /// Who is to be asked.
    pub contact: String,
}

impl Received {
    /// The one value of a header field; none if it is not there once.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut values =
            self.fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// Who sent it, if the signature holds.
    #[must_use]
    pub fn sender(&self) -> Option<Claims> {
        let (token, key) = self.field("authorization")?.strip_prefix("vapid t=")?.split_once(", k=")?;
        let key = decode::<65>(key).ok()?;
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = decode::<64>(signature).ok()?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(signed.as_bytes(), &signature).ok()?;
        let (header, payload) = signed.split_once('.')?;
        let (header, claims) = (object(header)?, object(payload)?);
        (header.get("typ")?.as_str()? == "JWT" && header.get("alg")?.as_str()? == "ES256").then_some(())?;
        let text = |name| Some(claims.get(name)?.as_str()?.to_owned());
        Some(Claims {
            key,
            audience: text("aud")?,
            expires: claims.get("exp")?.as_i64()?,
            contact: text("sub")?,
        })
    }
}

fn object(text: &str) -> Option<Value> {
    serde_json::from_slice(&decode_at_most(text, 4096).ok()?).ok()
}

/// A running service.
pub struct Service {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    answers: Box<dyn Fn(usize) -> Answer + Send + Sync>,
    received: Mutex<Vec<Received>>,
}

impl Service {
    /// Starts a service that answers the n-th message (from 0) as `answers` says.
    ///
    /// # Errors
    /// What the system says when there is no port to be had.
    pub fn start(answers: impl Fn(usize) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared { answers: Box::new(answers), received: Mutex::default() });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                // A sender that hangs up is no failure of the service.
                thread::spawn(move || {
                    let _ = shared.serve(stream);
                });
            }
        });
        Ok(Self { port, shared })
    }

    /// Where it takes messages for one browser.
    #[must_use]
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}/push/{path}", self.origin())
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What came, the first first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut from = BufReader::new(stream);
        let message = read(&mut from)?;
        let number = {
            let mut all = self.received.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(message);
            all.len().saturating_sub(1)
        };
        let to = from.get_mut();
        match (self.answers)(number) {
            Answer::Status(status, fields) => {
                write!(to, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n{fields}\r\n")
            }
            Answer::Says(status, words) => {
                write!(to, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{words}", words.len())
            }
            Answer::Silence => io::copy(&mut from, &mut io::sink()).map(|_| ()),
            Answer::Endless => {
                write!(to, "HTTP/1.1 201 Created\r\n\r\n")?;
                loop {
                    to.write_all(&[b'a'; 4096])?;
                }
            }
            Answer::EndlessHead => {
                write!(to, "HTTP/1.1 201 Created\r\n")?;
                loop {
                    to.write_all(b"A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")?;
                }
            }
            Answer::Close => Ok(()),
        }
    }
}

fn read(from: &mut impl BufRead) -> io::Result<Received> {
    let mut line = || {
        let mut line = String::new();
        from.read_line(&mut line).map(|_| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut fields = Vec::new();
    while let Some((name, value)) = line()?.split_once(':') {
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = fields.iter().find(|(name, _)| name == "content-length");
    let mut content = vec![0; length.and_then(|(_, value)| value.parse().ok()).unwrap_or_default()];
    from.read_exact(&mut content)?;
    Ok(Received { line: first, fields, content })
}
