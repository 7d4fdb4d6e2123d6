//! The settings in force, each with a type and a meaning: what the rest of the command works with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use model::method::{MethodPolicy, Use};
use model::signing_key::Rotation;
use model::sms::Cost;
use outbound::sms::headers::Headers;
use outbound::sms::template::{ContentType, Template};
use wire::http::host::Host;
use wire::http::network::Network;
use wire::http::origin::Origin;
use wire::http::url::Url;
use wire::mail::mailbox::Mailbox;
use wire::phone::{Country, Prefix};

use super::clients::Declared;
use super::colour::Colour;
use super::kind;
use super::problem::Problems;
use super::secret::SecretText;
use super::value;
use super::values::{InForce, Values, fault};
use super::words::{
    ClientDocuments, DeviceAuthorization, Doorbell, Gate, GateOwners, KeepAddresses, Language, LogFormat,
    LogLevel, Registration, Responding, Seal, SmsContentType, SmsMethod, SmtpSecurity, Telling, Urgency,
    Watching,
};

/// Everything an operator decides, checked by itself and together.
pub(crate) struct Config {
    /// The directory of the database and the keys; relative paths start where bidden was started.
    pub(crate) data_dir: PathBuf,
    /// The URL of the PostgreSQL database; none means the embedded store.
    pub(crate) store: Option<SecretText>,
    /// How many connections to hold to it for writes, and as many again for reads.
    pub(crate) store_connections: u32,
    /// The file with the server keys, if it is not `keys` in the data directory.
    pub(crate) keys_file: Option<PathBuf>,
    /// Where to accept connections; port 0 lets the system choose (then call [`Config::bound_to`]).
    pub(crate) listen: SocketAddr,
    /// The origin people reach the server by, without a slash at the end.
    pub(crate) public_url: String,
    /// The name on pages and in mails: 1 to 60 visible characters.
    pub(crate) site_name: String,
    /// The zone of the times shown to people.
    pub(crate) time_zone: TimeZone,
    /// The language of pages and mails.
    pub(crate) language: Language,
    /// Who may open an account.
    pub(crate) registration: Registration,
    /// Where proxies connect from whose word about the visitor's address is taken.
    pub(crate) trusted_proxies: Vec<Network>,
    /// TLS on the listener; none if a proxy ends it, or on this machine only.
    pub(crate) tls: Option<Tls>,
    /// How mail leaves; none means the inbox page, see [`Config::has_inbox_page`].
    pub(crate) smtp: Option<Smtp>,
    /// How text messages leave, where to, and what they may cost.
    pub(crate) sms: Sms,
    /// Sign-in codes.
    pub(crate) code: Code,
    /// By what people may prove who they are.
    pub(crate) methods: MethodPolicy,
    /// What an unknown browser must bring before a code is mailed.
    pub(crate) gate: Gate,
    /// What owners of accounts may choose instead.
    pub(crate) gate_owners: GateOwners,
    /// How much guessing and mail strangers can cause.
    pub(crate) budget: Budget,
    /// How long browsers stay signed in.
    pub(crate) session: Session,
    /// Passwords.
    pub(crate) password: Password,
    /// When one signing key follows another.
    pub(crate) keys: Rotation,
    /// Whether clients may be named by the URL of a document about themselves.
    pub(crate) client_documents: ClientDocuments,
    /// Private networks in which clients are told that somebody is signed out.
    pub(crate) logout_networks: Vec<Network>,
    /// What is done by itself about findings.
    pub(crate) responses: Responses,
    /// What rings on people's devices.
    pub(crate) doorbell: Bells,
    pub(crate) nearby_networks: Vec<Network>,
    /// Whether devices may show codes for people to type.
    pub(crate) device_authorization: DeviceAuthorization,
    /// Clients that the file declares.
    pub(crate) clients: Vec<Declared>,
    /// What is kept, and for how long.
    pub(crate) record: Record,
    /// Files that say where addresses are used.
    pub(crate) places: Places,
    /// Colours, logo, further style.
    pub(crate) look: Look,
    /// The log.
    pub(crate) log: Log,
    /// Whether `public_url` was made from `listen`.
    derived_url: bool,
    /// What differs from the defaults, for the summary.
    pub(super) changed: Vec<InForce>,
}

