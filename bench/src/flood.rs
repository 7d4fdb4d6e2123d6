//! Sign-ins by code and by passkey while a crowd tries passwords, against the same people without the crowd.
//!
//! Everybody in the crowd has a network of its own and tries one address after the other, so that no limit of a network or
//! an account ends it early: what is measured is whether the pool that hashes passwords leaves the rest alone.

use std::collections::VecDeque;
use std::fmt::{self, Display, Formatter};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use proving::passkey::Authenticator;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::frame::Frame;
use crate::http::{Connection, Request, Site};
use crate::jar::Jar;
use crate::latency::{Samples, Summary};
use crate::report::{per_second, share};
use crate::server::Setup;
use crate::told;
use crate::trouble::Trouble;
use crate::walk::{self, Profile};

/// Twice as long at p99, and no longer.
const AIM: f64 = 2.0;
/// How long a person does something else between two sign-ins.
const PAUSE: Duration = Duration::from_millis(50);
/// How long somebody in the crowd who was told to come back later stays away. The page says seconds.
const AWAY: Duration = Duration::from_millis(20);
/// Before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);
/// Accounts of each person who signs in by code: none gets near its mail budget.
const ACCOUNTS: u32 = 20;

/// Sign-ins by code and by passkey while a crowd tries passwords, against the same without the crowd.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How long each side is measured in each round, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How many people sign in by code, and as many by passkey.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) people: u32,
    /// How many try passwords.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) crowd: u32,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// One side of a round.
#[derive(Clone, Debug, Default, Serialize)]
struct Side {
    codes: Summary,
    passkeys: Summary,
    sign_ins_per_second: f64,
    /// Passwords that were refused as wrong, and those that were told to come back later.
    wrong_per_second: f64,
    later_per_second: f64,
    failures: u32,
    first_failure: Option<String>,
}

/// The same people without the crowd and with it.
#[derive(Clone, Debug, Default, Serialize)]
struct Round {
    quiet: Side,
    flood: Side,
}

impl Round {
    fn ratio(&self) -> f64 {
        let of = |quiet: &Summary, flood: &Summary| share(flood.p99_ms, quiet.p99_ms);
        of(&self.quiet.codes, &self.flood.codes).max(of(&self.quiet.passkeys, &self.flood.passkeys))
    }
}

#[derive(Serialize)]
struct Report {
    options: Options,
    load_average: [String; 2],
    /// The larger of the two ratios at p99, of the median round.
    ratio: f64,
    median: Round,
    rounds: Vec<Round>,
}

/// Measures what was asked for and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("flood")?;
    let report = measured(options, Setup::new(place.program.clone(), place.directory.clone())?).await?;
    told::report(&report, options.frame.json)?;
    let whole = |side: &Side| side.failures == 0 && side.codes.max_ms > 0.0 && side.passkeys.max_ms > 0.0;
    Ok(report.rounds.iter().all(|round| whole(&round.quiet) && whole(&round.flood)))
}

async fn measured(options: &Options, setup: Setup) -> Result<Report, Trouble> {
    let before = told::load_average();
    let server = setup.start_with(&[
        ("BIDDEN_REGISTRATION", "open"),
        ("BIDDEN_METHODS_SIGN_IN", "passkey, password, mail_code"),
    ])?;
    let mut people = opened(options, &setup.site).await?;
    let mut rounds = Vec::new();
    for _ in 0..options.frame.rounds {
        let (quiet, flood);
        (people, quiet) = side(options, &setup.site, people, 0).await?;
        (people, flood) = side(options, &setup.site, people, options.crowd).await?;
        rounds.push(Round { quiet, flood });
    }
    server.stop()?;
    rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let median = rounds.get(rounds.len() / 2).cloned().unwrap_or_default();
    let load_average = [before, told::load_average()];
    Ok(Report { options: options.clone(), load_average, ratio: median.ratio(), median, rounds })
}

/// Somebody who signs in again and again.
enum Person {
    ByCode(VecDeque<Profile>),
    ByPasskey(Box<(Profile, Authenticator)>),
}

async fn opened(options: &Options, site: &Arc<Site>) -> Result<Vec<Person>, Trouble> {
    let mut people = Vec::new();
    let mut connection = Connection::new(Arc::clone(site));
    for person in 0..options.people {
        let mut accounts = VecDeque::new();
        for n in 0..ACCOUNTS {
            let mut profile = Profile::new(format!("reader-{person}-{n}@example.test"));
            walk::open_account(&mut connection, &mut profile).await?;
            accounts.push_back(profile);
        }
        people.push(Person::ByCode(accounts));
        let mut profile = Profile::new(format!("owner-{person}@example.test"));
        walk::open_account(&mut connection, &mut profile).await?;
        let mut device = Authenticator::new(&site.origin);
        make_passkey(&mut connection, &mut profile, &mut device).await?;
        people.push(Person::ByPasskey(Box::new((profile, device))));
    }
    Ok(people)
}

