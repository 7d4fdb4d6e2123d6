//! What each fuzz target checks, shared with the test that replays the corpora: one function a parser.

mod columnar;
mod mail;

use std::net::{IpAddr, Ipv4Addr};

use crate::{
    account_file,
    account_search::AccountSearch,
    base20,
    breached::{Header, Line},
    csv, digits,
    foreign::{self, Arena, Cut, Splitter, scan},
    form::{self, Form, Query},
    http::{
        cookie,
        forwarded::{client_address, forwarded_proto, network_of},
        host::Host,
        network::Network,
        origin::Origin,
        url::Url,
        user_agent::{Browser, Family, System},
    },
    jose::{
        algorithm::Algorithm,
        jwk::{self, Jwk, PublicKey, Thumbprint},
        jwk_set::{self, JwkSet},
        jws::{self, Jws},
        jwt::{Claims, Expected},
        verifying_key::VerifyingKey,
    },
    mail::{
        domain::Domain,
        mailbox::{self, Mailbox},
    },
    name::{self, Name},
    oauth::{
        authorization::{self, Request, Target},
        claims::WantedClaims,
        client_authentication::Presented,
        device::{PairingRequest, TypedCode, Wish},
        dpop::{self, Proof},
        packed_request,
        parameters::{self, Parameters},
        presented_token::PresentedToken,
        redirect_uri::{self, RedirectUri},
        registration::{self, ClientMetadata},
        revocation::NamedToken,
        scope::Scopes,
        token::TokenRequest,
    },
    oidc::logout::LogoutRequest,
    passkey,
    password_hash::PasswordHash,
    phone::{Country, Phone, Prefix},
    place::{Holds, Table},
    push::{
        retry_after,
        subscription::{self, Subscription},
    },
    record::{checkpoint, consistency, note, proof, receipt},
    rfc3339,
};

pub use columnar::columnar;
pub use mail::{explained, mail_fields, message};

/// A form or query is read or refused within the input.
pub fn form(data: &[u8]) {
    if let Err(error) = Form::parse(data) {
        assert!(error.at <= data.len());
    }
    let Ok(text) = str::from_utf8(data) else { return };
    if let Err(error) = Query::parse(Some(text)) {
        assert!(error.at <= text.len());
    }
    let written = form::encode([("text", text)]);
    if written.len() <= form::LARGEST_BODY {
        let read = Form::parse(written.as_bytes());
        assert_eq!(read.as_ref().ok().and_then(|form| form.get("text")), Some(text));
    }
}

/// A name that is read is read again as itself, is within its bounds, and is no address.
pub fn name(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Name::parse(&text) {
        Err(error) => assert!(error.at <= text.len()),
        Ok(read) => {
            assert!((name::SHORTEST..=name::LONGEST).contains(&read.as_str().chars().count()));
            assert!(Mailbox::parse(read.as_str()).is_err());
            assert_eq!(Name::parse(read.as_str()).as_ref(), Ok(&read));
        }
    }
}

/// Records of other systems are cut alike however their bytes come, each within them; each is read or refused. What is JSON is
/// what serde_json says it is.
pub fn foreign(data: &[u8]) {
    let deep = data.iter().filter(|byte| matches!(byte, b'[' | b'{')).count() > usize::from(scan::DEEPEST);
    if let Some(text) = str::from_utf8(data).ok().filter(|_| !deep) {
        #[expect(clippy::disallowed_methods, reason = "the library is the oracle")]
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        assert_eq!(scan::is_json(text), theirs);
    }
    let Some((cut, skip)) = Cut::of(data, true) else { return };
    let rest = data.get(skip..).unwrap_or_default();
    let mut found = [0_usize; 2];
    for (many, step) in found.iter_mut().zip([rest.len().max(1), 7]) {
        let mut splitter = Splitter::new(cut.clone());
        let (mut left, mut arena) = (Vec::new(), Arena::default());
        let pieces = rest.chunks(step).len();
        for (n, piece) in rest.chunks(step).enumerate() {
            left.extend_from_slice(piece);
            let (used, objects) = splitter.next(&left, n + 1 == pieces);
            cut.records(left.get(..used).unwrap_or_default(), &objects, &mut |record| {
                *many += 1;
                let read = match &cut {
                    Cut::Rows(table) => table.read(record, &arena),
                    Cut::Lines | Cut::Objects => foreign::read(record, &arena),
                };
                if let Err(error) = read {
                    assert!(error.at <= record.len());
                }
                arena.clear();
            });
            left.drain(..used);
        }
    }
    assert_eq!(found.first(), found.last());
}

