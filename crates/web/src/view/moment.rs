//! Points in time as people read them: the local date and time with its zone, and how far away that is.

use askama::Template;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::time::{DAY, HOUR, MINUTE, SECOND, Time};
use model::voice::Voice;

/// A point in time in words; drawn as a `time` element with the relative words beside it.
#[derive(Clone, Debug, Template)]
#[template(path = "moment.html", whitespace = "suppress")]
pub struct Moment {
    /// RFC 3339 in UTC, for the machine.
    pub iso: String,
    /// "12 May 2026, 03:14 CEST".
    pub local: String,
    /// "2 hours ago", "in 5 minutes".
    pub relative: String,
}

// The template of a moment escapes its own parts.
impl askama::filters::HtmlSafe for Moment {}

/// Turns points in time into words: in a language, for a time zone, seen from now.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    voice: &'a Voice,
    zone: &'a TimeZone,
    now: Time,
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
    "month-10", "month-11", "month-12",
];
const WEEKDAYS: [&str; 7] =
    ["weekday-1", "weekday-2", "weekday-3", "weekday-4", "weekday-5", "weekday-6", "weekday-7"];

impl<'a> Calendar<'a> {
    /// A calendar in the language of `voice`, for `zone`, seen from `now`.
    #[must_use]
    pub const fn new(voice: &'a Voice, zone: &'a TimeZone, now: Time) -> Self {
        Self { voice, zone, now }
    }

    /// Its language.
    #[must_use]
    pub const fn voice(&self) -> &'a Voice {
        self.voice
    }

    /// The moment that it is seen from.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// `at` in words.
    #[must_use]
    pub fn moment(&self, at: Time) -> Moment {
        let zoned = self.zoned(at);
        let local = self.voice.fill(
            "moment-local",
            &[
                ("day", zoned.day().into()),
                ("month", self.month(&zoned).into()),
                ("year", zoned.year().to_string().into()),
                ("time", clock(&zoned).into()),
                ("zone", zoned.strftime("%Z").to_string().into()),
            ],
        );
        Moment { iso: at.to_string(), local, relative: self.relative(at) }
    }

    /// The time of day of `at`: "03:14".
    #[must_use]
    pub fn clock(&self, at: Time) -> String {
        clock(&self.zoned(at))
    }

    /// The day of `at`, for a heading: "Tuesday, 12 May 2026".
    #[must_use]
    pub fn day(&self, at: Time) -> String {
        let zoned = self.zoned(at);
        let weekday = usize::try_from(zoned.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.voice.fill(
            "moment-day",
            &[
                ("weekday", self.voice.say(WEEKDAYS.get(weekday).copied().unwrap_or_default()).into()),
                ("day", zoned.day().into()),
                ("month", self.month(&zoned).into()),
                ("year", zoned.year().to_string().into()),
            ],
        )
    }

    /// The day of `at`, for an axis: "12 May".
    #[must_use]
    pub fn short_day(&self, at: Time) -> String {
        let zoned = self.zoned(at);
        self.voice.fill("moment-short", &[("day", zoned.day().into()), ("month", self.month(&zoned).into())])
    }

    /// The calendar day of `at` in the zone, as `2026-05-12`: equal for two moments of one day.
    #[must_use]
    pub fn day_key(&self, at: Time) -> String {
        self.zoned(at).date().to_string()
    }

    /// "today" or "yesterday", where `at` is that.
    #[must_use]
    pub fn near(&self, at: Time) -> Option<String> {
        let day = self.zoned(at).date();
        let today = self.zoned(self.now).date();
        if day == today {
            return Some(self.voice.say("moment-today").into_owned());
        }
        (day.tomorrow().ok() == Some(today)).then(|| self.voice.say("moment-yesterday").into_owned())
    }

    fn zoned(&self, at: Time) -> Zoned {
        Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_zoned(self.zone.clone())
    }

    fn month(&self, zoned: &Zoned) -> String {
        let index = usize::try_from(zoned.month()).unwrap_or(1).saturating_sub(1);
        self.voice.say(MONTHS.get(index).copied().unwrap_or_default()).into_owned()
    }

    fn relative(&self, at: Time) -> String {
        let ahead = at > self.now;
        let distance = self.now.micros().abs_diff(at.micros());
        let unit = |length: i64| distance / length.unsigned_abs();
        let (id, n) = if distance < MINUTE.unsigned_abs() {
            (if ahead { "in-seconds" } else { "ago-seconds" }, unit(SECOND))
        } else if distance < HOUR.unsigned_abs() {
            (if ahead { "in-minutes" } else { "ago-minutes" }, unit(MINUTE))
        } else if distance < (2 * DAY).unsigned_abs() {
            (if ahead { "in-hours" } else { "ago-hours" }, unit(HOUR))
        } else {
            (if ahead { "in-days" } else { "ago-days" }, unit(DAY))
        };
        self.voice.fill(id, &[("n", n.into())])
    }
}

