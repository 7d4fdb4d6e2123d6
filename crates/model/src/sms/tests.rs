//! Where messages go, what they cost, and that no sequence of requests costs more.

use proptest::prelude::*;

use super::*;
use crate::time::{DAY, MINUTE};

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

fn country(code: &str) -> Country {
    Country::from_code(code).unwrap()
}

const fn cents(n: i64) -> Cost {
    Cost::from_hundredths(n * 100)
}

fn rules() -> SmsRules {
    let price = |prefix: &str, cost| (Prefix::parse(prefix).unwrap(), cost);
    SmsRules {
        countries: ["DE", "AT", "US", "GB"].map(country).to_vec(),
        prices: vec![
            price("+49", cents(7)),
            price("+491577", cents(9)),
            price("+1", Cost::from_hundredths(79)),
        ],
        price: cents(20),
        parts: 1,
        parts_longer: 2,
        per_prefix: cents(100),
        in_all: cents(150),
        messages: MailAllowance { per_day: 2, per_week: 5 },
        known_messages: MailAllowance { per_day: 5, per_week: 35 },
    }
}

const NOON: Time = Time::from_micros(20_000 * DAY + 12 * HOUR);

fn after(micros: i64) -> Time {
    Time::from_micros(NOON.micros() + micros)
}

/// A number that nobody has asked for before.
fn nth(n: usize) -> Phone {
    phone(&format!("+49151{:08}", n + 10_000_000))
}

#[derive(Default)]
struct Books {
    destination: MailTimes,
    prefix: Spent,
    in_all: Spent,
}

impl Books {
    fn ask(&mut self, rules: &SmsRules, now: Time, phone: &Phone) -> Result<Tariff, Held> {
        let mut sums =
            Sums { destination: &mut self.destination, prefix: &mut self.prefix, in_all: &mut self.in_all };
        rules.reserve(now, phone, rules.messages, &mut sums)
    }
}

#[test]
fn row_41_only_lines_in_listed_countries_are_written_to() {
    for (number, answer) in [
        ("+49 151 23456789", Ok(())),
        ("+43 664 1234567", Ok(())),
        ("+1 415 555 2671", Ok(())),
        ("+44 7400 123456", Ok(())),
        // The same country code, another country.
        ("+1 876 555 2671", Err(Held::Country)),
        ("+44 7781 123456", Err(Held::Country)),
        ("+41 78 123 45 67", Err(Held::Country)),
        ("+7 940 123 45 67", Err(Held::Country)),
        // A listed country, but a number that pays somebody.
        ("+49 900 1 234567", Err(Held::Range)),
        ("+1 900 555 2671", Err(Held::Range)),
        ("+44 70 1234 5678", Err(Held::Range)),
        ("+979 123 456 789", Err(Held::Range)),
        ("+881 612 345 678", Err(Held::Range)),
        ("+882 1234 5678", Err(Held::Range)),
    ] {
        assert_eq!(rules().admit(&phone(number)), answer, "{number}");
    }
    let nowhere = SmsRules { countries: Vec::new(), ..rules() };
    assert_eq!(nowhere.admit(&phone("+49 151 23456789")), Err(Held::Country));
}

#[test]
fn the_longest_prefix_that_fits_sets_the_price() {
    for (number, prefix, hundredths) in [
        ("+49 151 23456789", "+49", 700),
        ("+49 1577 2345678", "+491577", 900),
        ("+1 415 555 2671", "+1", 79),
        ("+43 664 1234567", "+43", 2000),
    ] {
        let tariff = rules().tariff(&phone(number));
        assert_eq!((tariff.prefix.to_string().as_str(), tariff.cost.hundredths()), (prefix, hundredths));
    }
    let long = SmsRules { parts: 2, ..rules() };
    assert_eq!(long.tariff(&phone("+43 664 1234567")).cost, cents(40));
    assert_eq!(rules().with_longer_code(), long, "a longer code may need one part more");
}

#[test]
fn one_destination_gets_two_messages_a_day_and_five_a_week() {
    let (rules, mut books) =
        (SmsRules { per_prefix: cents(9999), in_all: cents(9999), ..rules() }, Books::default());
    let number = nth(1);
    let mut sent = 0;
    for hour in 0..7 * 24 {
        sent += i32::from(books.ask(&rules, after(hour * HOUR), &number).is_ok());
        if hour == 23 {
            assert_eq!(sent, 2);
            assert_eq!(books.ask(&rules, after(23 * HOUR), &number), Err(Held::Destination(after(DAY))));
        }
    }
    assert_eq!(sent, 5);
}

#[test]
fn a_prefix_that_has_cost_enough_waits_and_others_go_on() {
    let (rules, mut books) = (rules(), Books::default());
    let mut numbers = (0..).map(nth);
    let mut next = |books: &mut Books, now| {
        books.destination = MailTimes::default();
        books.ask(&rules, now, &numbers.next().unwrap())
    };
    for _ in 0..14 {
        assert_eq!(next(&mut books, after(10 * MINUTE)).map(|tariff| tariff.cost), Ok(cents(7)));
    }
    // 98 of 100 cents are spent; the hour that they were spent in has left the day after 25 hours.
    assert_eq!(next(&mut books, after(20 * MINUTE)), Err(Held::Budget(after(25 * HOUR))));
    assert_eq!(next(&mut books, after(25 * HOUR - 1)), Err(Held::Budget(after(25 * HOUR))));
    assert!(next(&mut books.clone_sums(), after(25 * HOUR)).is_ok());
    let mut other = Books { prefix: Spent::default(), ..books };
    assert!(other.ask(&rules, after(20 * MINUTE), &phone("+43 664 1234567")).is_ok());
}

