//! A small tenant, made here: two weeks of a few people, and one attack of each kind; written as every export writes it.

use std::collections::BTreeSet;
use std::fmt::Write;

/// Who is phished by a device code.
pub(crate) const PHISHED: &str = "user07@contoso.example";
/// Whose telephone is asked until it says yes.
pub(crate) const BOMBED: &str = "user11@contoso.example";
/// From where passwords are tried.
const SPRAYING: &str = "203.0.113.66";

const START: i64 = 1_788_220_800_000_000;
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0";

/// One sign-in.
#[derive(Clone)]
pub(crate) struct Row {
    at: i64,
    id: String,
    user: String,
    address: String,
    network: u32,
    country: &'static str,
    code: u32,
    detail: &'static str,
    interactive: bool,
    protocol: &'static str,
    transfer: &'static str,
    presented: &'static str,
    session: String,
    correlation: String,
    agent: &'static str,
    app: (&'static str, &'static str),
    device: bool,
}

const PORTAL: (&str, &str) = ("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome");
const BROKER: (&str, &str) = ("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker");

fn guid(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        mixed >> 32,
        number & 0xffff,
        mixed & 0xfff,
        number % 0xfff,
        mixed & 0xffff_ffff_ffff
    )
}

/// A usual sign-in of a user.
fn usual(number: u64, at: i64, user: u64, interactive: bool) -> Row {
    Row {
        at,
        id: guid(number),
        user: format!("user{user:02}@contoso.example"),
        address: format!("198.51.{}.{}", 100 + user % 4, user + 1),
        network: 64_496 + u32::try_from(user % 4).unwrap(),
        country: "AT",
        code: 0,
        detail: "",
        interactive,
        protocol: "none",
        transfer: "none",
        presented: if interactive { "none" } else { "primaryRefreshToken" },
        session: guid(1_000_000 + user),
        correlation: guid(2_000_000 + number),
        agent: EDGE,
        app: PORTAL,
        device: true,
    }
}

/// Two weeks in which nothing happens.
pub(crate) fn quiet() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut number = 0;
    for day in 0..14 {
        for user in 0..20_u64 {
            for (hour, interactive) in [(7, true), (9, false), (12, false), (15, false)] {
                number += 1;
                let minute = i64::try_from(user * 2).unwrap();
                rows.push(usual(
                    number,
                    START + day * DAY + hour * 60 * MINUTE + minute * MINUTE,
                    user,
                    interactive,
                ));
            }
        }
    }
    rows.sort_by_key(|row| row.at);
    rows
}

/// The same, and the attacks.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = quiet();
    let mut number = 500_000;
    let mut next = |at: i64, user: u64, interactive: bool| {
        number += 1;
        usual(number, at, user, interactive)
    };
    // A device code: the person confirms in a browser, and a program elsewhere gets the tokens.
    let at = START + 10 * DAY + 10 * 60 * MINUTE;
    let (session, correlation) = (guid(77), guid(78));
    let there = |row: Row| Row {
        address: "192.0.2.99".to_owned(),
        network: 14_061,
        country: "US",
        agent: "python-requests/2.32.3",
        device: false,
        presented: "none",
        transfer: "deviceCodeFlow",
        ..row
    };
    for (seconds, code, protocol) in [(0, 50_199, "deviceCode"), (9, 0, "deviceCode")] {
        rows.push(Row {
            code,
            protocol,
            transfer: "deviceCodeFlow",
            session: session.clone(),
            correlation: correlation.clone(),
            app: BROKER,
            ..next(at + seconds * 1_000_000, 7, true)
        });
    }
    for minutes in [0, 3, 9, 30] {
        let row = there(next(at + 12_000_000 + minutes * MINUTE, 7, false));
        let presented = if minutes == 0 { "none" } else { "refreshToken" };
        let joined = if minutes == 0 { correlation.clone() } else { row.correlation.clone() };
        rows.push(Row { presented, session: session.clone(), correlation: joined, app: BROKER, ..row });
    }
    // A telephone that is asked until it says yes.
    let at = START + 11 * DAY + 22 * 60 * MINUTE;
    for n in 0..9 {
        let last = n == 8;
        let row = next(at + n * 50_000_000, 11, true);
        rows.push(Row {
            code: if last { 0 } else { 500_121 },
            detail: if last { "" } else { "MFA denied; user declined the authentication" },
            address: "192.0.2.180".to_owned(),
            network: 14_061,
            country: "US",
            session: guid(90),
            device: false,
            ..row
        });
    }
    // One password for many.
    let at = START + 12 * DAY + 3 * 60 * MINUTE;
    for user in 0..18 {
        let row = next(at + i64::try_from(user).unwrap() * 40_000_000, user, true);
        rows.push(Row {
            code: 50_126,
            detail: "Invalid username or password",
            address: SPRAYING.to_owned(),
            network: 64_510,
            session: String::new(),
            device: false,
            ..row
        });
    }
    rows.sort_by_key(|row| row.at);
    rows
}

