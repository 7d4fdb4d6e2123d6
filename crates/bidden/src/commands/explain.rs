//! `bidden explain`: what messages with codes mean. Needs no server, no account and, unless told otherwise, no network.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use wire::dns_table::DnsTable;
use wire::mail::dkim::Keys;
use wire::mail::mailbox::Mailbox;
use wire::sign_in_policy::{self, SignInPolicy};

use crate::Failed;
use crate::cli::Explain;
use crate::explain::input::{self, Found};
use crate::explain::output::table::Row;
use crate::explain::output::{html, json, table, text};
use crate::explain::rules::{self, Rules};
use crate::explain::verdict::Risk;
use crate::explain::{Answer, Explainer};

/// Explains everything that was named, and ends by how much there is to do.
pub(crate) fn run(asked: &Explain) -> Result<ExitCode, Failed> {
    let recipient = match &asked.recipient {
        Some(address) => Some(
            Mailbox::parse(address).map_err(|error| Failed(format!("--for: {error}")))?.as_str().to_owned(),
        ),
        None => None,
    };
    let explainer = Explainer::new(keys(asked)?, rules(asked)?, recipient)?;
    let mut drawn = Drawn::new(asked, &explainer)?;
    for path in &asked.files {
        input::each(path, asked.sms, &mut |source, found| drawn.take(source, found))?;
    }
    drawn.end()
}

/// Where keys come from: a file, or the DNS where that was asked for, or nowhere.
fn keys(asked: &Explain) -> Result<Box<dyn Keys>, Failed> {
    if let Some(path) = &asked.dns_file {
        let bytes = read(path, wire::dns_table::LONGEST)?;
        let table =
            DnsTable::parse(&bytes).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
        return Ok(Box::new(table));
    }
    if asked.online {
        return Ok(Box::new(online::Dns::new()?));
    }
    Ok(Box::new(()))
}

/// The organisation's rules, with what policies add to them.
fn rules(asked: &Explain) -> Result<Rules, Failed> {
    let mut rules = match &asked.rules {
        Some(path) => {
            let text = String::from_utf8(read(path, rules::LONGEST)?)
                .map_err(|_| Failed(format!("{}: it is not UTF-8", path.display())))?;
            Rules::parse(&text).map_err(|why| Failed(format!("{}: {why}", path.display())))?
        }
        None => Rules::default(),
    };
    if let Some(path) = &asked.receipt_key {
        rules.receipts = super::log::keys_of(path)?;
    }
    for policy in &asked.policy {
        let bytes = if policy.starts_with("https://") {
            if !asked.online {
                return Err(Failed(format!(
                    "--policy {policy}: an address is asked only with --online; save the document and name the file"
                )));
            }
            online::fetch(policy)?
        } else {
            read(Path::new(policy), sign_in_policy::LONGEST)?
        };
        rules.learn(&SignInPolicy::parse(&bytes).map_err(|error| Failed(format!("{policy}: {error}")))?);
    }
    Ok(rules)
}

