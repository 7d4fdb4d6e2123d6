//! Reads a hash: which spelling it is, and what stands in it.

use base64::{
    Engine as _,
    alphabet::{BCRYPT, STANDARD},
    engine::{
        GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, NO_PAD},
    },
};

use super::{Argon2, LONGEST, Method, PasswordHash, Sha, WHAT};
use crate::Malformed;

const PHC: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD);
/// Some programs left the bits that no byte needs as they were.
const LOOSE: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);
const CRYPT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, LOOSE);

type Read<T> = Result<T, Malformed>;

fn refuse<T>(at: usize, expected: &'static str) -> Read<T> {
    Err(Malformed { what: WHAT, at, expected })
}

/// What stands between the dollar signs, each with its place in the whole.
struct Parts<'a> {
    rest: Option<&'a str>,
    at: usize,
}

impl<'a> Parts<'a> {
    fn next(&mut self, expected: &'static str) -> Read<(usize, &'a str)> {
        let Some(rest) = self.rest else { return refuse(self.at, expected) };
        let at = self.at;
        let (part, rest) = rest.split_once('$').map_or((rest, None), |(part, rest)| (part, Some(rest)));
        self.rest = rest;
        self.at = at.saturating_add(part.len()).saturating_add(usize::from(rest.is_some()));
        Ok((at, part))
    }

    /// Nothing may follow.
    fn end(&self) -> Read<()> {
        if self.rest.is_some() { refuse(self.at, "nothing more") } else { Ok(()) }
    }
}

/// Reads any of the spellings.
pub(super) fn hash(text: &str) -> Read<PasswordHash> {
    if text.len() > LONGEST {
        return refuse(LONGEST, "at most 512 bytes");
    }
    if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_graphic()) {
        return refuse(at, "a printing ASCII character");
    }
    let mut parts = Parts { rest: Some(text), at: 0 };
    let (at, name) = parts.next("a method")?;
    match name {
        "" => dollar(&mut parts),
        // Django puts its own name before the hashes of libraries.
        "argon2" => dollar(&mut parts),
        "bcrypt" => {
            parts.next("an empty part")?;
            dollar(&mut parts)
        }
        "pbkdf2_sha1" => django_pbkdf2(&mut parts, Sha::One),
        "pbkdf2_sha256" => django_pbkdf2(&mut parts, Sha::Two256),
        "pbkdf2_sha512" => django_pbkdf2(&mut parts, Sha::Two512),
        "scrypt" => django_scrypt(&mut parts),
        _ => refuse(at, "argon2id, argon2i, bcrypt, pbkdf2 or scrypt"),
    }
}

/// Reads what begins with a dollar sign, which has been read.
fn dollar(parts: &mut Parts<'_>) -> Read<PasswordHash> {
    let (at, name) = parts.next("a method")?;
    match name {
        "argon2id" => argon2(parts, true),
        "argon2i" => argon2(parts, false),
        "2a" | "2b" | "2y" => bcrypt(parts),
        "pbkdf2" | "pbkdf2-sha1" => pbkdf2(parts, Sha::One),
        "pbkdf2-sha256" => pbkdf2(parts, Sha::Two256),
        "pbkdf2-sha512" => pbkdf2(parts, Sha::Two512),
        "scrypt" => scrypt(parts),
        _ => refuse(at, "argon2id, argon2i, 2a, 2b, 2y, pbkdf2, pbkdf2-sha256, pbkdf2-sha512 or scrypt"),
    }
}

/// `$argon2id$v=19$m=65536,t=3,p=4$salt$output`; without a version it is 1.0.
fn argon2(parts: &mut Parts<'_>, id: bool) -> Read<PasswordHash> {
    let (mut at, mut part) = parts.next("a version or parameters")?;
    let version = part.strip_prefix("v=");
    if version.is_some() {
        (at, part) = parts.next("parameters")?;
    }
    let variant = match (id, version) {
        (true, Some("19")) => Argon2::Id,
        (false, Some("19")) => Argon2::I,
        (false, Some("16") | None) => Argon2::OldI,
        _ => return refuse(at, "version 19"),
    };
    let [memory_kib, passes, lanes] = named(at, part, ["m", "t", "p"])?;
    rest(parts, at, Method::Argon2 { variant, memory_kib, passes, lanes })
}

/// `$2b$12$`, then 22 characters of salt and 31 of output.
fn bcrypt(parts: &mut Parts<'_>) -> Read<PasswordHash> {
    let (at, cost) = parts.next("a cost")?;
    if cost.len() != 2 {
        return refuse(at, "a cost of two digits");
    }
    let cost = number(at, cost.strip_prefix('0').unwrap_or(cost))?;
    let (body_at, body) = parts.next("salt and output")?;
    parts.end()?;
    let (Some(salt), Some(output), 53) = (body.get(..22), body.get(22..), body.len()) else {
        return refuse(body_at, "53 characters of salt and output");
    };
    let bytes = |text: &str| {
        CRYPT.decode(text).or_else(|_| refuse(body_at, "letters, digits, '.' and '/' of bcrypt's base 64"))
    };
    PasswordHash { method: Method::Bcrypt { cost }, salt: bytes(salt)?, output: bytes(output)? }.bounded(at)
}

