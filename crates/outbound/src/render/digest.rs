//! The mail that says how many requests were not mailed: at most one in a while, and never with a code.

use model::message::Message;
use model::time::Time;

use super::layout::{Block, Content};
use super::words::Words;
use crate::letter::Unwritable;

/// Requests that were held back. See `model::message::Body::Digest` for the parts.
pub(super) struct Held {
    pub(super) count: u32,
    pub(super) since: Time,
    pub(super) muted_until: Option<Time>,
}

impl Held {
    /// The mail.
    pub(super) fn content(&self, message: &Message, words: &Words<'_>) -> Result<Content, Unwritable> {
        let counted = |id: &str| words.fill(id, &[("n", self.count.into())]);
        let mut facts = vec![
            words.fact("mail-site", words.fill("mail-site-value", &[])),
            if message.account.is_some() { words.account(message)? } else { words.new_address(message)? },
            words.fact("mail-digest-requests", self.count.to_string()),
            words.fact("mail-digest-since", words.moment(self.since)?),
        ];
        let mut muted = None;
        if let Some(until) = self.muted_until {
            facts.push(words.fact("mail-digest-muted", words.moment(until)?));
            muted = Some(Block::Paragraph(words.say("mail-digest-muted-meaning")));
        }
        let mut blocks = vec![
            Block::Paragraph(counted("mail-digest-lead")),
            Block::Paragraph(counted("mail-digest-meaning")),
            Block::Facts(facts),
        ];
        blocks.extend(muted);
        blocks.push(Block::Paragraph(words.fill("mail-digest-yourself", &[])));
        blocks.push(Block::Link {
            why: words.say("mail-digest-look"),
            name: words.say("mail-digest-link"),
            url: format!("{}/account/activity", words.head.public_url),
        });
        Ok(Content { subject: counted("mail-digest-subject"), blocks })
    }
}
