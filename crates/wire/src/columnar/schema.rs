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

const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Column {
    Column { name, kind, required: true, meaning }
}

const fn column(name: &'static str, kind: Kind, meaning: &'static str) -> Column {
    Column { name, kind, required: false, meaning }
}

/// Every column, in the order in which they stand in a file.
pub const COLUMNS: [Column; 48] = [
    required("time", Kind::Time, "When it happened, in microseconds, UTC"),
    required("kind", Kind::Text, "`sign_in`, `act`, or `own` for an event of a bidden server"),
    required(
        "format",
        Kind::Text,
        "The export that it came from: `graph`, `azure_monitor`, `log_analytics`, …",
    ),
    column("system", Kind::Text, "Whose record it is: `microsoft`, `okta`, `google`"),
    column("id", Kind::Text, "The record's identifier; `no-id-…` is made from its content where it has none"),
    column("user", Kind::Text, "The user's name, in small letters"),
    column("user_id", Kind::Text, "The user's identifier"),
    column("session", Kind::Text, "The session: all that came of one interactive sign-in"),
    column("correlation", Kind::Text, "What joins the steps of one sign-in"),
    column("token", Kind::Text, "The token that came of it"),
    column("app", Kind::Text, "The application's identifier"),
    column("app_name", Kind::Text, "What the application is called"),
    column("resource", Kind::Text, "The identifier of what it wants to get at"),
    column("resource_name", Kind::Text, "What that is called"),
    column("agent", Kind::Text, "What the program calls itself (user agent)"),
    column("address", Kind::Text, "The network address, IPv4 or IPv6"),
    column("asn", Kind::Number, "The number of the address's network (AS number)"),
    column("hosting", Kind::Flag, "Whether that network hosts servers, where the export says so"),
    column("country", Kind::Text, "The country, by its ISO 3166-1 code where the export has one"),
    column("city", Kind::Text, "The town"),
    column("latitude", Kind::Small, "Latitude, in thousandths of a degree"),
    column("longitude", Kind::Small, "Longitude, in thousandths of a degree"),
    required("has_device", Kind::Flag, "Whether the export describes the device, be it without a word"),
    column("device_id", Kind::Text, "The device's identifier in the directory"),
    column("device_name", Kind::Text, "The device's name"),
    column("device_system", Kind::Text, "Its operating system"),
    column("device_browser", Kind::Text, "Its browser"),
    column("device_managed", Kind::Flag, "Whether the organisation manages it"),
    column("device_compliant", Kind::Flag, "Whether it keeps the organisation's rules"),
    column("device_trust", Kind::Text, "How the directory knows it: registered, joined"),
    column("outcome", Kind::Text, "Sign-ins: how it ended, one word of the list below"),
    column("code", Kind::Number, "Sign-ins: the other system's number for that"),
    column("detail", Kind::Text, "Sign-ins: what it says beside the number"),
    column("interactive", Kind::Flag, "Sign-ins: whether a person was there"),
    column("protocol", Kind::Text, "Sign-ins: `none`, `device_code`, `ropc`, `other`"),
    column(
        "transfer",
        Kind::Text,
        "Sign-ins: how the session got from one device to another: `none`, `device_code`, `other`",
    ),
    column("presented", Kind::Text, "Sign-ins: `nothing`, `refresh_token`, `primary_refresh_token`, `other`"),
    column("password_right", Kind::Flag, "Sign-ins: whether the password that was given was right"),
    column("factor", Kind::Text, "Sign-ins: the second factor, in the other system's words"),
    column(
        "access",
        Kind::Text,
        "Sign-ins: what the rules of access came to: `met`, `not_met`, `none_applied`",
    ),
    column("risk", Kind::Text, "Sign-ins: `none`, `low`, `medium`, `high`"),
    column("times", Kind::Number, "Sign-ins: how many alike are summed up in the record; 1 for itself alone"),
    column("operation", Kind::Text, "Acts: what was done, one word of the list below"),
    column("act_name", Kind::Text, "Acts: what the other system calls it"),
    column("done", Kind::Flag, "Acts: whether it was done, and not only tried"),
    column("target", Kind::Text, "Acts: what it was done to"),
    column("target_user", Kind::Text, "Acts: the user it was done to, where that is another one"),
    column(
        "more",
        Kind::Text,
        "JSON. Acts: names and new values of what was changed; `own`: the event itself",
    ),
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
