//! The columns of a file of records: names, kinds and meanings, in their order. `docs/parquet.md` is held to this table.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A time: microseconds since 1970-01-01T00:00:00Z.
    Time,
    /// A text in UTF-8.
    Text,
    /// A whole number of 64 bits.
    Number,
    /// A whole number of 32 bits.
    Small,
    /// Yes or no.
    Flag,
}

impl Kind {
    /// What it is in the words of the format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "INT64 (TIMESTAMP(MICROS,true))",
            Self::Text => "BINARY (STRING)",
            Self::Number => "INT64",
            Self::Small => "INT32",
            Self::Flag => "BOOLEAN",
        }
    }
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether every record has it.
    pub required: bool,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

const fn time(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Time, required: false, meaning }
}

const fn text(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Text, required: false, meaning }
}

const fn number(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Number, required: false, meaning }
}

const fn small(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Small, required: false, meaning }
}

const fn flag(name: &'static str, meaning: &'static str) -> Column {
    Column { name, kind: Kind::Flag, required: false, meaning }
}

impl Column {
    /// The same, in every record.
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// Every column, in the order in which they stand in a file.
pub const COLUMNS: [Column; 48] = [
    time("time", "When it happened, in microseconds, UTC").required(),
    text("kind", "`sign_in`, `act`, or `own` for an event of a bidden server").required(),
    text("format", "The export that it came from: `graph`, `azure_monitor`, `log_analytics`, …").required(),
    text("system", "Whose record it is: `microsoft`, `okta`, `google`"),
    text("id", "The record's identifier; `no-id-…` is made from its content where it has none"),
    text("user", "The user's name, in small letters"),
    text("user_id", "The user's identifier"),
    text("session", "The session: all that came of one interactive sign-in"),
    text("correlation", "What joins the steps of one sign-in"),
    text("token", "The token that came of it"),
    text("app", "The application's identifier"),
    text("app_name", "What the application is called"),
    text("resource", "The identifier of what it wants to get at"),
    text("resource_name", "What that is called"),
    text("agent", "What the program calls itself (user agent)"),
    text("address", "The network address, IPv4 or IPv6"),
    number("asn", "The number of the address's network (AS number)"),
    flag("hosting", "Whether that network hosts servers, where the export says so"),
    text("country", "The country, by its ISO 3166-1 code where the export has one"),
    text("city", "The town"),
    small("latitude", "Latitude, in thousandths of a degree"),
    small("longitude", "Longitude, in thousandths of a degree"),
    flag("has_device", "Whether the export describes the device, be it without a word").required(),
    text("device_id", "The device's identifier in the directory"),
    text("device_name", "The device's name"),
    text("device_system", "Its operating system"),
    text("device_browser", "Its browser"),
    flag("device_managed", "Whether the organisation manages it"),
    flag("device_compliant", "Whether it keeps the organisation's rules"),
    text("device_trust", "How the directory knows it: registered, joined"),
    text("outcome", "Sign-ins: how it ended, one word of the list below"),
    number("code", "Sign-ins: the other system's number for that"),
    text("detail", "Sign-ins: what it says beside the number"),
    flag("interactive", "Sign-ins: whether a person was there"),
    text("protocol", "Sign-ins: `none`, `device_code`, `ropc`, `other`"),
    text(
        "transfer",
        "Sign-ins: how the session got from one device to another: `none`, `device_code`, `other`",
    ),
    text("presented", "Sign-ins: `nothing`, `refresh_token`, `primary_refresh_token`, `other`"),
    flag("password_right", "Sign-ins: whether the password that was given was right"),
    text("factor", "Sign-ins: the second factor, in the other system's words"),
    text("access", "Sign-ins: what the rules of access came to: `met`, `not_met`, `none_applied`"),
    text("risk", "Sign-ins: `none`, `low`, `medium`, `high`"),
    number("times", "Sign-ins: how many alike are summed up in the record; 1 for itself alone"),
    text("operation", "Acts: what was done, one word of the list below"),
    text("act_name", "Acts: what the other system calls it"),
    flag("done", "Acts: whether it was done, and not only tried"),
    text("target", "Acts: what it was done to"),
    text("target_user", "Acts: the user it was done to, where that is another one"),
    text("more", "JSON. Acts: names and new values of what was changed; `own`: the event itself"),
];

/// The schema in the words of the format.
pub(super) fn message() -> String {
    let mut text = String::from("message records {\n");
    for column in COLUMNS {
        let (kind, note) = column.kind.name().split_once(' ').unwrap_or((column.kind.name(), ""));
        let repetition = if column.required { "required" } else { "optional" };
        text.push_str(&format!("  {repetition} {} {} {note};\n", kind.to_lowercase(), column.name));
    }
    text.push('}');
    text
}
