//! A request for authorization in few bytes: what a page of ours carries of it while a person signs in.
//!
//! One parameter after the other: a byte for its name, two for the length of its value, the value. Nothing else than what is
//! read of a request is kept.

use super::parameters::Parameters;
use crate::Malformed;

/// Every parameter that is read of a request, in the order in which they are counted: names are added at the end.
const NAMES: [&str; 18] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "response_mode",
    "prompt",
    "max_age",
    "ui_locales",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "claims",
    "resource",
    "dpop_jkt",
];

/// Writes what is read of a request; parameters without a value count as absent (RFC 6749 §3.1).
#[must_use]
pub fn pack(parameters: &Parameters) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in parameters.list() {
        let place = NAMES.iter().position(|known| known == name).and_then(|at| u8::try_from(at).ok());
        let (Some(place), Ok(length), false) = (place, u16::try_from(value.len()), value.is_empty()) else {
            continue;
        };
        bytes.push(place);
        bytes.extend(length.to_be_bytes());
        bytes.extend(value.as_bytes());
    }
    bytes
}

/// Reads [`pack`].
///
/// # Errors
/// [`Malformed`] for anything that it does not write.
pub fn unpack(bytes: &[u8]) -> Result<Parameters, Malformed> {
    let mut list = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = bytes.len().saturating_sub(rest.len());
        let refuse = |expected| Malformed { what: "packed request", at, expected };
        let ([place, high, low], after) = rest
            .split_first_chunk::<3>()
            .map(|(head, after)| (*head, after))
            .ok_or(refuse("a whole head"))?;
        let name = NAMES.get(usize::from(place)).ok_or(refuse("a known name"))?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (value, after) = after.split_at_checked(length).ok_or(refuse("a whole value"))?;
        let value = str::from_utf8(value).map_err(|_| refuse("UTF-8"))?;
        if value.is_empty() {
            return Err(refuse("a value"));
        }
        list.push(((*name).to_owned(), value.to_owned()));
        rest = after;
    }
    Ok(Parameters::kept(list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::authorization::{Request, Target};
    use proptest::prelude::*;

    #[test]
    fn what_is_unpacked_asks_the_same_and_nothing_unknown_is_kept() {
        let text = "client_id=web&response_type=code&redirect_uri=https%3A%2F%2Fa.example%2Fcb&scope=openid+email&state=s+1\
                    &nonce=n&prompt=login&max_age=60&ui_locales=de+en&login_hint=ada%40example.org&acr_values=aal2\
                    &claims=%7B%22id_token%22%3A%7B%22acr%22%3Anull%7D%7D&resource=https%3A%2F%2Fx.example\
                    &resource=https%3A%2F%2Fy.example&response_mode=form_post&id_token_hint=a.b.c&display=page&utm_source=mail\
                    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
                    &dpop_jkt=NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs&empty=&nonce=";
        let text = text.strip_suffix("&empty=&nonce=").unwrap();
        let all = Parameters::parse(text.as_bytes()).unwrap();
        let packed = pack(&all);
        assert!(packed.len() < text.len());
        let back = unpack(&packed).unwrap();
        assert_eq!(Request::read(&back), Request::read(&all));
        assert!(Request::read(&all).is_ok());
        assert_eq!(Target::read(&back), Target::read(&all));
        assert_eq!(
            back.list().len(),
            all.list().len() - 2,
            "nobody reads display, and nobody knows utm_source"
        );
    }

    #[test]
    fn nothing_else_is_unpacked() {
        for bytes in [
            &[0][..],
            &[0, 0],
            &[0, 0, 1],
            &[0, 0, 0],
            &[18, 0, 1, b'a'],
            &[0, 0, 1, 0xff],
            &[0, 0, 1, b'a', 0],
        ] {
            assert!(unpack(bytes).is_err(), "{bytes:?}");
        }
        assert_eq!(unpack(&[]), Ok(Parameters::default()));
    }

    proptest! {
        #[test]
        fn what_is_unpacked_packs_to_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(read) = unpack(&bytes) {
                prop_assert_eq!(pack(&read), bytes);
            }
        }

        #[test]
        fn what_is_packed_is_read_back(values in proptest::collection::vec((0..NAMES.len(), "[^\0]{1,40}"), 0..20)) {
            let list = values.into_iter().map(|(at, value)| (NAMES[at].to_owned(), value)).collect();
            let all = Parameters::kept(list);
            prop_assert_eq!(unpack(&pack(&all)), Ok(all));
        }
    }
}
