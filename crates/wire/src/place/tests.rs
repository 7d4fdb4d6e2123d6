//! Files of places: what each maker writes, what is refused, and that a damaged file ends nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use proving::places::{City, Value, ipinfo_lite, network, write};

use super::*;

fn at(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn cities() -> Vec<u8> {
    write(
        "GeoLite2-City",
        &[
            ("45.10.0.0/16", City::new("Vienna", "Austria", "AT").also("de", "Wien", "Österreich").value()),
            ("45.11.0.0/16", City::country("Iceland", "IS").value()),
            ("2a02:8388::/32", City::new("Graz", "Austria", "AT").value()),
            ("10.0.0.0/8", City::new("Nowhere", "Noland", "XX").value()),
        ],
    )
}

#[test]
fn a_town_is_found_in_the_language_of_the_site_or_in_english() {
    let table = Table::read(cities(), Holds::Places).unwrap();
    let said = |address, language| {
        let near = table.near(at(address), language);
        (near.city, near.country)
    };
    let of = |city: &str, country: &str| (Some(city.to_owned()), Some(country.to_owned()));
    assert_eq!(said("45.10.3.4", "de"), of("Wien", "Österreich"));
    assert_eq!(said("45.10.3.4", "fr"), of("Vienna", "Austria"));
    assert_eq!(said("::ffff:45.10.3.4", "en"), of("Vienna", "Austria"));
    assert_eq!(said("2a02:8388:1::7", "en"), of("Graz", "Austria"));
    assert_eq!(said("45.11.3.4", "en"), (None, Some("Iceland".to_owned())));
    assert_eq!(said("45.12.3.4", "en"), (None, None));
    assert_eq!(table.kind(), "GeoLite2-City");
    table.look_at_all().unwrap();
}

#[test]
fn a_file_says_nothing_of_addresses_that_are_used_at_home() {
    let table = Table::read(cities(), Holds::Places).unwrap();
    assert_eq!(table.near(at("10.1.2.3"), "en"), Near::default());
}

#[test]
fn files_of_ipinfo_and_of_networks_are_read() {
    let bytes = write(
        "ipinfo ipinfo_lite.mmdb",
        &[("45.10.0.0/16", ipinfo_lite("Austria", "AT", "A1 Telekom Austria"))],
    );
    for holds in [Holds::Places, Holds::Networks] {
        let near = Table::read(bytes.clone(), holds).unwrap().near(at("45.10.0.1"), "en");
        assert_eq!(near.country.as_deref(), Some("Austria"));
        assert_eq!(near.network.as_deref(), Some("A1 Telekom Austria"));
    }
    let network = |value: Value| {
        let bytes = write("GeoLite2-ASN", &[("45.10.0.0/16", value)]);
        Table::read(bytes, Holds::Networks).unwrap().near(at("45.10.0.1"), "en").network
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let geolite = Value::map([
        ("autonomous_system_number", Value::Number(8447)),
        ("autonomous_system_organization", text("A1 Telekom Austria AG")),
    ]);
    assert_eq!(network(geolite).as_deref(), Some("A1 Telekom Austria AG"));
    let ipinfo = Value::map([("asn", text("AS8447")), ("name", text("A1")), ("domain", text("a1.net"))]);
    assert_eq!(network(ipinfo).as_deref(), Some("A1"));
    // IPinfo's older files have the code in `country`.
    let older =
        Value::map([("city", text("Wien")), ("country", text("AT")), ("country_name", text("Austria"))]);
    let table =
        Table::read(write("ipinfo standard_location", &[("45.0.0.0/8", older)]), Holds::Places).unwrap();
    let near = table.near(at("45.1.1.1"), "en");
    assert_eq!((near.city.as_deref(), near.country.as_deref()), (Some("Wien"), Some("Austria")));
}

#[test]
fn numbers_and_codes_are_read_from_what_each_maker_writes() {
    let coded = |value: Value, holds| {
        let table = Table::read(write("any", &[("45.10.0.0/16", value)]), holds).unwrap();
        assert_eq!(table.coded(at("10.1.2.3")), Coded::default());
        table.coded(at("45.10.0.1"))
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let asn = |asn| Coded { asn: Some(asn), ..Coded::default() };
    assert_eq!(coded(network(8447, "A1"), Holds::Networks), asn(8447));
    let ipinfo = Value::map([("asn", text("AS8447")), ("name", text("A1"))]);
    assert_eq!(coded(ipinfo, Holds::Networks), asn(8447));
    let lite = coded(ipinfo_lite("Austria", "AT", "A1"), Holds::Networks);
    assert_eq!(lite, Coded { country: Some("AT".to_owned()), ..asn(8447) });
    let place = |latitude, longitude| {
        Value::map([
            (
                "country",
                Value::map([("iso_code", text("AT")), ("names", Value::map([("en", text("Austria"))]))]),
            ),
            (
                "location",
                Value::map([("latitude", Value::Double(latitude)), ("longitude", Value::Double(longitude))]),
            ),
        ])
    };
    let of = |at| Coded { country: Some("AT".to_owned()), at, ..Coded::default() };
    assert_eq!(coded(place(48.2085, 16.3721), Holds::Places), of(Some((48_209, 16_372))));
    for nowhere in [place(91.0, 0.0), place(0.0, f64::NAN), place(0.0, -180.5)] {
        assert_eq!(coded(nowhere, Holds::Places), of(None));
    }
    let odd = Value::map([
        ("asn", text("ASx")),
        ("as_name", text("A1")),
        ("country", text("Austria")),
        ("location", text("x")),
    ]);
    assert_eq!(coded(odd, Holds::Networks), Coded::default());
}

#[test]
fn what_is_no_such_file_is_refused_with_what_was_expected() {
    let wrong = |bytes: Vec<u8>, holds| Table::read(bytes, holds).unwrap_err().expected;
    for bytes in [Vec::new(), b"PK\x03\x04".to_vec(), vec![0; 4096]] {
        assert_eq!(wrong(bytes, Holds::Places), "a file in the MaxMind DB format");
    }
    assert!(wrong(cities(), Holds::Networks).starts_with("networks"));
    let other =
        write("DBIP-Connection-Type", &[("45.0.0.0/8", Value::map([("connection", Value::Number(1))]))]);
    assert!(wrong(other, Holds::Places).starts_with("towns"));
}

#[test]
fn a_name_that_could_break_a_line_or_turn_it_around_is_left_out() {
    let long = "x".repeat(LONGEST_NAME + 1);
    for bad in ["a\nb", "a\u{202e}b", "", "  ", long.as_str()] {
        let bytes = write("GeoLite2-City", &[("45.0.0.0/8", City::new(bad, "Austria", "AT").value())]);
        let near = Table::read(bytes, Holds::Places).unwrap().near(at("45.1.1.1"), "en");
        assert_eq!((near.city, near.country.as_deref()), (None, Some("Austria")), "{bad:?}");
    }
}

#[test]
fn addresses_of_special_purpose_are_placeless_and_their_neighbours_are_not() {
    for address in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.3.4",
        "172.31.255.255",
        "192.0.2.1",
        "192.168.7.7",
        "198.19.255.255",
        "198.51.100.9",
        "203.0.113.255",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002::1",
        "3fff:fff::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "ff02::1",
    ] {
        assert!(is_placeless(at(address)), "{address}");
    }
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.0",
        "192.0.1.0",
        "192.169.0.0",
        "198.20.0.0",
        "203.0.114.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2001:200::",
        "2001:db9::",
        "2003::1",
        "2a02:8388::1",
        "4000::",
    ] {
        assert!(!is_placeless(at(address)), "{address}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A damaged file is refused or answers, and never ends the process.
    #[test]
    fn a_damaged_file_answers_or_is_refused(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        shorten in any::<bool>(),
        v4 in any::<u32>(),
        v6 in any::<u128>(),
    ) {
        let mut bytes = cities();
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if shorten {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(table) = Table::read(bytes, Holds::Places) {
            let _ = (table.look_at_all(), table.made_at(), table.kind().len());
            for address in [IpAddr::V4(Ipv4Addr::from_bits(v4)), IpAddr::V6(Ipv6Addr::from_bits(v6)), at("45.10.1.1")] {
                let near = table.near(address, "de");
                let shown = [near.city, near.country, near.network];
                prop_assert!(shown.iter().flatten().all(|name| name.chars().count() <= LONGEST_NAME));
            }
        }
    }
}
