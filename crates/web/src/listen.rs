//! The listener: accepts connections, with or without TLS, and gives slow ones up.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::front::Front;

/// How many connections may be open at once.
const CONNECTIONS: usize = 10_000;
/// How long a client may take to send its header, or sit idle between requests.
const HEADER: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait after a connection could not be accepted.
const RELIEF: Duration = Duration::from_millis(50);
/// How long open requests have when the server ends.
const GRACE: Duration = Duration::from_secs(10);

/// A bound socket, ready to serve.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// The listener could not be set up; says what stood in the way.
#[derive(Debug, thiserror::Error)]
pub enum NotListening {
    /// The address cannot be used.
    #[error("cannot listen on {address}: {cause}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("cannot use the TLS {what} in {file}: {detail}")]
    Tls {
        /// Certificate or key.
        what: &'static str,
        /// Which file.
        file: String,
        /// Why.
        detail: String,
    },
}

impl Listener {
    /// Binds `address`; with TLS when a certificate chain and its key (PEM files) are given.
    ///
    /// # Errors
    /// [`NotListening`].
    pub fn bind(address: SocketAddr, tls: Option<(&Path, &Path)>) -> Result<Self, NotListening> {
        let tls = tls.map(|(certificate, key)| acceptor(certificate, key)).transpose()?;
        let failed = |cause| NotListening::Bind { address, cause };
        #[expect(clippy::disallowed_methods, reason = "the one place that listens")]
        let socket = TcpListener::bind(address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        Ok(Self { socket, tls })
    }

    /// The address that was bound: the port may have been chosen by the system.
    ///
    /// # Errors
    /// When the system cannot say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `end` resolves, then lets open requests finish.
    ///
    /// # Errors
    /// When the socket cannot be handed to the runtime.
    pub async fn serve(self, front: Front, end: impl Future<Output = ()>) -> io::Result<()> {
        let socket = tokio::net::TcpListener::from_std(self.socket)?;
        let open = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = Arc::new(GracefulShutdown::new());
        let mut connections = tokio::task::JoinSet::new();
        tokio::pin!(end);
        loop {
            let Ok(permit) = Arc::clone(&open).acquire_owned().await else { break };
            let (stream, peer) = tokio::select! {
                () = &mut end => break,
                accepted = socket.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        // Out of file descriptors, most likely, and nothing tells when one is free again.
                        let _ = tokio::time::timeout(RELIEF, std::future::pending::<()>()).await;
                        continue;
                    }
                },
            };
            while connections.try_join_next().is_some() {}
            let (front, tls, watcher) = (front.clone(), self.tls.clone(), graceful.watcher());
            connections.spawn(async move {
                match tls {
                    None => connection(stream, front, peer, watcher).await,
                    Some(tls) => {
                        if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                            connection(stream, front, peer, watcher).await;
                        }
                    }
                }
                drop(permit);
            });
        }
        drop(socket);
        if let Some(graceful) = Arc::into_inner(graceful) {
            // Whoever is not done by then is cut off.
            let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
        }
        Ok(())
    }
}

/// Tells the other end at once, not after the answer to what it sent before (Nagle): pages are small.
trait Prompt {
    fn prompt(&self) -> io::Result<()>;
}

impl Prompt for TcpStream {
    fn prompt(&self) -> io::Result<()> {
        self.set_nodelay(true)
    }
}

impl Prompt for tokio_rustls::server::TlsStream<TcpStream> {
    fn prompt(&self) -> io::Result<()> {
        self.get_ref().0.set_nodelay(true)
    }
}

async fn connection<S>(
    stream: S,
    front: Front,
    peer: SocketAddr,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Prompt + Unpin + Send + 'static,
{
    if stream.prompt().is_err() {
        return;
    }
    let service = service_fn(move |request| {
        let answer = front.answer(peer.ip(), request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(32 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    // A client that goes away is no news.
    let _ = watcher.watch(serving).await;
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, NotListening> {
    let failed = |what, file: &Path, detail: String| NotListening::Tls {
        what,
        file: file.display().to_string(),
        detail,
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| failed("certificate", certificate, error.to_string()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| failed("key", key, error.to_string()))?;
    let mut settings = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| failed("certificate", certificate, error.to_string()))?;
    settings.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(settings)))
}
