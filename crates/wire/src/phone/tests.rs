//! Numbers as people type them, every spelling of one, and what is none.

use proptest::prelude::*;

use super::*;

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
fn a_number_is_read_as_people_type_it() {
    for text in [
        "+4915123456789",
        "+49 151 23456789",
        "+49-151-2345-6789",
        "+49 (0)151 / 234 567 89",
        "+49 (0) 151 23456789",
        "+49 0151 23456789",
        "(+49) 151 23456789",
        "+(49) 151.2345.6789",
        "0049 151 23456789",
        "00 49 (0) 151 23456789",
        "\t+49\u{A0}151\u{2011}23456789\n",
        "\u{202A}+49 151 23456789\u{202C}",
        "+49\u{200B}151\u{FEFF}23456789",
        "tel:+49-151-23456789",
        " TEL:+4915123456789",
        "\u{FF0B}\u{FF14}\u{FF19} 151 23456789",
        "+\u{664}\u{669} \u{661}\u{665}\u{661} \u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}",
        "+\u{6F4}\u{6F9}\u{6F1}\u{6F5}\u{6F1}\u{6F2}\u{6F3}\u{6F4}\u{6F5}\u{6F6}\u{6F7}\u{6F8}\u{6F9}",
    ] {
        let phone = phone(text);
        assert_eq!(phone.as_str(), "+4915123456789", "{text:?}");
        assert_eq!((phone.country_code(), phone.national()), ("49", "15123456789"));
        assert_eq!((phone.digits(), phone.to_string().as_str()), ("4915123456789", "+4915123456789"));
    }
}

#[test]
fn a_zero_that_belongs_to_the_number_stays() {
    for (text, number) in [
        ("+39 06 698 81234", "+390669881234"),
        ("+378 0549 881234", "+3780549881234"),
        ("+225 07 01 02 03 04", "+2250701020304"),
        ("+226 01 02 03 04", "+22601020304"),
        ("+229 01 97 12 34 56", "+2290197123456"),
        ("+242 06 612 3456", "+242066123456"),
        ("+992 00 123 4567", "+992001234567"),
        ("+800 0123 4567", "+80001234567"),
    ] {
        assert_eq!(phone(text).as_str(), number);
    }
}

#[test]
fn anything_else_is_refused_at_its_place() {
    for (text, at, expected) in [
        ("", 0, "'+'"),
        ("   ", 3, "'+'"),
        ("+", 1, "more digits"),
        ("0151 23456789", 0, "'+'"),
        (" 151 23456789", 1, "'+'"),
        ("011 49 151 23456789", 0, "'+'"),
        ("+0049 151 23456789", 1, "assigned"),
        ("000 49 151 23456789", 2, "assigned"),
        ("++49 151 23456789", 1, "a digit"),
        ("+49+151 23456789", 3, "a digit"),
        ("+49 00151 23456789", 5, "other than 0"),
        ("+49 (0) 0151 23456789", 8, "other than 0"),
        ("+999 151 23456789", 1, "assigned"),
        ("+210 151 23456789", 1, "assigned"),
        ("+888 151 23456789", 1, "assigned"),
        ("+49 151 23456789 ext. 4", 17, "extension"),
        ("+49 151 23456789x4", 16, "extension"),
        ("+49 151 23456789#4", 16, "extension"),
        ("+49 151 23456789,,4", 16, "extension"),
        ("tel:+49-151-23456789;ext=4", 20, "extension"),
        ("tel:151-23456789;phone-context=+49", 16, "extension"),
        ("tel:151-23456789", 4, "'+'"),
        ("mailto:+4915123456789", 0, "a digit"),
        ("+49 151 2345678O", 15, "a digit"),
        ("+49 151 234567\u{BD}", 14, "a digit"),
        ("+49\x00151", 3, "a digit"),
        ("+1 800 FLOWERS", 7, "a digit"),
        ("+49 151", 7, "more digits"),
        ("+4915123", 8, "more digits"),
        ("+49 151 23456789012", 18, "at most 15"),
        ("+1 415 555 267", 14, "ten digits"),
        ("+1 415 555 26711", 15, "ten digits"),
        ("+1 115 555 2671", 3, "from 2 to 9"),
        ("+1 415 155 2671", 7, "from 2 to 9"),
        ("ada@example.org", 0, "a digit"),
        ("+49 151 23456789, +49 151 23456780", 16, "extension"),
    ] {
        let error = Phone::parse(text).unwrap_err();
        assert_eq!((error.what, error.at), ("telephone number", at), "{text:?} {error}");
        assert!(error.expected.contains(expected), "{text:?} {error}");
    }
}

