//! Table: the names of members that are read, over all formats, in small letters; each format has its own mixture of large ones.

/// What a member is. The same word may stand at different depths; whoever takes it knows where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Unknown,
    // The envelope, and what most formats have.
    Id,
    Time,
    Properties,
    Category,
    Type,
    Kind,
    Name,
    Value,
    User,
    Result,
    ResultType,
    ResultDescription,
    ResultReason,
    ResultStatus,
    OperationName,
    CorrelationId,
    CallerIp,
    Ip,
    Asn,
    Location,
    City,
    Country,
    Coordinates,
    Latitude,
    Longitude,
    UserAgent,
    DisplayName,
    // Sign-ins of Entra.
    Created,
    Generated,
    Upn,
    UserId,
    AppId,
    AppName,
    ResourceId,
    ResourceName,
    Status,
    ErrorCode,
    FailureReason,
    AdditionalDetails,
    ConditionalAccess,
    IsInteractive,
    EventTypes,
    Protocol,
    Transfer,
    Presented,
    SessionId,
    TokenId,
    Device,
    DeviceId,
    OperatingSystem,
    Browser,
    IsManaged,
    IsCompliant,
    CompliantAndManaged,
    TrustType,
    RiskLevel,
    RiskState,
    Steps,
    Method,
    Succeeded,
    StepDetail,
    Count,
    ClientApp,
    // Directory audits.
    ActivityTime,
    ActivityName,
    InitiatedBy,
    Targets,
    Modified,
    NewValue,
    App,
    // The unified audit log.
    AuditData,
    CreationTime,
    CreationDate,
    Operation,
    Workload,
    ObjectId,
    ErrorNumber,
    LogonError,
    ExtendedProperties,
    DeviceProperties,
    Parameters,
    AppAccess,
    Correlation,
    ClientIp,
    ActorIp,
    ClientAppId,
    ClientInfo,
    SourceFile,
    MailboxOwner,
    // Okta.
    Published,
    Uuid,
    EventType,
    DisplayMessage,
    Actor,
    AlternateId,
    Client,
    RawUserAgent,
    System,
    GeoContext,
    Outcome,
    Reason,
    SecurityContext,
    AsNumber,
    IsProxy,
    AuthenticationContext,
    RootSessionId,
    ExternalSessionId,
    Transaction,
    DebugContext,
    DebugData,
    DeviceToken,
    GrantType,
    Risk,
    // Google.
    Qualifier,
    ApplicationName,
    Email,
    ProfileId,
    Events,
    BoolValue,
    MultiValue,
    NetworkInfo,
    Origin,
}

use Key as K;

