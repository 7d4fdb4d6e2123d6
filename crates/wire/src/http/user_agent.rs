//! Which browser on which system asked, in words of ours only.
//!
//! Implements: RFC 9110 §10.1.5 (User-Agent). The header is free text chosen by whoever asks, so
//! nothing of it survives: it is mapped to two closed lists, and those go into mails and records.

/// Bytes at the start of the header that are looked at.
pub const LONGEST_INPUT: usize = 512;

/// A browser as the activity page and the mails name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Browser {
    /// The program.
    pub family: Family,
    /// What it runs on.
    pub system: System,
}

/// Families of browsers; a browser built on another one that does not name itself counts as that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Mozilla Firefox, on every system.
    Firefox,
    /// Google Chrome, and what calls itself that.
    Chrome,
    /// Chromium where it names itself.
    Chromium,
    /// Microsoft Edge.
    Edge,
    /// Apple Safari.
    Safari,
    /// Samsung Internet.
    SamsungInternet,
    /// Opera, all editions.
    Opera,
    /// A command-line tool or a library for programs, not a browser.
    Tool,
    /// Anything else, also when the header is absent.
    Other,
}

/// Systems that a browser runs on. An iPad that asks for desktop pages calls itself a Mac.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Microsoft Windows.
    Windows,
    /// macOS.
    MacOs,
    /// iPhone and iPod.
    Ios,
    /// iPad.
    IpadOs,
    /// Android.
    Android,
    /// Linux with a desktop.
    Linux,
    /// ChromeOS.
    ChromeOs,
    /// Anything else, also when the header does not say.
    Other,
}

/// Families with their stored code and their name, in the order of declaration.
const FAMILIES: [(Family, &str, &str); 9] = [
    (Family::Firefox, "firefox", "Firefox"),
    (Family::Chrome, "chrome", "Chrome"),
    (Family::Chromium, "chromium", "Chromium"),
    (Family::Edge, "edge", "Edge"),
    (Family::Safari, "safari", "Safari"),
    (Family::SamsungInternet, "samsung-internet", "Samsung Internet"),
    (Family::Opera, "opera", "Opera"),
    (Family::Tool, "tool", "a command-line tool"),
    (Family::Other, "other", "another browser"),
];

/// Systems with their stored code and their name, in the order of declaration.
const SYSTEMS: [(System, &str, &str); 8] = [
    (System::Windows, "windows", "Windows"),
    (System::MacOs, "macos", "macOS"),
    (System::Ios, "ios", "iOS"),
    (System::IpadOs, "ipados", "iPadOS"),
    (System::Android, "android", "Android"),
    (System::Linux, "linux", "Linux"),
    (System::ChromeOs, "chromeos", "ChromeOS"),
    (System::Other, "other", "another system"),
];

/// Programs by the product token they are known by, looked for anywhere; the first that occurs wins,
/// because every later one is also written by some earlier one.
const PRODUCTS: [(&str, Family); 18] = [
    ("WindowsPowerShell/", Family::Tool),
    ("PowerShell/", Family::Tool),
    ("Edg/", Family::Edge),
    ("EdgA/", Family::Edge),
    ("EdgiOS/", Family::Edge),
    ("Edge/", Family::Edge),
    ("OPR/", Family::Opera),
    ("OPT/", Family::Opera),
    ("OPiOS/", Family::Opera),
    ("Opera", Family::Opera),
    ("SamsungBrowser/", Family::SamsungInternet),
    ("FxiOS/", Family::Firefox),
    ("Firefox/", Family::Firefox),
    ("Chromium/", Family::Chromium),
    ("HeadlessChrome/", Family::Chrome),
    ("CriOS/", Family::Chrome),
    ("Chrome/", Family::Chrome),
    ("Safari/", Family::Safari),
];

/// Tools, by how their header starts (in lower case).
const TOOLS: [&str; 24] = [
    "curl/",
    "libcurl/",
    "wget/",
    "wget2/",
    "httpie/",
    "xh/",
    "hurl/",
    "lwp::simple/",
    "libwww-perl/",
    "python",
    "go-http-client/",
    "java/",
    "apache-httpclient/",
    "okhttp/",
    "axios/",
    "node",
    "undici",
    "postmanruntime/",
    "insomnia/",
    "ruby",
    "guzzlehttp/",
    "reqwest/",
    "ureq/",
    "lynx/",
];

/// Systems by a word in the first comment; the first that occurs wins, because phones also call
/// themselves Linux or Mac OS X.
const PLATFORMS: [(&str, System); 10] = [
    ("Windows Phone", System::Other),
    ("Windows", System::Windows),
    ("iPhone", System::Ios),
    ("iPod", System::Ios),
    ("iPad", System::IpadOs),
    ("Android", System::Android),
    ("CrOS", System::ChromeOs),
    ("Macintosh", System::MacOs),
    ("Mac OS X", System::MacOs),
    ("Linux", System::Linux),
];

impl Browser {
    /// Reads the first [`LONGEST_INPUT`] bytes of a User-Agent header; an absent one is the empty text.
    /// Every text has an answer.
    pub fn parse(header: &str) -> Self {
        let end = header.floor_char_boundary(LONGEST_INPUT);
        let header = header.get(..end).unwrap_or_default();
        let comment =
            header.split_once('(').map_or("", |(_, rest)| rest.split(')').next().unwrap_or_default());
        let system = PLATFORMS
            .iter()
            .find(|(word, _)| comment.contains(word))
            .map_or(System::Other, |(_, system)| *system);
        Self { family: family(header, system), system }
    }
}

