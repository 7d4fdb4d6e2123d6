//! Table: every setting, once: its name, what it takes, its default, why it exists and an example.
//!
//! Parsing, checking, `bidden config example`, `docs/config.md` and the names of the environment
//! variables all come from here. A new setting is one row, and one field in `settings.rs` that reads it.

use std::time::Duration;

use model::method::Use;
use model::sms::Cost;

use super::kind::{Content, Kind};
use super::words::{
    ClientDocuments, DeviceAuthorization, Doorbell, Gate, GateOwners, KeepAddresses, Language, LogFormat,
    LogLevel, Registration, Responding, Seal, SmsContentType, SmsMethod, SmtpSecurity, Telling, Urgency,
    Watching,
};

/// One setting.
#[derive(Debug)]
pub(super) struct Row {
    /// Where it stands in the file: `smtp.host` is `host` in the section `[smtp]`.
    pub(super) key: &'static str,
    /// What it takes.
    pub(super) kind: Kind,
    /// What holds when nobody sets it.
    pub(super) default: Fallback,
    /// One or two sentences for an operator: what it does and why one would change it.
    pub(super) reason: &'static str,
    /// A value that is accepted, written as in an environment variable.
    pub(super) example: &'static str,
}

/// What holds when nobody sets a setting.
#[derive(Debug)]
pub(super) enum Fallback {
    /// This value, written as in an environment variable.
    Is(&'static str),
    /// No value; the sentence says what that means.
    Unset(&'static str),
}

/// A group of settings: a `[section]` of the file.
#[derive(Debug)]
pub(super) struct Section {
    /// The name between the brackets; empty for the settings above all sections.
    pub(super) name: &'static str,
    /// The heading in the reference.
    pub(super) title: &'static str,
    /// What the settings have in common.
    pub(super) about: &'static str,
}

impl Row {
    /// The section that the setting stands in; empty above all sections.
    pub(super) fn section(&self) -> &'static str {
        self.key.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// The name within its section.
    pub(super) fn name(&self) -> &'static str {
        self.key.rsplit_once('.').map_or(self.key, |(_, name)| name)
    }

    /// The environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        format!("BIDDEN_{}", self.key.replace('.', "_").to_ascii_uppercase())
    }
}

/// The row of `key`.
pub(super) fn row(key: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.key == key)
}

/// Whether `name` is a section of the file.
pub(super) fn is_section(name: &str) -> bool {
    !name.is_empty() && SECTIONS.iter().any(|section| section.name == name)
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn minutes(n: u64) -> Duration {
    seconds(n * 60)
}

const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

const fn days(n: u64) -> Duration {
    hours(n * 24)
}

const KIB: usize = 1024;

/// The most that one message may cost.
const DEAREST: Cost = Cost::from_hundredths(1000 * 100);

/// The sections, in the order in which they are printed.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        name: "",
        title: "The server",
        about: "Where it listens, how people reach it, and who may open an account.",
    },
    Section {
        name: "tls",
        title: "TLS",
        about: "Set both files when browsers connect to this server directly. Leave both out when a proxy \
                in front ends TLS, and name that proxy in `trusted_proxies`.",
    },
    Section {
        name: "smtp",
        title: "Outgoing mail",
        about: "The mail server that takes the mails with the codes. Without `smtp.host` no mail leaves: an \
                inbox page on this machine shows what would have been sent.",
    },
    Section {
        name: "sms",
        title: "Text messages",
        about: "The gateway that takes codes for telephones, described as the request that it wants. Nothing leaves \
                without `sms.url`, and nothing leaves for a country that is not in `sms.countries`. Amounts are cents \
                of whatever currency the gateway bills in.",
    },
    Section {
        name: "code",
        title: "Sign-in codes",
        about: "How long a code lives, how long it is and how often it may be guessed.",
    },
    Section {
        name: "methods",
        title: "Methods",
        about: "By what people may prove who they are. Tenants and owners of accounts can take away from this, and \
                never add to it. `bidden tenant methods` sets it for an organisation.",
    },
    Section {
        name: "gate",
        title: "The gate before mail",
        about: "What a browser that is unknown to an account must bring before a code is mailed. Tenants and owners of \
                accounts can make it stricter. See docs/gates.md before you close it: who has nothing to bring gets no \
                code on a new browser.",
    },
    Section {
        name: "budget",
        title: "Budgets",
        about: "How much guessing and how much mail strangers can cause. Budgets belong to a mailbox, never \
                to a network address, and a known browser draws on its own.",
    },
    Section { name: "session", title: "Browser sessions", about: "How long a browser stays signed in." },
    Section {
        name: "password",
        title: "Passwords",
        about: "What is asked of a password that somebody chooses, and how many are hashed at once. There are no rules \
                about what it is made of, and it never has to be changed for its age.",
    },
    Section {
        name: "provider",
        title: "OpenID provider",
        about: "What applications may do that let people sign in by this server; which ones there are is said below, under \
                clients.",
    },
    Section {
        name: "keys",
        title: "Signing keys",
        about: "When one key that tokens are signed with follows another. Nobody has to do anything for it; `bidden keys` \
                shows the keys, and changes them before their time.",
    },
    Section {
        name: "record",
        title: "The record",
        about: "What is kept about requests and sign-ins, and for how long.",
    },
    Section {
        name: "places",
        title: "Places",
        about: "Where network addresses are used, from files that you bring; without them nothing is said about places. \
                Addresses of a network at home are never taken for places. The files are read at start, and again \
                within a minute after they were replaced; each takes as much memory as it is large.",
    },
    Section {
        name: "responses",
        title: "Responses",
        about: "What is done by itself about findings: for a time, with a reason, undone by one button. Everything is simulated \
                until you say otherwise, so that the record shows for a while what would have been done.",
    },
    Section {
        name: "doorbell",
        title: "Doorbell",
        about: "What rings on a device by which somebody approves sign-ins, if they want that. It has no content and approves \
                nothing. docs/doorbell.md says who learns what of it.",
    },
    Section {
        name: "look",
        title: "Look",
        about: "Colours, logo and further style. The files are read once, at start.",
    },
    Section {
        name: "log",
        title: "Log",
        about: "What the server writes to standard error. Codes, tokens and passwords are never written.",
    },
];

