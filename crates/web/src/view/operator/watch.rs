//! The operator's page about what is happening now, and the page of one finding.

use askama::Template;

use super::EventLine;
use crate::view::finding::Words;
use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// One hour of the time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// When it begins: "14:00".
    pub label: String,
    /// Codes asked for.
    pub asked: u32,
    /// Codes used.
    pub used: u32,
    /// Wrong codes and passwords.
    pub wrong: u32,
    /// Findings.
    pub findings: u32,
}

impl Hour {
    const fn is_quiet(&self) -> bool {
        self.asked == 0 && self.used == 0 && self.wrong == 0 && self.findings == 0
    }
}

/// The last hours, drawn.
#[derive(Clone, Debug)]
pub struct TimeLine {
    /// The hours, the oldest first.
    pub hours: Vec<Hour>,
}

/// One hour as it is drawn, in units of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bar {
    x: u32,
    asked: u32,
    used: u32,
    wrong: u32,
    found: bool,
}

/// The height of the bars; above them is room for the marks of findings.
const HEIGHT: u32 = 96;
/// The height of a mark, and of the room above the bars.
const MARK: u32 = 8;
/// The width of one hour, gap included.
const STEP: u32 = 20;

impl TimeLine {
    const TOP: u32 = MARK + 4;

    fn width(&self) -> u32 {
        u32::try_from(self.hours.len()).unwrap_or(0).saturating_mul(STEP)
    }

    const fn height() -> u32 {
        HEIGHT + Self::TOP
    }

    fn sum(&self, of: impl Fn(&Hour) -> u32) -> u32 {
        self.hours.iter().map(of).fold(0, u32::saturating_add)
    }

    fn bars(&self) -> impl Iterator<Item = Bar> {
        // At least four, so that a single code is not as tall as a flood.
        let most = self.hours.iter().map(|hour| hour.asked.max(hour.used).max(hour.wrong)).max();
        let most = most.unwrap_or(0).max(4);
        let tall = move |count: u32| {
            if count == 0 {
                return 0;
            }
            let exact = u64::from(count) * u64::from(HEIGHT) / u64::from(most);
            u32::try_from(exact).unwrap_or(HEIGHT).clamp(2, HEIGHT)
        };
        (0_u32..).step_by(20).zip(&self.hours).map(move |(x, hour)| Bar {
            x,
            asked: tall(hour.asked),
            used: tall(hour.used),
            wrong: tall(hour.wrong),
            found: hour.findings > 0,
        })
    }

    /// The drawing in words.
    fn words(&self, frame: &Frame<'_>) -> String {
        frame.fill(
            "watch-line-words",
            &[
                ("asked", self.sum(|hour| hour.asked).into()),
                ("used", self.sum(|hour| hour.used).into()),
                ("wrong", self.sum(|hour| hour.wrong).into()),
                ("findings", self.sum(|hour| hour.findings).into()),
            ],
        )
    }

    /// The hours in which anything happened, the newest first.
    fn busy(&self) -> impl Iterator<Item = &Hour> {
        self.hours.iter().rev().filter(|hour| !hour.is_quiet())
    }

    fn first_label(&self) -> &str {
        self.hours.first().map_or("", |hour| &hour.label)
    }
}

/// What a number on the page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Codes asked for.
    pub asked: u32,
    /// Codes used.
    pub used: u32,
    /// Wrong codes and passwords.
    pub wrong: u32,
    /// Floods that were summed up.
    pub floods: u32,
    /// Sessions that started.
    pub started: u32,
    /// How many codes in a hundred were used; none where none was asked for.
    pub completed: Option<u32>,
}

