//! One record of each format, made for this test, in the spelling of that format.

use proptest::prelude::*;

use super::*;

/// Reads the only record of a text, as a file would be read.
fn one<T>(text: &str, look: impl FnOnce(&Row<'_>) -> T) -> T {
    let mut look = Some(look);
    let mut answer = None;
    each(text, &mut |read| {
        if let Ok(Read::Row(row)) = read {
            answer = look.take().map(|look| look(row)).or(answer.take());
        }
    });
    answer.unwrap()
}

fn each(text: &str, see: &mut dyn FnMut(&Result<Read<'_>, crate::Malformed>)) {
    let Some((cut, skip)) = Cut::of(text.as_bytes(), true) else { return };
    let rest = &text.as_bytes()[skip..];
    let (used, objects) = Splitter::new(cut.clone()).next(rest, true);
    cut.records(&rest[..used], &objects, &mut |record| {
        let arena = Arena::default();
        see(&match &cut {
            Cut::Rows(table) => table.read(record, &arena),
            Cut::Lines | Cut::Objects => read(record, &arena),
        });
    });
}

fn sign_in<'a>(row: &Row<'a>) -> SignIn<'a> {
    match &row.what {
        What::SignIn(sign_in) => *sign_in,
        What::Act(act) => panic!("{act:?}"),
    }
}

fn act<'a>(row: &Row<'a>) -> Act<'a> {
    match &row.what {
        What::Act(act) => act.clone(),
        What::SignIn(sign_in) => panic!("{sign_in:?}"),
    }
}

const BETA: &str = r#"{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/signIns","value":[{
 "id":"9c10cbc2-5649-4a4e-828b-acfac231cc17","createdDateTime":"2026-09-01T06:59:32.339Z","userDisplayName":"Ann",
 "userPrincipalName":"ann@contoso.example","userId":"5b507fdc-0d53-45d2-9c72-f57f3422dc67",
 "appId":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","appDisplayName":"Azure CLI","ipAddress":"2001:db8::7","clientAppUsed":"Browser",
 "userAgent":"Mozilla/5.0 \"x\"","correlationId":"12f17eb9-098e-4e9d-92c9-bec3a721cb5c","conditionalAccessStatus":"success",
 "isInteractive":true,"resourceDisplayName":"Microsoft Graph","resourceId":"00000003-0000-0000-c000-000000000000","riskState":"atRisk",
 "status":{"errorCode":500121,"failureReason":"Authentication failed during strong authentication request.",
  "additionalDetails":"MFA denied; user declined the authentication"},
 "deviceDetail":{"deviceId":"","displayName":"","operatingSystem":"Windows 10","browser":"Edge","isCompliant":false,"isManaged":true,"trustType":null},
 "location":{"city":"Wien","state":"","countryOrRegion":"AT","geoCoordinates":{"altitude":null,"latitude":48.2082,"longitude":16.3738}},
 "signInEventTypes":["interactiveUser"],"authenticationProtocol":"deviceCode","originalTransferMethod":"deviceCodeFlow",
 "incomingTokenType":"none","sessionId":"0a98c507-a7ae-4787-8b60-61f83b8de2ff","uniqueTokenIdentifier":"JYpgIpsdtUSw8suU8GstAA",
 "autonomousSystemNumber":8447,"authenticationDetails":[
  {"authenticationMethod":"Password","succeeded":true,"authenticationStepResultDetail":"Correct password"},
  {"authenticationMethod":"Mobile app notification","succeeded":false,"authenticationStepResultDetail":"MFA denied; user declined the authentication"}]}]}"#;

