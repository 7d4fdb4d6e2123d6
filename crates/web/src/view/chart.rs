//! The bar chart of the last days: codes asked for against codes used, drawn as SVG on the server.

use crate::view::frame::Frame;

/// One day of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartDay {
    /// The day: "12 May".
    pub label: String,
    /// Codes asked for.
    pub asked: u32,
    /// Codes used.
    pub used: u32,
}

/// The days of the chart, the oldest first.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The days.
    pub days: Vec<ChartDay>,
}

/// One day as it is drawn, in units of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar<'a> {
    pub(crate) day: &'a ChartDay,
    pub(crate) x: u32,
    pub(crate) asked_height: u32,
    pub(crate) used_height: u32,
}

/// The height of the drawing.
pub(crate) const HEIGHT: u32 = 96;
/// The width of one day, gap included.
pub(crate) const STEP: u32 = 20;

impl Chart {
    /// The drawing in words.
    pub(crate) fn caption(&self, frame: &Frame<'_>) -> String {
        let days = self.days.len();
        let asked = self.asked();
        if asked == 0 {
            return frame.fill("chart-none", &[("n", days.into())]);
        }
        let arguments = [("days", days.into()), ("asked", asked.into()), ("used", self.used().into())];
        frame.fill("chart-caption", &arguments)
    }

    pub(crate) fn asked(&self) -> u32 {
        self.days.iter().map(|day| day.asked).sum()
    }

    pub(crate) fn used(&self) -> u32 {
        self.days.iter().map(|day| day.used).sum()
    }

    /// The most that was asked for on one day.
    pub(crate) fn most(&self) -> u32 {
        self.days.iter().map(|day| day.asked.max(day.used)).max().unwrap_or_default()
    }

    pub(crate) fn width(&self) -> u32 {
        self.bars().count().try_into().unwrap_or(u32::MAX).saturating_mul(STEP)
    }

    pub(crate) fn bars(&self) -> impl Iterator<Item = Bar<'_>> {
        // At least four, so that a single code is not as tall as a flood.
        let most = self.most().max(4);
        (0_u32..).step_by(20).zip(&self.days).map(move |(x, day)| Bar {
            day,
            x,
            asked_height: height(day.asked, most),
            used_height: height(day.used, most),
        })
    }

    /// The days on which anything happened, the newest first.
    pub(crate) fn busy(&self) -> impl Iterator<Item = &ChartDay> {
        self.days.iter().rev().filter(|day| day.asked > 0 || day.used > 0)
    }

    pub(crate) fn first_label(&self) -> &str {
        self.days.first().map_or("", |day| &day.label)
    }
}

fn height(count: u32, most: u32) -> u32 {
    if count == 0 {
        return 0;
    }
    let exact = u64::from(count) * u64::from(HEIGHT) / u64::from(most.max(1));
    u32::try_from(exact).unwrap_or(HEIGHT).clamp(2, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(counts: &[(u32, u32)]) -> Chart {
        let day = |&(asked, used): &(u32, u32)| ChartDay { label: "1 May".to_owned(), asked, used };
        Chart { days: counts.iter().map(day).collect() }
    }

    #[test]
    fn the_busiest_day_fills_the_drawing_and_an_empty_one_draws_nothing() {
        let chart = chart(&[(0, 0), (5, 1), (10, 10)]);
        let bars: Vec<_> = chart.bars().map(|bar| (bar.x, bar.asked_height, bar.used_height)).collect();
        assert_eq!(bars, [(0, 0, 0), (20, 48, 9), (40, 96, 96)]);
        assert_eq!((chart.asked(), chart.used(), chart.most(), chart.width()), (15, 11, 10, 60));
    }

    #[test]
    fn one_code_among_thousands_is_still_visible() {
        let chart = chart(&[(1, 0), (u32::MAX, 0)]);
        let heights: Vec<_> = chart.bars().map(|bar| bar.asked_height).collect();
        assert_eq!(heights, [2, HEIGHT]);
    }

    #[test]
    fn a_chart_without_days_is_empty() {
        let chart = chart(&[]);
        assert_eq!((chart.width(), chart.most(), chart.first_label()), (0, 0, ""));
        assert_eq!(chart.busy().count(), 0);
    }
}
