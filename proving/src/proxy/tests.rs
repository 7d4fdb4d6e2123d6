//! The proxy against a server that sends back what it gets, preceded by its own letter.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::Proxy;

const SILENCE: Duration = Duration::from_millis(80);

/// A server that greets every client with a letter and then echoes, until the test process ends.
fn server(letter: u8) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            std::thread::spawn(move || {
                let _greeted = client.write_all(&[letter]);
                let mut reader = client.try_clone().unwrap();
                let _echoed = std::io::copy(&mut reader, &mut client);
                let _ended = client.shutdown(Shutdown::Write);
            });
        }
    });
    address
}

/// A port where nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn client(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

fn letter(stream: &mut TcpStream) -> u8 {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    byte[0]
}

fn greeted(proxy: &Proxy) -> TcpStream {
    let mut stream = client(proxy);
    assert_eq!(letter(&mut stream), b'a');
    stream
}

fn is_silent(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    let read = stream.read(&mut [0]);
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

fn await_connections(proxy: &Proxy, wanted: usize) {
    let started = Instant::now();
    while proxy.connections() != wanted {
        assert!(started.elapsed() < Duration::from_secs(5), "{} connections", proxy.connections());
        std::thread::yield_now();
    }
}

#[test]
fn everything_passes_both_ways_and_both_ends_close_in_order() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let stream = greeted(&proxy);
    let sent: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let echo = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = stream.try_clone().unwrap();
            writer.write_all(&sent).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut echo = Vec::new();
        let mut reader = stream.try_clone().unwrap();
        reader.read_to_end(&mut echo).unwrap();
        echo
    });
    assert!(echo == sent, "{} of {} bytes came back", echo.len(), sent.len());
    stream.shutdown(Shutdown::Both).unwrap_or_default();
    await_connections(&proxy, 0);
    assert_eq!(proxy.accepted(), 1);
    assert_eq!(proxy.bytes(), 600_001);
}

#[test]
fn a_cut_holds_back_what_stands_and_what_comes_and_loses_nothing() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let mut before = greeted(&proxy);
    proxy.cut();
    before.write_all(b"x").unwrap();
    let mut during = client(&proxy);
    assert!(is_silent(&mut before) && is_silent(&mut during));
    assert_eq!(proxy.bytes(), 1);
    await_connections(&proxy, 2);
    proxy.heal().unwrap();
    assert_eq!(letter(&mut before), b'x');
    assert_eq!(letter(&mut during), b'a');
}

#[test]
fn during_a_cut_neither_side_hears_of_the_others_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::to(listener.local_addr().unwrap()).unwrap();
    let stream = client(&proxy);
    let (mut served, _) = listener.accept().unwrap();
    await_connections(&proxy, 1);
    proxy.cut();
    drop(stream);
    assert!(is_silent(&mut served));
    proxy.heal().unwrap();
    served.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(served.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn when_only_answers_are_cut_the_server_hears_what_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::to(listener.local_addr().unwrap()).unwrap();
    let mut stream = client(&proxy);
    let (mut served, _) = listener.accept().unwrap();
    proxy.cut_answers();
    stream.write_all(b"COMMIT").unwrap();
    let mut heard = [0; 6];
    served.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"COMMIT");
    served.write_all(b"!").unwrap();
    assert!(is_silent(&mut stream));
    proxy.heal().unwrap();
    assert_eq!(letter(&mut stream), b'!');
}

#[test]
fn a_refusal_resets_what_stands_even_what_was_silent_and_refuses_what_comes() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let mut idle = greeted(&proxy);
    proxy.cut();
    let mut silent = client(&proxy);
    await_connections(&proxy, 2);
    proxy.refuse().unwrap();
    assert_eq!(idle.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(silent.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(TcpStream::connect(proxy.address()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(proxy.connections(), 0);
    proxy.heal().unwrap();
    greeted(&proxy);
}

#[test]
fn a_refusal_also_ends_a_link_whose_client_does_not_read() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let stream = greeted(&proxy);
    stream.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
    let flood = vec![7; 1024 * 1024];
    let mut writer = &stream;
    while writer.write(&flood).is_ok() {}
    proxy.refuse().unwrap();
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_delay_counts_once_in_each_direction_and_not_for_each_packet() {
    let each_way = Duration::from_millis(20);
    let proxy = Proxy::to(server(b'a')).unwrap();
    let mut stream = greeted(&proxy);
    proxy.delay(each_way);
    let started = Instant::now();
    for _ in 0..3 {
        stream.write_all(b"x").unwrap();
        assert_eq!(letter(&mut stream), b'x');
    }
    let three = started.elapsed();
    assert!(three >= each_way * 6 && three < each_way * 9, "{three:?}");

    let started = Instant::now();
    for _ in 0..10 {
        stream.write_all(b"y").unwrap();
        std::thread::sleep(Duration::from_millis(1));
    }
    (0..10).for_each(|_| assert_eq!(letter(&mut stream), b'y'));
    let together = started.elapsed();
    assert!(together < each_way * 4, "ten at once took {together:?}");

    proxy.delay(Duration::ZERO);
    let started = Instant::now();
    stream.write_all(b"z").unwrap();
    assert_eq!(letter(&mut stream), b'z');
    assert!(started.elapsed() < each_way);
}

#[test]
fn a_delayed_end_arrives_after_what_was_sent_before_it() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let mut stream = greeted(&proxy);
    proxy.delay(Duration::from_millis(10));
    stream.write_all(b"last words").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut echo = String::new();
    stream.read_to_string(&mut echo).unwrap();
    assert_eq!(echo, "last words");
}

#[test]
fn a_balancer_takes_turns_and_passes_those_by_that_refuse() {
    let proxy = Proxy::among(vec![server(b'a'), nobody(), server(b'c')]).unwrap();
    let letters: Vec<u8> = (0..6).map(|_| letter(&mut client(&proxy))).collect();
    assert_eq!(letters, b"accacc");
}

#[test]
fn a_client_that_no_server_takes_is_reset_and_served_when_the_address_moves() {
    let proxy = Proxy::to(nobody()).unwrap();
    assert_eq!(client(&proxy).read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    proxy.point_at(vec![server(b'a')]);
    greeted(&proxy);
}

#[test]
fn a_server_that_dies_in_the_middle_is_felt_by_its_client() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::to(listener.local_addr().unwrap()).unwrap();
    let mut stream = client(&proxy);
    stream.write_all(b"never read").unwrap();
    let (served, _) = listener.accept().unwrap();
    while proxy.bytes() < 10 {}
    drop(served);
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    await_connections(&proxy, 0);
}

#[test]
fn a_dropped_proxy_resets_its_clients_and_frees_its_port() {
    let proxy = Proxy::to(server(b'a')).unwrap();
    let mut stream = greeted(&proxy);
    let address = proxy.address();
    drop(proxy);
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