/// Names and what they are.
const NAMES: &[(&str, Key)] = &[
    ("id", K::Id),
    ("requestid", K::Id),
    ("officeid", K::Id),
    ("time", K::Time),
    ("properties", K::Properties),
    ("category", K::Category),
    ("type", K::Type),
    ("kind", K::Kind),
    ("name", K::Name),
    ("key", K::Name),
    ("value", K::Value),
    ("user", K::User),
    ("result", K::Result),
    ("resulttype", K::ResultType),
    ("resultdescription", K::ResultDescription),
    ("resultreason", K::ResultReason),
    ("resultstatus", K::ResultStatus),
    ("operationname", K::OperationName),
    ("correlationid", K::CorrelationId),
    ("calleripaddress", K::CallerIp),
    ("ipaddress", K::Ip),
    ("autonomoussystemnumber", K::Asn),
    ("location", K::Location),
    ("locationdetails", K::Location),
    ("city", K::City),
    ("countryorregion", K::Country),
    ("country", K::Country),
    ("regioncode", K::Country),
    ("geocoordinates", K::Coordinates),
    ("geolocation", K::Coordinates),
    ("latitude", K::Latitude),
    ("lat", K::Latitude),
    ("longitude", K::Longitude),
    ("lon", K::Longitude),
    ("useragent", K::UserAgent),
    ("displayname", K::DisplayName),
    ("createddatetime", K::Created),
    ("timegenerated", K::Generated),
    ("date", K::Created),
    ("userprincipalname", K::Upn),
    ("username", K::Upn),
    ("userid", K::UserId),
    ("appid", K::AppId),
    ("applicationid", K::AppId),
    ("appdisplayname", K::AppName),
    ("application", K::AppName),
    ("resourceid", K::ResourceId),
    ("resourceidentity", K::ResourceId),
    ("resourcedisplayname", K::ResourceName),
    ("resource", K::ResourceName),
    ("status", K::Status),
    ("errorcode", K::ErrorCode),
    ("signinerrorcode", K::ErrorCode),
    ("failurereason", K::FailureReason),
    ("additionaldetails", K::AdditionalDetails),
    ("multifactorauthenticationresult", K::AdditionalDetails),
    ("conditionalaccessstatus", K::ConditionalAccess),
    ("conditionalaccess", K::ConditionalAccess),
    ("isinteractive", K::IsInteractive),
    ("signineventtypes", K::EventTypes),
    ("authenticationprotocol", K::Protocol),
    ("originaltransfermethod", K::Transfer),
    ("incomingtokentype", K::Presented),
    ("sessionid", K::SessionId),
    ("aadsessionid", K::SessionId),
    ("uniquetokenidentifier", K::TokenId),
    ("uniquetokenid", K::TokenId),
    ("devicedetail", K::Device),
    ("device", K::Device),
    ("deviceid", K::DeviceId),
    ("operatingsystem", K::OperatingSystem),
    ("browser", K::Browser),
    ("ismanaged", K::IsManaged),
    ("managed", K::IsManaged),
    ("iscompliant", K::IsCompliant),
    ("compliant", K::IsCompliant),
    ("iscompliantandmanaged", K::CompliantAndManaged),
    ("trusttype", K::TrustType),
    ("jointype", K::TrustType),
    ("risklevelduringsignin", K::RiskLevel),
    ("riskstate", K::RiskState),
    ("authenticationdetails", K::Steps),
    ("authenticationmethod", K::Method),
    ("succeeded", K::Succeeded),
    ("authenticationstepresultdetail", K::StepDetail),
    ("signincount", K::Count),
    ("clientappused", K::ClientApp),
    ("activitydatetime", K::ActivityTime),
    ("activitydisplayname", K::ActivityName),
    ("activity", K::ActivityName),
    ("initiatedby", K::InitiatedBy),
    ("targetresources", K::Targets),
    ("target", K::Targets),
    ("modifiedproperties", K::Modified),
    ("newvalue", K::NewValue),
    ("app", K::App),
    ("auditdata", K::AuditData),
    ("creationtime", K::CreationTime),
    ("creationdate", K::CreationDate),
    ("operation", K::Operation),
    ("operations", K::Operation),
    ("workload", K::Workload),
    ("officeworkload", K::Workload),
    ("objectid", K::ObjectId),
    ("officeobjectid", K::ObjectId),
    ("errornumber", K::ErrorNumber),
    ("logonerror", K::LogonError),
    ("extendedproperties", K::ExtendedProperties),
    ("deviceproperties", K::DeviceProperties),
    ("parameters", K::Parameters),
    ("operationproperties", K::Parameters),
    ("appaccesscontext", K::AppAccess),
    ("intersystemsid", K::Correlation),
    ("clientip", K::ClientIp),
    ("clientipaddress", K::ClientIp),
    ("client_ipaddress", K::ClientIp),
    ("actoripaddress", K::ActorIp),
    ("clientappid", K::ClientAppId),
    ("clientinfostring", K::ClientInfo),
    ("sourcefilename", K::SourceFile),
    ("mailboxownerupn", K::MailboxOwner),
    ("published", K::Published),
    ("uuid", K::Uuid),
    ("eventtype", K::EventType),
    ("displaymessage", K::DisplayMessage),
    ("actor", K::Actor),
    ("alternateid", K::AlternateId),
    ("client", K::Client),
    ("rawuseragent", K::RawUserAgent),
    ("os", K::System),
    ("geographicalcontext", K::GeoContext),
    ("outcome", K::Outcome),
    ("reason", K::Reason),
    ("securitycontext", K::SecurityContext),
    ("asnumber", K::AsNumber),
    ("isproxy", K::IsProxy),
    ("authenticationcontext", K::AuthenticationContext),
    ("rootsessionid", K::RootSessionId),
    ("externalsessionid", K::ExternalSessionId),
    ("transaction", K::Transaction),
    ("debugcontext", K::DebugContext),
    ("debugdata", K::DebugData),
    ("dthash", K::DeviceToken),
    ("granttype", K::GrantType),
    ("risk", K::Risk),
    ("uniquequalifier", K::Qualifier),
    ("applicationname", K::ApplicationName),
    ("email", K::Email),
    ("profileid", K::ProfileId),
    ("events", K::Events),
    ("event", K::Events),
    ("boolvalue", K::BoolValue),
    ("multivalue", K::MultiValue),
    ("networkinfo", K::NetworkInfo),
    ("ipasn", K::AsNumber),
    ("origin", K::Origin),
];