/// A cookie that is found stands in the header and has only characters that a cookie may have.
pub fn cookie(data: &[u8]) {
    for name in ["a", "__Host-session"] {
        let lines = || data.split(|byte| *byte == b'\n');
        if let Some(value) = cookie::find(lines(), name) {
            assert!(value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)));
            assert!(value.is_empty() || data.windows(value.len()).any(|part| part == value.as_bytes()));
        }
    }
    let value = String::from_utf8_lossy(data).into_owned();
    let set = cookie::SetCookie { name: "a", value, max_age: None, same_site: cookie::SameSite::Lax };
    assert_eq!(set.to_header().matches(';').count(), 4);
    assert!(!set.to_header().contains(|c: char| c.is_control()));
}

/// What a trusted proxy appends is always found, whatever stands before it; an untrusted peer is the
/// client.
pub fn forwarded(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines: Vec<&str> = text.split('\n').collect();
    let proxy = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let client = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let trusted = [Network::LOOPBACK];
    assert_eq!(client_address(client, &lines, &lines, &trusted), client);
    assert_eq!(forwarded_proto(client, &lines, &lines, &trusted), None);
    let appended = format!("{text}, for=\"192.0.2.1:99\";proto=https");
    assert_eq!(client_address(proxy, &[&appended], &lines, &trusted), client);
    let appended = format!("{text}, 192.0.2.1");
    assert_eq!(client_address(proxy, &[], &[&appended], &trusted), client);
    for address in
        [client_address(proxy, &lines, &[], &trusted), client_address(proxy, &[], &lines, &trusted)]
    {
        assert_eq!(address.to_canonical(), address);
        assert!(!network_of(address).is_empty());
    }
    if let Ok(network) = Network::parse(&text) {
        assert_eq!(Network::parse(&network.to_string()), Ok(network));
    }
}

/// A mailbox that is read is sent and compared in a form that is read again as the same.
pub fn mailbox(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Mailbox::parse(text) {
        Ok(parsed) => {
            assert!(parsed.as_str().len() <= mailbox::LONGEST);
            assert!(
                parsed.domain().is_ascii() && !parsed.domain().contains(|c: char| c.is_ascii_uppercase())
            );
            assert!(!parsed.as_str().contains(|c: char| c.is_control() || c.is_whitespace()));
            assert_eq!(Mailbox::parse(parsed.as_str()).as_ref(), Ok(&parsed));
            match Mailbox::parse(parsed.identity()) {
                Ok(again) => assert_eq!(again.identity(), parsed.identity()),
                // A capital letter may be shorter than its small one, and then the bound is passed.
                Err(_) => assert!(parsed.identity().len() > parsed.as_str().len()),
            }
        }
        Err(error) => assert!(error.at <= text.len()),
    }
}

/// A number that is read has one form, which is read again as the same; so has a prefix.
pub fn phone(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Phone::parse(text) {
        Ok(phone) => {
            let digits = phone.digits();
            assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            assert_eq!(Phone::parse(phone.as_str()).as_ref(), Ok(&phone));
            assert_eq!(digits, format!("{}{}", phone.country_code(), phone.national()));
            let country = phone.country().map(Country::code);
            assert_eq!(country.and_then(Country::from_code), phone.country());
            let _ = (phone.range(), phone.masked());
            assert!(Prefix::of_country(&phone).begins(&phone));
        }
        Err(error) => assert!(error.at <= text.len()),
    }
    match Prefix::parse(text) {
        Ok(prefix) => assert_eq!(Prefix::parse(&prefix.to_string()), Ok(prefix)),
        Err(error) => assert!(error.at <= text.len()),
    }
}

/// A code that is read has letters of the alphabet only, and reads the same when it is shown in groups.
pub fn base20(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for length in [1, 8, 16] {
        match base20::parse(text, length) {
            Ok(code) => {
                assert!(code.len() == length && code.chars().all(|c| base20::ALPHABET.contains(&c)));
                assert_eq!(base20::parse(&base20::group(&code), length).as_ref(), Ok(&code));
            }
            Err(error) => assert!(error.at <= text.len()),
        }
    }
}

