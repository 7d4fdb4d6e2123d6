//! What an account proves itself with, as far as it is a secret that both sides hold: one file each.

pub mod recovery_code;
pub mod totp;