/// Places that names have.
pub(super) const SLOTS: usize = 1024;

/// Where each name stands in [`NAMES`], one more than its index; 0 where there is none.
static PLACES: [u8; SLOTS] = places();

/// The place of a name: mixed from its length, its first eight letters and its last eight, large ones as small ones. What
/// else that changes, it changes in the table as well.
pub(super) const fn slot(name: &[u8]) -> usize {
    const SMALL: u64 = 0x2020_2020_2020_2020;
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => {
            let (mut sum, mut rest) = (0_u64, name);
            while let [byte, after @ ..] = rest {
                #[expect(clippy::as_conversions, reason = "a widening, in a const function")]
                let byte = *byte as u64;
                sum = sum << 8 | byte;
                rest = after;
            }
            (sum, 0)
        }
    };
    #[expect(clippy::as_conversions, reason = "a widening, in a const function")]
    let length = name.len() as u64;
    let mixed = ((first | SMALL) ^ (last | SMALL).rotate_left(23) ^ length).wrapping_mul(MIX);
    #[expect(clippy::as_conversions, reason = "so few bits that nothing is lost")]
    let slot = (mixed >> 40) as usize;
    slot % SLOTS
}

#[expect(clippy::indexing_slicing, reason = "done by the compiler, which would say so")]
#[expect(clippy::as_conversions, reason = "there are fewer names than 255; a test counts them")]
#[expect(clippy::cast_possible_truncation, reason = "as above")]
const fn places() -> [u8; SLOTS] {
    let mut places = [0; SLOTS];
    let mut n = 0;
    while n < NAMES.len() {
        let mut at = slot(NAMES[n].0.as_bytes());
        while places[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        places[at] = (n + 1) as u8;
        n += 1;
    }
    places
}

/// What a member of this name is.
pub(super) fn find(name: &str) -> Key {
    let mut at = slot(name.as_bytes());
    loop {
        let place = PLACES.get(at).copied().unwrap_or(0);
        let Some(before) = usize::from(place).checked_sub(1) else { return Key::Unknown };
        if let Some((known, key)) = NAMES.get(before)
            && known.eq_ignore_ascii_case(name)
        {
            return *key;
        }
        at = (at.wrapping_add(1)) % SLOTS;
    }
}

/// What a column of this heading is: the portal writes "Date (UTC)" and "Sign-in error code", Log Analytics
/// `CreatedDateTime [UTC]`, `Status_dynamic` and `Status_string`.
pub(super) fn column(heading: &str) -> Key {
    let plain: String =
        heading.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let found = find(&plain);
    if found != Key::Unknown {
        return found;
    }
    let bare = |end: &str| plain.strip_suffix(end).map_or(Key::Unknown, find);
    let endings = ["utc", "dynamic", "string", "local"];
    endings.into_iter().map(bare).find(|key| *key != Key::Unknown).unwrap_or(Key::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_every_spelling_and_no_name_stands_twice() {
        assert!(NAMES.len() < 255);
        for (name, key) in NAMES {
            assert_eq!(find(name), *key, "{name}");
            assert_eq!(find(&name.to_uppercase()), *key, "{name}");
            assert_eq!(NAMES.iter().filter(|(other, _)| other == name).count(), 1, "{name}");
        }
        for name in ["", "ids", "status_", "\u{0}d", "useridentity", "TIMÉ"] {
            assert_eq!(find(name), Key::Unknown, "{name}");
        }
    }

    #[test]
    fn columns_are_found_by_what_tools_write_above_them() {
        for (heading, key) in [
            ("CreatedDateTime [UTC]", Key::Created),
            ("TimeGenerated [UTC]", Key::Generated),
            ("Date (UTC)", Key::Created),
            ("Status_dynamic", Key::Status),
            ("DeviceDetail_string", Key::Device),
            ("Sign-in error code", Key::ErrorCode),
            ("IP address", Key::Ip),
            ("Request ID", Key::Id),
            ("UserPrincipalName", Key::Upn),
            ("AuditData", Key::AuditData),
            ("Latency", Key::Unknown),
        ] {
            assert_eq!(column(heading), key, "{heading}");
        }
    }
}