/// Every header has a browser, and its stored codes lead back to it.
pub fn user_agent(data: &[u8]) {
    let browser = Browser::parse(&String::from_utf8_lossy(data));
    assert_eq!(Family::from_code(browser.family.code()), Some(browser.family));
    assert_eq!(System::from_code(browser.system.code()), Some(browser.system));
}

/// A host, an origin or a URL that is read is written in one form, which is read again as the same.
pub fn host(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Host::parse(text) {
        Ok(host) => {
            assert!(!host.to_string().contains(['@', '/', ' ', '?', '#', '%', '\\']));
            assert_eq!(Host::parse(&host.to_string()), Ok(host));
        }
        Err(error) => assert!(error.at <= text.len()),
    }
    match Origin::parse(text) {
        Ok(origin) => assert_eq!(Origin::parse(&origin.to_string()), Ok(origin)),
        Err(error) => assert!(error.at <= text.len()),
    }
    match Url::parse(text) {
        Ok(url) => {
            assert!(
                url.target().starts_with('/') && url.target().bytes().all(|byte| byte.is_ascii_graphic())
            );
            assert_eq!(Url::parse(&url.to_string()), Ok(url));
        }
        Err(error) => assert!(error.at <= text.len()),
    }
}

/// What a browser brings from an authenticator is read or refused, within its bounds.
pub fn passkey(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(read) = passkey::assertion(text) {
        assert!(!read.raw_id.is_empty() && read.raw_id.len() <= passkey::LONGEST_ID);
    }
    if let Ok(read) = passkey::attestation(text) {
        assert!(!read.raw_id.is_empty() && text.len() <= passkey::LONGEST);
    }
}

/// Where a browser is reached is read or refused; what is read is read again as the same.
pub fn push(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(read) = Subscription::parse(text) {
        assert!(text.len() <= subscription::LONGEST);
        assert_eq!(Subscription::parse(&read.json()), Ok(read));
    }
    assert!(retry_after::seconds(text).is_none_or(|read| read <= retry_after::LONGEST));
}

/// A domain that is read is read again as the same; a search names identifiers in their order.
pub fn domain(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Domain::parse(text) {
        Ok(domain) => {
            assert!(
                domain.as_str().is_ascii() && !domain.as_str().contains(|c: char| c.is_ascii_uppercase())
            );
            assert_eq!(Domain::parse(domain.as_str()).as_ref(), Ok(&domain));
        }
        Err(error) => assert!(error.at <= text.len()),
    }
    if let Ok(AccountSearch::Identifier { from, to }) = AccountSearch::parse(text) {
        assert!(from <= to);
    }
}

/// A hash that is read is written in one form, which is read again as the same.
pub fn password_hash(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match PasswordHash::parse(text) {
        Ok(hash) => assert_eq!(PasswordHash::parse(&hash.to_string()), Ok(hash)),
        Err(error) => assert!(error.at <= text.len()),
    }
}

/// A code of digits that is read has as many ASCII digits as asked for.
pub fn digits(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for length in [6, 8] {
        match digits::parse(text, length) {
            Ok(code) => assert!(code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit())),
            Err(error) => assert!(error.at <= text.len()),
        }
    }
}

/// A line of a list of breached passwords is read or refused within it; a header that is read is written the same.
pub fn breached(data: &[u8]) {
    for prefix in ["", "0A1B2"] {
        match Line::parse(prefix, data) {
            Ok(line) => assert!(prefix.is_empty() || line.hash.starts_with(&[0x0a, 0x1b])),
            Err(error) => assert!(error.at <= data.len()),
        }
    }
    if let Some(Ok(header)) = data.first_chunk().map(Header::parse) {
        assert_eq!(Header::parse(&header.to_bytes()), Ok(header));
    }
}

/// A key or a set that is read is written in one form, which is read again as the same; none is private.
pub fn jwk(data: &[u8]) {
    match Jwk::parse(data) {
        Ok(key) => {
            let written = key.json();
            assert!(written.len() <= jwk::LONGEST && !written.contains("\"d\":"));
            assert_eq!(Jwk::parse(written.as_bytes()).as_ref(), Ok(&key));
            assert_eq!(Thumbprint::parse(&key.thumbprint().to_string()), Ok(key.thumbprint()));
            for algorithm in Algorithm::ALL {
                if let Ok(parsed) = VerifyingKey::new(&key, algorithm) {
                    assert!(key.serves(algorithm) && !parsed.verifies(data, &[0; 64]));
                }
            }
        }
        Err(error) => assert!(error.at <= data.len()),
    }
    match JwkSet::parse(data) {
        Ok(set) => {
            assert!(set.keys().len() <= jwk_set::MOST_KEYS);
            assert_eq!(JwkSet::parse(set.json().as_bytes()), Ok(set));
        }
        Err(error) => assert!(error.at <= data.len()),
    }
    if let Ok(PublicKey::Rsa { n, e }) = PublicKey::from_pkcs1(data) {
        assert!((256..=512).contains(&n.len()) && e.len() <= 4);
    }
}

