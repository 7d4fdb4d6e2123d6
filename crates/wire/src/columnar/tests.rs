//! What is written is read; what is damaged is refused.

use proptest::prelude::*;

use super::*;
use crate::foreign::{
    Access, Act, Device, Format, Operation, Outcome, Presented, Protocol, Risk, SignIn, System, Transfer,
    What,
};

fn sign_in(at: i64) -> Row<'static> {
    Row {
        system: System::Microsoft,
        format: Format::AzureMonitor,
        at,
        ambiguous: false,
        id: Some("9c10cbc2-5649-4a4e-828b-acfac231cc17"),
        user: Some("a@contoso.example"),
        user_id: None,
        session: Some("s"),
        correlation: Some("c"),
        token: None,
        app: Some("app"),
        app_name: Some("Outlook"),
        resource: None,
        resource_name: Some(""),
        agent: Some("curl/8"),
        address: "2001:db8::1".parse().ok(),
        asn: Some(u32::MAX),
        hosting: Some(false),
        country: Some("AT"),
        city: None,
        coordinates: Some((48_200, -16_300)),
        device: Some(Device { managed: Some(true), trust: Some("joined"), ..Device::default() }),
        what: What::SignIn(SignIn {
            outcome: Outcome::FactorWrongNumber,
            code: Some(500_121),
            detail: Some("MFA denied"),
            interactive: Some(true),
            protocol: Some(Protocol::DeviceCode),
            transfer: Some(Transfer::None),
            presented: Some(Presented::PrimaryRefreshToken),
            password: Some(false),
            factor: None,
            access: Some(Access::NoneApplied),
            risk: Some(Risk::Low),
            times: 3,
        }),
    }
}

fn act(at: i64) -> Row<'static> {
    Row {
        system: System::Google,
        format: Format::Google,
        device: None,
        address: None,
        coordinates: None,
        what: What::Act(Act {
            operation: Operation::InboxRule,
            name: "New-InboxRule",
            done: true,
            target: Some("rule"),
            target_user: None,
            modified: vec![("a", "1"), ("\"b\"", "")],
        }),
        ..sign_in(at)
    }
}

fn records(many: i64) -> Vec<Record<'static>> {
    let own = |at| Record::Own { at, event: "{\"id\":1}" };
    let one = |at: i64| match at % 3 {
        0 => Record::Row(sign_in(at)),
        1 => Record::Row(act(at)),
        _ => own(at),
    };
    (0..many).map(one).collect()
}