/// The files for TLS on the listener. Both existed and looked right when the configuration was read.
pub(crate) struct Tls {
    /// The certificate chain, PEM, this server's first.
    pub(crate) certificate: PathBuf,
    /// Its private key, PEM.
    pub(crate) key: PathBuf,
}

/// How mail leaves.
pub(crate) struct Smtp {
    /// The mail server: a name in lower case or an address, IPv6 without brackets.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// How the connection is protected.
    pub(crate) security: SmtpSecurity,
    /// What to authenticate with, if at all.
    pub(crate) credentials: Option<Credentials>,
    /// The address that mails come from.
    pub(crate) from: Mailbox,
    /// The name beside it.
    pub(crate) from_name: String,
    /// How long to wait for the mail server.
    pub(crate) timeout: Duration,
    /// PEM certificates to trust beside those of the system.
    pub(crate) ca_file: Option<PathBuf>,
    /// How many connections may be open at once.
    pub(crate) connections: u32,
}

/// A name and a password for the mail server.
pub(crate) struct Credentials {
    /// The name.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: SecretText,
}

/// How text messages leave, where to, and what they may cost.
pub(crate) struct Sms {
    /// Where requests go; none: no message leaves.
    pub(crate) url: Option<Url>,
    /// How they go there.
    pub(crate) method: SmsMethod,
    /// Their header fields.
    pub(crate) headers: Headers,
    /// Their content.
    pub(crate) body: Template,
    /// What stands in its blank for a secret.
    pub(crate) secret: Option<SecretText>,
    /// How long to wait for the gateway.
    pub(crate) timeout: Duration,
    /// PEM certificates to trust beside those of the system.
    pub(crate) ca_file: Option<PathBuf>,
    /// Whose numbers get messages; none: nobody's.
    pub(crate) countries: Vec<Country>,
    /// What a message costs that `prices` does not know.
    pub(crate) price: Cost,
    /// What it costs behind these prefixes.
    pub(crate) prices: Vec<(Prefix, Cost)>,
    /// What messages behind one prefix may cost in any 24 hours, in cents.
    pub(crate) budget_per_prefix: u32,
    /// The same for all messages.
    pub(crate) budget: u32,
    /// Messages to a telephone in any 24 hours for unknown browsers.
    pub(crate) per_day: u32,
    /// The same in any seven days.
    pub(crate) per_week: u32,
    /// Messages to a telephone in any 24 hours for known browsers; at least 1.
    pub(crate) known_per_day: u32,
}

/// Sign-in codes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    /// How long a code can be used.
    pub(crate) lifetime: Duration,
    /// How many wrong entries it survives.
    pub(crate) guesses: u32,
    /// How many characters it has, each one of twenty.
    pub(crate) length: usize,
}

/// How much guessing and mail strangers can cause, per mailbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Highest probability that unknown browsers guess a code within any 365 days.
    pub(crate) epsilon: f64,
    /// The same for known browsers.
    pub(crate) epsilon_known: f64,
    /// The chance a year that strangers may be given for all accounts together.
    pub(crate) epsilon_all: f64,
    /// Operators are told when the chance may have come to this.
    pub(crate) alarm_at: f64,
    /// Mails with codes in any 24 hours for unknown browsers.
    pub(crate) mails_per_day: u32,
    /// The same in any seven days.
    pub(crate) mails_per_week: u32,
    /// Mails with codes in any 24 hours for known browsers; at least 1.
    pub(crate) known_mails_per_day: u32,
    /// Approvals that unknown browsers may ask for in any 24 hours with the password of one account.
    pub(crate) approvals_per_day: u32,
    /// Least time between two mails about requests that were not sent.
    pub(crate) digest_interval: Duration,
    /// How long unknown browsers cause no mail after "I did not ask for this".
    pub(crate) mute: Duration,
    /// How long to wait before the same code can be sent again.
    pub(crate) resend_after: Duration,
}

/// How long browsers stay signed in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    /// A session not used for this long ends; at most `absolute`.
    pub(crate) idle: Duration,
    /// Every session ends after this long.
    pub(crate) absolute: Duration,
}

/// Passwords: what is asked of them, and how many are hashed at once.
#[derive(Clone, Debug)]
pub(crate) struct Password {
    /// Characters of a password beside another authenticator.
    pub(crate) min_length: u16,
    /// The same where it lets in alone; at least `min_length`.
    pub(crate) min_length_single_factor: u16,
    /// The list of breached passwords.
    pub(crate) breached_file: Option<PathBuf>,
    /// Threads that hash; none means one for each core.
    pub(crate) threads: Option<usize>,
    /// How many may wait for them.
    pub(crate) queue: usize,
}