#[test]
fn a_sign_in_of_the_beta_endpoint_tells_everything() {
    one(BETA, |row| {
        assert_eq!((row.format, row.user, row.asn), (Format::Graph, Some("ann@contoso.example"), Some(8447)));
        assert_eq!(row.coordinates, Some((48_208, 16_374)));
        assert_eq!((row.country, row.city), (Some("AT"), Some("Wien")));
        assert_eq!(row.agent, Some("Mozilla/5.0 \"x\""));
        assert_eq!(row.address, "2001:db8::7".parse().ok());
        let device = row.device.unwrap();
        assert_eq!((device.id, device.managed, device.compliant), (None, Some(true), Some(false)));
        let sign_in = sign_in(row);
        assert_eq!((sign_in.outcome, sign_in.code), (Outcome::FactorDenied, Some(500_121)));
        assert_eq!(
            (sign_in.protocol, sign_in.transfer),
            (Some(Protocol::DeviceCode), Some(Transfer::DeviceCode))
        );
        assert_eq!((sign_in.presented, sign_in.access), (Some(Presented::Nothing), Some(Access::Met)));
        assert_eq!((sign_in.password, sign_in.factor), (Some(true), Some("Mobile app notification")));
        assert_eq!((sign_in.interactive, sign_in.risk), (Some(true), Some(Risk::Low)));
    });
}

#[test]
fn the_same_sign_in_is_the_same_row_in_every_format_that_tells_as_much() {
    #[expect(clippy::disallowed_methods, reason = "the library is the oracle")]
    let value: crate::json::Value = serde_json::from_str(BETA).unwrap();
    let record = &value["value"][0];
    let whole = |text: &str| {
        one(text, |row| {
            format!("{:?} {:?} {:?} {:?} {:?}", row.at, row.id, row.session, row.what, row.device)
        })
    };
    let graph = whole(BETA);
    let monitor = serde_json::json!({
        "time": "2026-09-01T07:03:00Z", "resourceId": "/tenants/1/providers/Microsoft.aadiam", "category": "SignInLogs",
        "operationName": "Sign-in activity", "resultType": "500121", "callerIpAddress": "192.0.2.1", "location": "AT",
        "identity": "Ann", "correlationId": "12f17eb9-098e-4e9d-92c9-bec3a721cb5c", "properties": record,
    });
    assert_eq!(whole(&format!("{monitor}\n")), graph);
    assert_eq!(whole(&format!("[\n{record},\n{record}\n]")), graph);
    // Log Analytics: large letters in front, numbers as texts, objects as texts.
    let text = |name: &str| record[name].to_string().replace('"', "\"\"");
    let heading = "TimeGenerated [UTC],Id,\"CreatedDateTime [UTC]\",UserPrincipalName,UserId,ResultType,Status_dynamic,Status_string,\
        IsInteractive,AuthenticationProtocol,OriginalTransferMethod,IncomingTokenType,SessionId,ConditionalAccessStatus,\
        RiskState,DeviceDetail,AuthenticationDetails,Type";
    let (status, device, steps) = (text("status"), text("deviceDetail"), text("authenticationDetails"));
    let table = format!(
        "\u{feff}{heading}\r\n\"9/1/2026, 7:03:00.000 AM\",9c10cbc2-5649-4a4e-828b-acfac231cc17,\"9/1/2026, 6:59:32.339 AM\",\
         ann@contoso.example,5b507fdc-0d53-45d2-9c72-f57f3422dc67,500121,\"{status}\",,TRUE,deviceCode,deviceCodeFlow,none,\
         0a98c507-a7ae-4787-8b60-61f83b8de2ff,success,atRisk,\"{device}\",\"{steps}\",SigninLogs\r\n"
    );
    assert_eq!(whole(&table), graph);
    one(&table, |row| assert!(row.format == Format::LogAnalytics && !row.ambiguous));
}

#[test]
fn a_sign_in_of_graph_one_says_nothing_of_protocols_and_sessions() {
    let text = r#"{"id":"1","createdDateTime":"2026-09-01T06:59:32Z","userPrincipalName":"a@b.example","isInteractive":true,
        "status":{"errorCode":0,"failureReason":"Other.","additionalDetails":null}}"#;
    one(text, |row| {
        let sign_in = sign_in(row);
        assert_eq!((sign_in.protocol, sign_in.transfer, row.session), (None, None, None));
        assert_eq!((sign_in.outcome, sign_in.detail, row.device), (Outcome::Success, None, None));
    });
}

