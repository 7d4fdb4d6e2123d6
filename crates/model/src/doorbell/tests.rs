//! Whatever is asked and however it is answered, the bell keeps its limits.

use super::*;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use proptest::prelude::*;

const START: i64 = 1_795_297_599_000_000;

fn at(micros: i64) -> Time {
    Time::from_micros(START + micros)
}

fn rung(from: i64, answer: Option<Answer>) -> Rung {
    Rung { at: at(from), until: at(from + 5 * MINUTE), answer }
}

fn bell(rung: Vec<Rung>) -> Bell {
    Bell { rung, ..Bell::default() }
}

#[test]
fn a_bell_that_never_rang_rings() {
    assert_eq!(Bell::default().rings(at(0)), Ok(()));
    assert_eq!(Bell::default().free_at(at(0)), at(0));
}

#[test]
fn one_rings_at_a_time_until_it_is_answered_or_over() {
    let waiting = bell(vec![rung(0, None)]);
    assert_eq!(waiting.rings(at(61 * SECOND)), Err(Still::Waiting));
    assert_eq!(waiting.rings(at(5 * MINUTE - 1)), Err(Still::Waiting));
    assert_eq!(waiting.rings(at(5 * MINUTE)), Ok(()));
    for answer in [Answer::Approved, Answer::Refused] {
        assert_eq!(bell(vec![rung(0, Some(answer))]).rings(at(61 * SECOND)), Ok(()));
    }
}

#[test]
fn two_are_a_minute_apart() {
    for answer in [Answer::Approved, Answer::Refused] {
        let bell = bell(vec![rung(0, Some(answer))]);
        assert_eq!(bell.rings(at(60 * SECOND - 1)), Err(Still::TooSoon));
        assert_eq!(bell.rings(at(60 * SECOND)), Ok(()));
    }
}

#[test]
fn three_in_vain_make_it_quiet_whether_refused_or_not_answered() {
    for answers in [[None; 3], [Some(Answer::Refused); 3], [Some(Answer::Refused), None, None]] {
        let mut bell =
            bell(answers.iter().zip(0..).map(|(answer, n)| rung(n * 10 * MINUTE, *answer)).collect());
        let now = at(40 * MINUTE);
        assert_eq!(bell.rings(now), Err(Still::FallsQuiet));
        bell.quiet_since = Some(now);
        assert_eq!(bell.rings(at(30 * DAY)), Err(Still::Quiet), "it does not come back by itself");
        // Its owner wants it back: no more within the window all the same.
        (bell.quiet_since, bell.wanted_at) = (None, Some(at(HOUR)));
        assert_eq!(bell.rings(at(HOUR)), Err(Still::Enough));
        assert_eq!(bell.free_at(at(HOUR)), at(DAY));
        assert_eq!(bell.rings(at(DAY)), Ok(()));
    }
}

#[test]
fn what_is_approved_counts_for_nothing() {
    let many: Vec<Rung> = (0..100).map(|n| rung(n * MINUTE, Some(Answer::Approved))).collect();
    assert_eq!(bell(many).rings(at(100 * MINUTE)), Ok(()));
    let two =
        bell(vec![rung(0, None), rung(HOUR, Some(Answer::Refused)), rung(2 * HOUR, Some(Answer::Approved))]);
    assert_eq!(two.rings(at(3 * HOUR)), Ok(()));
}

#[test]
fn three_in_vain_on_three_days_are_none_too_many() {
    let bell = bell((0..3).map(|n| rung(n * 13 * HOUR, None)).collect());
    assert_eq!(bell.rings(at(27 * HOUR)), Ok(()));
}

#[test]
fn codes_are_read_back() {
    for answer in [Answer::Approved, Answer::Refused] {
        assert_eq!(Answer::from_code(answer.code()), Some(answer));
    }
    assert_eq!(Answer::from_code(""), None);
}

/// What happens next, after a while in seconds.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Asked,
    Answered(Answer),
    WantedBack,
}

fn deeds() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    let deed = prop_oneof![
        6 => Just(Deed::Asked),
        2 => Just(Deed::Answered(Answer::Refused)),
        1 => Just(Deed::Answered(Answer::Approved)),
        1 => Just(Deed::WantedBack),
    ];
    // Floods as well as long calm: what is far apart and what is close together.
    let pause = prop_oneof![0_i64..3, 0_i64..90, 0_i64..1200, 0_i64..200_000];
    proptest::collection::vec((pause, deed), 1..400)
}

proptest! {
    #[test]
    fn no_sequence_within_a_year_breaks_the_limits(deeds in deeds()) {
        let (mut bell, mut now, mut all) = (Bell::default(), 0, Vec::<Rung>::new());
        for (pause, deed) in deeds {
            now = (now + pause * SECOND) % (365 * DAY);
            let time = at(now);
            if all.last().is_some_and(|last| last.at > time) {
                break;
            }
            match deed {
                Deed::Asked => match bell.rings(time) {
                    Ok(()) => {
                        let ring = Rung { at: time, until: at(now + 5 * MINUTE), answer: None };
                        bell.rung.push(ring);
                        all.push(ring);
                    }
                    Err(Still::FallsQuiet) => bell.quiet_since = Some(time),
                    Err(_) => {}
                },
                Deed::Answered(answer) => {
                    for list in [&mut bell.rung, &mut all] {
                        if let Some(last) = list.last_mut().filter(|last| last.waits(time)) {
                            last.answer = Some(answer);
                        }
                    }
                    if answer == Answer::Approved {
                        (bell.quiet_since, bell.wanted_at) = (None, Some(time));
                    }
                }
                Deed::WantedBack => (bell.quiet_since, bell.wanted_at) = (None, Some(time)),
            }
            // The store forgets what is older.
            bell.rung.retain(|rung| time < rung.at + WINDOW);
        }
        for (one, next) in all.iter().zip(all.iter().skip(1)) {
            prop_assert!(next.at >= one.at + APART);
            prop_assert!(one.answer.is_some() || next.at >= one.until, "two at once");
        }
        let in_vain: Vec<Time> = all.iter().filter(|rung| rung.is_in_vain()).map(|rung| rung.at).collect();
        for (one, fourth) in in_vain.iter().zip(in_vain.iter().skip(MOST_IN_VAIN)) {
            prop_assert!(*fourth >= *one + WINDOW, "four in vain within a day");
        }
    }
}