/// What there is to be found in it.
pub(crate) fn expected() -> BTreeSet<(String, String)> {
    let all = [
        ("device_code_phishing", PHISHED.to_owned()),
        ("approval_bombing", BOMBED.to_owned()),
        ("password_spray", format!("source {SPRAYING}")),
    ];
    all.into_iter().map(|(detector, who)| (detector.to_owned(), who)).collect()
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap()
}

fn time(at: i64) -> String {
    format!("{}.250Z", wire::rfc3339::write(at).trim_end_matches('Z'))
}

fn record(row: &Row, old: bool) -> serde_json::Value {
    let mut record = serde_json::json!({
        "id": row.id, "createdDateTime": time(row.at), "userPrincipalName": row.user, "userId": guid(length(&row.user)),
        "appId": row.app.0, "appDisplayName": row.app.1, "ipAddress": row.address, "clientAppUsed": "Browser",
        "correlationId": row.correlation, "conditionalAccessStatus": "notApplied", "isInteractive": row.interactive,
        "resourceDisplayName": "Microsoft Graph", "resourceId": "00000003-0000-0000-c000-000000000000", "riskState": "none",
        "status": {"errorCode": row.code, "failureReason": "Other.", "additionalDetails": row.detail},
        "deviceDetail": {"deviceId": if row.device { guid(length(&row.user) + 7) } else { String::new() }, "operatingSystem": "Windows 10", "isCompliant": row.device, "isManaged": row.device},
        "location": {"city": "", "countryOrRegion": row.country, "geoCoordinates": {"latitude": 48.2, "longitude": 16.37}},
    });
    let members = record.as_object_mut().unwrap();
    members.insert("userAgent".to_owned(), row.agent.into());
    if !old {
        for (name, value) in [
            ("authenticationProtocol", row.protocol),
            ("originalTransferMethod", row.transfer),
            ("incomingTokenType", row.presented),
            ("sessionId", &row.session),
        ] {
            members.insert(name.to_owned(), value.into());
        }
        members.insert("autonomousSystemNumber".to_owned(), row.network.into());
        members.insert("uniqueTokenIdentifier".to_owned(), row.id.replace('-', "").into());
    }
    record
}

/// Microsoft Graph, the beta endpoint.
pub(crate) fn graph(rows: &[Row]) -> String {
    let records: Vec<serde_json::Value> = rows.iter().map(|row| record(row, false)).collect();
    serde_json::json!({ "@odata.context": "https://graph.microsoft.com/beta/$metadata#auditLogs/signIns", "value": records }).to_string()
}

/// Microsoft Graph v1.0: interactive sign-ins, and fewer fields.
pub(crate) fn graph_v1(rows: &[Row]) -> String {
    let records: Vec<serde_json::Value> =
        rows.iter().filter(|row| row.interactive).map(|row| record(row, true)).collect();
    serde_json::to_string_pretty(&records).unwrap()
}

/// Azure Monitor: one record a line, in the order in which they arrived.
pub(crate) fn monitor(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let category = if row.interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
        let line = serde_json::json!({
            "time": time(row.at + 4 * MINUTE), "resourceId": "/tenants/1/providers/Microsoft.aadiam", "operationName": "Sign-in activity",
            "category": category, "resultType": row.code.to_string(), "callerIpAddress": row.address, "correlationId": row.correlation,
            "identity": row.user, "Level": 4, "location": row.country, "properties": record(row, false),
        });
        writeln!(out, "{line}").unwrap();
    }
    out
}

