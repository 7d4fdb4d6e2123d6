//! A mail server for the tests: it answers by a script, remembers what it was told, and can speak TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Says this; lines are ended by `\r\n`.
    Say(&'static str),
    /// Says this at once with what was asked, and goes on.
    Echo(&'static str),
    /// Says nothing any more, and keeps the connection open.
    FallSilent,
    /// Closes the connection.
    Close,
    /// Says this and closes the connection.
    SayAndClose(&'static str),
}

/// From the number of the connection (from 0) and the command, what to do; none for the usual answer. The
/// greeting is the answer to the command "", and the end of a mail is the command ".".
type Script = dyn Fn(usize, &str) -> Option<Act> + Send + Sync;

/// A running server.
pub(super) struct Fake {
    pub(super) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    script: Box<Script>,
    extensions: &'static [&'static str],
    /// TLS from the first byte.
    implicit: bool,
    seen: Mutex<Vec<(usize, String)>>,
    mails: Mutex<Vec<String>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Fake {
    /// Starts a server that offers `extensions`.
    pub(super) fn start(
        extensions: &'static [&'static str],
        implicit: bool,
        script: impl Fn(usize, &str) -> Option<Act> + Send + Sync + 'static,
    ) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the mail server of a test")]
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            script: Box::new(script),
            extensions,
            implicit,
            seen: Mutex::default(),
            mails: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let shared = Arc::clone(&accepting);
                thread::spawn(move || {
                    let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
                    shared.most_open.fetch_max(open, Ordering::SeqCst);
                    // A client that hangs up is no failure of the server.
                    let _ = shared.serve(number, stream.unwrap());
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, shared }
    }

    /// A server that speaks plain SMTP.
    pub(super) fn plain(script: impl Fn(usize, &str) -> Option<Act> + Send + Sync + 'static) -> Self {
        Self::start(&["8BITMIME"], false, script)
    }

    /// All commands, with the number of the connection.
    pub(super) fn seen(&self) -> Vec<(usize, String)> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// The verbs of all commands of one connection.
    pub(super) fn verbs(&self, connection: usize) -> Vec<String> {
        let verb = |line: &str| line.split([' ', ':']).next().unwrap_or_default().to_owned();
        self.seen().iter().filter(|(number, _)| *number == connection).map(|(_, line)| verb(line)).collect()
    }

    /// The mails that came, without the dots that transparency added.
    pub(super) fn mails(&self) -> Vec<String> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// How many connections were open at once, at most.
    pub(super) fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// Whether the dialogue goes on.
enum Then {
    Next,
    Tls,
    End,
}

impl Shared {
    fn serve(&self, number: usize, stream: TcpStream) -> std::io::Result<()> {
        if self.implicit {
            return self.talk(number, &mut BufReader::new(encrypted(stream)), true).map(|_| ());
        }
        let mut plain = BufReader::new(stream);
        if let Then::Tls = self.talk(number, &mut plain, true)? {
            self.talk(number, &mut BufReader::new(encrypted(plain.into_inner())), false)?;
        }
        Ok(())
    }

    fn talk<W: Wire>(&self, number: usize, wire: &mut BufReader<W>, greet: bool) -> std::io::Result<Then> {
        if greet {
            match self.answer(number, "", wire)? {
                Then::Next => {}
                then => return Ok(then),
            }
        }
        loop {
            let mut line = String::new();
            if wire.read_line(&mut line)? == 0 {
                return Ok(Then::End);
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().push((number, line.clone()));
            match self.answer(number, &line, wire)? {
                Then::Next => {}
                then => return Ok(then),
            }
        }
    }

    fn answer<W: Wire>(
        &self,
        number: usize,
        command: &str,
        wire: &mut BufReader<W>,
    ) -> std::io::Result<Then> {
        let to = wire.get_mut();
        let act = (self.script)(number, command);
        let reply = match &act {
            None => self.usual(command),
            Some(Act::Say(reply) | Act::SayAndClose(reply)) => (*reply).to_owned(),
            Some(Act::Echo(reply)) => format!("{reply} {command}"),
            Some(Act::Close) => return Ok(Then::End),
            Some(Act::FallSilent) => {
                std::io::copy(wire, &mut std::io::sink())?;
                return Ok(Then::End);
            }
        };
        to.write_all(format!("{reply}\r\n").as_bytes())?;
        to.flush()?;
        match (act, command) {
            (Some(Act::SayAndClose(_)), _) | (_, "QUIT") => Ok(Then::End),
            (_, "STARTTLS") if reply.starts_with("220") => Ok(Then::Tls),
            (_, "DATA") if reply.starts_with("354") => {
                self.receive(wire)?;
                self.answer(number, ".", wire)
            }
            _ => Ok(Then::Next),
        }
    }

    fn usual(&self, command: &str) -> String {
        match command.split([' ', ':']).next().unwrap_or_default() {
            "" => "220 fake.example ESMTP".to_owned(),
            "EHLO" => {
                let lines = self.extensions.iter().map(|extension| format!("250-{extension}\r\n"));
                format!("250-fake.example\r\n{}250 HELP", lines.collect::<String>())
            }
            "DATA" => "354 go on".to_owned(),
            "STARTTLS" => "220 go on".to_owned(),
            "AUTH" => "235 2.7.0 welcome".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            "." => "250 2.0.0 queued as 4711".to_owned(),
            _ => "250 2.1.0 fine".to_owned(),
        }
    }

    /// RFC 5321 §4.5.2: lines up to a single dot; a dot at the start of any other line was added.
    fn receive<W: Wire>(&self, wire: &mut BufReader<W>) -> std::io::Result<()> {
        let mut mail = String::new();
        loop {
            let mut line = String::new();
            if wire.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == ".\r\n" {
                break;
            }
            mail.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        self.mails.lock().unwrap().push(mail);
        Ok(())
    }
}

/// The server's side of TLS, with the certificate for `localhost`.
fn encrypted(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("certificate.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}
