//! Text records of the DNS, asked of the system's own resolver: by datagram, and over a connection where the answer is long.
//!
//! Only `bidden explain --online` asks. What comes back is believed as far as one believes the resolver: DNSSEC is its business.
//! Implements: RFC 1035 §4.2 (transports), RFC 5452 §9 (a port and a number that nobody can guess).

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use wire::dns_message::{self, Answer};

/// How long one server may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How many answers to other questions are passed over before a server is given up.
const STRAY: usize = 20;

/// Asks the DNS.
pub struct Resolver {
    servers: Vec<SocketAddr>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The system names no server.
    #[error("the system names no DNS server (/etc/resolv.conf)")]
    NoServer,
    /// No server could be asked, or none answered in time.
    #[error("no DNS server answered: {0}")]
    Silence(io::Error),
    /// The name is none, or an answer could not be read.
    #[error(transparent)]
    Malformed(#[from] wire::Malformed),
    /// A server said that it could not say.
    #[error("the DNS server answered with code {0}")]
    Failed(u8),
}

impl Resolver {
    /// The servers that the system asks.
    ///
    /// # Errors
    /// [`NoAnswer::NoServer`].
    pub fn of_system() -> Result<Self, NoAnswer> {
        let file = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        let named = file.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
        let servers: Vec<SocketAddr> = named
            .filter_map(|rest| {
                rest.trim().split('%').next().and_then(|address| address.parse::<IpAddr>().ok())
            })
            .map(|address| SocketAddr::new(address, 53))
            .collect();
        Self::new(servers)
    }

    /// These servers.
    ///
    /// # Errors
    /// [`NoAnswer::NoServer`] when there is none.
    pub fn new(servers: Vec<SocketAddr>) -> Result<Self, NoAnswer> {
        if servers.is_empty() { Err(NoAnswer::NoServer) } else { Ok(Self { servers }) }
    }

    /// The text records under a name; none is an answer.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn text(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let mut last = NoAnswer::NoServer;
        for server in &self.servers {
            match ask(*server, name) {
                Ok(Answer::Text(texts)) => return Ok(texts),
                Ok(Answer::Failed(code)) => last = NoAnswer::Failed(code),
                Ok(Answer::Cut) => {}
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// Asks one server.
fn ask(server: SocketAddr, name: &str) -> Result<Answer, NoAnswer> {
    let any = match server {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((any, 0)).map_err(NoAnswer::Silence)?;
    let id = number(&socket);
    let question = dns_message::question(id, name)?;
    let sent = || -> io::Result<()> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.connect(server)?;
        socket.send(&question).map(|_| ())
    };
    sent().map_err(NoAnswer::Silence)?;
    let mut buffer = [0_u8; 4_096];
    for _ in 0..STRAY {
        let length = socket.recv(&mut buffer).map_err(NoAnswer::Silence)?;
        match dns_message::answer(buffer.get(..length).unwrap_or_default(), id, name) {
            Ok(Answer::Cut) => {
                return over_connection(server, name, (id, &question)).map_err(NoAnswer::Silence)?;
            }
            Ok(answer) => return Ok(answer),
            // Not the answer to this question.
            Err(_) => {}
        }
    }
    Err(NoAnswer::Silence(io::Error::from(io::ErrorKind::InvalidData)))
}

fn over_connection(
    server: SocketAddr,
    name: &str,
    (id, question): (u16, &[u8]),
) -> io::Result<Result<Answer, NoAnswer>> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], question].concat())?;
    let mut head = [0_u8; 2];
    stream.read_exact(&mut head)?;
    let mut bytes = vec![0_u8; usize::from(u16::from_be_bytes(head))];
    stream.read_exact(&mut bytes)?;
    Ok(dns_message::answer(&bytes, id, name).map_err(NoAnswer::from))
}

/// A number for a question. The port is one that the system drew, which nobody outside can guess; the number follows it, and
/// answers are taken from the server's address alone.
fn number(socket: &UdpSocket) -> u16 {
    socket.local_addr().map_or(1, |address| address.port().rotate_left(7) ^ 0x5aa5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// A server that answers one question with one record.
    fn server(record: &'static str) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        thread::spawn(move || {
            let mut buffer = [0_u8; 512];
            let (length, from) = socket.recv_from(&mut buffer).unwrap();
            let asked = &buffer[..length];
            // Something else first, which is passed over.
            socket.send_to(b"noise", from).unwrap();
            let end = asked.len() - 11;
            let mut reply = vec![asked[0], asked[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
            reply.extend_from_slice(&asked[12..end]);
            reply.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 9]);
            reply.extend_from_slice(&u16::try_from(record.len() + 1).unwrap().to_be_bytes());
            reply.push(u8::try_from(record.len()).unwrap());
            reply.extend_from_slice(record.as_bytes());
            socket.send_to(&reply, from).unwrap();
        });
        address
    }

    #[test]
    fn a_server_is_asked_and_its_answer_read() {
        let resolver = Resolver::new(vec![server("v=DKIM1; p=AB")]).unwrap();
        assert_eq!(resolver.text("s._domainkey.example.org").unwrap(), ["v=DKIM1; p=AB"]);
        assert!(matches!(Resolver::new(Vec::new()), Err(NoAnswer::NoServer)));
        assert!(matches!(
            Resolver::new(vec![server("x")]).unwrap().text("a..b"),
            Err(NoAnswer::Malformed(_))
        ));
    }
}
