//! A message becomes a letter: what it says is laid out once, and drawn as text and as HTML. To a telephone it becomes a
//! text message.
//!
//! Nothing that whoever asked can influence is said in their words (`threats.md` §5.2 row 38): the browser
//! comes from closed lists, the network address is drawn by the type, and the address of an account
//! that does not exist yet is not repeated.

mod code;
mod digest;
mod html;
mod layout;
mod notice;
mod plain;
#[cfg(test)]
pub(crate) mod sample;
mod sms;
#[cfg(test)]
mod tests;
mod words;

use model::message::{Body, Message};

use crate::letter::{Letter, Unwritable};
use crate::letterhead::Letterhead;

use self::layout::Block;
use self::words::Words;

pub use self::sms::{most_parts, text_message};

/// Writes `message` on `letterhead`. The same message gives the same letter, to the byte.
///
/// # Errors
/// [`Unwritable`] when a part of either is not what it should be; trying again would not help.
pub fn render(message: &Message, letterhead: &Letterhead) -> Result<Letter, Unwritable> {
    letterhead.check()?;
    let mut letter = Letter::blank(message, letterhead)?;
    let words = Words::new(letterhead);
    let (mut content, last_line) = match &message.body {
        Body::SignInCode {
            purpose,
            code,
            reference,
            asked_at,
            expires_at,
            source,
            known,
            not_me,
            called,
            ..
        } => {
            let code = code::Asked {
                purpose: *purpose,
                code,
                reference,
                asked_at: *asked_at,
                expires_at: *expires_at,
                source,
                known: *known,
                not_me,
                called: called.as_deref(),
            };
            code.check()?;
            letter.secrets = code.secrets();
            (code.content(message, &words)?, Some(code::domain_bound(code.code, letterhead)))
        }
        Body::Digest { count, since, muted_until } => {
            let held = digest::Held { count: *count, since: *since, muted_until: *muted_until };
            (held.content(message, &words)?, None)
        }
        Body::Notice { notice, called, link } => {
            let told = notice::Told { notice, called: called.as_deref(), link: link.as_ref() };
            told.check()?;
            letter.secrets = told.secrets();
            (told.content(message, &words)?, None)
        }
    };
    if let Some(lines) = &message.receipt {
        content.blocks.push(Block::Receipt { lead: words.say("mail-receipt"), lines: lines.clone() });
    }
    letter.text = plain::draw(&content.blocks, last_line.as_deref());
    letter.html = html::draw(&content, letterhead)?;
    letter.subject = content.subject;
    Ok(letter)
}
