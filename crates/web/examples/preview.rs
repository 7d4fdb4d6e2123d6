//! Writes every page in every state to a directory, with the stylesheet beside: `preview DIRECTORY`.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use model::voice::Voice;
use web::view::{assets, sample};

/// What an operator with a taste of their own might set.
const OWN_LOOK: &str = ":root { --accent: #7a2048; --radius: 2px }\n\
    @media (prefers-color-scheme: dark) { :root { --accent: #ff9ec4 } }\n";

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(env::args_os().nth(1).ok_or("say which directory: preview DIRECTORY")?);
    fs::create_dir_all(&directory)?;
    let voice = Voice::new("en", &[assets::ENGLISH])?;
    for (name, page) in sample::all(&voice) {
        fs::write(directory.join(name).with_extension("html"), page?)?;
    }
    fs::write(directory.join("style.css"), assets::STYLE)?;
    fs::write(directory.join("page.js"), assets::SCRIPT)?;
    fs::write(directory.join("passkey.js"), assets::PASSKEY)?;
    fs::write(directory.join("icon.svg"), assets::ICON)?;
    fs::write(directory.join("logo.svg"), assets::ICON)?;
    fs::write(directory.join("own.css"), OWN_LOOK)?;
    Ok(())
}
