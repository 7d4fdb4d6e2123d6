//! What came of the attacks: for whoever reads it, and as JSON.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use model::time::Time;
use serde_json::{Value, json};

use super::Attack;

/// The version of the JSON, which grows with every change that a reader could stumble over.
const VERSION: u32 = 1;
/// What is told where nothing was to be seen.
pub(super) const NOTHING_SEEN: &str = "nothing, for nothing happened to them";
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

/// One of them, and everything that came of it.
pub(super) struct Told {
    pub(super) attack: &'static Attack,
    pub(super) played: Played,
    /// Which detectors found it.
    pub(super) found: Vec<String>,
}

/// All of them.
pub(super) struct Report {
    /// With this number the same is played again.
    pub(super) seed: u64,
    pub(super) all: Vec<Told>,
}

impl Report {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, all: Vec::new() }
    }

    pub(super) fn add(&mut self, attack: &'static Attack, played: Played, found: Vec<String>) {
        self.all.push(Told { attack, played, found });
    }

    /// In how many a promise was broken.
    pub(super) fn broken(&self) -> usize {
        self.all.iter().filter(|told| !told.played.broken.is_empty()).count()
    }

    pub(super) fn json(&self) -> String {
        let attacks: Vec<Value> = self.all.iter().map(one).collect();
        let kept = self.all.len() - self.broken();
        let (seed, broken) = (self.seed, self.broken());
        format!(
            "{:#}\n",
            json!({ "version": VERSION, "seed": seed, "attacks": attacks, "kept": kept, "broken": broken })
        )
    }
}

impl Got {
    /// What the attacker got, in words.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Nothing(why) => format!("nothing: {why}"),
            Self::Provisional { scope, until, after } => {
                let until = until.map(|until| format!(", until {until} unless the owner confirms it"));
                let until = until.unwrap_or_default();
                format!("a provisional grant that may `{scope}`{until}. {after}")
            }
            Self::Little(what) => what.clone(),
            Self::Everything(what) => format!("TOO MUCH: {what}"),
        }
    }
}

impl Saw {
    /// When and where, in words.
    pub(super) fn when(&self) -> String {
        format!("+{} {}", in_words(self.after), self.place.code())
    }
}

impl Attack {
    /// The rows of the table of attacks that it stands for, in words.
    pub(super) fn rows_in_words(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(ToString::to_string).collect();
        let plural = if rows.len() == 1 { "row" } else { "rows" };
        format!("{plural} {}", rows.join(", "))
    }
}

fn one(Told { attack, played, found }: &Told) -> Value {
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
        "findings": found,
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
        for Told { attack, played: Played { got, saw, broken }, found } in &self.all {
            writeln!(f, "{}  ({})", attack.id, attack.rows_in_words())?;
            wrapped(f, "tried", attack.title)?;
            wrapped(f, "attacker got", &got.in_words())?;
            if saw.is_empty() {
                wrapped(f, "owner saw", NOTHING_SEEN)?;
            }
            for (number, saw) in saw.iter().enumerate() {
                let label = if number == 0 { "owner saw" } else { "" };
                wrapped(f, label, &format!("{}: {}", saw.when(), saw.what))?;
            }
            if !found.is_empty() {
                wrapped(f, "found by", &found.join(", "))?;
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
        writeln!(f, "{} of {all} promises kept (seed {})", all - broken, self.seed)
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
        let mut report = Report::new(7);
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
        let played = Played { got, saw: vec![saw], broken: Vec::new() };
        report.add(&ATTACK, played, vec!["code-flood".to_owned()]);
        assert_eq!(report.broken(), 0);
        let got = Got::Everything("tokens for everything, and no mail about them".to_owned());
        let played = Played { got, saw: Vec::new(), broken: vec!["it may add a passkey".to_owned()] };
        report.add(&ATTACK, played, Vec::new());
        assert_eq!(report.broken(), 1);
        let text = report.to_string();
        for part in [
            "+2 min mail: A device",
            "may `openid`, until 1970",
            "TOO MUCH",
            "BROKEN: it may",
            "found by      code-flood",
            "1 of 2 promises kept (seed 7)",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        let json = report.json();
        assert!(json.contains("\"broken\": 1") && json.contains("\"what\": \"provisional\""), "{json}");
        let page = super::super::page::page(&report);
        for part in ["1 of 2 promises kept", "<b>+2 min mail</b> A device", "BROKEN", "code-flood"] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}
