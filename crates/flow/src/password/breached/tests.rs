//! Files that are built, looked up, cut and damaged.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::build::{Built, NotBuilt, Plan, Progress, build};
use super::*;

/// A folder of a test, gone afterwards.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("bidden-breached-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

const PLAN: Plan =
    Plan { least_count: 1, built_at: Time::from_micros(1_778_570_400 * SECOND), partial: false };

fn sha1(text: &str) -> [u8; 20] {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref().try_into().unwrap()
}

fn list<'a>(hashes: impl IntoIterator<Item = (&'a [u8; 20], u64)>) -> String {
    hashes
        .into_iter()
        .map(|(hash, count)| format!("{}:{count}\r\n", wire::token::hex(hash).to_uppercase()))
        .collect()
}

fn passwords(typed: &[(&str, u64)]) -> String {
    let mut hashes: Vec<([u8; 20], u64)> = typed.iter().map(|(text, count)| (sha1(text), *count)).collect();
    hashes.sort();
    list(hashes.iter().map(|(hash, count)| (hash, *count)))
}

fn made(place: &Place, input: &Path, plan: Plan) -> Result<Built, NotBuilt> {
    build(input, &place.0.join("out"), plan, &mut |_| ControlFlow::Continue(()))
}

fn open(place: &Place) -> Result<Breached, Unusable> {
    Breached::open(&place.0.join("out"))
}

fn holds(breached: &Breached, typed: &str) -> bool {
    breached.holds(&Password::read(typed).unwrap()).unwrap()
}

const FEW: [(&str, u64); 4] = [("password", 10_434_004), ("hunter2", 20_000), ("caf\u{e9}", 7), ("rare", 1)];

#[test]
fn what_is_on_the_list_is_found_and_what_is_not_is_not() {
    let place = Place::new();
    let input = place.file("list.txt", passwords(&FEW));
    let built = made(&place, &input, PLAN).unwrap();
    assert_eq!(built, Built { lines: 4, records: 4, rare: 0, missing: 0 });
    let breached = open(&place).unwrap();
    for (typed, _) in FEW {
        assert!(holds(&breached, typed), "{typed}");
    }
    assert!(holds(&breached, "cafe\u{301}"), "another way to write it");
    for typed in ["Password", "password ", "correct horse"] {
        assert!(!holds(&breached, typed), "{typed}");
    }
    let facts = breached.facts();
    assert_eq!((facts.records, facts.least_count, facts.built_at), (4, 1, PLAN.built_at));
    assert_eq!((facts.bytes, facts.one_in), (64 + 17 * 12 + 4 * 4, 4 << 32));
    assert!(breached.look_at_all(&mut |_| {}).is_ok());
    assert_eq!(place.names(), ["list.txt", "out"], "nothing is left over");
}

#[test]
fn passwords_that_were_found_too_rarely_are_left_out() {
    let place = Place::new();
    let input = place.file("list.txt", passwords(&FEW));
    let built = made(&place, &input, Plan { least_count: 10, ..PLAN }).unwrap();
    assert_eq!((built.records, built.rare), (2, 2));
    let breached = open(&place).unwrap();
    assert!(holds(&breached, "hunter2") && !holds(&breached, "rare"));
    assert_eq!(breached.facts().least_count, 10);
    let none = made(&place, &input, Plan { least_count: 20_000_000, ..PLAN });
    assert!(matches!(none, Err(NotBuilt::Empty { least_count: 20_000_000, .. })));
    assert!(holds(&open(&place).unwrap(), "hunter2"), "the file of before is still there");
}