#[test]
fn the_table_that_the_portal_downloads_is_read() {
    let text = "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,Application,Application ID,Resource,\
        IP address,Location,Status,Sign-in error code,Failure reason,Device ID,Operating System,Compliant,Managed,Conditional Access\n\
        2026-09-01T06:59:32Z,r1,curl/8,c1,u1,Ann,ann@contoso.example,Azure Portal,a1,Graph,192.0.2.9,\"Wien, Wien, AT\",Failure,50126,\
        Invalid username or password,,Windows10,Yes,No,Not Applied\n";
    one(text, |row| {
        assert_eq!((row.format, row.id, row.country), (Format::PortalCsv, Some("r1"), Some("AT")));
        assert_eq!((row.app_name, row.app), (Some("Azure Portal"), Some("a1")));
        let sign_in = sign_in(row);
        assert_eq!((sign_in.outcome, sign_in.access), (Outcome::WrongPassword, Some(Access::NoneApplied)));
        assert_eq!(row.device.unwrap().compliant, Some(true));
    });
}

const AUDIT_DATA: &str = r#"{"CreationTime":"2026-09-01T19:56:43","Id":"b69b0d64-9704-499d-b640-8d9c8fa5a73d","Operation":"UserLoginFailed",
 "RecordType":15,"ResultStatus":"Success","UserKey":"ea0c7c14","UserType":0,"Workload":"AzureActiveDirectory","ClientIP":"[2001:db8::9]:51000",
 "ObjectId":"00000002-0000-0ff1-ce00-000000000000","UserId":"Ann@contoso.example","ExtendedProperties":[{"Name":"UserAgent","Value":"Mozilla/5.0 X"},
 {"Name":"RequestType","Value":"Cmsi:Cmsi"}],"ModifiedProperties":[],"Actor":[{"ID":"ea0c7c14","Type":0}],"ActorIpAddress":"[2001:db8::9]:51000",
 "InterSystemsId":"41f0106a-4c2e-467b-b2b9-54df6f47557b","Target":[{"ID":"00000002-0000-0ff1-ce00-000000000000","Type":0}],
 "ApplicationId":"1fec8e78-bce4-4aaf-ab1b-5451cc387264","DeviceProperties":[{"Name":"OS","Value":"Windows10"},{"Name":"IsCompliantAndManaged","Value":"False"},
 {"Name":"SessionId","Value":"0a98c507-a7ae-4787-8b60-61f83b8de2ff"}],"ErrorNumber":"50199","LogonError":"CmsiInterrupt"}"#;

#[test]
fn the_unified_audit_log_is_the_same_in_all_its_wrappings() {
    let flat = AUDIT_DATA.replace('\n', "");
    let wrapped =
        serde_json::json!({"RecordType":"AzureActiveDirectoryStsLogon","CreationDate":"2026-09-01T19:56:43Z",
        "UserIds":"ann@contoso.example","Operations":"UserLoginFailed","AuditData":flat})
        .to_string();
    let object = format!(
        "{{\"CreationDate\":\"2026-09-01T19:56:43Z\",\"Operations\":\"UserLoginFailed\",\"AuditData\":{flat}}}"
    );
    let quoted = flat.replace('"', "\"\"");
    let table = format!(
        "\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"Identity\"\n\
        \"AzureActiveDirectoryStsLogon\",\"9/1/2026 7:56:43 PM\",\"ann@contoso.example\",\"UserLoginFailed\",\"{quoted}\",\"x\"\n"
    );
    for text in [AUDIT_DATA.to_owned(), flat, wrapped.clone(), format!("[{wrapped}]"), object, table] {
        one(&text, |row| {
            assert_eq!(
                (row.format, row.user),
                (Format::UnifiedAuditLog, Some("Ann@contoso.example")),
                "{text}"
            );
            assert_eq!(row.id, Some("b69b0d64-9704-499d-b640-8d9c8fa5a73d"), "{text}");
            assert_eq!(row.session, Some("0a98c507-a7ae-4787-8b60-61f83b8de2ff"));
            assert_eq!(row.correlation, Some("41f0106a-4c2e-467b-b2b9-54df6f47557b"));
            assert_eq!(row.address, "2001:db8::9".parse().ok());
            assert_eq!(crate::rfc3339::write(row.at), "2026-09-01T19:56:43Z");
            let sign_in = sign_in(row);
            assert_eq!(
                (sign_in.outcome, sign_in.protocol),
                (Outcome::ConfirmApp, Some(Protocol::DeviceCode))
            );
            assert!(sign_in.interactive == Some(true) && sign_in.transfer.is_none());
        });
    }
}

