//! A TCP proxy on loopback that stands for the network between two machines, and for a balancer in front of several:
//! it passes everything on until it is told to fall silent, to refuse, or to be slow.

mod link;
mod state;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::Trouble;
use crate::program::finish_holding;
use crate::proxy::state::{Shared, Weather};

/// Threads of a connection hold two small buffers and no deep stack.
const STACK_BYTES: usize = 128 * 1024;
/// How long [`Proxy::refuse`] and [`Proxy::heal`] wait for what they ask of the proxy's threads.
const LIMIT: Duration = Duration::from_secs(5);

/// A proxy that listens on a port of its own until it is dropped; then its connections are reset.
///
/// It is a faithful network for what a program can see, with one exception: the kernel's acknowledgements come from
/// the proxy, so a client's keep-alive probes are answered even while the network is cut. Who has to notice the
/// silence needs a time limit of its own, as it does against a server that hangs.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy in front of one server, which need not be there yet.
    ///
    /// # Errors
    /// The system gives no port.
    pub fn to(upstream: SocketAddr) -> Result<Self, Trouble> {
        Self::among(vec![upstream])
    }

    /// A balancer: each connection goes to the next of the servers in turn, past those that refuse it. A client that
    /// none of them takes is reset.
    ///
    /// # Errors
    /// The system gives no port.
    pub fn among(upstreams: Vec<SocketAddr>) -> Result<Self, Trouble> {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = listener.local_addr().map_err(Trouble::while_trying("listen"))?;
        let shared = Arc::new(Shared::new(upstreams));
        let acceptor = std::thread::Builder::new()
            .name("proxy".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || accept(listener, address, &shared)
            })
            .map_err(Trouble::while_trying("start a thread"))?;
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends connections from now on to other servers, like an address that moves in a failover. Those that stand are
    /// left alone.
    pub fn point_at(&self, upstreams: Vec<SocketAddr>) {
        self.shared.state().upstreams = upstreams;
    }

    /// A pulled cable: connections that stand go silent, nothing passes and nothing is closed; new ones are accepted
    /// and stay silent. When this returns, nothing passes any more.
    pub fn cut(&self) {
        self.shared.set(Weather::Cut);
    }

    /// Like [`Proxy::cut`], but only what comes from the server is held back: it hears a `COMMIT`, and its answer is
    /// lost.
    pub fn cut_answers(&self) {
        self.shared.set(Weather::CutAnswers);
    }

    /// A machine that is gone: connections that stand are reset, new ones are refused. When this returns, that is so.
    ///
    /// # Errors
    /// [`Trouble::Late`] if a connection does not end.
    pub fn refuse(&self) -> Result<(), Trouble> {
        self.shared.set(Weather::Refusing);
        self.wake();
        self.await_state("the end of all connections", |state| state.open == 0 && !state.listening)
    }

    /// Everything is well again. What was held back by a cut goes on its way; what was refused is accepted.
    ///
    /// # Errors
    /// [`Trouble::Late`] if somebody else has taken the port after [`Proxy::refuse`].
    pub fn heal(&self) -> Result<(), Trouble> {
        self.shared.set(Weather::Fine);
        self.await_state("the port to be free again", |state| state.listening)
    }

    /// Delays every byte by this much, in each direction, so that a round trip takes twice as much; zero ends it.
    /// Bytes under way keep the delay they started with.
    pub fn delay(&self, each_way: Duration) {
        let nanoseconds = u64::try_from(each_way.as_nanos()).unwrap_or(u64::MAX);
        self.shared.delay_nanoseconds.store(nanoseconds, Ordering::Relaxed);
    }

    /// How many connections are open, the silent ones too.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().open
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.shared.state().accepted
    }

    /// How many bytes have passed so far, both directions together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    fn await_state(&self, awaited: &str, holds: impl Fn(&state::State) -> bool) -> Result<(), Trouble> {
        let state = self.shared.state();
        let waited = self.shared.changed.wait_timeout_while(state, LIMIT, |state| !holds(state));
        let (state, _) = waited.unwrap_or_else(std::sync::PoisonError::into_inner);
        if holds(&state) {
            return Ok(());
        }
        Err(Trouble::Late { awaited: awaited.to_owned(), log: String::new() })
    }

    /// Makes the accepting thread look at the weather.
    fn wake(&self) {
        // It fails if the thread looks already and listens no more.
        let _woken = TcpStream::connect_timeout(&self.address, LIMIT);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.set(Weather::Over);
        self.wake();
        if let Some(acceptor) = self.acceptor.take() {
            // It cannot panic; and here nobody could be told.
            let _ended = acceptor.join();
        }
    }
}

fn accept(listener: TcpListener, address: SocketAddr, shared: &Arc<Shared>) {
    let mut listener = Some(listener);
    loop {
        match shared.weather() {
            Weather::Over => return,
            Weather::Refusing => {
                drop(listener.take());
                shared.state().listening = false;
                shared.changed.notify_all();
                shared.wait_while(|weather| weather == Weather::Refusing);
                continue;
            }
            Weather::Fine | Weather::Cut | Weather::CutAnswers => {}
        }
        let Some(listening) = &listener else {
            // The port may be somebody's for a moment; `heal` tells if it stays so.
            listener = listen(address).ok();
            shared.state().listening = listener.is_some();
            shared.changed.notify_all();
            if listener.is_none() {
                std::thread::sleep(Duration::from_millis(5));
            }
            continue;
        };
        // An error here is one of the connection, which is gone, or a lack of file descriptors, which passes.
        let Ok((client, _)) = listening.accept() else {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        };
        if !matches!(shared.weather(), Weather::Refusing | Weather::Over) {
            link::open(client, shared);
        }
    }
}

/// Listens such that what is accepted is reset when it is closed in the middle (`SO_LINGER` with no time, which Linux
/// hands on from the listening socket). What ends in order is closed when the client has all of it: see `link`.
fn listen(address: SocketAddr) -> Result<TcpListener, Trouble> {
    let listener =
        TcpListener::bind(address).map_err(Trouble::while_trying(format!("listen on {address}")))?;
    let socket = listener.try_clone().map_err(Trouble::while_trying("share a socket"))?;
    // The standard library cannot set it yet (`tcp_linger`); Perl is in every Debian, and an option of a socket counts
    // for all who hold it.
    let option = "setsockopt(STDIN, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) or die $!";
    let mut perl = Command::new("perl");
    finish_holding(perl.args(["-MSocket", "-e", option]), socket.into())?;
    Ok(listener)
}

#[cfg(test)]
mod tests;
