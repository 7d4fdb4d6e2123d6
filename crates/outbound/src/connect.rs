//! The one place that connects (law 7), beside the TLS connector of the mail library.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection to the first of the host's addresses that takes one. Each gets `patience`, so that a dead one leaves
/// some for another.
pub(crate) async fn tcp(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    let mut last = None;
    for address in lookup_host((host, port)).await? {
        #[expect(clippy::disallowed_methods, reason = "this is the crate that connects")]
        let connecting = TcpStream::connect(address);
        match timeout(patience, connecting).await {
            Ok(Ok(stream)) => {
                // What is sent last and small must not wait for an acknowledgement.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
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