#[test]
fn interrupts_of_the_unified_audit_log_are_no_failures_and_names_serve_for_numbers() {
    let failed =
        |error: &str| AUDIT_DATA.replace("\"ErrorNumber\":\"50199\",\"LogonError\":\"CmsiInterrupt\"", error);
    for (error, outcome) in [
        ("\"ErrorNumber\":\"50140\"", Outcome::Interrupt),
        ("\"LogonError\":\"InvalidUserNameOrPassword\"", Outcome::WrongPassword),
        ("\"LogonError\":\"UserStrongAuthClientAuthNRequiredInterrupt\"", Outcome::Interrupt),
        ("\"LogonError\":\"SomethingNew\"", Outcome::Failed),
    ] {
        one(&failed(error), |row| assert_eq!(sign_in(row).outcome, outcome, "{error}"));
    }
}

#[test]
fn what_was_done_is_read_from_audits_of_the_directory_and_of_mailboxes() {
    let device = r#"{"id":"a1","activityDateTime":"2026-09-04T15:15:12.046Z","activityDisplayName":"Register device","category":"Device","result":"success",
        "initiatedBy":{"app":null,"user":{"id":"f7","userPrincipalName":"ann@contoso.example","ipAddress":"192.0.2.2"}},
        "targetResources":[{"type":"Device","displayName":"DESKTOP-1","modifiedProperties":[{"displayName":"CloudDeviceOSVersion","newValue":"[\"10.0.19041.928\"]"}]},
        {"type":"User","userPrincipalName":"ann@contoso.example"}]}"#;
    one(device, |row| {
        let act = act(row);
        assert_eq!(
            (act.operation, act.target, act.done),
            (Operation::DeviceRegistered, Some("DESKTOP-1"), true)
        );
        assert_eq!(act.modified, [("CloudDeviceOSVersion", "10.0.19041.928")]);
        assert_eq!(
            (row.user, row.address, act.target_user),
            (Some("ann@contoso.example"), "192.0.2.2".parse().ok(), None)
        );
    });
    let by_service = device.replace("\"app\":null,\"user\":{\"id\":\"f7\",\"userPrincipalName\":\"ann@contoso.example\",\"ipAddress\":\"192.0.2.2\"}", "\"app\":{\"displayName\":\"Device Registration Service\"}");
    one(&by_service, |row| assert_eq!(row.user, Some("ann@contoso.example")));
    let consent = device
        .replace("Register device", "Consent to application")
        .replace("\"success\"", "\"failure\"")
        .replace("\"type\":\"Device\"", "\"type\":\"Application\",\"id\":\"app7\"");
    one(&consent, |row| {
        assert!(!act(row).done);
        assert_eq!((act(row).operation, row.app), (Operation::ConsentGiven, Some("app7")));
    });
    // Log Analytics has objects as texts.
    let table = r#"{"TimeGenerated":"2021-08-02T13:29:25.983Z","Category":"ApplicationManagement","Id":"d1","Result":"success","ActivityDisplayName":"Update application – Certificates and secrets management ",
        "ActivityDateTime":"2021-08-02T13:29:25.983Z","InitiatedBy":"{\"user\":{\"userPrincipalName\":\"ann@contoso.example\",\"ipAddress\":null}}","TargetResources":"[{\"displayName\":\"App\",\"type\":\"Application\"}]","Type":"AuditLogs"}"#;
    one(table, |row| {
        assert_eq!((row.format, act(row).operation), (Format::LogAnalytics, Operation::AppCredentialAdded));
        assert_eq!(row.user, Some("ann@contoso.example"));
    });
    let rule = r#"{"CreationTime":"2026-09-01T12:00:00","Id":"m1","Operation":"New-InboxRule","Workload":"Exchange","ResultStatus":"True","UserId":"ann@contoso.example",
        "ClientIP":"192.0.2.3:4711","AppAccessContext":{"AADSessionId":"s1","UniqueTokenId":"t1"},"Parameters":[{"Name":"Name","Value":".."},{"Name":"DeleteMessage","Value":"True"}]}"#;
    one(rule, |row| {
        assert_eq!((act(row).operation, act(row).target), (Operation::InboxRule, Some("..")));
        assert_eq!((row.session, row.token, row.address), (Some("s1"), Some("t1"), "192.0.2.3".parse().ok()));
        assert!(act(row).modified.contains(&("DeleteMessage", "True")));
    });
    let small = r#"{"clientip":"192.0.2.4","creationtime":"2022-12-12 22:19:00","id":"1","operation":"Set-Mailbox","workload":"Exchange","userid":"homer@b.example",
        "parameters":[{"Name":"Identity","Value":"marge@b.example"},{"Name":"ForwardingSmtpAddress","Value":"smtp:x@y.example"}]}"#;
    one(small, |row| {
        assert_eq!(
            (act(row).operation, act(row).target_user),
            (Operation::MailboxOpened, Some("marge@b.example"))
        );
    });
}