impl Books {
    fn clone_sums(&self) -> Self {
        Self { destination: MailTimes::default(), prefix: self.prefix.clone(), in_all: self.in_all.clone() }
    }
}

#[test]
fn a_message_dearer_than_the_budget_never_leaves() {
    let rules = SmsRules { per_prefix: cents(6), ..rules() };
    let mut books = Books::default();
    assert_eq!(books.ask(&rules, NOON, &nth(1)), Err(Held::Budget(after(25 * HOUR))));
    assert_eq!((books.in_all, books.destination), (Spent::default(), MailTimes::default()));
}

#[test]
fn what_was_spent_survives_the_store_and_stays_small() {
    let mut spent = Spent::default();
    for n in 0..1000 {
        spent.take(after(n * 7 * MINUTE), cents(1));
    }
    let bytes = spent.to_bytes();
    assert!(bytes.len() <= 25 * 16, "{}", bytes.len());
    assert_eq!(Spent::from_bytes(&bytes), spent);
    assert_eq!(Spent::from_bytes(bytes.get(..bytes.len() - 1).unwrap()).to_bytes().len(), bytes.len() - 16);
    assert_eq!(Spent::from_bytes(&[0xFF; 16]).sum(NOON), Cost::NONE);
}

#[test]
fn row_41_spellings_of_one_number_share_one_budget() {
    for (one, other) in [
        ("+49 151 23456789", "0049 (0)151/23456789"),
        ("+39 0312 345678", "+39 312 345678"),
        ("+39 00312 345678", "+39 312 345678"),
        ("+54 9 11 2345 6789", "+54 11 2345 6789"),
        ("+52 1 55 1234 5678", "+52 55 1234 5678"),
    ] {
        assert_eq!(canonical_destination(&phone(one)), canonical_destination(&phone(other)), "{one} {other}");
    }
    for (one, other) in [
        ("+49 151 23456789", "+49 151 23456780"),
        ("+1 415 555 2671", "+1 514 555 2671"),
        ("+54 9 11 2345 6789", "+54 9 11 2345 6780"),
    ] {
        assert_ne!(canonical_destination(&phone(one)), canonical_destination(&phone(other)), "{one} {other}");
    }
}

proptest! {
    /// threats.md §5.2 row 41: however numbers are drawn from ranges that pay somebody, none is written to, though
    /// every country is listed.
    #[test]
    fn row_41_synthetic_premium_ranges_get_nothing(
        range in prop::sample::select(vec![
            "+979", "+8816", "+8817", "+882", "+883", "+870", "+878", "+808", "+800", "+1900", "+1876976", "+44909",
            "+4470", "+49900", "+49137", "+43930", "+41901", "+33899", "+34803", "+39899", "+3531580", "+7809",
        ]),
        tail in "[2-9][0-9]{8}",
        zeros in prop::sample::select(vec!["", "0"]),
    ) {
        let everywhere = SmsRules { countries: vec![country("US"), country("GB"), country("DE"), country("AT"),
            country("CH"), country("FR"), country("ES"), country("IT"), country("IE"), country("RU")], ..rules() };
        let (mut asked, mut sent) = (0, 0);
        let mut books = Books::default();
        for length in 4..=tail.len() {
            let tail = tail.get(..length).unwrap_or_default();
            let typed = match range.strip_prefix("+49") {
                Some(rest) => format!("+49{zeros}{rest}{tail}"),
                None => format!("{range}{tail}"),
            };
            let Ok(number) = Phone::parse(&typed) else { continue };
            asked += 1;
            books.destination = MailTimes::default();
            sent += i32::from(books.ask(&everywhere, NOON, &number).is_ok());
        }
        prop_assert!(asked > 0);
        prop_assert_eq!(sent, 0);
    }

    /// threats.md §5.2 row 41: for any sequence of requests for any numbers, no 24 hours cost more than they may.
    #[test]
    fn row_41_no_24_hours_cost_more_than_the_budgets(
        asks in prop::collection::vec((0_i64..3 * HOUR, 0_usize..3), 1..300)
    ) {
        let rules = rules();
        let numbers = ["+49 151 23456789", "+49 1577 2345678", "+43 664 1234567"].map(phone);
        let mut prefixes = [const { Vec::new() }; 3].map(|empty: Vec<u8>| Spent::from_bytes(&empty));
        let (mut in_all, mut now, mut sent) = (Spent::default(), NOON, Vec::new());
        for (gap, which) in asks {
            now = Time::from_micros(now.micros() + gap);
            let (number, prefix) = (&numbers[which], &mut prefixes[which]);
            let mut sums = Sums { destination: &mut MailTimes::default(), prefix, in_all: &mut in_all };
            match rules.reserve(now, number, rules.messages, &mut sums) {
                Ok(tariff) => sent.push((now, which, tariff.cost)),
                Err(Held::Budget(until)) => prop_assert!(until > now),
                Err(other) => prop_assert!(false, "{other:?}"),
            }
            let cost = |of: Option<usize>| {
                let inside = sent.iter().filter(|(at, _, _)| at.micros() > now.micros() - DAY);
                inside
                    .filter(|(_, which, _)| of.is_none_or(|of| of == *which))
                    .fold(Cost::NONE, |sum, (_, _, cost)| sum.plus(*cost))
            };
            prop_assert!(cost(None) <= rules.in_all);
            prop_assert!((0..3).all(|which| cost(Some(which)) <= rules.per_prefix));
        }
        prop_assert!(!sent.is_empty());
    }
}
