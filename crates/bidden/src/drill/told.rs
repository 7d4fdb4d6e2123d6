//! What came of the attacks: for whoever reads it, and as JSON.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use model::time::Time;
use serde_json::{Value, json};

use super::Attack;

/// The version of the JSON, which grows with every change that a reader could stumble over.
const VERSION: u32 = 1;
/// How wide the text is.
const WIDTH: usize = 100;

/// What the attacker got.
#[derive(Clone, Debug)]
pub(super) enum Got {
    /// Nothing, and why.
    Nothing(String),
    /// A grant that may do less: what it may do, until when nobody has to do anything, and what became of it.
    Provisional { scope: String, until: Option<Time>, after: String },
    /// Something, which the promise allows: what.
    Little(String),
    /// More than the promise allows.
    Everything(String),
}

/// Where the owner saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// In a mail.
    Mail,
    /// On the page before them, before they answered.
    Page,
    /// On the page of their activity.
    Activity,
}

impl Where {
    const fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Page => "page",
            Self::Activity => "activity",
        }
    }
}

/// Something that the owner saw.
#[derive(Clone, Debug)]
pub(super) struct Saw {
    /// How long after the attack began.
    pub(super) after: Duration,
    pub(super) place: Where,
    pub(super) what: String,
}

/// How an attack went.
#[derive(Clone, Debug)]
pub(super) struct Played {
    pub(super) got: Got,
    pub(super) saw: Vec<Saw>,
    /// What was promised and not kept.
    pub(super) broken: Vec<String>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Report {
    all: Vec<(&'static Attack, Played)>,
}

impl Report {
    pub(super) fn add(&mut self, attack: &'static Attack, played: Played) {
        self.all.push((attack, played));
    }

    /// In how many a promise was broken.
    pub(super) fn broken(&self) -> usize {
        self.all.iter().filter(|(_, played)| !played.broken.is_empty()).count()
    }

    pub(super) fn json(&self) -> String {
        let attacks: Vec<Value> = self.all.iter().map(|(attack, played)| one(attack, played)).collect();
        let kept = self.all.len() - self.broken();
        format!(
            "{:#}\n",
            json!({ "version": VERSION, "attacks": attacks, "kept": kept, "broken": self.broken() })
        )
    }
}

fn one(attack: &Attack, played: &Played) -> Value {
    let got = match &played.got {
        Got::Nothing(why) => json!({ "what": "nothing", "why": why }),
        Got::Provisional { scope, until, after } => {
            let until = until.map(|until| until.to_string());
            json!({ "what": "provisional", "scope": scope, "until": until, "afterwards": after })
        }
        Got::Little(what) => json!({ "what": "little", "why": what }),
        Got::Everything(what) => json!({ "what": "everything", "why": what }),
    };
    let saw: Vec<Value> = played
        .saw
        .iter()
        .map(|saw| json!({ "after_seconds": saw.after.as_secs(), "where": saw.place.code(), "what": saw.what }))
        .collect();
    json!({
        "id": attack.id,
        "rows": attack.rows,
        "tried": attack.title,
        "got": got,
        "owner_saw": saw,
        "kept": played.broken.is_empty(),
        "broken": played.broken,
    })
}

/// The names of the attacks.
pub(super) fn list(attacks: &[&Attack]) -> String {
    attacks.iter().map(|attack| format!("{:<22} {}\n", attack.id, attack.title)).collect()
}

/// Lines of at most [`WIDTH`] columns, those after the first moved in.
fn wrapped(f: &mut Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    const INDENT: usize = 16;
    let mut line = format!("  {label:<14}");
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(f, "{}", line.trim_end())?;
            line = " ".repeat(INDENT);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(f, "{}", line.trim_end())
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (attack, Played { got, saw, broken }) in &self.all {
            let rows: Vec<String> = attack.rows.iter().map(ToString::to_string).collect();
            let plural = if rows.len() == 1 { "row" } else { "rows" };
            writeln!(f, "{}  ({plural} {})", attack.id, rows.join(", "))?;
            wrapped(f, "tried", attack.title)?;
            match got {
                Got::Nothing(why) => wrapped(f, "attacker got", &format!("nothing: {why}"))?,
                Got::Provisional { scope, until, after } => {
                    let until = until.map(|until| format!(", until {until} unless the owner confirms it"));
                    let until = until.unwrap_or_default();
                    let text = format!("a provisional grant that may `{scope}`{until}. {after}");
                    wrapped(f, "attacker got", &text)?;
                }
                Got::Little(what) => wrapped(f, "attacker got", what)?,
                Got::Everything(what) => wrapped(f, "attacker got", &format!("TOO MUCH: {what}"))?,
            }
            if saw.is_empty() {
                wrapped(f, "owner saw", "nothing, for nothing happened to them")?;
            }
            for (number, saw) in saw.iter().enumerate() {
                let label = if number == 0 { "owner saw" } else { "" };
                let text = format!("+{} {}: {}", in_words(saw.after), saw.place.code(), saw.what);
                wrapped(f, label, &text)?;
            }
            if broken.is_empty() {
                wrapped(f, "promise", "kept")?;
            }
            for broken in broken {
                wrapped(f, "promise", &format!("BROKEN: {broken}"))?;
            }
            writeln!(f)?;
        }
        let broken = self.broken();
        let all = self.all.len();
        writeln!(f, "{} of {all} promises kept", all - broken)
    }
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACK: Attack = Attack {
        id: "an-attack",
        rows: &[20, 26],
        title: "something is tried",
        settings: String::new,
        play: |_| Err(crate::Failed(String::new())),
    };

    #[test]
    fn a_broken_promise_is_told_in_every_form() {
        let mut report = Report::default();
        let saw = Saw {
            after: Duration::from_secs(130),
            place: Where::Mail,
            what: "A device was let in".to_owned(),
        };
        let got = Got::Provisional {
            scope: "openid".to_owned(),
            until: Some(Time::from_micros(0)),
            after: "One click ended it.".to_owned(),
        };
        report.add(&ATTACK, Played { got, saw: vec![saw], broken: Vec::new() });
        assert_eq!(report.broken(), 0);
        let got = Got::Everything("tokens for everything, and no mail about them".to_owned());
        report.add(&ATTACK, Played { got, saw: Vec::new(), broken: vec!["it may add a passkey".to_owned()] });
        assert_eq!(report.broken(), 1);
        let text = report.to_string();
        for part in [
            "+2 min mail: A device",
            "may `openid`, until 1970",
            "TOO MUCH",
            "BROKEN: it may",
            "1 of 2 promises kept",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        let json = report.json();
        assert!(json.contains("\"broken\": 1") && json.contains("\"what\": \"provisional\""), "{json}");
    }
}