#[test]
fn a_folder_of_ranges_is_the_same_as_the_whole_list() {
    let place = Place::new();
    let whole = place.file("list.txt", passwords(&FEW));
    made(&place, &whole, PLAN).unwrap();
    let expected = std::fs::read(place.0.join("out")).unwrap();
    for ending in ["", ".txt"] {
        let folder = format!("ranges{ending}");
        for line in passwords(&FEW).lines() {
            let (prefix, rest) = line.split_at(5);
            // A range is padded with hashes that were found no times.
            let padded = format!("{}:0\r\n{rest}\r\n{}:0", "0".repeat(35), "F".repeat(35));
            place.file(&format!("{folder}/{prefix}{ending}"), padded);
        }
        place.file(&format!("{folder}/README"), "not a range");
        let folder = place.0.join(folder);
        let refused = made(&place, &folder, PLAN);
        assert!(matches!(refused, Err(NotBuilt::Missing { missing: 1_048_572, .. })));
        let built = made(&place, &folder, Plan { partial: true, ..PLAN }).unwrap();
        assert_eq!((built.records, built.rare, built.missing), (4, 8, 1_048_572));
        assert_eq!(std::fs::read(place.0.join("out")).unwrap(), expected);
    }
    place.file("empty/README", "");
    assert!(matches!(made(&place, &place.0.join("empty"), PLAN), Err(NotBuilt::NoRanges { .. })));
}

#[test]
fn a_list_that_is_something_else_is_refused_at_its_line() {
    let place = Place::new();
    let backwards: String = passwords(&FEW).lines().rev().map(|line| format!("{line}\n")).collect();
    for (content, why) in [
        (backwards.as_str(), "line 2 of"),
        ("8846F7EAEE8FB117AD06BDD830B7586C:10\n", "line 1 of"),
        ("\n\npassword\n", "line 3 of"),
        (&"5".repeat(100_000), "line 1 of"),
        ("", "1 times or more"),
    ] {
        let input = place.file("list.txt", content);
        let refused = made(&place, &input, PLAN).unwrap_err().to_string();
        assert!(refused.contains(why) && refused.contains("list.txt"), "{refused}");
        assert_eq!(place.names(), ["list.txt"]);
    }
    let nothing = made(&place, &place.0.join("nothing"), PLAN).unwrap_err().to_string();
    assert!(nothing.contains("cannot be read"), "{nothing}");
    let device = made(&place, Path::new("/dev/null"), PLAN).unwrap_err().to_string();
    assert!(device.contains("neither a file nor a folder"), "{device}");
}

#[test]
fn hashes_that_do_not_spread_are_refused() {
    let place = Place::new();
    let lines: String = (0..=65_535_u32).map(|n| format!("00{:08X}{}:1\n", n << 8, "0".repeat(30))).collect();
    let input = place.file("list.txt", lines);
    assert!(matches!(made(&place, &input, PLAN), Err(NotBuilt::Crowded { .. })));
}

