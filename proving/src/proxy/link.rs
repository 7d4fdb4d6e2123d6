//! One connection through the proxy: a thread for each direction, and one more for each that was ever delayed.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use crate::proxy::STACK_BYTES;
use crate::proxy::state::{Shared, Weather};

const BUFFER_BYTES: usize = 16 * 1024;
/// How many reads may be under way in a delayed direction.
const UNDER_WAY: usize = 1024;
/// Loopback answers at once; a server that does not is as good as gone.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);
/// How often a write to somebody who does not read looks whether the weather has changed.
const WRITE_LIMIT: Duration = Duration::from_millis(100);

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ToServer,
    ToClient,
}

/// Both ends of a connection, as far as they are there.
#[derive(Debug)]
pub(super) struct Link {
    client: TcpStream,
    server: OnceLock<TcpStream>,
    ended: AtomicBool,
    /// Held during a write, one for each direction.
    to_server: Mutex<()>,
    to_client: Mutex<()>,
}

/// What a delayed direction carries.
enum Parcel {
    Bytes(Instant, Vec<u8>),
    End(Instant),
}

/// The link is over, in whichever way.
struct Ended;

impl Link {
    /// Ends the link in the middle; the client's end is reset, for that is how its listener was set up.
    pub(super) fn reset(&self) {
        self.ended.store(true, Ordering::SeqCst);
        // This way only: it wakes the thread that reads, and the other side sees nothing of it.
        let _gone = self.client.shutdown(Shutdown::Read);
        let _gone = self.server.get().map(|server| server.shutdown(Shutdown::Read));
    }