/// A signed object that is read has an allowed algorithm; its claims are read or refused, and hold only in their time.
pub fn jws(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match Jws::parse(text, &[Algorithm::Es256, Algorithm::EdDsa]) {
        Ok(read) => {
            assert!(text.len() <= jws::LONGEST && text.matches('.').count() == 2);
            assert!(matches!(read.algorithm(), Algorithm::Es256 | Algorithm::EdDsa));
            assert!(read.unverified_payload().len() < text.len());
            let _ = (read.key_id(), read.is_typed("dpop+jwt"), read.embedded_key());
            claims(read.unverified_payload());
        }
        Err(error) => assert!(error.at <= text.len()),
    }
    claims(data);
}

fn claims(data: &[u8]) {
    let Ok(claims) = Claims::parse(data) else { return };
    for time in [claims.expires(), claims.not_before(), claims.issued()].into_iter().flatten() {
        assert!((0..253_402_300_800_000_000).contains(&time));
    }
    let expected = Expected {
        issuer: claims.issuer().unwrap_or_default(),
        audiences: &["a"],
        now: 0,
        skew: 0,
        longest: i64::MAX,
    };
    if claims.check(&expected).is_ok() {
        assert!(claims.expires() > Some(0) && claims.audiences().iter().any(|audience| audience == "a"));
    }
}

