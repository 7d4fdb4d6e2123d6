//! A TCP stream that hands over what it receives one line at a time.
//!
//! Whoever sits on the network can append lines to the server's reply to STARTTLS. A reader that has
//! them in its buffer would take them for replies that came through TLS (RFC 3207 §4.2: discard what was
//! obtained before). Given one line at a time it has none, and the rest breaks the TLS handshake.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// See the module.
#[derive(Debug)]
pub(super) struct LineByLine {
    stream: TcpStream,
    held: VecDeque<u8>,
}

impl LineByLine {
    /// Nothing must have been read from `stream`.
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self { stream, held: VecDeque::new() }
    }
}

impl AsyncTokioStream for LineByLine {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for LineByLine {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.held.is_empty() {
            let mut space = [0; 4096];
            let mut chunk = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut chunk))?;
            this.held.extend(chunk.filled());
        }
        while to.remaining() > 0 {
            let Some(byte) = this.held.pop_front() else { break };
            to.put_slice(&[byte]);
            if byte == b'\n' {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineByLine {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