#[test]
fn sizes_are_taken_up_to_their_bounds_only() {
    assert_eq!(phone("+683 88840").as_str(), "+68388840");
    assert_eq!(phone("+49 1512 345 678 901").digits().len(), 15);
    assert_eq!(Phone::parse("+49 1512 345 678 9012").unwrap_err().at, 20);
    let spaces = " ".repeat(86);
    assert!(Phone::parse(&format!("{spaces}+4915123456789")).is_ok());
    assert_eq!(Phone::parse(&format!("{spaces} +4915123456789")).unwrap_err().at, 100);
}

#[test]
fn countries_that_share_a_code_are_told_apart() {
    for (text, country) in [
        ("+4915123456789", "DE"),
        ("+1 415 555 2671", "US"),
        ("+1 416 555 2671", "CA"),
        ("+1 876 555 2671", "JM"),
        ("+1 658 555 2671", "JM"),
        ("+1 787 555 2671", "PR"),
        ("+7 912 345 6789", "RU"),
        ("+7 701 234 5678", "KZ"),
        ("+44 7400 123456", "GB"),
        ("+44 7781 123456", "GG"),
        ("+44 7797 123456", "JE"),
        ("+44 7624 123456", "IM"),
        ("+47 406 12 345", "NO"),
        ("+47 79 12 34 56", "SJ"),
        ("+39 312 345 6789", "IT"),
        ("+39 06 698 12345", "VA"),
        ("+358 41 2345678", "FI"),
        ("+358 18 12345", "AX"),
        ("+262 692 12 34 56", "RE"),
        ("+262 639 01 23 45", "YT"),
        ("+590 690 00 12 34", "GP"),
        ("+599 318 4101", "BQ"),
        ("+599 9 518 1234", "CW"),
        ("+383 43 201 234", "XK"),
    ] {
        assert_eq!(phone(text).country().map(Country::code), Some(country), "{text}");
    }
    // Nobody's, or nobody can say whose.
    for text in
        ["+7 940 123 4567", "+7 840 123 4567", "+979 123 456 789", "+882 1234 5678", "+870 773 123 456"]
    {
        assert_eq!(phone(text).country(), None, "{text}");
    }
}

#[test]
fn a_country_is_named_by_its_code() {
    assert_eq!(Country::from_code("de").map(Country::code), Some("DE"));
    assert_eq!(Country::from_code("CA").map(Country::code), Some("CA"));
    // No number can be told to be one of Saint-Martin's.
    for unknown in ["", "D", "DEU", "MF", "ZZ", "49"] {
        assert_eq!(Country::from_code(unknown), None, "{unknown}");
    }
}