/// What a page with a passkey form holds: its token, the options for the device, the challenge.
fn passkey_form(page: &str) -> Option<(String, String, String)> {
    let form = walk::between(page, "<form id=\"passkey\"", "</form>")?;
    let options = walk::between(form, "data-options=\"", "\"")?;
    let options =
        options.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let challenge = walk::between(form, "name=\"challenge\" value=\"", "\"")?;
    Some((walk::form_token(form)?, options, challenge.to_owned()))
}

async fn make_passkey(
    to: &mut Connection,
    profile: &mut Profile,
    device: &mut Authenticator,
) -> Result<(), Trouble> {
    let new = "/account/authenticators/passkeys/new";
    let (token, options, challenge) = walk::get(to, &mut profile.jar, new, passkey_form).await?;
    let credential = device.make(&options).map_err(|error| Trouble::Unexpected(error.to_string()))?;
    let mut form = String::new();
    let fields = [("csrf", &token), ("challenge", &challenge), ("credential", &credential)];
    fields.into_iter().for_each(|(name, value)| walk::field(&mut form, name, value));
    walk::field(&mut form, "name", "Bench");
    let next = walk::post(to, &mut profile.jar, "/account/authenticators/passkeys", &form).await?;
    if next.ends_with("notice=added") {
        Ok(())
    } else {
        Err(Trouble::Unexpected(format!("a passkey leads to {next}")))
    }
}

async fn by_passkey(
    to: &mut Connection,
    profile: &mut Profile,
    device: &mut Authenticator,
) -> Result<(), Trouble> {
    profile.jar.forget_session();
    let (token, options, challenge) = walk::get(to, &mut profile.jar, "/sign-in", passkey_form).await?;
    let credential = device.sign(&options).map_err(|error| Trouble::Unexpected(error.to_string()))?;
    let mut form = String::new();
    let fields = [("csrf", &token), ("challenge", &challenge), ("credential", &credential)];
    fields.into_iter().for_each(|(name, value)| walk::field(&mut form, name, value));
    let next = walk::post(to, &mut profile.jar, "/sign-in/passkey", &form).await?;
    if next.starts_with("/account") {
        Ok(())
    } else {
        Err(Trouble::Unexpected(format!("a passkey leads to {next}")))
    }
}

/// When a side begins to count and when it ends.
#[derive(Clone, Copy)]
struct Span {
    from: Instant,
    to: Instant,
}

#[derive(Default)]
struct Seen {
    codes: Samples,
    passkeys: Samples,
    wrong: usize,
    later: usize,
    failures: u32,
    first_failure: Option<String>,
}

impl Seen {
    fn fail(&mut self, trouble: &Trouble) {
        self.failures += 1;
        self.first_failure.get_or_insert_with(|| trouble.to_string());
    }
}

async fn side(
    options: &Options,
    site: &Arc<Site>,
    people: Vec<Person>,
    crowd: u32,
) -> Result<(Vec<Person>, Side), Trouble> {
    let from = Instant::now() + WARM_UP;
    let time = Duration::from_secs(u64::from(options.seconds));
    let span = Span { from, to: from + time };
    let mut tasks = JoinSet::new();
    for person in people {
        tasks.spawn(signing_in(Arc::clone(site), person, span));
    }
    for number in 0..crowd {
        tasks.spawn(trying(Arc::clone(site), number, span));
    }
    let (mut back, mut all) = (Vec::new(), Seen::default());
    while let Some(task) = tasks.join_next().await {
        let (person, seen) = task.map_err(|error| Trouble::Unexpected(error.to_string()))?;
        back.extend(person);
        all.codes.extend(&seen.codes);
        all.passkeys.extend(&seen.passkeys);
        all.wrong += seen.wrong;
        all.later += seen.later;
        all.failures += seen.failures;
        all.first_failure = all.first_failure.or(seen.first_failure);
    }
    let side = Side {
        codes: all.codes.summary(),
        passkeys: all.passkeys.summary(),
        sign_ins_per_second: per_second(all.codes.count() + all.passkeys.count(), time),
        wrong_per_second: per_second(all.wrong, time),
        later_per_second: per_second(all.later, time),
        failures: all.failures,
        first_failure: all.first_failure,
    };
    Ok((back, side))
}

async fn signing_in(site: Arc<Site>, mut person: Person, span: Span) -> (Option<Person>, Seen) {
    let (mut connection, mut seen) = (Connection::new(site), Seen::default());
    while Instant::now() < span.to {
        let began = Instant::now();
        let outcome = match &mut person {
            Person::ByCode(accounts) => match accounts.pop_front() {
                None => Err(Trouble::Unexpected("no account is left".to_owned())),
                Some(mut profile) => {
                    let outcome = walk::sign_in(&mut connection, &mut profile).await.map(|_| ());
                    accounts.push_back(profile);
                    outcome
                }
            },
            Person::ByPasskey(both) => {
                let (profile, device) = both.as_mut();
                by_passkey(&mut connection, profile, device).await
            }
        };
        match (outcome, &person) {
            (Err(trouble), _) => {
                seen.fail(&trouble);
                connection.start_again();
            }
            (Ok(()), _) if began < span.from => {}
            (Ok(()), Person::ByCode(_)) => seen.codes.add(began.elapsed()),
            (Ok(()), Person::ByPasskey(_)) => seen.passkeys.add(began.elapsed()),
        }
        tokio::time::sleep(PAUSE).await;
    }
    (Some(person), seen)
}

