//! A gateway for the tests: it answers as it is told, remembers what it was asked, and can speak TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the gateway does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Answers with this status, and with further header fields (each ended by `\r\n`) and a content.
    Answer(&'static str, &'static str, &'static str),
    /// Writes this, which may be anything, and closes the connection.
    Write(&'static [u8]),
    /// Says nothing, and keeps the connection open.
    FallSilent,
    /// Answers with this status, and then with content without an end.
    Endless(&'static str),
    /// Answers with this status, announces a content, and falls silent.
    HalfAnswer(&'static str),
    /// Sends header fields without an end.
    EndlessHead,
    /// Closes the connection.
    Close,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: String,
}

impl Asked {
    /// The one value of a header field; none if it is not there once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values =
            self.fields.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

/// A running gateway.
pub(crate) struct StandIn {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    tls: bool,
    /// Written instead of anything else, before a request is read.
    blurted: Option<&'static [u8]>,
    acts: Box<dyn Fn(usize) -> Act + Send + Sync>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
}

impl StandIn {
    /// Starts a gateway that treats the n-th request (from 0) as `acts` says.
    pub(crate) fn start(tls: bool, acts: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        Self::serving(Shared {
            tls,
            blurted: None,
            acts: Box::new(acts),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
        })
    }

    /// Something that writes `bytes` to whoever connects, and listens to nobody.
    pub(crate) fn blurting(bytes: &'static [u8]) -> Self {
        Self::serving(Shared {
            tls: false,
            blurted: Some(bytes),
            acts: Box::new(|_| Act::Close),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
        })
    }

    fn serving(shared: Shared) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the gateway of a test")]
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(shared);
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&accepting);
                shared.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    // A client that hangs up is no failure of the gateway.
                    let _ = shared.serve(stream.unwrap());
                });
            }
        });
        Self { port, shared }
    }

    /// A gateway without TLS that always does `act`.
    pub(crate) fn plain(act: Act) -> Self {
        Self::start(false, move |_| act)
    }

    /// What it was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        if let Some(bytes) = self.blurted {
            stream.write_all(bytes)?;
            stream.shutdown(std::net::Shutdown::Write)?;
            return wait(&mut stream);
        }
        if self.tls {
            self.talk(BufReader::new(encrypted(stream)))
        } else {
            self.talk(BufReader::new(stream))
        }
    }

    fn talk<S: Read + Write>(&self, mut wire: BufReader<S>) -> std::io::Result<()> {
        let asked = read(&mut wire)?;
        let number = {
            let mut all = self.asked.lock().unwrap();
            all.push(asked);
            all.len() - 1
        };
        let to = wire.get_mut();
        match (self.acts)(number) {
            Act::Answer(status, fields, content) => {
                let length = content.len();
                write!(to, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{fields}\r\n{content}")?;
            }
            Act::Write(bytes) => to.write_all(bytes)?,
            Act::FallSilent => wait(&mut wire)?,
            Act::Endless(status) => {
                write!(to, "HTTP/1.1 {status}\r\n\r\n")?;
                loop {
                    to.write_all(&[b'a'; 4096])?;
                }
            }
            Act::HalfAnswer(status) => {
                write!(to, "HTTP/1.1 {status}\r\nContent-Length: 10\r\n\r\nhalf")?;
                to.flush()?;
                wait(&mut wire)?;
            }
            Act::EndlessHead => {
                write!(to, "HTTP/1.1 200 OK\r\n")?;
                loop {
                    to.write_all(b"A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")?;
                }
            }
            Act::Close => {}
        }
        wire.get_mut().flush()
    }
}

/// Until the client hangs up.
fn wait(wire: &mut impl Read) -> std::io::Result<()> {
    std::io::copy(wire, &mut std::io::sink()).map(|_| ())
}

fn read(wire: &mut impl BufRead) -> std::io::Result<Asked> {
    let mut line = || {
        let mut line = String::new();
        match wire.read_line(&mut line)? {
            0 => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)),
            _ => Ok(line.trim_end().to_owned()),
        }
    };
    let first = line()?;
    let mut fields = Vec::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(':') else { break };
        fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = fields.iter().find(|(name, _)| name == "content-length");
    let mut content = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    wire.read_exact(&mut content)?;
    Ok(Asked { line: first, fields, content: String::from_utf8(content).unwrap() })
}

/// The gateway's side of TLS, with the certificate for `localhost`.
fn encrypted(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let chain = include_bytes!("../../smtp/tests/certificate.pem");
    let key = include_bytes!("../../smtp/tests/key.pem");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(chain).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}