    /// Waits for the writes under way.
    pub(super) fn await_writes(&self) {
        for writing in [&self.to_server, &self.to_client] {
            drop(writing.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn sockets(&self, way: Way) -> Option<(&TcpStream, &TcpStream, &Mutex<()>)> {
        let server = self.server.get()?;
        Some(match way {
            Way::ToServer => (&self.client, server, &self.to_server),
            Way::ToClient => (server, &self.client, &self.to_client),
        })
    }
}

/// Takes a client on, in threads of its own.
pub(super) fn open(client: TcpStream, shared: &Arc<Shared>) {
    let link = Arc::new(Link {
        client,
        server: OnceLock::new(),
        ended: AtomicBool::new(false),
        to_server: Mutex::new(()),
        to_client: Mutex::new(()),
    });
    let mut state = shared.state();
    // It may have changed since the client was accepted; once the link is in the table, changes reach it.
    if matches!(state.weather, Weather::Refusing | Weather::Over) {
        return;
    }
    state.accepted += 1;
    state.open += 1;
    let number = state.accepted;
    state.links.insert(number, Arc::clone(&link));
    drop(state);
    let life = {
        let shared = Arc::clone(shared);
        move || {
            let _served = serve(&link, &shared);
            shared.state().links.remove(&number);
            drop(link);
            shared.state().open -= 1;
            shared.changed.notify_all();
        }
    };
    if Builder::new().stack_size(STACK_BYTES).spawn(life).is_err() {
        // The closure, and with it the client, is gone.
        let mut state = shared.state();
        state.links.remove(&number);
        state.open -= 1;
    }
}

fn serve(link: &Link, shared: &Shared) -> Result<(), Ended> {
    hold(link, shared, Way::ToServer)?;
    let server = shared.in_turn().into_iter().find_map(connect).ok_or(Ended)?;
    for socket in [&link.client, &server] {
        let set = socket.set_nodelay(true).and_then(|()| socket.set_write_timeout(Some(WRITE_LIMIT)));
        set.map_err(|_| Ended)?;
    }
    link.server.set(server).map_err(|_| Ended)?;
    if link.ended.load(Ordering::SeqCst) {
        return Err(Ended);
    }
    std::thread::scope(|scope| {
        let back = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, move || {
            if carry(scope, link, shared, Way::ToClient).is_err() {
                link.reset();
            }
        });
        if back.is_err() || carry(scope, link, shared, Way::ToServer).is_err() {
            link.reset();
        }
    });
    // To close now would throw away what the client's side of the kernel has not taken yet.
    while !link.ended.load(Ordering::SeqCst) && !is_delivered(&link.client) {
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Whether everything written, the end included, has reached the other side of this connection over loopback: the
/// fifth column of `/proc/net/tcp` tells what has not. A connection that is over is not in the table.
fn is_delivered(client: &TcpStream) -> bool {
    let (Ok(local), Ok(remote)) = (client.local_addr(), client.peer_addr()) else { return true };
    let (local, remote) = (format!(":{:04X}", local.port()), format!(":{:04X}", remote.port()));
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    !table.lines().any(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        columns.next().is_some_and(|column| column.ends_with(&local))
            && columns.next().is_some_and(|column| column.ends_with(&remote))
            && columns.nth(1).is_some_and(|column| !column.starts_with("00000000:"))
    })
}

fn connect(upstream: SocketAddr) -> Option<TcpStream> {
    TcpStream::connect_timeout(&upstream, CONNECT_LIMIT).ok()
}

/// Carries one direction to its orderly end.
fn carry<'scope>(
    scope: &'scope Scope<'scope, '_>,
    link: &'scope Link,
    shared: &'scope Shared,
    way: Way,
) -> Result<(), Ended> {
    let (mut from, to, _) = link.sockets(way).ok_or(Ended)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut delayed: Option<SyncSender<Parcel>> = None;
    loop {
        let read = match from.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return Err(Ended),
            Ok(read) => read,
        };
        if link.ended.load(Ordering::SeqCst) {
            return Err(Ended);
        }
        let due = Instant::now() + shared.delay();
        // Once delayed, always through the other thread, so that nothing overtakes.
        if delayed.is_none() && !shared.delay().is_zero() {
            let (sender, receiver) = sync_channel(UNDER_WAY);
            let thread = Builder::new().stack_size(STACK_BYTES);
            let run = move || {
                if deliver(&receiver, link, shared, way).is_err() {
                    link.reset();
                }
            };
            thread.spawn_scoped(scope, run).map_err(|_| Ended)?;
            delayed = Some(sender);
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        match &delayed {
            Some(sender) if bytes.is_empty() => return sender.send(Parcel::End(due)).map_err(|_| Ended),
            Some(sender) => sender.send(Parcel::Bytes(due, bytes.to_vec())).map_err(|_| Ended)?,
            None if bytes.is_empty() => {
                hold(link, shared, way)?;
                return to.shutdown(Shutdown::Write).map_err(|_| Ended);
            }
            None => pass(link, shared, way, bytes)?,
        }
    }
}

/// Writes what is delayed when it is due.
fn deliver(parcels: &Receiver<Parcel>, link: &Link, shared: &Shared, way: Way) -> Result<(), Ended> {
    let (_, to, _) = link.sockets(way).ok_or(Ended)?;
    let until = |due: Instant| std::thread::sleep(due.saturating_duration_since(Instant::now()));
    for parcel in parcels {
        match parcel {
            Parcel::Bytes(due, bytes) => {
                until(due);
                pass(link, shared, way, &bytes)?;
            }
            Parcel::End(due) => {
                until(due);
                hold(link, shared, way)?;
                return to.shutdown(Shutdown::Write).map_err(|_| Ended);
            }
        }
    }
    Ok(())
}

/// Writes all of it, as the weather permits.
fn pass(link: &Link, shared: &Shared, way: Way, mut bytes: &[u8]) -> Result<(), Ended> {
    let (_, mut to, writing) = link.sockets(way).ok_or(Ended)?;
    while !bytes.is_empty() {
        hold(link, shared, way)?;
        let lock = writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked again under the lock, for which `Shared::set` waits.
        if shared.weather().holds_back(way) {
            continue;
        }
        let written = to.write(bytes);
        drop(lock);
        match written {
            Ok(written) => {
                shared.bytes.fetch_add(u64::try_from(written).unwrap_or(0), Ordering::Relaxed);
                bytes = bytes.get(written..).unwrap_or_default();
            }
            Err(error) => match error.kind() {
                ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut => {}
                _ => return Err(Ended),
            },
        }
    }
    Ok(())
}

/// Waits while the weather holds this direction back.
fn hold(link: &Link, shared: &Shared, way: Way) -> Result<(), Ended> {
    shared.wait_while(|weather| weather.holds_back(way) && !link.ended.load(Ordering::SeqCst));
    if link.ended.load(Ordering::SeqCst) { Err(Ended) } else { Ok(()) }
}
