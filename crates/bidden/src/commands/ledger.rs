//! `bidden ledger`: the chance that anybody guessed a code, for all accounts together or for one.

use std::fmt::Write as _;

use flow::ledger::{self, Ledger};
use model::budget::Chance;
use serde_json::{Value, json};

use crate::Failed;
use crate::cli::Ledger as Action;
use crate::commands::{account, cx, failed, print, store, visible};
use crate::config::settings::Config;

pub(crate) fn run(settings: &Config, action: &Action) -> Result<(), Failed> {
    let Action::Show { account, json } = action;
    let store = store(settings)?;
    let cx = cx(settings);
    let (whose, found) = match account {
        Some(text) => {
            let account = account::find(&store, text)?;
            let found = ledger::of_account(&store, &cx, &account);
            (Some(account), found)
        }
        None => (None, ledger::of_all(&store, &cx)),
    };
    let found = found.map_err(|fault| failed(&fault))?;
    let whose = whose.map(|account| account.address);
    let told_at = whose.is_none().then_some(cx.policy.alarm_at);
    if *json {
        let object = as_json(whose.as_deref(), &found, told_at);
        return print(&format!("{object}\n"));
    }
    print(&in_words(whose.as_deref(), &found, told_at)?)
}

/// "1 in 8533333333": rounded so that the true chance is never larger.
fn odds(chance: Chance) -> String {
    chance.odds().map_or_else(|| "none".to_owned(), |odds| format!("at most 1 in {}", odds.max(1)))
}

fn in_words(whose: Option<&str>, found: &Ledger, told_at: Option<Chance>) -> Result<String, Failed> {
    let mut out = String::new();
    let whose = match whose {
        Some(address) => format!("a code of {}", visible(address)),
        None => "any code of any account".to_owned(),
    };
    let chance = found.chance();
    writeln!(out, "The chance that anybody guessed {whose} in the last 365 days: {}", odds(chance))?;
    if let Some(at) = told_at {
        let state = if chance >= at { "it has come to the alarm" } else { "below the alarm" };
        writeln!(out, "Operators are told at 1 in {}: {state}", at.odds().unwrap_or(i64::MAX))?;
    }
    for known in [false, true] {
        let (who, limit) = match known {
            false => ("browsers that had never signed in", found.limit),
            true => ("browsers that had signed in before", found.limit_known),
        };
        let sum = odds(found.of_known(known));
        writeln!(out, "\nFor {who}: {sum}; the limit is 1 in {}", limit.odds().unwrap_or(i64::MAX))?;
        for line in found.lines.iter().filter(|line| line.known == known) {
            let (codes, letters, guesses) = (line.codes, line.letters, line.guesses);
            writeln!(
                out,
                "  {letters:>2} letters  {codes:>10} codes  {guesses:>10} guesses  {}",
                odds(line.chance)
            )?;
        }
    }
    Ok(out)
}

fn as_json(whose: Option<&str>, found: &Ledger, told_at: Option<Chance>) -> Value {
    let lines: Vec<Value> = found
        .lines
        .iter()
        .map(|line| {
            json!({
                "known": line.known,
                "letters": line.letters,
                "codes": line.codes,
                "guesses": line.guesses,
                "at_most_one_in": line.chance.odds(),
            })
        })
        .collect();
    json!({
        "account": whose,
        "at_most_one_in": found.chance().odds(),
        "unknown_browsers_at_most_one_in": found.of_known(false).odds(),
        "known_browsers_at_most_one_in": found.of_known(true).odds(),
        "limit_unknown_browsers_one_in": found.limit.odds(),
        "limit_known_browsers_one_in": found.limit_known.odds(),
        "alarm": told_at.map(|at| found.chance() >= at),
        "alarm_at_one_in": told_at.map(|at| at.odds()),
        "lines": lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ledger::Line;

    fn found() -> Ledger {
        let line = |known, letters, codes, guesses| Line {
            known,
            letters,
            codes,
            guesses,
            chance: Chance::of_guesses(u8::try_from(guesses).unwrap(), letters),
        };
        Ledger {
            lines: vec![line(false, 8, 2, 3), line(false, 12, 1, 0), line(true, 8, 1, 1)],
            limit: Chance::one_in(1_000_000),
            limit_known: Chance::one_in(10_000),
        }
    }

    #[test]
    fn the_sum_its_parts_and_its_limits_are_said() {
        let said = in_words(Some("alice@example.com"), &found(), None).unwrap_or_default();
        assert_eq!(
            said,
            "The chance that anybody guessed a code of alice@example.com in the last 365 days: at most 1 in 6400000000

For browsers that had never signed in: at most 1 in 8533333333; the limit is 1 in 1000000
   8 letters           2 codes           3 guesses  at most 1 in 8533333333
  12 letters           1 codes           0 guesses  none

For browsers that had signed in before: at most 1 in 25600000000; the limit is 1 in 10000
   8 letters           1 codes           1 guesses  at most 1 in 25600000000
"
        );
        let all = in_words(None, &found(), Some(Chance::one_in(100))).unwrap_or_default();
        assert!(all.starts_with("The chance that anybody guessed any code of any account"));
        assert!(all.contains("\nOperators are told at 1 in 100: below the alarm\n"));
        let high = in_words(None, &found(), Some(found().chance())).unwrap_or_default();
        assert!(high.contains("it has come to the alarm"));
    }

    #[test]
    fn json_says_the_same() {
        let object = as_json(None, &found(), Some(Chance::one_in(100)));
        assert_eq!(object["at_most_one_in"], 6_400_000_000_i64);
        assert_eq!((&object["alarm"], &object["alarm_at_one_in"]), (&json!(false), &json!(100)));
        assert_eq!(object["lines"][1]["at_most_one_in"], Value::Null);
        assert_eq!(as_json(Some("a@b.example"), &found(), None)["alarm"], Value::Null);
    }
}