const OKTA: &str = r#"{"uuid":"u1","published":"2026-09-01T08:00:00.000Z","eventType":"user.authentication.auth_via_mfa","displayMessage":"Authentication of user via MFA",
 "actor":{"id":"00u1","type":"User","alternateId":"ann@contoso.example","displayName":"Ann"},
 "client":{"userAgent":{"rawUserAgent":"Mozilla/5.0","os":"Windows 10","browser":"CHROME"},"ipAddress":"192.0.2.5","device":"Computer",
  "geographicalContext":{"city":"Wien","country":"Austria","geolocation":{"lat":48.2,"lon":16.37}}},
 "outcome":{"result":"FAILURE","reason":"USER_REJECTED_OKTA_VERIFY_PUSH"},"securityContext":{"asNumber":8447,"asOrg":"a1","isProxy":true},
 "authenticationContext":{"externalSessionId":"e1","rootSessionId":"root1"},"transaction":{"type":"WEB","id":"tx1"},
 "debugContext":{"debugData":{"dtHash":"dt1","risk":"{level=HIGH}"}},"target":[{"id":"0oa","type":"AppInstance","displayName":"Mail"}]}"#;

#[test]
fn the_system_log_of_okta_is_read() {
    one(OKTA, |row| {
        assert_eq!((row.system, row.user, row.asn), (System::Okta, Some("ann@contoso.example"), Some(8447)));
        assert_eq!((row.session, row.correlation, row.hosting), (Some("root1"), Some("tx1"), Some(true)));
        assert_eq!((row.app, row.device.unwrap().id), (Some("0oa"), Some("dt1")));
        assert_eq!((sign_in(row).outcome, sign_in(row).risk), (Outcome::FactorDenied, Some(Risk::High)));
    });
    let with = |kind: &str, result: &str| {
        OKTA.replace("user.authentication.auth_via_mfa", kind)
            .replace("\"result\":\"FAILURE\",\"reason\":\"USER_REJECTED_OKTA_VERIFY_PUSH\"", result)
    };
    for (kind, result, outcome) in [
        ("user.session.start", "\"result\":\"SUCCESS\"", Outcome::Success),
        (
            "user.session.start",
            "\"result\":\"FAILURE\",\"reason\":\"INVALID_CREDENTIALS\"",
            Outcome::WrongPassword,
        ),
        ("user.account.lock", "\"result\":\"FAILURE\"", Outcome::LockedOut),
        ("policy.evaluate_sign_on", "\"result\":\"DENY\"", Outcome::Blocked),
        ("app.oauth2.as.token.detect_reuse", "\"result\":\"FAILURE\"", Outcome::TokenRefused),
    ] {
        one(&with(kind, result), |row| assert_eq!(sign_in(row).outcome, outcome, "{kind}"));
    }
    one(&with("user.mfa.factor.activate", "\"result\":\"SUCCESS\""), |row| {
        assert_eq!(act(row).operation, Operation::MethodAdded);
    });
}

