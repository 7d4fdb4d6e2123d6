//! An example: a program at the command line that signs in by pairing, stays signed in, and signs out.

mod kept;

use std::env;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use bidden_device::{Code, Device, Error, Kind, PairingCode, Shown, SoftwareKey, Tokens, Ureq, Waiting};

use kept::{Kept, Place};

/// What a step gives, or a sentence for the person.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
type Shelf = Device<SoftwareKey, Ureq>;

const USAGE: &str = "\
usage: shelf sign-in [--show-code]   let this program into your account
       shelf who                     say who is signed in
       shelf refresh                 get new tokens now
       shelf sign-out                end it

SHELF_ISSUER   the sign-in server (http://localhost:8000)
SHELF_CLIENT   the name of this program there (shelf)
SHELF_FILE     where it keeps its tokens ($XDG_STATE_HOME/shelf/signed-in.json)";

/// What it asks for. Without `offline_access` there would be no refresh token, and it would be signed out in minutes.
const SCOPE: &str = "openid email offline_access";

/// How often a person may mistype before something else must be wrong.
const TRIES: u32 = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["sign-in"] => sign_in(pair),
        ["sign-in", "--show-code"] => sign_in(show_code),
        ["who"] => who(),
        ["refresh"] => refresh(),
        ["sign-out"] => sign_out(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", told(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error, with what is behind it.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        behind = error.source();
    }
    text
}

fn said(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn place() -> Outcome<Place> {
    if let Some(path) = env::var_os("SHELF_FILE") {
        return Place::take(PathBuf::from(path));
    }
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".local/state")));
    Place::take(state.ok_or("Neither XDG_STATE_HOME nor HOME is set.")?.join("shelf/signed-in.json"))
}

fn find(issuer: &str, client: &str, key: SoftwareKey) -> Result<Shelf, Error> {
    let device = Device::find(issuer, client, (key, Ureq::new()))?;
    Ok(device.with(|client| client.kind(Kind::CommandLine).scope(SCOPE)))
}

fn sign_in(begin: fn(&mut Shelf, &str) -> Outcome<Waiting>) -> Outcome<()> {
    let place = place()?;
    if place.read()?.is_some() {
        return Err("This program is signed in already. `shelf sign-out` ends that.".into());
    }
    let (issuer, client) = (said("SHELF_ISSUER", "http://localhost:8000"), said("SHELF_CLIENT", "shelf"));
    let key = SoftwareKey::generate()?;
    let mut device = find(&issuer, &client, key.clone())?;
    let waiting = begin(&mut device, &issuer)?;
    let tokens = match device.wait(waiting) {
        Err(Error::Refused(no)) if no.code == Code::AccessDenied => {
            return Err(
                "It was turned away. If that was not you, look at the activity of your account.".into()
            );
        }
        Err(Error::Refused(no)) if no.code == Code::ExpiredToken => return Err(Error::Expired.into()),
        other => other?,
    };
    let mut kept = Kept { issuer, client, key, tokens };
    place.keep(&kept)?;
    println!("Signed in. {}", may(&kept.tokens));
    tell_who(&mut device, &place, &mut kept)
}

/// The person brings a code from their account page.
fn pair(device: &mut Shelf, issuer: &str) -> Outcome<Waiting> {
    println!("Open a window at {issuer}/account/devices/pair in a browser, and type its code here.");
    for _ in 0..TRIES {
        let code = match PairingCode::read(&asked("Code: ")?) {
            Ok(code) => code,
            Err(mistyped) => {
                println!("That cannot be right: {mistyped}.");
                continue;
            }
        };
        match device.pair(&code) {
            Ok(waiting) => {
                if let Shown::Digits(digits) = waiting.shown() {
                    println!(
                        "\n    {}\n\nType these digits on the page where you read the code.",
                        digits.expose()
                    );
                }
                return Ok(waiting);
            }
            Err(Error::Refused(no)) if no.code == Code::InvalidGrant => {
                println!("No window is open for this code. It is good for two minutes, and once.");
            }
            Err(Error::Refused(no)) if no.code == Code::SlowDown => {
                return Err("Too many wrong codes came from this network. Try again in ten minutes.".into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err("That was the third time. Open another window, and begin again.".into())
}

/// The program shows a code, and the person types it on a page.
fn show_code(device: &mut Shelf, _: &str) -> Outcome<Waiting> {
    let waiting = device.show_code()?;
    if let Shown::UserCode { code, page, .. } = waiting.shown() {
        println!("Type this code at {page}:\n\n    {}\n", code.expose());
    }
    Ok(waiting)
}

fn asked(what: &str) -> Outcome<String> {
    print!("{what}");
    io::stdout().flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err("Nobody typed anything.".into());
    }
    Ok(line)
}

/// What the tokens may do, in a sentence.
fn may(tokens: &Tokens) -> String {
    let scope = tokens.scope.as_deref().unwrap_or(SCOPE);
    let missing: Vec<&str> = SCOPE.split(' ').filter(|scope| !tokens.may(scope)).collect();
    if tokens.scope.is_none() || missing.iter().all(|scope| *scope == "offline_access") {
        return format!("It may: {scope}.");
    }
    format!(
        "It may: {scope}. The rest ({}) comes later, or once you confirm it in your account.",
        missing.join(", ")
    )
}

fn signed_in(place: &Place) -> Outcome<(Shelf, Kept)> {
    let kept = place.read()?.ok_or("Nobody is signed in. `shelf sign-in` changes that.")?;
    Ok((find(&kept.issuer, &kept.client, kept.key.clone())?, kept))
}

fn who() -> Outcome<()> {
    let place = place()?;
    let (mut device, mut kept) = signed_in(&place)?;
    if !kept.tokens.are_fresh(SystemTime::now()) {
        renew(&mut device, &place, &mut kept)?;
    }
    tell_who(&mut device, &place, &mut kept)
}

fn tell_who(device: &mut Shelf, place: &Place, kept: &mut Kept) -> Outcome<()> {
    let told = match device.userinfo(&kept.tokens) {
        Err(Error::Refused(no)) if no.code == Code::InvalidToken => {
            renew(device, place, kept)?;
            device.userinfo(&kept.tokens)?
        }
        other => other?,
    };
    println!("{told}");
    Ok(())
}

fn refresh() -> Outcome<()> {
    let place = place()?;
    let (mut device, mut kept) = signed_in(&place)?;
    renew(&mut device, &place, &mut kept)?;
    println!("Refreshed. {}", may(&kept.tokens));
    Ok(())
}

fn renew(device: &mut Shelf, place: &Place, kept: &mut Kept) -> Outcome<()> {
    match device.refresh(&kept.tokens) {
        Ok(tokens) => {
            kept.tokens = tokens;
            place.keep(kept)
        }
        Err(Error::Refused(no)) if no.code == Code::InvalidGrant => {
            place.forget()?;
            Err("What you allowed this program has ended. `shelf sign-in` begins anew.".into())
        }
        Err(error) => Err(error.into()),
    }
}

fn sign_out() -> Outcome<()> {
    let place = place()?;
    let (mut device, kept) = signed_in(&place)?;
    device.sign_out(&kept.tokens)?;
    place.forget()?;
    println!("Signed out.");
    Ok(())
}