#[test]
fn whoever_hears_how_far_it_has_come_may_stop_it() {
    let place = Place::new();
    let input = place.file("list.txt", passwords(&FEW));
    let mut heard = Vec::new();
    let out = place.0.join("out");
    build(&input, &out, PLAN, &mut |progress| {
        heard.push(progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    let all = std::fs::metadata(&input).unwrap().len();
    assert_eq!(heard, [Progress { done: all, of: all }]);
    std::fs::remove_file(&out).unwrap();
    let stopped = build(&input, &out, PLAN, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(NotBuilt::Stopped)));
    assert_eq!(place.names(), ["list.txt"]);
}

#[test]
fn a_file_that_is_cut_damaged_or_something_else_is_refused_with_the_reason() {
    let place = Place::new();
    let input = place.file("list.txt", passwords(&FEW));
    made(&place, &input, PLAN).unwrap();
    let whole = std::fs::read(place.0.join("out")).unwrap();
    let opened = |bytes: &[u8]| {
        place.file("out", bytes);
        open(&place).err().map(|error| error.to_string())
    };
    assert_eq!(opened(&whole), None);
    for length in [0, 1, 8, 55, 56, 63, 64, 100, whole.len() - 1, whole.len() + 1] {
        let mut bytes = whole.clone();
        bytes.resize(length, 0);
        let why = opened(&bytes).unwrap_or_else(|| panic!("{length} bytes were taken"));
        let expected = if length < 56 { "no breached-password file" } else { "not copied whole" };
        assert!(
            why.contains(expected) || (length < 64 && why.contains("not copied whole")),
            "{length}: {why}"
        );
    }
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (at, expected) in [
        (0, "no breached-password file"),
        (8, "of this version"),
        (20, "header"),
        (39, "header"),
        (60, "header"),
        (64, "index"),
        (200, "index"),
    ] {
        let why = opened(&changed(at)).unwrap_or_else(|| panic!("a change at {at} was taken"));
        assert!(why.contains(expected), "{at}: {why}");
    }
    assert!(opened(passwords(&FEW).as_bytes()).unwrap().contains("no breached-password file"));
}

#[test]
fn a_damaged_record_is_noticed_when_its_bucket_is_read() {
    let place = Place::new();
    let input = place.file("list.txt", passwords(&FEW));
    made(&place, &input, PLAN).unwrap();
    let mut bytes = std::fs::read(place.0.join("out")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    place.file("out", &bytes);
    let breached = open(&place).unwrap();
    let damaged = |result: Result<bool, Unusable>| {
        matches!(result, Err(Unusable::Damaged { part: Part::Bucket(_), .. }))
    };
    let answers: Vec<bool> =
        FEW.iter().map(|(typed, _)| damaged(breached.holds_hash(&sha1(typed)))).collect();
    assert!(answers.contains(&true) && answers.contains(&false), "{answers:?}");
    assert!(breached.look_at_all(&mut |_| {}).is_err());
}

#[test]
fn a_password_takes_two_reads_of_bounded_size() {
    // About a thousand records to a bucket, whatever the size of the list.
    for count in [1_000_u64, 50_000] {
        let place = Place::new();
        let hashes: BTreeSet<[u8; 20]> = (0..count).map(|n| sha1(&n.to_string())).collect();
        let input = place.file("list.txt", list(hashes.iter().map(|hash| (hash, 1))));
        made(&place, &input, PLAN).unwrap();
        let breached = open(&place).unwrap();
        let mut most = 0;
        breached
            .entries(&mut |_, entry, next| {
                most = most.max(next.start - entry.start);
                Ok(())
            })
            .unwrap();
        assert!(most <= 2 * 1024, "{most}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// The stated rate is one in 2³⁴ or less for lists of this size, so a stranger that is found is a mistake.
    #[test]
    fn everything_built_is_found_and_other_things_are_not(
        listed in proptest::collection::btree_map(any::<[u8; 20]>(), 1_u64..50, 1..300),
        others in proptest::collection::vec(any::<[u8; 20]>(), 0..100),
        least_count in 1_u64..40,
    ) {
        let place = Place::new();
        let input = place.file("list.txt", list(listed.iter().map(|(hash, count)| (hash, *count))));
        let kept: BTreeSet<_> = listed.iter().filter(|(_, count)| **count >= least_count).map(|(hash, _)| *hash).collect();
        match made(&place, &input, Plan { least_count, ..PLAN }) {
            Ok(built) => {
                prop_assert_eq!(usize::try_from(built.records).unwrap(), kept.len());
                let breached = open(&place).unwrap();
                prop_assert!(breached.facts().one_in >= 1 << 27);
                for hash in listed.keys().chain(&others) {
                    prop_assert_eq!(breached.holds_hash(hash).unwrap(), kept.contains(hash));
                }
                let whole = breached.look_at_all(&mut |_| {});
                prop_assert!(whole.is_ok());
            }
            Err(NotBuilt::Empty { .. }) => prop_assert!(kept.is_empty()),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    /// Any change of any byte is noticed: at the opening, or when everything is read.
    #[test]
    fn every_changed_byte_is_noticed(at in any::<prop::sample::Index>(), change in 1_u8..) {
        let place = Place::new();
        let input = place.file("list.txt", passwords(&FEW));
        made(&place, &input, PLAN).unwrap();
        let mut bytes = std::fs::read(place.0.join("out")).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        place.file("out", &bytes);
        let noticed = open(&place).and_then(|breached| breached.look_at_all(&mut |_| {}));
        prop_assert!(noticed.is_err(), "byte {}", at);
    }
}