/// What is kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// How long events are kept.
    pub(crate) retention: Duration,
    /// Whether the record is sealed.
    pub(crate) seal: Seal,
    /// Whether detectors look at it, at this node.
    pub(crate) watch: Watching,
    /// How long after a checkpoint the next one is signed.
    pub(crate) checkpoint_every: Duration,
    /// How much of a network address is kept.
    pub(crate) keep_addresses: KeepAddresses,
}

/// Files that say where addresses are used.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Towns, or countries.
    pub(crate) file: Option<PathBuf>,
    /// Who runs which network.
    pub(crate) networks_file: Option<PathBuf>,
}

/// What is done by itself about findings.
#[derive(Clone, Debug)]
pub(crate) struct Responses {
    /// How urgent a finding has to be.
    pub(crate) least: Urgency,
    /// How long a response lasts.
    pub(crate) lasts: Duration,
    /// Whether codes are held back.
    pub(crate) hold_codes: Responding,
    /// Whether devices are suspended.
    pub(crate) suspend_devices: Responding,
    /// Whether sessions end.
    pub(crate) end_session: Responding,
    /// Whether sessions become provisional.
    pub(crate) doubt_session: Responding,
    /// Whether grants end.
    pub(crate) end_grant: Responding,
    /// Of which findings operators are told by mail.
    pub(crate) tell: Telling,
    /// Private networks in which services are told of findings.
    pub(crate) webhook_networks: Vec<Network>,
}

/// What rings on people's devices.
#[derive(Clone, Debug)]
pub(crate) struct Bells {
    /// Whether approvers may ring.
    pub(crate) rings: Doorbell,
    /// Whom push services can ask.
    pub(crate) contact: Option<Mailbox>,
    /// Private networks in which push services are asked.
    pub(crate) networks: Vec<Network>,
}

/// Colours, logo, further style.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// The accent colour on light pages, if it is not the built-in one.
    pub(crate) accent: Option<Colour>,
    /// The accent colour on dark pages, if it is not the built-in one.
    pub(crate) accent_dark: Option<Colour>,
    /// The logo, as it was at start.
    pub(crate) logo: Option<Logo>,
    /// CSS to add after the built-in style, as it was at start.
    pub(crate) stylesheet: Option<String>,
}

/// A logo of at most 64 KiB.
#[derive(Clone, Debug)]
pub(crate) struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub(crate) media_type: &'static str,
    /// The picture.
    pub(crate) bytes: Vec<u8>,
}

/// The log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    /// Its form.
    pub(crate) format: LogFormat,
    /// The least important kind of line.
    pub(crate) level: LogLevel,
}

