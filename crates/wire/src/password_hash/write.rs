//! Writes a hash in one form for each method, which is read again as the same.

use std::fmt;

use base64::{
    Engine as _,
    display::Base64Display,
    engine::{
        GeneralPurpose,
        general_purpose::{NO_PAD, STANDARD_NO_PAD},
    },
};

use super::{Argon2, Method, PasswordHash, Sha};

const CRYPT: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::BCRYPT, NO_PAD);

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.method {
            Method::Argon2 { variant, memory_kib, passes, lanes } => {
                let name = match variant {
                    Argon2::Id => "argon2id$v=19",
                    Argon2::I => "argon2i$v=19",
                    Argon2::OldI => "argon2i$v=16",
                };
                write!(f, "${name}$m={memory_kib},t={passes},p={lanes}$")?;
            }
            Method::Bcrypt { cost } => {
                let (salt, output) = (CRYPT.encode(&self.salt), CRYPT.encode(&self.output));
                return write!(f, "$2b${cost:02}${salt}{output}");
            }
            Method::Pbkdf2 { digest, rounds } => {
                let name = match digest {
                    Sha::One => "pbkdf2-sha1",
                    Sha::Two256 => "pbkdf2-sha256",
                    Sha::Two512 => "pbkdf2-sha512",
                };
                write!(f, "${name}$i={rounds},l={}$", self.output.len())?;
            }
            Method::Scrypt { log_n, block, lanes } => write!(f, "$scrypt$ln={log_n},r={block},p={lanes}$")?,
        }
        let text = |bytes| Base64Display::new(bytes, &STANDARD_NO_PAD);
        write!(f, "{}${}", text(&self.salt), text(&self.output))
    }
}