fn family(header: &str, system: System) -> Family {
    let starts_with =
        |tool: &&str| header.get(..tool.len()).is_some_and(|start| start.eq_ignore_ascii_case(tool));
    if TOOLS.iter().any(starts_with) {
        return Family::Tool;
    }
    let product = PRODUCTS.iter().find(|(word, _)| header.contains(word));
    match product.map_or(Family::Other, |(_, family)| *family) {
        // Every mobile browser of the last fifteen years writes "Safari/"; Apple's writes "Version/" too
        // and runs on Apple's systems only.
        Family::Safari => match system {
            System::MacOs | System::Ios | System::IpadOs if header.contains("Version/") => Family::Safari,
            _ => Family::Other,
        },
        family => family,
    }
}

impl Family {
    /// The English name for people, for example "Firefox".
    pub fn name(self) -> &'static str {
        FAMILIES.iter().find(|(family, _, _)| *family == self).map_or("another browser", |(_, _, name)| *name)
    }

    /// The identifier for storage and message files, for example "firefox"; it never changes.
    pub fn code(self) -> &'static str {
        FAMILIES.iter().find(|(family, _, _)| *family == self).map_or("other", |(_, code, _)| *code)
    }

    /// The family stored under `code`, or `None` when no family has that code.
    pub fn from_code(code: &str) -> Option<Self> {
        FAMILIES.iter().find(|(_, other, _)| *other == code).map(|(family, _, _)| *family)
    }
}

impl System {
    /// The English name for people, for example "macOS".
    pub fn name(self) -> &'static str {
        SYSTEMS.iter().find(|(system, _, _)| *system == self).map_or("another system", |(_, _, name)| *name)
    }

    /// The identifier for storage and message files, for example "macos"; it never changes.
    pub fn code(self) -> &'static str {
        SYSTEMS.iter().find(|(system, _, _)| *system == self).map_or("other", |(_, code, _)| *code)
    }

    /// The system stored under `code`, or `None` when no system has that code.
    pub fn from_code(code: &str) -> Option<Self> {
        SYSTEMS.iter().find(|(_, other, _)| *other == code).map(|(system, _, _)| *system)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn browsers_are_told_apart() {
        use {Family as F, System as S};
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", F::Firefox, S::Linux),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
                F::Firefox,
                S::Windows,
            ),
            ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", F::Firefox, S::Android),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/605.1.15",
                F::Firefox,
                S::Ios,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                F::Chrome,
                S::Windows,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                F::Chrome,
                S::Android,
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1",
                F::Chrome,
                S::IpadOs,
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                F::Chrome,
                S::ChromeOs,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
                F::Chrome,
                S::Linux,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/80.0.3987.87 Chrome/80.0.3987.87 Safari/537.36",
                F::Chromium,
                S::Linux,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                F::Edge,
                S::Windows,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0",
                F::Edge,
                S::Android,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                F::Safari,
                S::MacOs,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                F::Safari,
                S::Ios,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                F::SamsungInternet,
                S::Android,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0",
                F::Opera,
                S::MacOs,
            ),
            ("Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18", F::Opera, S::Windows),
            (
                "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
                F::Other,
                S::Android,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
                F::Other,
                S::Ios,
            ),
            (
                "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0 Mobile Safari/537.36 Edge/15.15063",
                F::Edge,
                S::Other,
            ),
            ("curl/8.14.1", F::Tool, S::Other),
            ("Wget/1.25.0", F::Tool, S::Other),
            ("python-requests/2.32.3", F::Tool, S::Other),
            ("Python/3.13 aiohttp/3.11", F::Tool, S::Other),
            ("Go-http-client/2.0", F::Tool, S::Other),
            ("node", F::Tool, S::Other),
            (
                "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1",
                F::Tool,
                S::Windows,
            ),
            ("kali365-live/1.0.0", F::Other, S::Other),
            ("", F::Other, S::Other),
            ("(", F::Other, S::Other),
        ];
        for (header, family, system) in table {
            assert_eq!(Browser::parse(header), Browser { family, system }, "{header}");
        }
    }

    #[test]
    fn a_system_outside_the_first_comment_is_not_believed() {
        assert_eq!(Browser::parse("Firefox/1 Windows").system, System::Other);
        assert_eq!(Browser::parse("Firefox/1 (x) (Windows)").system, System::Other);
    }

    #[test]
    fn only_the_first_512_bytes_are_looked_at() {
        let header = |n: usize| format!("{}Firefox/1", "é".repeat(n));
        assert_eq!(Browser::parse(&header(252)).family, Family::Firefox);
        assert_eq!(Browser::parse(&header(253)).family, Family::Other);
        assert_eq!(Browser::parse(&format!("x{}", "é".repeat(4096))).family, Family::Other);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        for (family, code, name) in FAMILIES {
            assert_eq!((family.code(), family.name(), Family::from_code(code)), (code, name, Some(family)));
        }
        for (system, code, name) in SYSTEMS {
            assert_eq!((system.code(), system.name(), System::from_code(code)), (code, name, Some(system)));
        }
        assert_eq!((Family::from_code("Firefox"), System::from_code("")), (None, None));
    }

    proptest! {
        #[test]
        fn no_word_of_the_header_survives(word in "[a-z]{12,20}", rest in any::<String>()) {
            let browser = Browser::parse(&format!("{word} ({word}) {rest}"));
            let shown = format!("{} {} {} {}", browser.family.name(), browser.system.name(), browser.family.code(), browser.system.code());
            prop_assert!(!shown.contains(&word));
        }
    }
}