/// `$pbkdf2-sha256$i=600000,l=32$salt$output`, or Passlib's `$pbkdf2-sha256$29000$salt$output`.
fn pbkdf2(parts: &mut Parts<'_>, digest: Sha) -> Read<PasswordHash> {
    let (at, part) = parts.next("rounds")?;
    if !part.contains('=') {
        let method = Method::Pbkdf2 { digest, rounds: number(at, part)? };
        return rest(parts, at, method);
    }
    let (rounds, length) = match part.split_once(",l=") {
        Some((rounds, length)) => (rounds, Some(number(at, length)?)),
        None => (part, None),
    };
    let [rounds] = named(at, rounds, ["i"])?;
    let hash = rest(parts, at, Method::Pbkdf2 { digest, rounds })?;
    if length.is_some_and(|length| usize::try_from(length) != Ok(hash.output.len())) {
        return refuse(at, "the length of the output");
    }
    Ok(hash)
}

/// `$scrypt$ln=16,r=8,p=1$salt$output`, of PHC and of Passlib.
fn scrypt(parts: &mut Parts<'_>) -> Read<PasswordHash> {
    let (at, part) = parts.next("parameters")?;
    let [log_n, block, lanes] = named(at, part, ["ln", "r", "p"])?;
    let Ok(log_n) = u8::try_from(log_n) else { return refuse(at, "ln from 1 to 31") };
    rest(parts, at, Method::Scrypt { log_n, block, lanes })
}

/// `pbkdf2_sha256$600000$salt$output`: the salt is the text itself.
fn django_pbkdf2(parts: &mut Parts<'_>, digest: Sha) -> Read<PasswordHash> {
    let (at, rounds) = parts.next("rounds")?;
    let method = Method::Pbkdf2 { digest, rounds: number(at, rounds)? };
    let (_, salt) = parts.next("a salt")?;
    django_output(parts, at, method, salt)
}

/// `scrypt$16384$salt$8$1$output`.
fn django_scrypt(parts: &mut Parts<'_>) -> Read<PasswordHash> {
    let (at, n) = parts.next("a cost")?;
    let n = number(at, n)?;
    if !n.is_power_of_two() {
        return refuse(at, "a cost that is a power of two");
    }
    let (_, salt) = parts.next("a salt")?;
    let (block_at, block) = parts.next("a block size")?;
    let (lanes_at, lanes) = parts.next("a parallelisation")?;
    let method = Method::Scrypt {
        log_n: u8::try_from(n.trailing_zeros()).unwrap_or(u8::MAX),
        block: number(block_at, block)?,
        lanes: number(lanes_at, lanes)?,
    };
    django_output(parts, at, method, salt)
}

fn django_output(parts: &mut Parts<'_>, at: usize, method: Method, salt: &str) -> Read<PasswordHash> {
    let (output_at, output) = parts.next("an output")?;
    parts.end()?;
    let output = base64(output_at, output.trim_end_matches('='))?;
    PasswordHash { method, salt: salt.as_bytes().to_vec(), output }.bounded(at)
}

/// Salt and output, and the whole.
fn rest(parts: &mut Parts<'_>, at: usize, method: Method) -> Read<PasswordHash> {
    let (salt_at, salt) = parts.next("a salt")?;
    let (output_at, output) = parts.next("an output")?;
    parts.end()?;
    let (salt, output) = (base64(salt_at, salt)?, base64(output_at, output)?);
    PasswordHash { method, salt, output }.bounded(at)
}

/// Base 64 without padding; Passlib writes a dot where others write a plus sign.
fn base64(at: usize, text: &str) -> Read<Vec<u8>> {
    PHC.decode(text.replace('.', "+")).or_else(|_| refuse(at, "base 64 without padding"))
}

/// Parameters by their names, in this order (PHC: "in the specified order").
fn named<const N: usize>(at: usize, part: &str, names: [&str; N]) -> Read<[u32; N]> {
    let mut values = [0; N];
    let mut items = part.split(',');
    for (name, value) in names.iter().zip(&mut values) {
        let item = items.next().and_then(|item| item.split_once('='));
        match item {
            Some((found, text)) if found == *name => *value = number(at, text)?,
            _ => return refuse(at, "the parameters of this method, and no others"),
        }
    }
    if items.next().is_some() {
        refuse(at, "the parameters of this method, and no others")
    } else {
        Ok(values)
    }
}

/// A decimal number without leading zeros.
fn number(at: usize, text: &str) -> Read<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.starts_with('0') && text.len() > 1) {
        return refuse(at, "a decimal number");
    }
    text.parse().or_else(|_| refuse(at, "a smaller number"))
}