/// Every setting, in the order in which they are printed.
pub(super) const TABLE: &[Row] = &[
    Row {
        key: "data_dir",
        kind: Kind::Path,
        default: Fallback::Is("./bidden-data"),
        reason: "The directory that holds the database and, in its own file, the server keys. It is made \
                 at the first start; back it up as a whole.",
        example: "/var/lib/bidden",
    },
    Row {
        key: "store",
        kind: Kind::Secret { most: 2048 },
        default: Fallback::Unset("the embedded store in `data_dir`, for one machine"),
        reason: "The URL of a PostgreSQL database (13 or newer), for several nodes that share it. Besides what its \
                 own clients know: `sslmode` (certificates are always checked) and `sslrootcert`. It is never \
                 printed; a file of its own (`store_file`) is the better place when it holds a password.",
        example: "postgres://bidden:secret@db.example.org/bidden",
    },
    Row {
        key: "store_file",
        kind: Kind::SecretFile { of: "store", most: 2048 },
        default: Fallback::Unset("`store` is used"),
        reason: "A file that holds nothing but that URL. One line break at its end is dropped.",
        example: "/run/secrets/store",
    },
    Row {
        key: "store_connections",
        kind: Kind::Number { least: 1, most: 200, unit: "connections" },
        default: Fallback::Is("12"),
        reason: "How many connections this node holds to PostgreSQL for writes; for reads it holds as many again. \
                 All nodes together, with a few to spare, must fit into the database's `max_connections`.",
        example: "24",
    },
    Row {
        key: "keys_file",
        kind: Kind::Path,
        default: Fallback::Unset("`keys` in `data_dir`"),
        reason: "The file with the server keys. All nodes of one store need the same one. Without it nothing that is \
                 sealed can be read, so it is never made beside a database that is there already.",
        example: "/run/secrets/bidden_keys",
    },
    Row {
        key: "listen",
        kind: Kind::Listen,
        default: Fallback::Is("127.0.0.1:8000"),
        reason: "The address and port to accept connections on. Port 0 lets the system choose one; it is \
                 printed at start.",
        example: "0.0.0.0:443",
    },
    Row {
        key: "public_url",
        kind: Kind::Origin,
        default: Fallback::Unset(
            "`http://localhost:PORT` with the port of `listen`; `https` when `tls.certificate` is set",
        ),
        reason: "What people type to reach this server, without a path. Links in mails, cookies and the \
                 check of where a request came from all depend on it.",
        example: "https://id.example.org",
    },
    Row {
        key: "site_name",
        kind: Kind::Name { most: 60 },
        default: Fallback::Is("bidden"),
        reason: "The name on every page and in every mail, so that people know who is writing to them.",
        example: "Example Library",
    },
    Row {
        key: "time_zone",
        kind: Kind::Zone,
        default: Fallback::Is("UTC"),
        reason: "The zone of the times in mails and on pages; each is shown with its zone.",
        example: "Europe/Zurich",
    },
    Row {
        key: "language",
        kind: Kind::Words(Language::WORDS),
        default: Fallback::Is("en"),
        reason: "The language of pages and mails.",
        example: "en",
    },
    Row {
        key: "registration",
        kind: Kind::Words(Registration::WORDS),
        default: Fallback::Is("invite"),
        reason: "Who may open an account: nobody, whoever holds an invitation, or anybody with a mailbox.",
        example: "open",
    },
    Row {
        key: "trusted_proxies",
        kind: Kind::Networks,
        default: Fallback::Is(""),
        reason: "The networks your own proxies connect from. Only from these is the visitor's address taken \
                 from `Forwarded` or `X-Forwarded-For`; anybody else could write there what he likes.",
        example: "10.0.0.0/8, ::1",
    },
    Row {
        key: "tls.certificate",
        kind: Kind::File { holds: Content::Certificates, most: 256 * KIB },
        default: Fallback::Unset("no TLS on this listener"),
        reason: "The certificate chain in PEM form, this server's own certificate first.",
        example: "/etc/bidden/tls/fullchain.pem",
    },
    Row {
        key: "tls.key",
        kind: Kind::File { holds: Content::PrivateKey, most: 64 * KIB },
        default: Fallback::Unset("no TLS on this listener"),
        reason: "The private key of the certificate in PEM form, readable by this server only.",
        example: "/etc/bidden/tls/key.pem",
    },
    Row {
        key: "smtp.host",
        kind: Kind::Host,
        default: Fallback::Unset("no mail leaves; the inbox page shows it"),
        reason: "The mail server that accepts mail from this machine.",
        example: "smtp.example.org",
    },
    Row {
        key: "smtp.port",
        kind: Kind::Number { least: 1, most: 65535, unit: "" },
        default: Fallback::Unset("465 for `implicit`, 587 for `starttls`, 25 for `plain`"),
        reason: "Its port, when it is not the usual one of `smtp.security`.",
        example: "2525",
    },
    Row {
        key: "smtp.security",
        kind: Kind::Words(SmtpSecurity::WORDS),
        default: Fallback::Is("implicit"),
        reason: "TLS from the first byte, which RFC 8314 §3 prefers; TLS after STARTTLS, required and never \
                 given up; or no TLS, to this machine only, because the mails carry codes.",
        example: "starttls",
    },
    Row {
        key: "smtp.username",
        kind: Kind::Text { most: 255 },
        default: Fallback::Unset("no authentication"),
        reason: "The name to authenticate with, when the mail server asks for one.",
        example: "bidden@example.org",
    },
    Row {
        key: "smtp.password",
        kind: Kind::Secret { most: 1024 },
        default: Fallback::Unset("no authentication"),
        reason: "The password of `smtp.username`. It is never printed; a file of its own \
                 (`smtp.password_file`) is the better place.",
        example: "correct horse battery staple",
    },
    Row {
        key: "smtp.password_file",
        kind: Kind::SecretFile { of: "smtp.password", most: 1024 },
        default: Fallback::Unset("`smtp.password` is used"),
        reason: "A file that holds nothing but the password. One line break at its end is dropped.",
        example: "/run/secrets/smtp_password",
    },
    Row {
        key: "smtp.from",
        kind: Kind::Mailbox,
        default: Fallback::Unset("required as soon as `smtp.host` is set"),
        reason: "The address that the mails come from. Its domain should be covered by your SPF, DKIM and \
                 DMARC records, or the codes end up as junk.",
        example: "sign-in@example.org",
    },
    Row {
        key: "smtp.from_name",
        kind: Kind::Name { most: 60 },
        default: Fallback::Unset("the value of `site_name`"),
        reason: "The name beside that address.",
        example: "Example Library",
    },
    Row {
        key: "smtp.timeout",
        kind: Kind::Duration { least: seconds(1), most: minutes(5) },
        default: Fallback::Is("30s"),
        reason: "How long to wait for the mail server before the mail is tried again later.",
        example: "10s",
    },
    Row {
        key: "smtp.ca_file",
        kind: Kind::File { holds: Content::Certificates, most: 1024 * KIB },
        default: Fallback::Unset("only the certificate authorities this system trusts"),
        reason: "Certificate authorities in PEM form to trust as well, when the mail server's certificate comes from your own.",
        example: "/etc/bidden/mail-ca.pem",
    },
    Row {
        key: "smtp.connections",
        kind: Kind::Number { least: 1, most: 32, unit: "connections" },
        default: Fallback::Is("2"),
        reason: "How many connections to the mail server may be open at once. More help only when mails \
                 queue and the mail server allows it.",
        example: "4",
    },
    Row {
        key: "sms.url",
        kind: Kind::Url,
        default: Fallback::Unset("no text message leaves"),
        reason: "Where each message is sent, as one HTTP request. Any answer from 200 to 299 counts as accepted, 400, 404 \
                 and the like as refused; 401 to 403, 429, 5xx, redirects and silence are tried again. A query is never \
                 printed.",
        example: "https://sms.example.org/v1/messages",
    },
    Row {
        key: "sms.method",
        kind: Kind::Words(SmsMethod::WORDS),
        default: Fallback::Is("post"),
        reason: "The method of the request. GET is none of them: it would leave number and code in the logs of \
                 everybody on the way.",
        example: "put",
    },
    Row {
        key: "sms.headers",
        kind: Kind::Headers { most: 4096 },
        default: Fallback::Unset("none but those that every request has"),
        reason: "Header fields of the request, credentials above all; in the file a list of texts. `{to}`, `{digits}`, \
                 `{id}` and `{secret}` stand for what they do in `sms.body`. They are never printed; a file of their \
                 own (`sms.headers_file`) is the better place.",
        example: "Authorization: Bearer correct-horse-battery-staple",
    },
    Row {
        key: "sms.headers_file",
        kind: Kind::SecretFile { of: "sms.headers", most: 4096 },
        default: Fallback::Unset("`sms.headers` is used"),
        reason: "A file that holds nothing but those header fields, one a line.",
        example: "/run/secrets/sms_headers",
    },
    Row {
        key: "sms.content_type",
        kind: Kind::Words(SmsContentType::WORDS),
        default: Fallback::Is("application/json"),
        reason: "What `sms.body` is. It decides how the values in it are escaped.",
        example: "application/x-www-form-urlencoded",
    },
    Row {
        key: "sms.body",
        kind: Kind::Text { most: 2000 },
        default: Fallback::Is(r#"{"to": "{to}", "text": "{text}", "id": "{id}"}"#),
        reason: "The content of the request. `{to}` is the number with `+`, `{digits}` without, `{text}` the message, \
                 `{id}` the same for every attempt at one message, as in the header field `Idempotency-Key`, `{secret}` \
                 is `sms.secret`.",
        example: "to={digits}&text={text}&from=Library",
    },
    Row {
        key: "sms.secret",
        kind: Kind::Secret { most: 1024 },
        default: Fallback::Unset("nothing"),
        reason: "What stands for `{secret}` in the body and the header fields, for gateways that want a key in the body. \
                 It is never printed; a file of its own (`sms.secret_file`) is the better place.",
        example: "correct horse battery staple",
    },
    Row {
        key: "sms.secret_file",
        kind: Kind::SecretFile { of: "sms.secret", most: 1024 },
        default: Fallback::Unset("`sms.secret` is used"),
        reason: "A file that holds nothing but that secret. One line break at its end is dropped.",
        example: "/run/secrets/sms_secret",
    },
    Row {
        key: "sms.timeout",
        kind: Kind::Duration { least: seconds(1), most: minutes(1) },
        default: Fallback::Is("10s"),
        reason: "How long to wait for the gateway before the message is tried again later.",
        example: "5s",
    },
    Row {
        key: "sms.ca_file",
        kind: Kind::File { holds: Content::Certificates, most: 1024 * KIB },
        default: Fallback::Unset("only the certificate authorities this system trusts"),
        reason: "Certificate authorities in PEM form to trust as well, when the gateway's certificate comes from your own.",
        example: "/etc/bidden/sms-ca.pem",
    },
    Row {
        key: "sms.countries",
        kind: Kind::Countries,
        default: Fallback::Unset("no country, so that nothing leaves"),
        reason: "The countries whose numbers get messages. Strangers can make a server send messages that somebody earns \
                 on: list where your people are, and no more. Premium and satellite numbers get none anywhere.",
        example: "DE, AT",
    },
    Row {
        key: "sms.price",
        kind: Kind::Cents { most: DEAREST },
        default: Fallback::Is("10"),
        reason: "What one message costs where `sms.prices` says nothing else; better too high than too low.",
        example: "7.5",
    },
    Row {
        key: "sms.prices",
        kind: Kind::Prices { most: DEAREST },
        default: Fallback::Is(""),
        reason: "What one message costs behind these dialling prefixes; the longest that fits decides. Each has a budget \
                 of its own; elsewhere each country code has one.",
        example: "+49 7.5, +43 8, +1 0.79",
    },
    Row {
        key: "sms.budget_per_prefix",
        kind: Kind::Number { least: 1, most: 1_000_000, unit: "cents" },
        default: Fallback::Is("500"),
        reason: "What messages behind one dialling prefix may cost in any 24 hours. What is asked beyond that is \
                 recorded, and nothing is sent.",
        example: "2000",
    },
    Row {
        key: "sms.budget",
        kind: Kind::Number { least: 1, most: 10_000_000, unit: "cents" },
        default: Fallback::Is("2000"),
        reason: "What all messages may cost in any 24 hours.",
        example: "10000",
    },
    Row {
        key: "sms.per_day",
        kind: Kind::Number { least: 1, most: 20, unit: "messages" },
        default: Fallback::Is("2"),
        reason: "How many messages with codes a telephone gets in any 24 hours on request of unknown browsers.",
        example: "1",
    },
    Row {
        key: "sms.per_week",
        kind: Kind::Number { least: 1, most: 100, unit: "messages" },
        default: Fallback::Is("5"),
        reason: "The same in any seven days.",
        example: "3",
    },
    Row {
        key: "sms.known_per_day",
        kind: Kind::Number { least: 1, most: 100, unit: "messages" },
        default: Fallback::Is("5"),
        reason: "How many messages with codes a telephone gets in any 24 hours on request of its known browsers.",
        example: "3",
    },
    Row {
        key: "code.lifetime",
        kind: Kind::Duration { least: minutes(1), most: minutes(10) },
        default: Fallback::Is("10m"),
        reason: "How long a sign-in code can be used. NIST SP 800-63B-4 §3.1.3.2 allows ten minutes at most.",
        example: "5m",
    },
    Row {
        key: "code.guesses",
        kind: Kind::Number { least: 1, most: 5, unit: "guesses" },
        default: Fallback::Is("3"),
        reason: "How many wrong entries a code survives. Each costs part of the guess budget.",
        example: "5",
    },
    Row {
        key: "code.length",
        kind: Kind::Number { least: 8, most: 16, unit: "characters" },
        default: Fallback::Is("8"),
        reason: "How many characters a code has at the least. Each is one of twenty, so that eight make 25.6 billion \
                 codes. Codes get longer by themselves, by four characters and by eight, as a guess budget runs low.",
        example: "10",
    },
    Row {
        key: "methods.sign_in",
        kind: Kind::Methods(Use::SignIn),
        default: Fallback::Is("passkey, password, mail_code, totp, approval"),
        reason: "What may begin a session. A code out of an app (`totp`) is asked for beside a password, never alone; an \
                 `approval` also alone, in browsers that the account knows. Without `mail_code` no sign-in code is ever \
                 mailed.",
        example: "passkey, mail_code",
    },
    Row {
        key: "methods.step_up",
        kind: Kind::Methods(Use::StepUp),
        default: Fallback::Is("passkey, password, totp, approval"),
        reason: "What may raise a session to the second level (NIST SP 800-63B-4 AAL2), as the operator's pages ask for: \
                 a passkey, or a password with a code out of an app or an approval. A code by mail or SMS never does.",
        example: "passkey",
    },
    Row {
        key: "methods.recovery",
        kind: Kind::Methods(Use::Recovery),
        default: Fallback::Is("passkey, mail_code, totp, recovery_code"),
        reason: "What may count in getting back into an account whose authenticators are lost. An empty list leaves \
                 that to the operator (`bidden account reset`).",
        example: "recovery_code",
    },
    Row {
        key: "gate.before_mail",
        kind: Kind::Words(Gate::WORDS),
        default: Fallback::Is("open"),
        reason: "What a browser that is new to an account has to bring before a code is mailed, where neither tenant nor \
                 owner says something stricter: nothing (`open`), the account's private name, its gate word, or a word of \
                 its owner beforehand (`solicited_only`). Known browsers get a code either way.",
        example: "private_name",
    },
    Row {
        key: "gate.owners",
        kind: Kind::Words(GateOwners::WORDS),
        default: Fallback::Is("stricter"),
        reason: "What the owner of an account may choose for it: nothing looser than the site and the tenant say, or \
                 anything.",
        example: "any",
    },
    Row {
        key: "budget.epsilon",
        kind: Kind::Probability { least: 1e-9, most: 1e-3 },
        default: Fallback::Is("1e-6"),
        reason: "The highest probability that strangers, all together, guess a code for one mailbox within \
                 any 365 days. As it runs low codes get longer, by four letters and by eight, so that it is never \
                 used up.",
        example: "1e-7",
    },
    Row {
        key: "budget.epsilon_known",
        kind: Kind::Probability { least: 1e-9, most: 1e-2 },
        default: Fallback::Is("1e-4"),
        reason: "The same for browsers that have signed in to the account before. It is separate, so that \
                 no stranger can use up the owner's.",
        example: "1e-5",
    },
    Row {
        key: "budget.epsilon_all",
        kind: Kind::Probability { least: 1e-4, most: 0.5 },
        default: Fallback::Is("1e-1"),
        reason: "The same for all accounts together: the highest probability that strangers guess any code at all within \
                 any 365 days. As it runs low everybody's codes get longer.",
        example: "1e-2",
    },
    Row {
        key: "budget.alarm_at",
        kind: Kind::Probability { least: 1e-12, most: 0.5 },
        default: Fallback::Is("1e-2"),
        reason: "Operators are told, once, when the probability that anybody guessed any code in the last 365 days may have \
                 come to this.",
        example: "1e-3",
    },
    Row {
        key: "budget.mails_per_day",
        kind: Kind::Number { least: 1, most: 20, unit: "mails" },
        default: Fallback::Is("3"),
        reason: "How many mails with codes a mailbox gets in any 24 hours on request of unknown browsers. \
                 What is asked beyond that is recorded, and nothing is sent.",
        example: "2",
    },
    Row {
        key: "budget.mails_per_week",
        kind: Kind::Number { least: 1, most: 100, unit: "mails" },
        default: Fallback::Is("6"),
        reason: "The same in any seven days.",
        example: "10",
    },
    Row {
        key: "budget.known_mails_per_day",
        kind: Kind::Number { least: 1, most: 100, unit: "mails" },
        default: Fallback::Is("10"),
        reason: "How many mails with codes a mailbox gets in any 24 hours on request of its known browsers. \
                 It cannot be 0: the owner always has a way in that strangers cannot close.",
        example: "5",
    },
    Row {
        key: "budget.approvals_per_day",
        kind: Kind::Number { least: 1, most: 100, unit: "approvals" },
        default: Fallback::Is("10"),
        reason: "How many approvals are shown to an owner in any 24 hours that browsers new to the account ask for with its \
                 password. What is beyond that no device shows, and two lines of the activity tell of it. Known browsers \
                 are never counted.",
        example: "3",
    },
    Row {
        key: "budget.digest_interval",
        kind: Kind::Duration { least: hours(1), most: days(7) },
        default: Fallback::Is("24h"),
        reason: "The least time between two mails that tell how many requests were not sent.",
        example: "7d",
    },
    Row {
        key: "budget.mute",
        kind: Kind::Duration { least: days(1), most: days(365) },
        default: Fallback::Is("30d"),
        reason: "After \"I did not ask for this\": how long unknown browsers cause no mail to that mailbox.",
        example: "90d",
    },
    Row {
        key: "budget.resend_after",
        kind: Kind::Duration { least: seconds(10), most: minutes(5) },
        default: Fallback::Is("30s"),
        reason: "How long to wait before the same code can be sent once more.",
        example: "1m",
    },
    Row {
        key: "session.idle",
        kind: Kind::Duration { least: minutes(5), most: days(90) },
        default: Fallback::Is("7d"),
        reason: "A session that is not used for this long ends.",
        example: "12h",
    },
    Row {
        key: "session.absolute",
        kind: Kind::Duration { least: minutes(5), most: days(90) },
        default: Fallback::Is("30d"),
        reason: "Every session ends after this long, used or not. NIST SP 800-63B-4 advises 30 days at most \
                 for sign-in without a second authenticator.",
        example: "14d",
    },
    Row {
        key: "password.min_length",
        kind: Kind::Number { least: 8, most: 64, unit: "characters" },
        default: Fallback::Is("8"),
        reason: "How long a password is at least where it lets in only together with another authenticator. NIST SP \
                 800-63B-4 asks for 8.",
        example: "10",
    },
    Row {
        key: "password.min_length_single_factor",
        kind: Kind::Number { least: 15, most: 64, unit: "characters" },
        default: Fallback::Is("15"),
        reason: "How long a password is at least where it lets in alone. NIST SP 800-63B-4 asks for 15.",
        example: "20",
    },
    Row {
        key: "password.breached_file",
        kind: Kind::Path,
        default: Fallback::Unset("passwords are not compared with any list"),
        reason: "A list of passwords that were found in breaches, which nobody may choose; \
                 `bidden password breached build` makes it. It is looked up on this machine, and looked over at start.",
        example: "/var/lib/bidden/breached",
    },
    Row {
        key: "password.threads",
        kind: Kind::Number { least: 1, most: 256, unit: "threads" },
        default: Fallback::Unset("one for each core"),
        reason: "How many passwords are hashed at the same time. Each takes 19 MiB and a core for about 20 ms; fewer than \
                 cores leaves some for everything else.",
        example: "2",
    },
    Row {
        key: "password.queue",
        kind: Kind::Number { least: 1, most: 10_000, unit: "people" },
        default: Fallback::Is("64"),
        reason: "How many may wait for their password to be hashed. Whoever comes beyond that, or has waited for two \
                 seconds, is asked to come back; other ways to sign in are not touched.",
        example: "200",
    },
    Row {
        key: "provider.client_documents",
        kind: Kind::Words(ClientDocuments::WORDS),
        default: Fallback::Is("off"),
        reason: "Whether any web site can be a client, named by the URL of a document about itself, which is then fetched. \
                 Nobody vouches for such a client, and people are told so.",
        example: "on",
    },
    Row {
        key: "provider.logout_networks",
        kind: Kind::Networks,
        default: Fallback::Is(""),
        reason: "Private networks in which clients are told that a person is signed out. Other clients are told at addresses \
                 that anybody can reach, and so are all that no operator has brought in.",
        example: "10.20.0.0/16, loopback",
    },
    Row {
        key: "provider.nearby_networks",
        kind: Kind::Networks,
        default: Fallback::Is(""),
        reason: "Private networks each of which is one place, such as an office: a device in the same one as its person is nearby. \
                 Elsewhere in private networks nobody can tell, and every device is provisional at first.",
        example: "10.20.3.0/24, 10.20.4.0/24",
    },
    Row {
        key: "provider.device_authorization",
        kind: Kind::Words(DeviceAuthorization::WORDS),
        default: Fallback::Is("off"),
        reason: "Whether a device may show a code for a person to type (RFC 8628). Whoever has such a code can send it to \
                 somebody, who lets a stranger in on the genuine page; no passkey stops that. Devices are paired from the \
                 account page in any case.",
        example: "on",
    },
    Row {
        key: "keys.period",
        kind: Kind::Duration { least: days(1), most: days(3650) },
        default: Fallback::Is("90d"),
        reason: "How long a key signs before the next one does.",
        example: "30d",
    },
    Row {
        key: "keys.ahead",
        kind: Kind::Duration { least: hours(1), most: days(90) },
        default: Fallback::Is("7d"),
        reason: "How long a key can be seen in the key set before it signs: longer than clients keep what they have read. \
                 They may keep it for a quarter of an hour; some do not heed that.",
        example: "2d",
    },
    Row {
        key: "keys.keep",
        kind: Kind::Duration { least: days(1), most: days(365) },
        default: Fallback::Is("30d"),
        reason: "How long the public half of a key can be seen after its last signature: longer than the longest token \
                 is valid. Its private half goes with its last signature.",
        example: "90d",
    },
    Row {
        key: "record.retention",
        kind: Kind::Duration { least: days(30), most: days(3650) },
        default: Fallback::Is("400d"),
        reason: "How long events are kept. The default is a year and a month, so that last year's can be \
                 compared; the budgets of 365 days are kept apart and do not depend on it.",
        example: "180d",
    },
    Row {
        key: "record.seal",
        kind: Kind::Words(Seal::WORDS),
        default: Fallback::Is("on"),
        reason: "Whether the record is sealed, so that `bidden log verify` finds what was deleted or altered afterwards, and \
                 mails carry receipts that prove where they come from. docs/sealed-record.md says what it proves.",
        example: "off",
    },
    Row {
        key: "record.checkpoint_every",
        kind: Kind::Duration { least: seconds(5), most: days(1) },
        default: Fallback::Is("1m"),
        reason: "How long after a checkpoint of the sealed record the next one is signed, if anything happened meanwhile; after \
                 10,000 entries it is signed at once. What is younger than the newest checkpoint can be taken back unnoticed.",
        example: "10s",
    },
    Row {
        key: "record.watch",
        kind: Kind::Words(Watching::WORDS),
        default: Fallback::Is("on"),
        reason: "Whether the detectors may look at the record at this node. Of several nodes one does it at a time; where none \
                 may, no attack is found and nothing is done about any by itself. docs/detectors.md says what they look for.",
        example: "off",
    },
    Row {
        key: "record.keep_addresses",
        kind: Kind::Words(KeepAddresses::WORDS),
        default: Fallback::Is("full"),
        reason: "How much of the network address of a request is recorded: all of it, its network only \
                 (the first 24 bits of IPv4, 48 of IPv6), or nothing. People recognise their own requests \
                 by it.",
        example: "network",
    },
    Row {
        key: "places.file",
        kind: Kind::Path,
        default: Fallback::Unset("no places are shown"),
        reason: "A file in the MaxMind DB format with towns or countries: GeoLite2 City or Country, DB-IP, IPinfo. Pages \
                 and mails then say near which town something came from, as an estimate.",
        example: "/var/lib/GeoIP/GeoLite2-City.mmdb",
    },
    Row {
        key: "places.networks_file",
        kind: Kind::Path,
        default: Fallback::Unset("who runs a network is not shown"),
        reason: "The same with those who run networks: GeoLite2 ASN, DB-IP ASN, IPinfo.",
        example: "/var/lib/GeoIP/GeoLite2-ASN.mmdb",
    },
    Row {
        key: "responses.least",
        kind: Kind::Words(Urgency::WORDS),
        default: Fallback::Is("high"),
        reason: "Nothing is done by itself about a finding that is less urgent.",
        example: "critical",
    },
    Row {
        key: "responses.lasts",
        kind: Kind::Duration { least: minutes(5), most: hours(24) },
        default: Fallback::Is("1h"),
        reason: "How long a response lasts that lasts. The same is begun again at most six times a day.",
        example: "30m",
    },
    Row {
        key: "responses.hold_codes",
        kind: Kind::Words(Responding::WORDS),
        default: Fallback::Is("simulate"),
        reason: "Whether no code is sent that an unknown browser asks for from a network which floods, tries addresses out or sprays. \
                 Browsers that are known to the account, passkeys and passwords go on.",
        example: "act",
    },
    Row {
        key: "responses.suspend_devices",
        kind: Kind::Words(Responding::WORDS),
        default: Fallback::Is("simulate"),
        reason: "Whether no device begins by a code that it shows, of a client about which several people said no. Pairing from the \
                 account page goes on.",
        example: "act",
    },
    Row {
        key: "responses.end_session",
        kind: Kind::Words(Responding::WORDS),
        default: Fallback::Is("simulate"),
        reason: "Whether a session ends that is used by another browser in another network. Its owner signs in again.",
        example: "act",
    },
    Row {
        key: "responses.doubt_session",
        kind: Kind::Words(Responding::WORDS),
        default: Fallback::Is("simulate"),
        reason: "Whether such a session becomes provisional where it does not end: nothing is changed in it, apps get nothing by it, and it \
                 ends after `responses.lasts` unless its owner says from another that it is his.",
        example: "act",
    },
    Row {
        key: "responses.end_grant",
        kind: Kind::Words(Responding::WORDS),
        default: Fallback::Is("simulate"),
        reason: "Whether what an app was allowed ends when a token comes back with another key. Its owner lets it in again.",
        example: "act",
    },
    Row {
        key: "responses.tell",
        kind: Kind::Words(Telling::WORDS),
        default: Fallback::Is("high"),
        reason: "Operators get a mail about findings that are as urgent, whether or not anything is done about them: the first at once, \
                 what follows within an hour in one.",
        example: "critical",
    },
    Row {
        key: "responses.webhook_networks",
        kind: Kind::Networks,
        default: Fallback::Is(""),
        reason: "Private networks in which services are told of findings (`bidden webhook`). Others are told at addresses that \
                 anybody can reach.",
        example: "10.20.0.0/16, loopback",
    },
    Row {
        key: "doorbell.rings",
        kind: Kind::Words(Doorbell::WORDS),
        default: Fallback::Is("on"),
        reason: "Whether people may let their devices ring. Each ring asks the push service that the person's browser has chosen \
                 (of its maker, as a rule), which learns that one waits and nothing else. Without it people look when they want.",
        example: "off",
    },
    Row {
        key: "doorbell.contact",
        kind: Kind::Mailbox,
        default: Fallback::Unset("push services are told `public_url`"),
        reason: "An address at which the operators of push services reach you, should your rings trouble them (RFC 8292). They are \
                 told it with each ring.",
        example: "operator@example.org",
    },
    Row {
        key: "doorbell.networks",
        kind: Kind::Networks,
        default: Fallback::Is(""),
        reason: "Private networks in which push services are asked: for one of your own. Others are asked at addresses that anybody \
                 can reach.",
        example: "10.20.0.0/16, loopback",
    },
    Row {
        key: "look.accent",
        kind: Kind::Colour { against: super::colour::LIGHT },
        default: Fallback::Unset("the colour of the built-in style"),
        reason: "The accent colour on light pages. It must stand out from white by 4.5 : 1 (WCAG 1.4.3).",
        example: "#1d5d8c",
    },
    Row {
        key: "look.accent_dark",
        kind: Kind::Colour { against: super::colour::DARK },
        default: Fallback::Unset("the colour of the built-in style"),
        reason: "The accent colour on dark pages. It must stand out from near-black by 4.5 : 1 (WCAG 1.4.3).",
        example: "#8cc4ee",
    },
    Row {
        key: "look.logo",
        kind: Kind::File { holds: Content::Logo, most: 64 * KIB },
        default: Fallback::Unset("the site's name in letters"),
        reason: "A logo as SVG or PNG, shown beside the site's name. Mails carry no images.",
        example: "/etc/bidden/logo.svg",
    },
    Row {
        key: "look.stylesheet",
        kind: Kind::File { holds: Content::Css, most: 64 * KIB },
        default: Fallback::Unset("the built-in style alone"),
        reason: "Further CSS, added after the built-in style; setting its variables is usually enough.",
        example: "/etc/bidden/style.css",
    },
    Row {
        key: "log.format",
        kind: Kind::Words(LogFormat::WORDS),
        default: Fallback::Is("text"),
        reason: "Lines for people or one JSON object a line for machines.",
        example: "json",
    },
    Row {
        key: "log.level",
        kind: Kind::Words(LogLevel::WORDS),
        default: Fallback::Is("info"),
        reason: "The least important kind of line that is still written.",
        example: "debug",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_and_every_variable_stands_in_the_table_once() {
        let keys: BTreeSet<_> = TABLE.iter().map(|row| row.key).collect();
        let variables: BTreeSet<_> = TABLE.iter().map(Row::variable).collect();
        assert_eq!(keys.len(), TABLE.len());
        assert_eq!(variables.len(), TABLE.len());
    }

    #[test]
    fn the_variable_of_smtp_host_is_bidden_smtp_host() {
        assert_eq!(row("smtp.host").unwrap().variable(), "BIDDEN_SMTP_HOST");
    }

    #[test]
    fn rows_stand_together_in_the_order_of_their_sections() {
        let mut order: Vec<&str> = TABLE.iter().map(Row::section).collect();
        order.dedup();
        assert_eq!(order, SECTIONS.iter().map(|section| section.name).collect::<Vec<_>>());
    }

    #[test]
    fn every_default_and_every_example_is_a_value_its_own_row_accepts() {
        for row in TABLE {
            // A machine without a time zone database knows UTC only.
            let known = !matches!(row.kind, Kind::Zone) || !jiff::tz::db().is_definitively_empty();
            assert_eq!(row.kind.parse(row.example).is_ok(), known, "example of {}", row.key);
            if let Fallback::Is(text) = row.default {
                let value = row.kind.parse(text);
                assert!(value.is_ok_and(|value| value.text() == text), "default of {}", row.key);
            }
        }
    }

    #[test]
    fn every_reason_is_a_sentence_or_two() {
        for row in TABLE {
            assert!(row.reason.ends_with('.') && row.reason.len() < 300, "{}", row.key);
            assert!(!row.reason.contains("  "), "{}", row.key);
        }
    }

    #[test]
    fn every_secret_can_be_read_from_a_file_as_well() {
        for row in TABLE {
            if matches!(row.kind, Kind::Secret { .. } | Kind::Headers { .. }) {
                let companion = super::row(&format!("{}_file", row.key));
                assert!(
                    companion.is_some_and(
                        |file| matches!(file.kind, Kind::SecretFile { of, .. } if of == row.key)
                    ),
                    "{}",
                    row.key
                );
            }
        }
    }
}
