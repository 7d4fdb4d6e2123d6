//! What a mail consists of, before it is drawn as text or as HTML.

/// A subject and what stands below it.
pub(super) struct Content {
    /// The subject; also the title of the HTML part.
    pub(super) subject: String,
    /// From top to bottom. The first is what a notification shows.
    pub(super) blocks: Vec<Block>,
}

/// One part of a mail.
pub(super) enum Block {
    /// Running text.
    Paragraph(String),
    /// Running text that must not be overlooked.
    Warning(String),
    /// What is known, one line each.
    Facts(Vec<Fact>),
    /// The code and until when it works.
    Code {
        /// The code, in groups of four.
        code: Fact,
        /// Until when.
        until: Fact,
    },
    /// The receipt: what it is, and its two lines, which are not wrapped.
    Receipt {
        /// What it is.
        lead: String,
        /// The lines.
        lines: String,
    },
    /// Why to follow a link, what the link is called, and where it leads.
    Link {
        /// The reason, as running text.
        why: String,
        /// The name of the link where links have names.
        name: String,
        /// The whole address.
        url: String,
    },
}

/// Something with a name.
pub(super) struct Fact {
    /// The name.
    pub(super) name: String,
    /// What it is.
    pub(super) value: String,
}