#[test]
fn login_events_of_google_are_read_alone_and_in_a_list() {
    let event = r#"{"kind":"admin#reports#activity","id":{"time":"2026-09-01T01:05:35.119Z","uniqueQualifier":"720229394436","applicationName":"login"},
        "actor":{"email":"ann@contoso.example","profileId":"114"},"ipAddress":"192.0.2.6","events":[{"type":"login","name":"login_failure",
        "parameters":[{"name":"login_type","value":"google_password"},{"name":"login_challenge_method","multiValue":["password"]},{"name":"is_suspicious","boolValue":true}]}]}"#;
    for text in [
        event.to_owned(),
        format!("{{\"kind\":\"admin#reports#activities\",\"items\":[{event}]}}"),
        event.replace("\"events\":[", "\"event\":").replace("}]}]}", "}]}}"),
    ] {
        one(&text, |row| {
            assert_eq!(
                (row.system, row.id, row.user),
                (System::Google, Some("720229394436"), Some("ann@contoso.example"))
            );
            let sign_in = sign_in(row);
            assert_eq!((sign_in.outcome, sign_in.risk), (Outcome::WrongPassword, Some(Risk::Medium)));
            assert_eq!(sign_in.factor, Some("password"));
        });
    }
}

#[test]
fn records_of_no_person_are_none_and_events_of_ours_are_ours() {
    let arena = Arena::default();
    for text in [
        r#"{"time":"2026-09-01T00:00:00Z","category":"ServicePrincipalSignInLogs","resultType":"0","properties":{"servicePrincipalId":"1","appId":"2"}}"#,
        r#"{"title":"Anonymous IP address","createdDateTime":"2026-04-01T14:31:48Z","status":"new"}"#,
        r#"{"a":1}"#,
        "{}",
    ] {
        assert_eq!(read(text.as_bytes(), &arena), Ok(Read::Other), "{text}");
    }
    let own = br#"{"id":"x","at":1,"origin":"here","subject":"site","actor":"server","kind":{"name":"account_locked"}}"#;
    assert_eq!(read(own, &arena), Ok(Read::Own));
    for text in ["", "[]", "1", "{\"a\":1", "{\"a\":1} x"] {
        assert!(read(text.as_bytes(), &arena).is_err(), "{text}");
    }
    let late =
        r#"{"createdDateTime":"yesterday","userPrincipalName":"a@b.example","status":{"errorCode":0}}"#;
    assert!(read(late.as_bytes(), &arena).is_err());
}

proptest! {
    #[test]
    fn a_record_that_is_cut_anywhere_is_answered(at in 0_usize..1500) {
        let flat = BETA.replace('\n', "");
        for text in [BETA, &flat, AUDIT_DATA, OKTA] {
            let cut = text.get(..at.min(text.len())).unwrap_or(text);
            each(cut, &mut |_| {});
            let arena = Arena::default();
            let _ = read(cut.as_bytes(), &arena);
        }
    }

    #[test]
    fn any_members_are_answered(
        names in prop::collection::vec(prop::sample::select(vec![
            "id", "status", "properties", "AuditData", "location", "createdDateTime", "actor", "kind", "events", "client",
            "authenticationDetails", "targetResources", "initiatedBy", "ExtendedProperties", "published", "eventType", "Operation", "Workload", "UserId",
        ]), 0..8),
        values in prop::collection::vec(prop::sample::select(vec![
            "null", "1", "-1.5e300", "\"\"", "\"{\\\"a\\\":[\"", "[]", "[[{}]]", "{}", "{\"user\":{\"app\":{\"id\":1}}}", "\"2026-09-01T00:00:00Z\"", "true", "[{\"Name\":\"a\"}]",
        ]), 8),
    ) {
        let members: Vec<String> = names.iter().zip(&values).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let text = format!("{{{}}}", members.join(","));
        let arena = Arena::default();
        let _ = read(text.as_bytes(), &arena);
    }
}