/// A whole file of at most so many bytes.
fn read(path: &Path, most: usize) -> Result<Vec<u8>, Failed> {
    let failed = |why: String| Failed(format!("{}: {why}", path.display()));
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.to_string()))?;
    if bytes.len() > most {
        return Err(failed(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// What was found so far, drawn as it comes where that is possible: a mailbox may be larger than memory.
struct Drawn<'a> {
    asked: &'a Explain,
    explainer: &'a Explainer<Box<dyn Keys>>,
    colour: bool,
    /// The first answer, held back until it is known whether it is the only one; for a page, as many as it shows.
    full: Vec<(String, Answer)>,
    rows: Vec<Row>,
    unread: Vec<(String, String)>,
    worst: Risk,
}

impl<'a> Drawn<'a> {
    fn new(asked: &'a Explain, explainer: &'a Explainer<Box<dyn Keys>>) -> Result<Self, Failed> {
        if asked.json {
            print(&json::begin())?;
        }
        let colour = super::colour();
        Ok(Self {
            asked,
            explainer,
            colour,
            full: Vec::new(),
            rows: Vec::new(),
            unread: Vec::new(),
            worst: Risk::None,
        })
    }

    fn take(&mut self, source: &str, found: Found) -> Result<(), Failed> {
        let answer = match found {
            Found::Mail(bytes) => self.explainer.mail(&bytes),
            Found::Short(text) => self.explainer.short(&text),
            Found::Unread(why) => {
                self.unread.push((source.to_owned(), why));
                return Ok(());
            }
        };
        self.worst = self.worst.max(answer.verdict.risk);
        self.rows.push(Row::of(source, &answer));
        if self.asked.json {
            let comma = if self.rows.len() > 1 { ",\n" } else { "\n" };
            return print(&format!("{comma}{}", json::message(source, &answer)?));
        }
        let most = if self.asked.html { html::MOST } else { 1 };
        if self.full.len() < most {
            self.full.push((source.to_owned(), answer));
        }
        Ok(())
    }

    fn end(self) -> Result<ExitCode, Failed> {
        let voice = self.explainer.voice();
        if self.asked.json {
            let unread: Vec<String> =
                self.unread.iter().map(|(source, why)| json::unread(source, why)).collect();
            print(&json::end(&unread))?;
        } else if self.asked.html {
            print(&html::page(voice, &self.full, &self.rows, &self.unread))?;
        } else if self.asked.csv {
            print(&table::csv(&self.rows))?;
        } else {
            match (self.full.first(), self.rows.len()) {
                (Some((source, answer)), 1) => print(&text::draw(voice, source, answer, self.colour))?,
                (None, _) => {}
                _ => print(&table::draw(voice, &self.rows, &self.unread))?,
            }
        }
        for (source, why) in
            self.unread.iter().take(20).filter(|_| self.rows.len() < 2 || self.asked.json || self.asked.csv)
        {
            super::complain(&format!("{source}: {why}"));
        }
        Ok(ExitCode::from(match self.worst {
            Risk::Danger => 5,
            Risk::Warn => 4,
            Risk::Act => 3,
            Risk::None | Risk::Info => u8::from(!self.unread.is_empty()),
        }))
    }
}

/// Writes to standard output; a reader that went away is no failure, and ends the work.
fn print(text: &str) -> Result<(), Failed> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        outcome => Ok(outcome?),
    }
}

/// What is asked of the net, where that was asked for.
mod online {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use outbound::dns::Resolver;
    use outbound::fetch::Fetcher;
    use wire::http::url::Url;
    use wire::mail::dkim::Keys;

    use crate::Failed;

    /// Most names that are asked for, so that a mailbox full of made-up signatures does not make a flood of questions.
    const MOST: usize = 2_000;

    /// Keys from the DNS, each asked for once.
    pub(super) struct Dns {
        resolver: Resolver,
        known: RefCell<HashMap<String, Option<Vec<String>>>>,
    }

    impl Dns {
        pub(super) fn new() -> Result<Self, Failed> {
            Ok(Self { resolver: Resolver::of_system()?, known: RefCell::default() })
        }
    }

    impl Keys for Dns {
        fn text(&self, name: &str) -> Option<Vec<String>> {
            if let Some(known) = self.known.borrow().get(name) {
                return known.clone();
            }
            if self.known.borrow().len() >= MOST {
                return None;
            }
            let answer = self.resolver.text(name).ok();
            self.known.borrow_mut().insert(name.to_owned(), answer.clone());
            answer
        }
    }

    /// Fetches a published policy.
    pub(super) fn fetch(address: &str) -> Result<Vec<u8>, Failed> {
        let url = Url::parse(address).map_err(|error| Failed(format!("--policy: {error}")))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let fetcher = Fetcher::new(None, false)?;
        Ok(runtime.block_on(fetcher.fetch(&url, wire::sign_in_policy::LONGEST))?)
    }
}
