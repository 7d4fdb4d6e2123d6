//! Building and using a list of breached passwords, through the command as it is shipped.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// SHA-1 of "hunter2", "password" and "correct horse battery staple", ordered.
const LIST: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004\r
ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:3\r
F3BBBD66A63D4BF1747940578EC3D0103530E21D:20000\r
";

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name =
            format!("bidden-passwords-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("list.txt"), LIST).unwrap();
        Self(path)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        command.args(words).env_clear().current_dir(&self.0).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        read(&self.command(words).output().unwrap())
    }

    /// What it says of a password that is piped into it.
    fn check(&self, password: &str) -> String {
        let mut command = self.command(&["password", "breached", "check", "out"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
        let (code, out, err) = read(&child.wait_with_output().unwrap());
        assert_eq!((code, err.as_str()), (Some(0), ""));
        out
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_list_is_built_looked_into_and_asked() {
    let folder = Folder::new();
    let (code, out, err) =
        folder.run(&["password", "breached", "build", "list.txt", "out", "--min-count", "10"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("2 passwords") && out.contains("of 3 lines 1 were left out"), "{out}");
    assert!(out.contains("password.breached_file"), "{out}");

    assert!(folder.check("password").contains("is on the list"));
    assert!(folder.check("hunter2").contains("is on the list"));
    assert!(folder.check("correct horse battery staple").contains("is not on the list"), "too rare");
    assert!(folder.check("another").contains("is not on the list"));

    let (code, out, _) = folder.run(&["password", "breached", "info", "out", "--full", "--json"]);
    let said: serde_json::Value = out.parse().unwrap();
    assert_eq!(code, Some(0));
    assert_eq!((said["passwords"].as_u64(), said["min_count"].as_u64()), (Some(2), Some(10)));
    assert_eq!(said["whole"].as_bool(), Some(true));

    let (code, _, err) = folder.run(&["password", "breached", "build", "list.txt", "out"]);
    assert!(code == Some(1) && err.contains("--force"), "{err}");
    let (code, ..) = folder.run(&["password", "breached", "build", "list.txt", "out", "--force"]);
    assert_eq!(code, Some(0));
    assert!(folder.check("correct horse battery staple").contains("is on the list"));
}

#[test]
fn what_is_no_list_and_what_is_no_file_of_ours_is_refused_with_the_reason() {
    let folder = Folder::new();
    let (code, _, err) = folder.run(&["password", "breached", "info", "list.txt"]);
    assert!(code == Some(1) && err.contains("no breached-password file"), "{err}");
    fs::write(folder.0.join("bad.txt"), format!("{LIST}nonsense\n")).unwrap();
    let (code, _, err) = folder.run(&["password", "breached", "build", "bad.txt", "out"]);
    assert!(code == Some(1) && err.contains("line 4 of bad.txt"), "{err}");
    assert!(!folder.0.join("out").exists() && !folder.0.join("out.part").exists());
}

#[test]
fn the_server_does_not_start_with_a_list_that_it_cannot_use() {
    let folder = Folder::new();
    folder.run(&["password", "breached", "build", "list.txt", "out"]);
    let with = |file: &Path, words: &[&str]| {
        let mut command = folder.command(words);
        command.env("BIDDEN_PASSWORD_BREACHED_FILE", file).env("BIDDEN_LISTEN", "127.0.0.1:0");
        read(&command.env("BIDDEN_DATA_DIR", folder.0.join("data")).output().unwrap())
    };
    let (code, out, _) = with(&folder.0.join("out"), &["config", "check"]);
    assert!(code == Some(0) && out.contains("password.breached_file"), "{out}");
    let half = fs::read(folder.0.join("out")).unwrap();
    fs::write(folder.0.join("half"), half.get(..half.len() - 1).unwrap()).unwrap();
    for (file, why) in
        [("half", "not copied whole"), ("nothing", "cannot be read"), ("list.txt", "no breached")]
    {
        for command in [&["config", "check"][..], &["serve"]] {
            let (code, _, err) = with(&folder.0.join(file), command);
            assert!(code == Some(1) && err.contains(why), "{file}: {err}");
        }
    }
    assert!(!folder.0.join("data").exists(), "nothing was made before the list was looked at");
}

#[test]
fn a_password_that_is_typed_is_not_shown() {
    let folder = Folder::new();
    folder.run(&["password", "breached", "build", "list.txt", "out"]);
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let side = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let mut command = folder.command(&["password", "breached", "check", "out"]);
    command
        .stdin(side.try_clone().unwrap())
        .stdout(side.try_clone().unwrap())
        .stderr(side.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    // The command keeps copies of its own side; ours must go, or the terminal never ends.
    drop((command, side));
    let mut terminal = File::from(terminal);
    let (mut shown, mut typed) = (Vec::new(), false);
    let mut bytes = [0; 1024];
    // Reading fails when nobody has the other side any more.
    while let Ok(read) = terminal.read(&mut bytes) {
        shown.extend(bytes.get(..read).unwrap());
        if !typed && shown.ends_with(b": ") {
            terminal.write_all(b"hunter2\n").unwrap();
            typed = true;
        }
    }
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("Password to look for") && shown.contains("is on the list"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