/// The CSV of Log Analytics.
pub(crate) fn analytics(rows: &[Row]) -> String {
    let mut out = String::from(
        "\u{feff}TimeGenerated [UTC],Category,ResultType,CorrelationId,AppDisplayName,AppId,AuthenticationProtocol,AutonomousSystemNumber,\
         CreatedDateTime [UTC],DeviceDetail_dynamic,DeviceDetail_string,IncomingTokenType,IsInteractive,Id,IPAddress,LocationDetails_dynamic,\
         OriginalTransferMethod,ResourceDisplayName,ResourceIdentity,SessionId,Status,UniqueTokenIdentifier,UserAgent,UserId,UserPrincipalName,Type\r\n",
    );
    for row in rows {
        let record = record(row, false);
        let cell = |name: &str| record[name].to_string();
        let locale = |at: i64| {
            let iso = time(at);
            let (month, day, hour) = (&iso[5..7], &iso[8..10], iso[11..13].parse::<u32>().unwrap());
            let half = if hour < 12 { "AM" } else { "PM" };
            let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
            let plain = |digits: &str| digits.trim_start_matches('0').to_owned();
            format!("{}/{}/{}, {twelve}{} {half}", plain(month), plain(day), &iso[..4], &iso[13..23])
        };
        let fields = [
            locale(row.at + 5 * MINUTE),
            "SignInLogs".to_owned(),
            row.code.to_string(),
            row.correlation.clone(),
            row.app.1.to_owned(),
            row.app.0.to_owned(),
            row.protocol.to_owned(),
            row.network.to_string(),
            locale(row.at),
            cell("deviceDetail"),
            String::new(),
            row.presented.to_owned(),
            row.interactive.to_string().to_uppercase(),
            row.id.clone(),
            row.address.clone(),
            cell("location"),
            row.transfer.to_owned(),
            "Microsoft Graph".to_owned(),
            "00000003-0000-0000-c000-000000000000".to_owned(),
            row.session.clone(),
            cell("status"),
            row.id.replace('-', ""),
            row.agent.to_owned(),
            record["userId"].as_str().unwrap().to_owned(),
            row.user.clone(),
            "SigninLogs".to_owned(),
        ];
        out.push_str(&wire::csv::line(fields));
    }
    out
}

/// The unified audit log.
pub(crate) fn unified(rows: &[Row]) -> String {
    let mut out = String::from("RecordType,CreationDate,UserIds,Operations,AuditData,Identity\n");
    for row in rows {
        let operation = if row.code == 0 { "UserLoggedIn" } else { "UserLoginFailed" };
        let at = wire::rfc3339::write(row.at).trim_end_matches('Z').to_owned();
        let request = match (row.interactive, row.protocol) {
            (true, "deviceCode") => "Cmsi:Cmsi",
            (true, _) => "OAuth2:Authorize",
            _ => "OAuth2:Token",
        };
        let data = serde_json::json!({
            "CreationTime": at, "Id": row.id, "Operation": operation, "RecordType": 15, "ResultStatus": "Success", "UserKey": "1",
            "Workload": "AzureActiveDirectory", "ClientIP": format!("{}:4711", row.address), "ObjectId": "00000003-0000-0000-c000-000000000000",
            "UserId": row.user, "ActorIpAddress": row.address, "InterSystemsId": row.correlation, "ApplicationId": row.app.0,
            "ExtendedProperties": [{"Name": "UserAgent", "Value": row.agent}, {"Name": "RequestType", "Value": request}],
            "DeviceProperties": [{"Name": "OS", "Value": "Windows10"}, {"Name": "SessionId", "Value": row.session}],
            "ErrorNumber": row.code.to_string(),
        });
        let fields = [
            "15".to_owned(),
            at.clone(),
            row.user.clone(),
            operation.to_owned(),
            data.to_string(),
            row.id.clone(),
        ];
        out.push_str(&wire::csv::line(fields));
    }
    out
}

/// From which network and country each address is, once each.
pub(crate) fn addresses(rows: &[Row]) -> BTreeSet<(String, u32, &'static str)> {
    rows.iter().map(|row| (row.address.clone(), row.network, row.country)).collect()
}

/// The same people at addresses that are used in the world: those of examples are on no map.
pub(crate) fn on_the_map(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        for (example, used) in [("198.51.", "45.51."), ("192.0.2.", "46.0.2."), ("203.0.113.", "47.0.113.")] {
            row.address = row.address.replace(example, used);
        }
    }
    rows
}

/// Many sign-ins, one a second, one record a line.
pub(crate) fn stream(from: i64, many: i64) -> String {
    let mut out = String::new();
    for n in from..from + many {
        let (user, at) = (n % 997, time(START + n * 1_000_000));
        writeln!(
            out,
            "{{\"id\":\"{}\",\"createdDateTime\":\"{at}\",\"userPrincipalName\":\"u{user}@contoso.example\",\"ipAddress\":\"198.51.{}.{}\",\
             \"isInteractive\":true,\"sessionId\":\"s{user}\",\"autonomousSystemNumber\":64500,\"authenticationProtocol\":\"none\",\
             \"correlationId\":\"c{n}\",\"userAgent\":\"{EDGE}\",\"status\":{{\"errorCode\":0}}}}",
            guid(u64::try_from(n).unwrap()),
            user / 250,
            user % 250
        )
        .unwrap();
    }
    out
}
