//! Settings from `BIDDEN_*` environment variables.

use super::problem::{Place, Problem, quoted, shortened};
use super::spelling;
use super::table::{Row, TABLE};
use super::values::Given;

const PREFIX: &str = "BIDDEN_";

/// The variables of this process that begin with `BIDDEN_`. What is not UTF-8 in one is replaced, so
/// that its value is refused by name instead of being passed over.
pub(super) fn of_this_process() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| name.starts_with(PREFIX))
}

/// Whether whoever runs a command wants no colours (<https://no-color.org>).
pub(crate) fn refuses_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Reads the variables; what cannot be used is added to `problems`. Others than `BIDDEN_*` are passed over.
///
/// An empty variable counts as not set: that is what `${NAME:-}` in a compose file leaves behind.
pub(super) fn read(
    variables: impl Iterator<Item = (String, String)>,
    problems: &mut Vec<Problem>,
) -> Vec<Given> {
    let known: Vec<(String, &'static Row)> = TABLE.iter().map(|row| (row.variable(), row)).collect();
    let mut given = Vec::new();
    for (name, text) in variables.filter(|(name, _)| name.starts_with(PREFIX)) {
        let Some((_, row)) = known.iter().find(|(variable, _)| *variable == name) else {
            if !is_service_link(&name, &text) {
                problems.push(unknown(&name, &known));
            }
            continue;
        };
        if text.is_empty() {
            continue;
        }
        let place = Place::Variable(name);
        let value = match row.kind.parse(&text) {
            Ok(value) => Some(value),
            Err(unfit) => {
                let found = row.kind.shown(quoted(&text));
                problems.push(
                    Problem::new(place.clone(), row.key, found, row.kind.expected()).with_next(unfit.next),
                );
                None
            }
        };
        given.push(Given { row, place, value });
    }
    given
}

fn unknown(name: &str, known: &[(String, &'static Row)]) -> Problem {
    let next = spelling::nearest(name, known.iter().map(|(variable, _)| variable.as_str())).map_or_else(
        || "See `bidden config reference` for all variables.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    );
    Problem::new(Place::Variable(shortened(name)), "", "an unknown variable", "the variable of a setting")
        .with_next(next)
}

/// Whether Kubernetes has set the variable because there is a Service named `bidden`.
fn is_service_link(name: &str, text: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    let is_url = text.starts_with("tcp://") || text.starts_with("udp://") || text.starts_with("sctp://");
    rest == "SERVICE_HOST"
        || rest == "SERVICE_PORT"
        || rest.starts_with("SERVICE_PORT_")
        || (rest == "PORT" && is_url)
        || rest.strip_prefix("PORT_").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