fn clock(zoned: &Zoned) -> String {
    format!("{:02}:{:02}", zoned.hour(), zoned.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::assets::ENGLISH;

    // 2026-05-12T01:14:30Z
    const NIGHT: Time = Time::from_micros(1_778_548_470 * SECOND);

    fn after(micros: i64) -> Time {
        Time::from_micros(NIGHT.micros() + micros)
    }

    fn seen_from(now: Time, check: impl Fn(&Calendar<'_>)) {
        let voice = Voice::new("en", &[ENGLISH]).unwrap();
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        check(&Calendar::new(&voice, &zone, now));
    }

    #[test]
    fn a_moment_is_local_with_its_zone_and_the_distance_beside_it() {
        seen_from(after(2 * HOUR), |calendar| {
            let moment = calendar.moment(NIGHT);
            assert_eq!(moment.iso, "2026-05-12T01:14:30Z");
            assert_eq!(moment.local, "12 May 2026, 03:14 CEST");
            assert_eq!(moment.relative, "2 hours ago");
            assert_eq!(calendar.clock(NIGHT), "03:14");
            assert_eq!(calendar.day(NIGHT), "Tuesday, 12 May 2026");
            assert_eq!(calendar.short_day(NIGHT), "12 May");
            assert_eq!(calendar.day_key(NIGHT), "2026-05-12");
        });
    }

    #[test]
    fn the_distance_is_in_the_unit_a_person_would_choose() {
        seen_from(NIGHT, |calendar| {
            let distance = |micros| calendar.moment(after(micros)).relative;
            assert_eq!(distance(0), "just now");
            assert_eq!(distance(-59 * SECOND), "59 seconds ago");
            assert_eq!(distance(-MINUTE), "1 minute ago");
            assert_eq!(distance(-59 * MINUTE), "59 minutes ago");
            assert_eq!(distance(-HOUR), "1 hour ago");
            assert_eq!(distance(-47 * HOUR), "47 hours ago");
            assert_eq!(distance(-2 * DAY), "2 days ago");
            assert_eq!(distance(SECOND), "in 1 second");
            assert_eq!(distance(5 * MINUTE), "in 5 minutes");
            assert_eq!(distance(HOUR), "in 1 hour");
            assert_eq!(distance(30 * DAY), "in 30 days");
        });
    }

    #[test]
    fn today_and_yesterday_follow_the_zone_and_not_the_hours_between() {
        // 00:30 in Vienna: three hours earlier is yesterday there, and the same day in UTC.
        let half_past_midnight = after(-164 * MINUTE);
        seen_from(half_past_midnight, |calendar| {
            assert_eq!(calendar.near(half_past_midnight).as_deref(), Some("today"));
            let evening = Time::from_micros(half_past_midnight.micros() - HOUR);
            assert_eq!(calendar.near(evening).as_deref(), Some("yesterday"));
            let before = Time::from_micros(half_past_midnight.micros() - 2 * DAY);
            assert_eq!(calendar.near(before), None);
        });
    }

    #[test]
    fn a_time_outside_the_calendar_is_still_shown() {
        seen_from(NIGHT, |calendar| {
            assert!(!calendar.moment(Time::from_micros(i64::MAX)).local.is_empty());
        });
    }

    #[test]
    fn what_a_moment_shows_is_escaped() {
        let moment = Moment { iso: "\"<".to_owned(), local: "<b>".to_owned(), relative: "&".to_owned() };
        let html = moment.render().unwrap();
        assert!(!html.contains("<b>") && !html.contains("\"<"), "{html}");
    }
}