fn file(records: &[Record<'_>], beside: &Beside) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new()).unwrap();
    for record in records {
        writer.push(record).unwrap();
    }
    writer.finish(beside).unwrap()
}

/// Everything in a file, as text; or why it cannot be read.
fn read(bytes: &[u8]) -> Result<(Vec<String>, Beside), Malformed> {
    let (all, beside) = read_copies(bytes)?;
    Ok((all.into_iter().map(|(record, _)| record).collect(), beside))
}

/// The same with the number of records that each stands for.
fn read_copies(bytes: &[u8]) -> Result<(Vec<(String, u32)>, Beside), Malformed> {
    let end = *bytes.last_chunk::<TAIL>().ok_or(refuse("eight bytes"))?;
    let long = tail(end)?;
    let start = (bytes.len() - TAIL).checked_sub(long).ok_or(refuse("a description"))?;
    let footer = Footer::parse(&bytes[start..bytes.len() - TAIL])?;
    let mut all = Vec::new();
    for number in 0..footer.groups() {
        let span = footer.span(number)?;
        let from = usize::try_from(span.start).map_err(|_| refuse("a place"))?;
        let part = from.checked_add(span.long).and_then(|to| bytes.get(from..to));
        let mut group = footer.open(number, part.ok_or(refuse("a group"))?.to_vec())?;
        while group.next(&mut |record, copies| all.push((format!("{record:?}"), copies)))? {
            assert!(all.len() <= 1_000_000);
        }
    }
    Ok((all, footer.beside().clone()))
}

#[test]
fn what_is_written_is_read_as_it_was() {
    for many in [0, 1, 2, 3000, 40_000] {
        let narrowed = Narrowed { since: Some(-1), users: vec!["a@*".to_owned()], ..Narrowed::default() };
        let beside = Beside {
            bad: 3,
            capped: vec![("a.csv".to_owned(), 5000)],
            narrowed: vec![narrowed],
            ..Beside::default()
        };
        let written = records(many);
        let (back, said) = read(&file(&written, &beside)).unwrap();
        assert_eq!(back, written.iter().map(|record| format!("{record:?}")).collect::<Vec<_>>());
        assert_eq!(said, beside);
    }
}

#[test]
fn a_row_stands_for_as_many_records_as_it_says_within_bounds() {
    let copies = [Some(1), None, Some(2), Some(i64::from(MOST_COPIES))];
    let rows: Vec<_> = records(4).into_iter().zip(copies).collect();
    let back = read_copies(&write::with_copies(&rows, "int64")).unwrap().0;
    assert_eq!(back.iter().map(|(_, copies)| *copies).collect::<Vec<_>>(), [1, 1, 2, MOST_COPIES]);
    assert_eq!(back.iter().map(|(record, _)| record.clone()).collect::<Vec<_>>(), read_all(&rows));
    for wrong in [0, -1, i64::from(MOST_COPIES) + 1, i64::MAX] {
        let rows = [(records(1).remove(0), Some(wrong))];
        assert!(read(&write::with_copies(&rows, "int64")).is_err(), "{wrong}");
    }
    let why = read(&write::with_copies(&rows[..1], "int32")).unwrap_err();
    assert!(why.expected.contains("copies"), "{why}");
}

fn read_all(rows: &[(Record<'_>, Option<i64>)]) -> Vec<String> {
    rows.iter().map(|(record, _)| format!("{record:?}")).collect()
}

#[test]
fn a_file_says_from_when_it_is_sorted_only_where_each_group_does() {
    let says = |bytes: &[u8]| {
        let end = *bytes.last_chunk::<TAIL>().unwrap();
        let start = bytes.len() - TAIL - tail(end).unwrap();
        Footer::parse(&bytes[start..bytes.len() - TAIL]).unwrap().sorted_from()
    };
    assert_eq!(says(&file(&records(40_000)[7..], &Beside::default())), Some(7));
    assert_eq!(says(&file(&[], &Beside::default())), None);
    let rows: Vec<_> = records(4).into_iter().map(|record| (record, None)).collect();
    assert_eq!(says(&write::with_copies(&rows, "int64")), None);
}

#[test]
fn every_word_of_the_closed_lists_is_read_as_it_was() {
    let outcomes = [Outcome::Success, Outcome::ConfirmApp, Outcome::UnknownUser, Outcome::Failed];
    for outcome in outcomes {
        let mut row = sign_in(1);
        if let What::SignIn(sign_in) = &mut row.what {
            sign_in.outcome = outcome;
        }
        let record = Record::Row(row);
        let (back, _) = read(&file(std::slice::from_ref(&record), &Beside::default())).unwrap();
        assert_eq!(back, [format!("{record:?}")]);
    }
}

#[test]
fn a_group_is_bounded_in_rows_and_in_bytes() {
    let long = "x".repeat(60_000);
    let row = Row { agent: Some(&long), ..sign_in(1) };
    let all: Vec<Record<'_>> = (0..200).map(|_| Record::Row(row.clone())).collect();
    let bytes = file(&all, &Beside::default());
    let end = *bytes.last_chunk::<TAIL>().unwrap();
    let footer = Footer::parse(&bytes[bytes.len() - TAIL - tail(end).unwrap()..bytes.len() - TAIL]).unwrap();
    assert!(footer.groups() >= 3, "{}", footer.groups());
    assert_eq!(read(&bytes).unwrap().0.len(), 200);
}

#[test]
fn a_longer_text_than_there_may_be_is_cut_and_a_longer_event_is_none() {
    let long = "ä".repeat(LONGEST_TEXT);
    let cut = Record::Row(Row { agent: Some(&long), ..sign_in(1) });
    let (back, _) = read(&file(&[cut], &Beside::default())).unwrap();
    assert!(back[0].len() > LONGEST_TEXT / 2);
    let mut writer = Writer::new(Vec::new()).unwrap();
    assert!(writer.push(&Record::Own { at: 1, event: &long }).is_err());
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let bytes = file(&records(300), &Beside::default());
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_list_that_cannot_be_so_long_is_refused_before_it_is_believed() {
    // FileMetaData with a version, and a list of 2^31 - 1 groups of rows.
    let claims = [0x15, 0x02, 0x39, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00];
    assert!(Footer::parse(&claims).is_err());
    // A page of 2 GiB: its head says so.
    assert!(
        shape::unpacked(&[0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x00, 0x00]).unwrap()
            > LARGEST_UNPACKED
    );
    assert!(shape::unpacked(&[0x15, 0x00, 0x15, 0x00, 0x15, 0x02, 0x00]).is_err(), "longer than the column");
}

#[test]
fn a_file_of_other_columns_is_none_of_records() {
    let schema = "message other { required int64 time (TIMESTAMP(MICROS,true)); }";
    let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
    let properties = parquet::file::properties::WriterProperties::builder().build();
    let writer =
        parquet::file::writer::SerializedFileWriter::new(Vec::new(), schema.into(), properties.into());
    let bytes = writer.unwrap().into_inner().unwrap();
    let why = read(&bytes).unwrap_err();
    assert!(why.expected.contains("docs/parquet.md"), "{why}");
}

#[test]
fn the_documentation_has_every_column_as_it_is() {
    let page = include_str!("../../../../docs/parquet.md");
    for column in COLUMNS {
        let always = if column.required { "yes" } else { "" };
        let line = format!("| `{}` | {} | {always} | {} |", column.name, column.kind.name(), column.meaning);
        assert!(page.contains(&line), "docs/parquet.md lacks the line\n{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_read_or_refused(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = FILE.get_or_init(|| file(&records(90), &Beside::default())).clone();
        for (place, with) in at {
            let place = place.index(bytes.len());
            bytes[place] ^= with;
        }
        // Whatever it says, it says it within bounds, and ends nothing.
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_description_is_read_or_refused(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = FILE.get_or_init(|| file(&records(90), &Beside::default())).clone();
        let long = tail(*bytes.last_chunk::<TAIL>().unwrap()).unwrap();
        let start = bytes.len() - TAIL - long;
        for (place, with) in places {
            let place = start + place.index(long);
            bytes[place] = with;
        }
        let _ = read(&bytes);
    }
}
