//! The activity page: a time line by day of everything that happened with an account.

use std::borrow::Borrow;

use askama::Template;

use crate::view::chart::{Chart, HEIGHT};
use crate::view::entry::{Entry, NotMeOffer};
use crate::view::frame::Frame;

/// GET `/account/activity`.
#[derive(Debug, Template)]
#[template(path = "activity.html", whitespace = "minimize")]
pub struct Activity<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What happened before this page was shown.
    pub notice: Option<ActivityNotice>,
    /// The last 30 days.
    pub chart: Chart,
    /// The days with their entries, the newest first.
    pub days: Vec<Day>,
    /// Which entries are shown.
    pub show: Show,
    /// Of which time.
    pub span: Span,
    /// Whether the page does not begin with the newest entry.
    pub paged: bool,
    /// Where the older entries are, if there are any.
    pub older: Option<String>,
    /// How many days entries are kept.
    pub retention_days: u32,
    /// How many days "this was not me" stops mail asked for by unknown browsers.
    pub mute_days: u32,
}

/// One day of the time line.
#[derive(Clone, Debug)]
pub struct Day {
    /// "Tuesday, 12 May 2026".
    pub label: String,
    /// "today" or "yesterday", where it is that.
    pub near: Option<String>,
    /// What happened, the newest first.
    pub entries: Vec<Entry>,
}

/// What happened before the activity page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityNotice {
    /// "This was not me" was recorded.
    NotMeRecorded,
}

/// Which entries are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All of them.
    All,
    /// Codes that were never used.
    Unused,
    /// Sign-ins.
    SignIns,
    /// Changes to the account.
    Changes,
}

/// Entries of which time are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// As long as they are kept.
    All,
    /// Of seven days.
    Week,
    /// Of thirty days.
    Month,
    /// Of ninety days.
    Quarter,
}

impl Span {
    const EVERY: [Self; 4] = [Self::All, Self::Quarter, Self::Month, Self::Week];

    /// How many days; none are all.
    #[must_use]
    pub const fn days(self) -> Option<u32> {
        match self {
            Self::All => None,
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Quarter => Some(90),
        }
    }

    /// The number in the query (`?days=…`); anything else is all.
    #[must_use]
    pub fn from_query(word: Option<&str>) -> Self {
        let days = word.and_then(|word| word.parse().ok());
        Self::EVERY.into_iter().find(|span| days.is_some() && span.days() == days).unwrap_or(Self::All)
    }

    fn words(self, frame: &Frame<'_>) -> String {
        match self.days() {
            None => frame.say("span-all").into_owned(),
            Some(days) => frame.count("span-days", days),
        }
    }
}

/// The query with a filter; what shows everything is left out.
#[must_use]
pub fn query(show: Show, span: Span) -> String {
    let days = span.days().map_or_else(String::new, |days| format!("&days={days}"));
    format!("show={}{days}", show.query())
}

impl Activity<'_> {
    /// The page with another filter.
    fn href(&self, show: impl Borrow<Show>, span: impl Borrow<Span>) -> String {
        format!("/account/activity?{}", query(*show.borrow(), *span.borrow()))
    }

    /// The file with what the filter leaves.
    fn file(&self, ending: &str) -> String {
        format!("/account/activity/activity.{ending}?{}", query(self.show, self.span))
    }
}

impl Show {
    const EVERY: [Self; 4] = [Self::All, Self::Unused, Self::SignIns, Self::Changes];

    /// The word in the query (`?show=…`).
    #[must_use]
    pub const fn query(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unused => "unused",
            Self::SignIns => "sign-ins",
            Self::Changes => "changes",
        }
    }

    /// Reads [`Self::query`]; anything else shows everything.
    #[must_use]
    pub fn from_query(word: Option<&str>) -> Self {
        Self::EVERY.into_iter().find(|show| Some(show.query()) == word).unwrap_or(Self::All)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::All => "show-all",
            Self::Unused => "show-unused",
            Self::SignIns => "show-sign-ins",
            Self::Changes => "show-changes",
        }
    }

    const fn empty(self) -> &'static str {
        match self {
            Self::All => "activity-empty-all",
            Self::Unused => "activity-empty-unused",
            Self::SignIns => "activity-empty-sign-ins",
            Self::Changes => "activity-empty-changes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_query_and_nonsense_shows_everything() {
        for show in Show::EVERY {
            assert_eq!(Show::from_query(Some(show.query())), show);
        }
        assert_eq!(Show::from_query(Some("nonsense")), Show::All);
        assert_eq!(Show::from_query(None), Show::All);
        for span in Span::EVERY {
            let written = query(Show::All, span);
            let days = written.split_once("&days=").map(|(_, days)| days);
            assert_eq!(Span::from_query(days), span);
        }
        assert_eq!(Span::from_query(Some("8")), Span::All);
    }
}
