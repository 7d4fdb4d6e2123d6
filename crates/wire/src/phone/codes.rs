//! Table: the country codes of ITU-T E.164, and whose the numbers behind them are.
//!
//! Implements: the list of ITU-T E.164 assigned country codes, with ISO 3166-1 alpha-2 codes for the countries (and XK,
//! the user-assigned code in use for Kosovo).
//!
//! Where several countries share a code, their numbers are told apart as far as the first digits do it: an area code of
//! the North American plan that belongs to none of its other members counts as US; all of +590 counts as GP, although
//! Saint-Barthélemy and Saint-Martin have the same first digits; mobile numbers of Åland, Svalbard, Western Sahara and
//! the islands of Australia count as those of the country whose networks they use; all of +672 counts as NF.

/// Country codes that belong to nobody's territory, in the order of the E.164 list.
pub(super) const GLOBAL: &[&str] = &["800", "808", "870", "878", "881", "882", "883", "979"];

/// Each country code with the country that has most of its numbers.
pub(super) const COUNTRIES: &[(&str, &str)] = &[
    ("1", "US"),
    ("20", "EG"),
    ("211", "SS"),
    ("212", "MA"),
    ("213", "DZ"),
    ("216", "TN"),
    ("218", "LY"),
    ("220", "GM"),
    ("221", "SN"),
    ("222", "MR"),
    ("223", "ML"),
    ("224", "GN"),
    ("225", "CI"),
    ("226", "BF"),
    ("227", "NE"),
    ("228", "TG"),
    ("229", "BJ"),
    ("230", "MU"),
    ("231", "LR"),
    ("232", "SL"),
    ("233", "GH"),
    ("234", "NG"),
    ("235", "TD"),
    ("236", "CF"),
    ("237", "CM"),
    ("238", "CV"),
    ("239", "ST"),
    ("240", "GQ"),
    ("241", "GA"),
    ("242", "CG"),
    ("243", "CD"),
    ("244", "AO"),
    ("245", "GW"),
    ("246", "IO"),
    ("247", "SH"),
    ("248", "SC"),
    ("249", "SD"),
    ("250", "RW"),
    ("251", "ET"),
    ("252", "SO"),
    ("253", "DJ"),
    ("254", "KE"),
    ("255", "TZ"),
    ("256", "UG"),
    ("257", "BI"),
    ("258", "MZ"),
    ("260", "ZM"),
    ("261", "MG"),
    ("262", "RE"),
    ("263", "ZW"),
    ("264", "NA"),
    ("265", "MW"),
    ("266", "LS"),
    ("267", "BW"),
    ("268", "SZ"),
    ("269", "KM"),
    ("27", "ZA"),
    ("290", "SH"),
    ("291", "ER"),
    ("297", "AW"),
    ("298", "FO"),
    ("299", "GL"),
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("350", "GI"),
    ("351", "PT"),
    ("352", "LU"),
    ("353", "IE"),
    ("354", "IS"),
    ("355", "AL"),
    ("356", "MT"),
    ("357", "CY"),
    ("358", "FI"),
    ("359", "BG"),
    ("36", "HU"),
    ("370", "LT"),
    ("371", "LV"),
    ("372", "EE"),
    ("373", "MD"),
    ("374", "AM"),
    ("375", "BY"),
    ("376", "AD"),
    ("377", "MC"),
    ("378", "SM"),
    ("379", "VA"),
    ("380", "UA"),
    ("381", "RS"),
    ("382", "ME"),
    ("383", "XK"),
    ("385", "HR"),
    ("386", "SI"),
    ("387", "BA"),
    ("389", "MK"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("420", "CZ"),
    ("421", "SK"),
    ("423", "LI"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("500", "FK"),
    ("501", "BZ"),
    ("502", "GT"),
    ("503", "SV"),
    ("504", "HN"),
    ("505", "NI"),
    ("506", "CR"),
    ("507", "PA"),
    ("508", "PM"),
    ("509", "HT"),
    ("51", "PE"),
    ("52", "MX"),
    ("53", "CU"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("58", "VE"),
    ("590", "GP"),
    ("591", "BO"),
    ("592", "GY"),
    ("593", "EC"),
    ("594", "GF"),
    ("595", "PY"),
    ("596", "MQ"),
    ("597", "SR"),
    ("598", "UY"),
    ("599", "CW"),
    ("60", "MY"),
    ("61", "AU"),
    ("62", "ID"),
    ("63", "PH"),
    ("64", "NZ"),
    ("65", "SG"),
    ("66", "TH"),
    ("670", "TL"),
    ("672", "NF"),
    ("673", "BN"),
    ("674", "NR"),
    ("675", "PG"),
    ("676", "TO"),
    ("677", "SB"),
    ("678", "VU"),
    ("679", "FJ"),
    ("680", "PW"),
    ("681", "WF"),
    ("682", "CK"),
    ("683", "NU"),
    ("685", "WS"),
    ("686", "KI"),
    ("687", "NC"),
    ("688", "TV"),
    ("689", "PF"),
    ("690", "TK"),
    ("691", "FM"),
    ("692", "MH"),
    ("7", "RU"),
    ("81", "JP"),
    ("82", "KR"),
    ("84", "VN"),
    ("850", "KP"),
    ("852", "HK"),
    ("853", "MO"),
    ("855", "KH"),
    ("856", "LA"),
    ("86", "CN"),
    ("880", "BD"),
    ("886", "TW"),
    ("90", "TR"),
    ("91", "IN"),
    ("92", "PK"),
    ("93", "AF"),
    ("94", "LK"),
    ("95", "MM"),
    ("960", "MV"),
    ("961", "LB"),
    ("962", "JO"),
    ("963", "SY"),
    ("964", "IQ"),
    ("965", "KW"),
    ("966", "SA"),
    ("967", "YE"),
    ("968", "OM"),
    ("970", "PS"),
    ("971", "AE"),
    ("972", "IL"),
    ("973", "BH"),
    ("974", "QA"),
    ("975", "BT"),
    ("976", "MN"),
    ("977", "NP"),
    ("98", "IR"),
    ("992", "TJ"),
    ("993", "TM"),
    ("994", "AZ"),
    ("995", "GE"),
    ("996", "KG"),
    ("998", "UZ"),
];

/// Parts of a country code that belong to somebody else: country, country code, first digits after it.
pub(super) const PARTS: &[(&str, &str, &[&str])] = &[
    (
        "CA",
        "1",
        &[
            "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368",
            "382", "403", "416", "418", "428", "431", "437", "438", "450", "468", "474", "506", "514", "519",
            "548", "579", "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709", "742",
            "753", "778", "780", "782", "807", "819", "825", "867", "873", "879", "902", "905", "942",
        ],
    ),
    ("AG", "1", &["268"]),
    ("AI", "1", &["264"]),
    ("AS", "1", &["684"]),
    ("BB", "1", &["246"]),
    ("BM", "1", &["441"]),
    ("BS", "1", &["242"]),
    ("DM", "1", &["767"]),
    ("DO", "1", &["809", "829", "849"]),
    ("GD", "1", &["473"]),
    ("GU", "1", &["671"]),
    ("JM", "1", &["658", "876"]),
    ("KN", "1", &["869"]),
    ("KY", "1", &["345"]),
    ("LC", "1", &["758"]),
    ("MP", "1", &["670"]),
    ("MS", "1", &["664"]),
    ("PR", "1", &["787", "939"]),
    ("SX", "1", &["721"]),
    ("TC", "1", &["649"]),
    ("TT", "1", &["868"]),
    ("VC", "1", &["784"]),
    ("VG", "1", &["284"]),
    ("VI", "1", &["340"]),
    ("EH", "212", &["5288", "5289"]),
    ("YT", "262", &["2689", "269", "639", "7093"]),
    ("AX", "358", &["18"]),
    ("VA", "39", &["06698"]),
    ("GG", "44", &["1481", "7781", "7839", "79111", "79117"]),
    ("IM", "44", &["1624", "74576", "7524", "7624", "7924"]),
    ("JE", "44", &["1534", "7509", "77003", "77007", "77008", "7797", "7829", "7937"]),
    ("SJ", "47", &["79"]),
    ("BQ", "599", &["3", "4", "7"]),
    ("CC", "61", &["89162"]),
    ("CX", "61", &["89164"]),
    ("KZ", "7", &["6", "7"]),
    // Used in Abkhazia by an arrangement that Georgia, whose territory it is, and the ITU know nothing of.
    ("", "7", &["840", "940"]),
];

/// Country codes behind which a number may begin with a zero that belongs to it. Everywhere else a zero there is the
/// trunk prefix that is dialled within the country only.
pub(super) const ZERO_BELONGS: &[&str] = &["225", "226", "227", "229", "242", "378", "39", "992"];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_country_code_begins_another() {
        let codes: Vec<&str> =
            COUNTRIES.iter().map(|(code, _)| *code).chain(GLOBAL.iter().copied()).collect();
        for code in &codes {
            assert!((1..=3).contains(&code.len()) && !code.starts_with('0'), "{code}");
            let begun = codes.iter().filter(|other| other.starts_with(code)).count();
            assert_eq!(begun, 1, "{code}");
        }
    }

    #[test]
    fn no_part_begins_another_and_each_has_an_assigned_country_code() {
        let parts: Vec<String> = PARTS
            .iter()
            .flat_map(|(_, code, parts)| parts.iter().map(move |part| format!("{code}{part}")))
            .collect();
        for part in &parts {
            assert_eq!(parts.iter().filter(|other| other.starts_with(part)).count(), 1, "{part}");
        }
        let codes: BTreeSet<&str> = COUNTRIES.iter().map(|(code, _)| *code).collect();
        assert!(PARTS.iter().all(|(_, code, _)| codes.contains(code)));
        assert!(ZERO_BELONGS.iter().all(|code| codes.contains(code)));
    }

    #[test]
    fn countries_are_two_capital_letters() {
        let named =
            COUNTRIES.iter().map(|(_, country)| *country).chain(PARTS.iter().map(|(country, ..)| *country));
        for country in named.filter(|country| !country.is_empty()) {
            assert!(country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()), "{country}");
        }
    }
}