impl Counts {
    const fn all(&self) -> [(u32, &'static str); 5] {
        [
            (self.asked, "watch-asked"),
            (self.used, "watch-used"),
            (self.wrong, "watch-wrong"),
            (self.floods, "watch-floods"),
            (self.started, "watch-started"),
        ]
    }
}

/// A finding in a list.
#[derive(Clone, Debug)]
pub struct FoundLine {
    /// The event that raised it.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Its texts.
    pub words: Words,
    /// How urgent it is: a text.
    pub severity: &'static str,
    /// Whom or what it is about; nothing for the site itself.
    pub about: String,
    /// How many events led to it.
    pub count: u32,
    /// Whether an operator took note of it.
    pub noted: bool,
}

/// A response.
#[derive(Clone, Debug)]
pub struct ResponseLine {
    /// Which.
    pub id: String,
    /// What is done: a text.
    pub act: &'static str,
    /// To whom.
    pub scope: String,
    /// Since when.
    pub since: Moment,
    /// Until when; none where it was done once.
    pub until: Option<Moment>,
    /// Why, as an operator said it; nothing where a finding says it.
    pub reason: String,
    /// The finding that it answers.
    pub finding: Option<String>,
    /// Whether it is only said what would be done.
    pub simulated: bool,
    /// Whether it stands.
    pub stands: bool,
}

/// GET `/operator/watch`.
#[derive(Debug, Template)]
#[template(path = "operator_watch.html", whitespace = "minimize")]
pub struct Watch<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether a response was undone just now, or could not be.
    pub said: Option<Said>,
    /// The last hour.
    pub hour: Counts,
    /// The last 24 hours.
    pub day: Counts,
    /// The time line.
    pub line: TimeLine,
    /// What was found within seven days, the newest first.
    pub findings: Vec<FoundLine>,
    /// What is done about it now.
    pub responses: Vec<ResponseLine>,
}

impl Watch<'_> {
    /// What was counted, how the section is called on the page, and its heading.
    const fn periods(&self) -> [(Counts, &'static str, &'static str); 2] {
        [(self.hour, "hour", "watch-hour"), (self.day, "day", "watch-day")]
    }
}

/// What is said above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A response was undone.
    Undone,
    /// It had ended before.
    Over,
    /// The note is on the record.
    Noted,
    /// Somebody was quicker.
    NotedBefore,
}

impl Said {
    const fn text(self) -> &'static str {
        match self {
            Self::Undone => "watch-undone",
            Self::Over => "watch-over",
            Self::Noted => "watch-noted",
            Self::NotedBefore => "watch-noted-before",
        }
    }

    const fn is_good(self) -> bool {
        matches!(self, Self::Undone | Self::Noted)
    }
}

/// Who took note of a finding.
#[derive(Clone, Debug)]
pub struct Noted {
    /// When.
    pub at: Moment,
    /// Who, where that is an account that is still there.
    pub by: Option<String>,
    /// What they said.
    pub note: String,
}

/// A fact that a finding rests on.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// Our code for it.
    pub fact: &'static str,
    /// How many, or which.
    pub value: String,
}

/// GET `/operator/findings/{id}`.
#[derive(Debug, Template)]
#[template(path = "operator_finding.html", whitespace = "minimize")]
pub struct OneFinding<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What is said above the page.
    pub said: Option<Said>,
    /// The finding.
    pub line: FoundLine,
    /// When the first of the events was, and the last.
    pub span: Option<(Moment, Moment)>,
    /// Which detector it was.
    pub detector: String,
    /// What it rests on.
    pub facts: Vec<FactLine>,
    /// The page of the account that it concerns, where it is one.
    pub account: Option<String>,
    /// The events, the oldest first.
    pub events: Vec<EventLine>,
    /// What was done about it.
    pub responses: Vec<ResponseLine>,
    /// Who took note of it.
    pub noted: Option<Noted>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(asked: u32, wrong: u32, findings: u32) -> Hour {
        Hour { label: "14:00".to_owned(), asked, used: 0, wrong, findings }
    }

    #[test]
    fn the_busiest_hour_fills_the_drawing_whatever_it_was_busy_with() {
        let line = TimeLine { hours: vec![hour(5, 0, 0), hour(0, 10, 1), hour(0, 0, 0)] };
        let bars: Vec<_> = line.bars().map(|bar| (bar.x, bar.asked, bar.wrong, bar.found)).collect();
        assert_eq!(bars, [(0, 48, 0, false), (20, 0, 96, true), (40, 0, 0, false)]);
        assert_eq!((line.width(), line.busy().count()), (60, 2));
    }

    #[test]
    fn one_code_beside_a_flood_is_still_visible() {
        let line = TimeLine { hours: vec![hour(1, 0, 0), hour(u32::MAX, 0, 0)] };
        let heights: Vec<_> = line.bars().map(|bar| bar.asked).collect();
        assert_eq!(heights, [2, HEIGHT]);
        assert_eq!(line.sum(|hour| hour.asked), u32::MAX);
    }
}
