//! The time line of an incident, drawn: one lane for each network, so that the eye sees the second person.

use std::net::IpAddr;

use super::super::report::{Incident, Moment};
use super::html::escaped;

const WIDTH: i64 = 720;
const LANE: i64 = 44;
const LEFT: i64 = 150;
const RIGHT: i64 = 12;
const TOP: i64 = 14;
const FOOT: i64 = 24;
/// Most lanes; what comes from further networks shares the last one.
const MOST_LANES: usize = 6;

/// What a lane is of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lane {
    Network(u32),
    Address(String),
    Unknown,
    Others,
}

impl Lane {
    fn of(moment: &Moment) -> Self {
        match (moment.network, moment.address) {
            (Some(number), _) => Self::Network(number),
            (None, Some(address)) => Self::Address(near(address)),
            (None, None) => Self::Unknown,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Network(number) => format!("AS{number}"),
            Self::Address(near) => near.clone(),
            Self::Unknown => "address unknown".to_owned(),
            Self::Others => "other networks".to_owned(),
        }
    }
}

/// Addresses that are close together share a lane where the network is not told.
fn near(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            format!("{a}.{b}.0.0/16")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// The picture; empty where there is nothing to draw.
pub(super) fn timeline(incident: &Incident) -> String {
    let moments = &incident.timeline;
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return String::new() };
    let (from, span) = (first.time.micros(), (last.time.micros() - first.time.micros()).max(1));
    let mut lanes: Vec<Lane> = Vec::new();
    for moment in moments {
        let lane = Lane::of(moment);
        if !lanes.contains(&lane) {
            lanes.push(if lanes.len() + 1 < MOST_LANES { lane } else { Lane::Others });
            lanes.dedup();
        }
    }
    let count = i64::try_from(lanes.len()).unwrap_or(1);
    let height = TOP + count * LANE + FOOT;
    let title = format!(
        "{} records in {} networks, wider apart where much happens at once",
        moments.len(),
        lanes.len()
    );
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Time line: {title}\"><title>{title}</title>"
    );
    for (at, lane) in lanes.iter().enumerate() {
        let y = TOP + i64::try_from(at).unwrap_or(0) * LANE + LANE / 2;
        let (end, name) = (WIDTH - RIGHT, escaped(&lane.name()));
        out.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{name}</text><line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>",
            y + 4
        ));
    }
    let room = i128::from(WIDTH - LEFT - RIGHT - 12);
    let steps = i128::try_from(moments.len().saturating_sub(1).max(1)).unwrap_or(1);
    for (step, moment) in moments.iter().enumerate() {
        let lane = Lane::of(moment);
        let at = lanes.iter().position(|known| *known == lane).unwrap_or(lanes.len().saturating_sub(1));
        let y = TOP + i64::try_from(at).unwrap_or(0) * LANE + LANE / 2;
        // Half by time and half by order: the seconds in which it begins would be one dot beside hours that follow.
        let by_time = i128::from(moment.time.micros() - from) * room / i128::from(span);
        let by_order = i128::try_from(step).unwrap_or(0) * room / steps;
        let x = LEFT + 6 + i64::try_from(by_time.midpoint(by_order)).unwrap_or(0);
        let said = escaped(&format!("{} {}", moment.at, moment.text));
        out.push_str(&shape((class(moment), at > 0), (x, y), &said));
    }
    let foot = height - 6;
    out.push_str(&format!(
        "<text x=\"{LEFT}\" y=\"{foot}\">{}</text><text x=\"{}\" y=\"{foot}\" text-anchor=\"end\">{}</text></svg>",
        escaped(&first.at),
        WIDTH - RIGHT,
        escaped(&last.at)
    ));
    out
}

/// What a moment is drawn as: the shape tells as much as the colour.
fn class(moment: &Moment) -> &'static str {
    if moment.what == "act" {
        "act"
    } else if moment.text.starts_with("signed in") {
        "in"
    } else {
        "no"
    }
}

/// A moment; those of every lane but the first have another colour.
fn shape((class, other): (&str, bool), (x, y): (i64, i64), said: &str) -> String {
    let kind = class;
    let class = if other { format!("{class} other") } else { class.to_owned() };
    match kind {
        "in" => {
            format!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"6\"><title>{said}</title></circle>")
        }
        "act" => format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"11\" height=\"11\"><title>{said}</title></rect>",
            x - 5,
            y - 5
        ),
        _ => format!(
            "<path class=\"{class}\" d=\"M{} {} l10 10 m0 -10 l-10 10\"><title>{said}</title></path>",
            x - 5,
            y - 5
        ),
    }
}