impl Config {
    /// Gives each value its type. Every row of the table is read here, and read once.
    ///
    /// # Errors
    /// [`Problems`] only if the table and this function do not agree, which a test rules out.
    pub(super) fn from_values(mut values: Values) -> Result<Self, Problems> {
        let changed = values.changed();
        let values = &mut values;
        let listen: SocketAddr = values.take("listen")?;
        let site_name: String = values.take("site_name")?;
        let tls = tls(values)?;
        let set_url: Option<Origin> = values.take_set("public_url")?;
        values.drop_used(&["store_file"]);
        let config = Self {
            store: values.take_set("store")?,
            store_connections: values.take("store_connections")?,
            keys_file: values.take_set("keys_file")?,
            data_dir: values.take("data_dir")?,
            derived_url: set_url.is_none(),
            public_url: set_url
                .map_or_else(|| localhost(tls.is_some(), listen.port()), |origin| origin.to_string()),
            time_zone: values.take("time_zone")?,
            language: values.take("language")?,
            registration: values.take("registration")?,
            trusted_proxies: values.take("trusted_proxies")?,
            smtp: smtp(values, &site_name)?,
            sms: sms(values)?,
            code: code(values)?,
            methods: methods(values)?,
            gate: values.take("gate.before_mail")?,
            gate_owners: values.take("gate.owners")?,
            budget: budget(values)?,
            session: Session {
                idle: values.take("session.idle")?,
                absolute: values.take("session.absolute")?,
            },
            password: Password {
                min_length: values.take("password.min_length")?,
                min_length_single_factor: values.take("password.min_length_single_factor")?,
                breached_file: values.take_set("password.breached_file")?,
                threads: values.take_set("password.threads")?,
                queue: values.take("password.queue")?,
            },
            keys: Rotation {
                ahead: values.take("keys.ahead")?,
                period: values.take("keys.period")?,
                longest_token: values.take("keys.keep")?,
            },
            record: Record {
                retention: values.take("record.retention")?,
                seal: values.take("record.seal")?,
                watch: values.take("record.watch")?,
                checkpoint_every: values.take("record.checkpoint_every")?,
                keep_addresses: values.take("record.keep_addresses")?,
            },
            places: Places {
                file: values.take_set("places.file")?,
                networks_file: values.take_set("places.networks_file")?,
            },
            responses: Responses {
                least: values.take("responses.least")?,
                lasts: values.take("responses.lasts")?,
                hold_codes: values.take("responses.hold_codes")?,
                suspend_devices: values.take("responses.suspend_devices")?,
                end_session: values.take("responses.end_session")?,
                doubt_session: values.take("responses.doubt_session")?,
                end_grant: values.take("responses.end_grant")?,
                tell: values.take("responses.tell")?,
                webhook_networks: values.take("responses.webhook_networks")?,
            },
            doorbell: Bells {
                rings: values.take("doorbell.rings")?,
                contact: values.take_set("doorbell.contact")?,
                networks: values.take("doorbell.networks")?,
            },
            client_documents: values.take("provider.client_documents")?,
            logout_networks: values.take("provider.logout_networks")?,
            nearby_networks: values.take("provider.nearby_networks")?,
            device_authorization: values.take("provider.device_authorization")?,
            clients: Vec::new(),
            look: look(values)?,
            log: Log { format: values.take("log.format")?, level: values.take("log.level")? },
            listen,
            site_name,
            tls,
            changed,
        };
        values.left().map_or(Ok(config), |key| Err(fault(key, "a row that nobody reads")))
    }

    /// Tells the configuration the port that the system has chosen; it becomes part of `public_url` when
    /// nobody has set one.
    pub(crate) fn bound_to(&mut self, port: u16) {
        self.listen.set_port(port);
        if self.derived_url {
            self.public_url = localhost(self.tls.is_some(), port);
        }
    }

    /// Whether codes may go to telephones: through the gateway, or without one as long as the inbox page shows them.
    pub(crate) fn has_text_messages(&self) -> bool {
        !self.sms.countries.is_empty() && (self.sms.url.is_some() || self.has_inbox_page())
    }

    /// Whether a page on this machine shows the mails instead of sending them. The rules make sure that
    /// nobody else can reach the server then.
    pub(crate) fn has_inbox_page(&self) -> bool {
        self.smtp.is_none()
    }
}

/// The origin on this machine; browsers and WebAuthn know it best by this name.
fn localhost(https: bool, port: u16) -> String {
    match (https, port) {
        (true, 443) => "https://localhost".to_owned(),
        (false, 80) => "http://localhost".to_owned(),
        (true, port) => format!("https://localhost:{port}"),
        (false, port) => format!("http://localhost:{port}"),
    }
}

fn tls(values: &mut Values) -> Result<Option<Tls>, Problems> {
    let certificate: Option<value::NamedFile> = values.take_set("tls.certificate")?;
    let key: Option<value::NamedFile> = values.take_set("tls.key")?;
    Ok(certificate.zip(key).map(|(certificate, key)| Tls { certificate: certificate.path, key: key.path }))
}

fn smtp(values: &mut Values, site_name: &str) -> Result<Option<Smtp>, Problems> {
    values.drop_used(&["smtp.password_file"]);
    let host: Option<Host> = values.take_set("smtp.host")?;
    let from: Option<Mailbox> = values.take_set("smtp.from")?;
    let port: Option<u16> = values.take_set("smtp.port")?;
    let security: SmtpSecurity = values.take("smtp.security")?;
    let username: Option<String> = values.take_set("smtp.username")?;
    let password: Option<SecretText> = values.take_set("smtp.password")?;
    let from_name: Option<String> = values.take_set("smtp.from_name")?;
    let ca_file: Option<value::NamedFile> = values.take_set("smtp.ca_file")?;
    let timeout: Duration = values.take("smtp.timeout")?;
    let connections: u32 = values.take("smtp.connections")?;
    Ok(host.zip(from).map(|(host, from)| Smtp {
        host: host.address().map_or_else(|| host.to_string(), |address| address.to_string()),
        port: port.unwrap_or(security.usual_port()),
        security,
        credentials: username.zip(password).map(|(username, password)| Credentials { username, password }),
        from,
        from_name: from_name.unwrap_or_else(|| site_name.to_owned()),
        timeout,
        ca_file: ca_file.map(|file| file.path),
        connections,
    }))
}

