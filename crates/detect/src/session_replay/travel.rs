//! A journey that nobody makes: two places too far apart for the time between them.
//!
//! Implements: detection.md §5 D11. Context only: tunnels and the masts of carriers make such journeys all day.

use model::time::HOUR;

/// Below that, estimates of places are as wrong as the journey is long, in kilometres.
const FAR: f64 = 500.0;
/// An aeroplane, in kilometres an hour.
const FAST: f64 = 800.0;
/// The radius of the Earth, in kilometres.
const EARTH: f64 = 6371.0;

/// Whether nobody gets from one place (in thousandths of a degree) to the other in that time.
pub(super) fn is_too_far(from: Option<(i32, i32)>, left: i64, to: Option<(i32, i32)>, arrived: i64) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    if from == to || left == 0 {
        return false;
    }
    let far = kilometres(from, to);
    let seconds = i32::try_from(arrived.saturating_sub(left).max(0) / 1_000_000).unwrap_or(i32::MAX);
    let hours = f64::from(seconds) / f64::from(i32::try_from(HOUR / 1_000_000).unwrap_or(3600));
    far >= FAR && far >= FAST * hours
}

/// The great circle between two places.
fn kilometres(from: (i32, i32), to: (i32, i32)) -> f64 {
    let radians = |thousandths: i32| f64::from(thousandths).to_radians() / 1000.0;
    let (from, to) = ((radians(from.0), radians(from.1)), (radians(to.0), radians(to.1)));
    let half = |difference: f64| (difference / 2.0).sin().powi(2);
    let arc = half(to.0 - from.0) + from.0.cos() * to.0.cos() * half(to.1 - from.1);
    2.0 * EARTH * arc.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIENNA: (i32, i32) = (48_200, 16_370);
    const LONDON: (i32, i32) = (51_500, -120);
    const GRAZ: (i32, i32) = (47_070, 15_440);

    #[test]
    fn an_aeroplane_is_fast_enough_and_a_minute_is_not() {
        assert!((kilometres(VIENNA, LONDON) - 1237.0).abs() < 10.0);
        assert!(is_too_far(Some(VIENNA), 1, Some(LONDON), 1 + HOUR));
        assert!(!is_too_far(Some(VIENNA), 1, Some(LONDON), 1 + 2 * HOUR));
        assert!(!is_too_far(Some(VIENNA), 1, Some(GRAZ), 2), "too near to say");
        assert!(!is_too_far(None, 1, Some(GRAZ), 2));
        assert!(!is_too_far(Some(VIENNA), 0, Some(LONDON), 2), "nothing is known of before");
    }
}