/// Parameters are read or refused with a sentence that RFC 6749 allows; what is read is within its bounds. The first line is
/// an `Authorization` header.
pub fn oauth(data: &[u8]) {
    let (header, body) = data.split_at(data.iter().position(|byte| *byte == b'\n').unwrap_or_default());
    if let Ok(text) = str::from_utf8(data) {
        if let Ok(scopes) = Scopes::parse(text) {
            assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
        }
        let _ = WantedClaims::parse(text);
        if let Ok(code) = TypedCode::pairing(text) {
            assert_eq!(TypedCode::pairing(&base20::group(code.expose())), Ok(code));
        }
    }
    if let Ok(unpacked) = packed_request::unpack(data) {
        assert_eq!(packed_request::pack(&unpacked), data);
    }
    let Ok(read) = Parameters::parse(body) else { return };
    assert!(read.list().len() <= parameters::MOST);
    let written = form::encode(read.list().iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if written.len() <= parameters::LARGEST {
        assert_eq!(Parameters::parse(written.as_bytes()).as_ref(), Ok(&read));
    }
    if let Ok(target) = Target::read(&read) {
        assert!(target.client_id.len() <= authorization::LONGEST_CLIENT_ID);
    }
    if let Ok(Presented::Secret { client_id, .. }) = Presented::read(&[header], &read) {
        assert!(!client_id.is_empty() && client_id.is_ascii());
    }
    for error in [
        Request::read(&read).err(),
        TokenRequest::read(&read).err(),
        NamedToken::read(&read).err(),
        Wish::read(&read).err(),
        PairingRequest::read(&read).err(),
        LogoutRequest::read(&read).err(),
        PresentedToken::read(&[header], Some(&read)).err(),
        authorization::pushed(&read).err(),
    ] {
        let allowed = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        assert!(error.is_none_or(|error| error.description.bytes().all(allowed)));
    }
}

/// A proof that is not signed by its own key is refused; nothing of it is trusted.
pub fn dpop(data: &[u8]) {
    let (Ok(text), Ok(url)) = (str::from_utf8(data), Url::parse("https://server.example.com/token")) else {
        return;
    };
    let expected = dpop::Expected {
        method: "POST",
        url: &url,
        now: 1_562_262_616_000_000,
        age: 60_000_000,
        skew: 10_000_000,
        nonces: None,
        access_token: None,
    };
    if let Ok(proof) = Proof::check(text, &expected) {
        assert!(text.len() <= dpop::LONGEST && proof.id.len() <= dpop::LONGEST_ID);
        assert!(proof.kept_until(&expected) > expected.now);
    }
}

/// A redirect URI that may be registered matches itself; https ones match nothing else.
pub fn redirect_uri(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (one, other) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(registered) = RedirectUri::parse(one) else { return };
    assert!(registered.matches(one) && one.len() <= redirect_uri::LONGEST && one.is_ascii());
    assert_eq!(RedirectUri::parse(registered.as_str()).as_ref(), Ok(&registered));
    if registered.matches(other) {
        assert!(other == one || registered.is_loopback());
    }
    let answer = RedirectUri::with(one, &[("code", "a")]);
    assert!(answer.starts_with(one) && answer.ends_with("code=a"));
}

/// Metadata that is read is within its bounds and asks for nothing that does not exist.
pub fn client_metadata(data: &[u8]) {
    let Ok(read) = ClientMetadata::parse(data) else { return };
    assert!(data.len() <= registration::LONGEST);
    assert!(read.redirect_uris.len() <= registration::MOST_URIS);
    assert!(!read.grant_types.is_empty() || read.redirect_uris.is_empty());
    assert!(read.name.as_ref().is_none_or(|name| name.chars().count() <= registration::LONGEST_NAME));
    let written = read.json();
    if written.len() <= registration::LONGEST {
        assert_eq!(ClientMetadata::parse(written.as_bytes()), Ok(read));
    }
}

/// A file of accounts is read row by row, in either form; a row that is read is written and read again as itself.
pub fn account_file(data: &[u8]) {
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(row) = account_file::json(line) {
            assert_eq!(account_file::json(row.to_json().as_bytes()).as_ref(), Ok(&row));
        }
    }
    let (mut rest, mut header) = (data, None);
    while let Ok(Some(record)) = csv::record(rest, true) {
        assert!(record.bytes > 0 && record.bytes <= rest.len() && record.fields.len() <= csv::MOST_FIELDS);
        rest = rest.get(record.bytes..).unwrap_or_default();
        match &header {
            None => header = Some(account_file::Header::parse(&record.fields)),
            Some(Err(_)) => break,
            Some(Ok(header)) => {
                if let Ok(row) = header.row(&record.fields) {
                    assert_eq!(account_file::json(row.to_json().as_bytes()).as_ref(), Ok(&row));
                }
            }
        }
    }
    if let Some(micros) = str::from_utf8(data).ok().and_then(|text| rfc3339::parse(text).ok()) {
        let seconds = micros.div_euclid(1_000_000).saturating_mul(1_000_000);
        assert_eq!(rfc3339::parse(&rfc3339::write(micros)).unwrap_or(seconds), seconds);
    }
}

/// What the record shows is read or refused; what is read is written again as it was, and nothing is signed by chance.
pub fn record(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (read, written) in [
        (checkpoint::Checkpoint::parse(&text).map(|read| read.text()), &text),
        (note::VerifierKey::parse(&text).map(|read| read.to_string()), &text),
    ] {
        if let Ok(read) = read {
            assert_eq!(&read, written);
        }
    }
    let _ = note::VerifierKeys::parse(&text);
    if let Ok(read) = note::Note::parse(&text) {
        assert!(text.starts_with(&read.text));
        assert!(read.signer(&note::VerifierKeys::default()).is_none());
    }
    if let Ok(read) = proof::Proven::parse(&text) {
        assert_eq!(proof::Proven::parse(&read.line()), Ok(read));
    }
    if let Ok(read) = proof::Head::parse(&text) {
        assert_eq!(proof::Head::parse(&read.line()), Ok(read));
    }
    if let Ok(read) = consistency::Consistency::parse(&text) {
        assert_eq!(consistency::Consistency::parse(&read.line()), Ok(read));
    }
    for read in receipt::Signed::find_in(data) {
        assert_eq!(receipt::Signed::find_all(&read.lines()), std::slice::from_ref(&read));
    }
    assert!(receipt::without(&text).len() <= text.len());
}

/// A file of places is refused, or answers for every address.
pub fn place(data: &[u8]) {
    for holds in [Holds::Places, Holds::Networks] {
        let Ok(table) = Table::read(data.to_vec(), holds) else { continue };
        for address in [IpAddr::V4(Ipv4Addr::new(45, 10, 1, 1)), IpAddr::V4(Ipv4Addr::LOCALHOST)] {
            let near = table.near(address, "en");
            assert!(!address.is_loopback() || near.city.is_none());
        }
    }
}