fn sms(values: &mut Values) -> Result<Sms, Problems> {
    values.drop_used(&["sms.headers_file", "sms.secret_file"]);
    let headers: Option<SecretText> = values.take_set("sms.headers")?;
    let headers = headers.as_ref().map(SecretText::reveal).unwrap_or_default();
    let body: String = values.take("sms.body")?;
    let content_type: SmsContentType = values.take("sms.content_type")?;
    let ca_file: Option<value::NamedFile> = values.take_set("sms.ca_file")?;
    let countries: Option<Vec<Country>> = values.take_set("sms.countries")?;
    Ok(Sms {
        url: values.take_set("sms.url")?,
        method: values.take("sms.method")?,
        headers: Headers::parse(headers).map_err(|_| fault("sms.headers", "other header fields"))?,
        body: Template::new(&body, content_type.of_template())
            .map_err(|_| fault("sms.body", "another template"))?,
        secret: values.take_set("sms.secret")?,
        timeout: values.take("sms.timeout")?,
        ca_file: ca_file.map(|file| file.path),
        countries: countries.unwrap_or_default(),
        price: values.take("sms.price")?,
        prices: values.take("sms.prices")?,
        budget_per_prefix: values.take("sms.budget_per_prefix")?,
        budget: values.take("sms.budget")?,
        per_day: values.take("sms.per_day")?,
        per_week: values.take("sms.per_week")?,
        known_per_day: values.take("sms.known_per_day")?,
    })
}

impl SmsContentType {
    /// The same for the one who fills in the template.
    pub(super) const fn of_template(self) -> ContentType {
        match self {
            Self::Json => ContentType::Json,
            Self::Form => ContentType::Form,
            Self::Text => ContentType::Text,
        }
    }
}

fn code(values: &mut Values) -> Result<Code, Problems> {
    Ok(Code {
        lifetime: values.take("code.lifetime")?,
        guesses: values.take("code.guesses")?,
        length: values.take("code.length")?,
    })
}

fn methods(values: &mut Values) -> Result<MethodPolicy, Problems> {
    Ok(MethodPolicy::OPEN
        .with(Use::SignIn, values.take("methods.sign_in")?)
        .with(Use::StepUp, values.take("methods.step_up")?)
        .with(Use::Recovery, values.take("methods.recovery")?))
}

fn budget(values: &mut Values) -> Result<Budget, Problems> {
    Ok(Budget {
        epsilon: values.take("budget.epsilon")?,
        epsilon_known: values.take("budget.epsilon_known")?,
        epsilon_all: values.take("budget.epsilon_all")?,
        alarm_at: values.take("budget.alarm_at")?,
        mails_per_day: values.take("budget.mails_per_day")?,
        mails_per_week: values.take("budget.mails_per_week")?,
        known_mails_per_day: values.take("budget.known_mails_per_day")?,
        approvals_per_day: values.take("budget.approvals_per_day")?,
        digest_interval: values.take("budget.digest_interval")?,
        mute: values.take("budget.mute")?,
        resend_after: values.take("budget.resend_after")?,
    })
}

fn look(values: &mut Values) -> Result<Look, Problems> {
    let logo: Option<value::NamedFile> = values.take_set("look.logo")?;
    let stylesheet: Option<value::NamedFile> = values.take_set("look.stylesheet")?;
    Ok(Look {
        accent: values.take_set("look.accent")?,
        accent_dark: values.take_set("look.accent_dark")?,
        logo: logo.map(|file| Logo {
            media_type: if kind::is_png(&file.bytes) { "image/png" } else { "image/svg+xml" },
            bytes: file.bytes,
        }),
        stylesheet: stylesheet
            .map(|file| {
                String::from_utf8(file.bytes).map_err(|_| fault("look.stylesheet", "another encoding"))
            })
            .transpose()?,
    })
}