#[test]
fn row_41_premium_satellite_and_countryless_numbers_are_told_apart() {
    for (text, range) in [
        ("+979 123 456 789", Range::Premium),
        ("+881 612 345 678", Range::Satellite),
        ("+870 773 123 456", Range::Satellite),
        ("+882 1234 5678", Range::Network),
        ("+883 5100 1234 5678", Range::Network),
        ("+878 10 123 456 789", Range::Personal),
        ("+808 1234 5678", Range::SharedCost),
        ("+800 1234 5678", Range::Free),
        ("+1 900 555 2671", Range::Premium),
        ("+1 345 976 2671", Range::Premium),
        ("+1 500 555 2671", Range::Personal),
        ("+1 888 555 2671", Range::Free),
        ("+44 909 879 0123", Range::Premium),
        ("+44 70 1234 5678", Range::Personal),
        ("+49 900 1 234567", Range::Premium),
        ("+49 137 7 123456", Range::Premium),
        ("+49 (0) 180 5 123456", Range::SharedCost),
        ("+43 930 123456", Range::Premium),
        ("+41 901 123 456", Range::Premium),
        ("+33 8 99 12 34 56", Range::Premium),
        ("+39 899 123 456", Range::Premium),
        ("+34 803 12 34 56", Range::Premium),
        ("+353 1512 123 456", Range::Premium),
        ("+7 809 123 45 67", Range::Premium),
        ("+4915123456789", Range::Line),
        ("+44 7400 123456", Range::Line),
        ("+1 415 555 2671", Range::Line),
    ] {
        assert_eq!(phone(text).range(), range, "{text}");
    }
}

#[test]
fn a_number_is_masked_down_to_its_country_and_its_end() {
    assert_eq!(phone("+4915123456789").masked(), "+49 … 89");
    assert_eq!(phone("+1 415 555 2671").masked(), "+1 … 71");
}

#[test]
fn the_error_does_not_repeat_the_input() {
    let error = Phone::parse("+49 151 secret").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}

/// Written with anything that may stand between digits.
fn spelled(digits: &str, separators: &[String]) -> String {
    digits
        .chars()
        .zip(separators.iter().cycle())
        .map(|(digit, between)| format!("{digit}{between}"))
        .collect()
}

proptest! {
    /// threats.md §5.2 row 41: zeros, prefixes and separators make no second number of one.
    #[test]
    fn row_41_every_spelling_of_a_number_is_that_number(
        code in prop::sample::select(vec!["49", "43", "33", "44", "7", "32", "880"]),
        national in "[1-9][0-9]{7,11}",
        begin in prop::sample::select(vec!["+", "00", "(+", " +", "tel:+"]),
        trunk in prop::sample::select(vec!["", "0", "(0)", " (0) "]),
        separators in prop::collection::vec("[ ./()\u{2013}\u{A0}\u{200E}-]{0,2}", 1..8),
    ) {
        let number = phone(&format!("+{code}{national}"));
        let typed = format!("{begin}{code}{trunk}{}", spelled(&national, &separators));
        if typed.len() <= LONGEST_INPUT {
            prop_assert_eq!(Phone::parse(&typed), Ok(number));
        }
    }

    /// threats.md §5.2 row 41: an extension or a further zero is refused, whatever it is written with.
    #[test]
    fn row_41_no_number_has_a_tail_or_a_second_zero(
        tail in "[xX#;,*][0-9=xt]{0,5}", zeros in "0{2,6}", national in "[1-9][0-9]{8}",
    ) {
        let tailed = format!("+49{national}{tail}");
        let zeroed = format!("+49{zeros}{national}");
        prop_assert!(Phone::parse(&tailed).is_err());
        prop_assert!(Phone::parse(&zeroed).is_err());
    }

    #[test]
    fn what_is_read_can_be_read_again(text in "(\\+|00|0)?[0-9 ()x.-]{0,24}") {
        if let Ok(parsed) = Phone::parse(&text) {
            prop_assert_eq!(Phone::parse(parsed.as_str()), Ok(parsed.clone()));
            prop_assert!((8..=15).contains(&parsed.digits().len()));
            prop_assert!(Prefix::of_country(&parsed).begins(&parsed));
            prop_assert!(!parsed.masked().contains(parsed.national()));
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Err(error) = Phone::parse(&text) {
            prop_assert!(error.at <= text.len());
        }
    }
}