/// Somebody in the crowd: each try is at another address.
async fn trying(site: Arc<Site>, number: u32, span: Span) -> (Option<Person>, Seen) {
    let [_, _, high, low] = number.to_be_bytes();
    let mut connection = Connection::from(site, Ipv4Addr::new(127, 18_u8.wrapping_add(high), low, 7));
    let (mut jar, mut seen) = (Jar::default(), Seen::default());
    let page = "/sign-in/password";
    let mut token = None;
    for n in 0_u32.. {
        if Instant::now() >= span.to {
            break;
        }
        let csrf = match token.clone() {
            Some(csrf) => csrf,
            None => match walk::get(&mut connection, &mut jar, page, walk::form_token).await {
                Ok(csrf) => token.insert(csrf).clone(),
                Err(trouble) => {
                    seen.fail(&trouble);
                    break;
                }
            },
        };
        let mut form = String::new();
        walk::field(&mut form, "csrf", &csrf);
        walk::field(&mut form, "address", &format!("victim-{number}-{n}@example.test"));
        walk::field(&mut form, "password", "correct horse battery staple");
        let request = Request { path: page, cookies: jar.header(), form: Some(&form) };
        let status = connection.exchange(request).await.map(|answer| answer.status);
        let counts = Instant::now() >= span.from;
        match status {
            Ok(422) => seen.wrong += usize::from(counts),
            Ok(503) => {
                seen.later += usize::from(counts);
                tokio::time::sleep(AWAY).await;
            }
            Ok(other) => {
                seen.fail(&Trouble::Unexpected(format!("a wrong password was answered by {other}")));
                break;
            }
            Err(trouble) => {
                seen.fail(&trouble);
                break;
            }
        }
    }
    (None, seen)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Options { people, crowd, seconds, .. } = &self.options;
        let [before, after] = &self.load_average;
        writeln!(
            f,
            "{people} people who sign in by code and {people} by passkey, without and with {crowd} who try passwords; \
             {} rounds of {seconds} s a side, in turns; the median round; the server on one core",
            self.rounds.len()
        )?;
        writeln!(f, "load average before: {before}; after: {after}\n")?;
        let Round { quiet, flood } = &self.median;
        writeln!(f, "{:<34}{:>14}{:>14}{:>10}", "", "without", "with", "ratio")?;
        let mut row = |what: &str, quiet: f64, flood: f64| {
            writeln!(f, "  {what:<32}{quiet:>14.2}{flood:>14.2}{:>10.2}", share(flood, quiet))
        };
        row("by code, p50, ms", quiet.codes.p50_ms, flood.codes.p50_ms)?;
        row("by code, p99, ms", quiet.codes.p99_ms, flood.codes.p99_ms)?;
        row("by passkey, p50, ms", quiet.passkeys.p50_ms, flood.passkeys.p50_ms)?;
        row("by passkey, p99, ms", quiet.passkeys.p99_ms, flood.passkeys.p99_ms)?;
        row("sign-ins a second", quiet.sign_ins_per_second, flood.sign_ins_per_second)?;
        writeln!(
            f,
            "  passwords a second: {:.1} compared, {:.1} told to come back later",
            flood.wrong_per_second, flood.later_per_second
        )?;
        let ratios: Vec<String> = self.rounds.iter().map(|round| format!("{:.2}", round.ratio())).collect();
        writeln!(f, "  ratios of all rounds: {}", ratios.join(", "))?;
        for side in self.rounds.iter().flat_map(|round| [&round.quiet, &round.flood]) {
            if let Some(failure) = &side.first_failure {
                writeln!(f, "  NOT VALID: {} failures; the first: {failure}", side.failures)?;
            }
        }
        let met = if self.ratio <= AIM { "met" } else { "NOT met" };
        write!(f, "aim p99 with the crowd at most {AIM} of p99 without: {:.2}, {met}", self.ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_for_a_passkey_is_read_from_the_page() {
        let page = "<form id=\"passkey\" data-options=\"{&quot;a&quot;:1}\" hidden><input name=\"csrf\" \
                    value=\"t\"><input type=\"hidden\" name=\"challenge\" value=\"c\"></form>";
        let found = passkey_form(page).unwrap();
        assert_eq!(found, ("t".to_owned(), "{\"a\":1}".to_owned(), "c".to_owned()));
        assert_eq!(passkey_form("<form id=\"passkey\"></form>"), None);
    }

    #[test]
    fn the_worse_of_the_two_ways_decides() {
        let side = |codes, passkeys| Side {
            codes: Summary { p99_ms: codes, ..Summary::default() },
            passkeys: Summary { p99_ms: passkeys, ..Summary::default() },
            ..Side::default()
        };
        let round = Round { quiet: side(10.0, 10.0), flood: side(15.0, 30.0) };
        assert!((round.ratio() - 3.0).abs() < 1e-9);
    }
}
