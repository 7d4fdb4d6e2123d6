//! The one place that connects (law 7), beside the TLS connector of the mail library.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use wire::http::network::Network;
use wire::place::is_placeless;

/// Which addresses may be connected to.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// All: an operator has chosen the host.
    Anywhere,
    /// Those that anybody can reach, and those in networks that an operator has opened: somebody else has chosen the host.
    PublicAnd(Arc<[Network]>),
}

impl Reach {
    /// Addresses that anybody can reach, and this machine if it may be asked.
    pub(crate) fn public(own_machine: bool) -> Self {
        Self::PublicAnd(if own_machine { Arc::new([Network::LOOPBACK]) } else { Arc::new([]) })
    }

    fn includes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Anywhere => true,
            Self::PublicAnd(opened) => {
                !is_placeless(address) || opened.iter().any(|network| network.contains(address))
            }
        }
    }
}

/// A connection to a server on this machine, and to nobody else.
pub(crate) async fn own_machine(address: SocketAddr) -> io::Result<TcpStream> {
    if !address.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "not an address of this machine"));
    }
    open(address).await
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    #[expect(clippy::disallowed_methods, reason = "this is the crate that connects")]
    let stream = TcpStream::connect(address).await?;
    // What is sent last and small must not wait for an acknowledgement.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A connection to the first of the host's addresses that takes one. Each gets `patience`, so that a dead one leaves
/// some for another.
pub(crate) async fn tcp(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    tcp_within(&Reach::Anywhere, host, port, patience).await
}

/// [`tcp`], with addresses that may be connected to. What was looked up is what is connected to.
pub(crate) async fn tcp_within(
    reach: &Reach,
    host: &str,
    port: u16,
    patience: Duration,
) -> io::Result<TcpStream> {
    let mut last = None;
    for address in lookup_host((host, port)).await? {
        if !reach.includes(address.ip()) {
            last = Some(io::Error::new(io::ErrorKind::PermissionDenied, "an address of a private network"));
            continue;
        }
        match timeout(patience, open(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

/// Verified TLS to any host: the authorities of the system and some more.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts the certificates in `authorities` (PEM) beside those of the system. Only HTTP/1.1 is offered.
    ///
    /// # Errors
    /// [`rustls::Error`] when `authorities` holds something that is no certificate, or none, or TLS cannot be set up.
    pub(crate) fn new(authorities: Option<&[u8]>) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        // A system without certificates is one that trusts nobody; every connection then says so.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = authorities {
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.add(certificate.map_err(|_| rustls::CertificateError::BadEncoding)?)?;
            }
            if roots.len() == before {
                return Err(rustls::CertificateError::BadEncoding.into());
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// TLS on `stream`, with a certificate for `name`.
    pub(crate) async fn secure(
        &self,
        name: ServerName<'static>,
        stream: TcpStream,
    ) -> io::Result<TlsStream<TcpStream>> {
        self.0.connect(name, stream).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_reaches_nothing_private_however_it_is_written() {
        let (public, own) = (Reach::public(false), Reach::public(true));
        for text in ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"] {
            let address = text.parse().unwrap();
            assert!(public.includes(address) && own.includes(address), "{text}");
        }
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "fd00::1",
            "fe80::1",
            "::",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "192.0.2.1",
            "255.255.255.255",
        ] {
            let address = text.parse().unwrap();
            assert!(!public.includes(address) && !own.includes(address), "{text}");
            assert!(Reach::Anywhere.includes(address));
        }
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let address = text.parse().unwrap();
            assert!(!public.includes(address) && own.includes(address), "{text}");
        }
    }

    #[test]
    fn a_network_that_is_opened_is_reached_and_no_other() {
        let opened = Reach::PublicAnd(Arc::new([Network::parse("10.1.0.0/16").unwrap()]));
        for (text, reached) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("9.9.9.9", true),
            ("10.2.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
        ] {
            assert_eq!(opened.includes(text.parse().unwrap()), reached, "{text}");
        }
    }
}
