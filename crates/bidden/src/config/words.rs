//! The settings that take one word of a few, each as a closed enum with its words beside it.

/// Makes an enum whose variants are the words an operator may write, and nothing else.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$meaning])* $variant,)+
        }

        impl $name {
            /// The words, in the order in which they are explained.
            pub(super) const WORDS: &'static [&'static str] = &[$($word),+];

            /// What `word` means; nothing if it is none of [`Self::WORDS`].
            pub(super) fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// Who may open an account.
    Registration {
        /// Nobody; the operator opens accounts.
        Closed = "closed",
        /// Whoever holds an invitation.
        Invite = "invite",
        /// Anybody who can read mail at the address given.
        Open = "open",
    }
}

words! {
    /// What an unknown browser must bring before a code is mailed.
    Gate {
        /// Nothing; budgets bound what is mailed.
        Open = "open",
        /// The private name of the account.
        Name = "private_name",
        /// Its gate word.
        Word = "gate_word",
        /// That its owner said so beforehand.
        Solicited = "solicited_only",
    }
}

words! {
    /// What owners of accounts may choose.
    GateOwners {
        /// Nothing looser than the site and their tenant.
        Stricter = "stricter",
        /// Anything.
        Any = "any",
    }
}

words! {
    /// Whether clients may be named by the URL of a document about themselves.
    ClientDocuments {
        /// They may not.
        Off = "off",
        /// Any web site can be a client that nobody vouches for.
        On = "on",
    }
}

words! {
    /// Whether the record is sealed.
    Seal {
        /// It is not, and mails carry no receipts.
        Off = "off",
        /// It is, and mails carry receipts.
        On = "on",
    }
}

words! {
    /// Whether detectors look at what is recorded.
    Watching {
        /// Not at this node.
        Off = "off",
        /// They do, at one node at a time.
        On = "on",
    }
}

words! {
    /// Whether approvers may ring.
    Doorbell {
        /// They may not: what waits is seen when somebody looks.
        Off = "off",
        /// Those may whose owners want it.
        On = "on",
    }
}

words! {
    /// Whether devices may show codes for people to type (RFC 8628).
    DeviceAuthorization {
        /// They may not: a device is paired from the account page.
        Off = "off",
        /// Those clients may that have `user_code_scopes`.
        On = "on",
    }
}

words! {
    /// The language of pages and mails: one for which there is a message file.
    Language {
        /// English.
        English = "en",
    }
}

words! {
    /// How the connection to the mail server is protected.
    SmtpSecurity {
        /// TLS from the first byte (RFC 8314 §3.3).
        Implicit = "implicit",
        /// TLS after the STARTTLS command, required (RFC 3207).
        Starttls = "starttls",
        /// None; accepted towards this machine only.
        Plain = "plain",
    }
}

words! {
    /// How requests go to the SMS gateway.
    SmsMethod {
        /// The usual one.
        Post = "post",
        /// For gateways that want it.
        Put = "put",
    }
}

words! {
    /// What the requests to the SMS gateway are, and so how values are escaped in them.
    SmsContentType {
        /// JSON (RFC 8259).
        Json = "application/json",
        /// A form (WHATWG URL §5).
        Form = "application/x-www-form-urlencoded",
        /// Text without any escaping.
        Text = "text/plain",
    }
}

impl Language {
    /// Its tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }
}

impl SmtpSecurity {
    /// The port that mail servers usually offer it on.
    pub(super) const fn usual_port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Starttls => 587,
            Self::Plain => 25,
        }
    }
}

words! {
    /// How much of the network address of a request is recorded.
    KeepAddresses {
        /// All of it.
        Full = "full",
        /// The network: the first 24 bits of IPv4, the first 48 of IPv6.
        Network = "network",
        /// Nothing.
        Nothing = "none",
    }
}

words! {
    /// The form of the log.
    LogFormat {
        /// Lines for people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

words! {
    /// Whether something is done by itself about a finding.
    Responding {
        /// It is not.
        Off = "off",
        /// What would be done is on the record, and nothing is done.
        Simulate = "simulate",
        /// It is.
        Act = "act",
    }
}

words! {
    /// How urgent a finding is about which something is done.
    Urgency {
        /// Worth looking at.
        Medium = "medium",
        /// To be looked at today.
        High = "high",
        /// To be looked at now.
        Critical = "critical",
    }
}

words! {
    /// How urgent a finding is of which operators are told by mail.
    Telling {
        /// They are told of none.
        Off = "off",
        /// Worth looking at.
        Medium = "medium",
        /// To be looked at today.
        High = "high",
        /// To be looked at now.
        Critical = "critical",
    }
}

words! {
    /// The least important kind of log line that is still written.
    LogLevel {
        /// What went wrong and needs somebody.
        Error = "error",
        /// What may need somebody.
        Warn = "warn",
        /// What happened.
        Info = "info",
        /// Why it happened.
        Debug = "debug",
        /// Every step.
        Trace = "trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_meaning_of_its_own() {
        let meanings: Vec<_> = LogLevel::WORDS.iter().filter_map(|word| LogLevel::from_word(word)).collect();
        assert_eq!(
            meanings,
            [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace]
        );
    }

    #[test]
    fn a_word_in_capitals_is_none_of_them() {
        assert_eq!(KeepAddresses::from_word("None"), None);
    }
}
