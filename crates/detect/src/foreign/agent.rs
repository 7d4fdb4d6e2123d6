//! What kind of program signed in, by what it calls itself: free text of whoever asked, so that a browser's name proves
//! nothing, while a tool's name is seldom a browser's lie.

use std::num::NonZeroU32;

use crate::kept::{Kept, Memory};
use crate::mark::{short, text};

/// Different programs that are remembered.
const MOST: usize = 8192;

/// What it runs on, as far as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum System {
    /// It does not say.
    #[default]
    Unsaid,
    Windows,
    Mac,
    Apple,
    Android,
    Linux,
    Chrome,
}

impl System {
    /// One bit for each.
    pub(crate) const fn bit(self) -> u8 {
        match self {
            Self::Unsaid => 0,
            Self::Windows => 1,
            Self::Mac => 2,
            Self::Apple => 4,
            Self::Android => 8,
            Self::Linux => 16,
            Self::Chrome => 32,
        }
    }

    /// By a word that stands in the text; the first that does wins.
    fn of(low: &str) -> Self {
        const WORDS: [(&str, System); 11] = [
            ("windows", System::Windows),
            ("iphone", System::Apple),
            ("ipad", System::Apple),
            ("android", System::Android),
            ("cros", System::Chrome),
            ("macintosh", System::Mac),
            ("mac os", System::Mac),
            ("macos", System::Mac),
            ("darwin", System::Apple),
            ("ios", System::Apple),
            ("linux", System::Linux),
        ];
        WORDS.into_iter().find(|(word, _)| low.contains(word)).map_or(Self::Unsaid, |(_, system)| system)
    }
}

/// A program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agent {
    /// Which; none where the record does not say.
    pub(crate) mark: Option<NonZeroU32>,
    /// Whether it is no browser and no app of people's: a command, a library, a kit.
    pub(crate) tool: bool,
    /// Whether it is a tool that developers sign in with.
    pub(crate) developer: bool,
    /// Whether it is a browser.
    pub(crate) browser: bool,
    /// What it runs on.
    pub(crate) system: System,
    /// Whether it is carried around.
    pub(crate) phone: bool,
    /// Without the numbers of its version: the same program after an update.
    pub(crate) family: u32,
}

/// How programs that people use begin or name themselves, where they are no browsers.
const APPS: [&str; 14] = [
    "outlook",
    "teams",
    "microsoft",
    "office",
    "onedrive",
    "windows-",
    "apple",
    "iphone",
    "ipad",
    "android",
    "dalvik",
    "cfnetwork",
    "samsung",
    "exchange",
];

/// Libraries, commands and kits that name themselves otherwise than a browser does.
const TOOLS: [&str; 24] = [
    "python",
    "curl",
    "wget",
    "node",
    "undici",
    "axios",
    "go-http",
    "java/",
    "okhttp",
    "ruby",
    "guzzle",
    "php",
    "perl",
    "postman",
    "insomnia",
    "powershell",
    "azure-cli",
    "azsdk",
    "kali",
    "evil",
    "headless",
    "phantom",
    "aiohttp",
    "httpx",
];

/// Tools that developers sign in with by their own names. A stranger can take the name as well, so it weighs little.
const DEVELOPERS: [&str; 5] = ["azure-cli", "azsdk", "windowspowershell", "azurepowershell", "vscode"];

impl Agent {
    /// The program that calls itself this.
    fn read(name: &str) -> Self {
        let low = name.to_ascii_lowercase();
        let system = System::of(&low);
        let tool = TOOLS.iter().any(|word| low.contains(word))
            || !low.starts_with("mozilla/") && !APPS.iter().any(|word| low.contains(word));
        let versionless: Vec<u8> =
            low.bytes().filter(|byte| !byte.is_ascii_digit() && *byte != b'.').collect();
        Self {
            mark: NonZeroU32::new(short(text(name.as_bytes(), 9)) | 1),
            tool,
            developer: DEVELOPERS.iter().any(|word| low.contains(word)),
            browser: !tool && low.starts_with("mozilla/"),
            system,
            phone: low.contains("mobile") || matches!(system, System::Apple | System::Android),
            family: short(text(&versionless, 9)),
        }
    }
}

/// The programs that were seen.
#[derive(Debug)]
pub(crate) struct Agents(Kept<Agent>);

impl Default for Agents {
    fn default() -> Self {
        Self(Kept::new(MOST))
    }
}

impl Agents {
    /// The program that calls itself this.
    pub(crate) fn of(&mut self, name: Option<&str>) -> Agent {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Agent::default() };
        *self.0.entry(text(name.as_bytes(), 9), || Agent::read(name))
    }

    /// How many.
    pub(crate) fn memory(&self) -> Memory {
        // One that is forgotten is read again.
        Memory { entries: self.0.memory().entries, evicted: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_told_from_browsers_and_from_the_apps_of_people() {
        for tool in [
            "node",
            "undici",
            "curl/8.7.1",
            "python-requests/2.32.3",
            "python/3.11 azure-cli/2.76",
            "Go-http-client/2.0",
            "kali365-live/1.0.0",
            "axios/1.11.0",
            "BAV2ROPC-like",
            "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1",
        ] {
            let agent = Agent::read(tool);
            assert!(agent.tool && !agent.browser, "{tool}");
        }
        for (app, system) in [
            ("iOS/18.6 Apple-iPhone/Mail", System::Apple),
            ("Windows-AzureAD-Authentication-Provider/1.0", System::Windows),
            ("Microsoft Office/16.0 (Windows NT 10.0)", System::Windows),
            ("Outlook-iOS/2.0", System::Apple),
        ] {
            let agent = Agent::read(app);
            assert!(!agent.tool && !agent.browser, "{app}");
            assert_eq!(agent.system, system, "{app}");
        }
        let browser = Agent::read(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
        );
        assert!(browser.browser && !browser.phone && browser.system == System::Windows);
        let later = Agent::read(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        );
        assert!(browser.mark != later.mark && browser.family == later.family);
        let phone = Agent::read(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        );
        assert!(phone.phone && phone.system == System::Apple);
        assert_eq!(Agents::default().of(None), Agent::default());
    }
}
