//! Devices: where a code that one shows is typed, where a person answers for one, and the window that is opened for one.

use askama::Template;
use model::nearness::Nearness;
use wire::oauth::device::DeviceKind;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::oauth::Wanted;
use crate::view::qr::Qr;
use crate::view::source::SourceLine;

/// GET `/device`: where somebody types the code that a device shows.
#[derive(Clone, Debug, Template)]
#[template(path = "device.html", whitespace = "minimize")]
pub struct DeviceCode<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The account's address.
    pub address: &'a str,
    /// What stands in the field: what was typed, or what a QR code of the device brought along.
    pub code: String,
    /// What was wrong with what was typed.
    pub problem: Option<CodeProblem>,
    /// Whether there was a device before this browser, and is none any more.
    pub gone: bool,
}

/// What was wrong with the code of a device.
#[derive(Clone, Debug)]
pub enum CodeProblem {
    /// It cannot be one.
    Malformed,
    /// No device waits with it.
    Unknown,
    /// None is looked at until then.
    HeldBack(Moment),
}

impl CodeProblem {
    const fn text(&self) -> &'static str {
        match self {
            Self::Malformed => "refusal-code-malformed",
            Self::Unknown => "refusal-user-code-unknown",
            Self::HeldBack(_) => "refusal-guesses-held-back",
        }
    }

    const fn until(&self) -> Option<&Moment> {
        match self {
            Self::HeldBack(until) => Some(until),
            Self::Malformed | Self::Unknown => None,
        }
    }
}

/// Both ends: the device that asks, and the person who is asked.
#[derive(Clone, Debug)]
pub struct Sides {
    /// What the client is called.
    pub name: String,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// What the device is, by its own account.
    pub kind: DeviceKind,
    /// When it asked.
    pub asked: Moment,
    /// Where it is.
    pub device: SourceLine,
    /// Where it is, seen from the person.
    pub nearness: Nearness,
    /// The account's address.
    pub address: String,
    /// Where the person is.
    pub you: SourceLine,
    /// What the client wants.
    pub wanted: Vec<Wanted>,
    /// At which services.
    pub resources: Vec<String>,
    /// After how many days without use the permission ends.
    pub idle_days: u32,
    /// After how many days it ends in any case.
    pub absolute_days: u32,
}

impl Sides {
    /// Whether what it gets is provisional at first.
    fn is_doubtful(&self) -> bool {
        self.nearness != Nearness::Nearby
    }

    const fn kind_text(&self) -> &'static str {
        match self.kind {
            DeviceKind::Television => "device-television",
            DeviceKind::Computer => "device-computer",
            DeviceKind::CommandLine => "device-command-line",
            DeviceKind::Telephone => "device-telephone",
            DeviceKind::Tablet => "device-tablet",
            DeviceKind::Printer => "device-printer",
            DeviceKind::Console => "device-console",
            DeviceKind::Speaker => "device-speaker",
            DeviceKind::Vehicle => "device-vehicle",
            DeviceKind::Server => "device-server",
            DeviceKind::Other => "device-other",
        }
    }

    /// Whether the device says what it is.
    const fn says_kind(&self) -> bool {
        !matches!(self.kind, DeviceKind::Other)
    }

    const fn tone(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => " good",
            Nearness::Unknown => "",
            Nearness::Elsewhere => " bad",
        }
    }

    const fn near(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => "near-nearby",
            Nearness::Unknown => "near-unknown",
            Nearness::Elsewhere => "near-elsewhere",
        }
    }

    const fn near_means(&self) -> &'static str {
        match self.nearness {
            Nearness::Nearby => "near-nearby-means",
            Nearness::Unknown => "near-unknown-means",
            Nearness::Elsewhere => "near-elsewhere-means",
        }
    }
}

/// How a device before a browser stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// The person is asked, and has first to prove who is there.
    Unproved,
    /// The person is asked.
    Asked,
    /// The person said yes.
    Allowed,
    /// The person said no.
    Denied,
    /// Nobody answered in time.
    Over,
}

/// GET `/device/asked`: the question, and what became of it.
#[derive(Clone, Debug, Template)]
#[template(path = "device_asked.html", whitespace = "minimize")]
pub struct DeviceAsked<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Both ends.
    pub sides: &'a Sides,
    /// How it stands.
    pub stands: Stands,
    /// The way to prove who is there.
    pub confirm: String,
}

impl DeviceAsked<'_> {
    const fn heading(&self) -> &'static str {
        match self.stands {
            Stands::Unproved | Stands::Asked => "device-asked-heading",
            Stands::Allowed => "device-allowed-heading",
            Stands::Denied => "device-denied-heading",
            Stands::Over => "device-over-heading",
        }
    }

    const fn lead(&self) -> &'static str {
        match self.stands {
            Stands::Unproved | Stands::Asked => "device-asked-lead",
            Stands::Allowed => "device-allowed-lead",
            Stands::Denied => "device-denied-lead",
            Stands::Over => "device-over-lead",
        }
    }

    const fn is_asked(&self) -> bool {
        matches!(self.stands, Stands::Unproved | Stands::Asked)
    }
}

/// GET `/account/devices/pair`: a window for a device, from before it is opened until after it is over.
#[derive(Clone, Template)]
#[template(path = "pair.html", whitespace = "minimize")]
pub struct Pair<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How it stands.
    pub stands: Window<'a>,
}

/// How a window stands. There is no `Debug`: it may hold a code.
#[derive(Clone)]
pub enum Window<'a> {
    /// There is none. The way to prove who is there, where that has to be done first.
    None(Option<String>),
    /// One is open, in another browser or session of the account, since then.
    Elsewhere(Moment),
    /// It waits for a device.
    Open {
        /// The code for the device, in groups.
        code: String,
        /// The same for a device with a camera.
        qr: Option<Qr>,
        /// How long it waits.
        until: Moment,
    },
    /// A device has answered.
    Answered {
        /// Both ends.
        sides: &'a Sides,
        /// How long the person has.
        until: Moment,
        /// How often the digits may be typed.
        tries: u8,
        /// What was wrong with what was typed.
        problem: Option<DigitsProblem>,
    },
    /// The device is let in.
    Allowed(&'a Sides),
    /// It is over, and no device came of it.
    Over(Ended),
}

/// What was wrong with the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitsProblem {
    /// They are no four digits.
    Malformed,
    /// They are not those of the device.
    Wrong,
}

impl DigitsProblem {
    const fn text(self) -> &'static str {
        match self {
            Self::Malformed => "pair-digits-malformed",
            Self::Wrong => "pair-digits-wrong",
        }
    }
}

/// How a window ended of which no device came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No device answered, or the person did not.
    Late,
    /// The person said that the device is not theirs.
    Denied,
    /// The digits were wrong too often.
    WrongDigits,
    /// The person closed it, or opened another one.
    Closed,
}

impl Pair<'_> {
    const fn heading(&self) -> &'static str {
        match self.stands {
            Window::None(_) | Window::Elsewhere(_) => "pair-heading",
            Window::Open { .. } => "pair-open-heading",
            Window::Answered { .. } => "device-asked-heading",
            Window::Allowed(_) => "device-allowed-heading",
            Window::Over(Ended::Late) => "pair-late-heading",
            Window::Over(Ended::Denied) => "device-denied-heading",
            Window::Over(Ended::WrongDigits) => "pair-wrong-heading",
            Window::Over(Ended::Closed) => "pair-closed-heading",
        }
    }

    const fn lead(&self) -> &'static str {
        match self.stands {
            Window::None(_) => "pair-lead",
            Window::Elsewhere(_) => "pair-elsewhere-lead",
            Window::Open { .. } => "pair-open-lead",
            Window::Answered { .. } => "pair-answered-lead",
            Window::Allowed(_) => "device-allowed-lead",
            Window::Over(Ended::Late) => "pair-late-lead",
            Window::Over(Ended::Denied) => "device-denied-lead",
            Window::Over(Ended::WrongDigits) => "pair-wrong-lead",
            Window::Over(Ended::Closed) => "pair-closed-lead",
        }
    }

    /// Whether another look may show something else.
    const fn is_open(&self) -> bool {
        matches!(self.stands, Window::Open { .. })
    }

    const fn problem(&self) -> Option<DigitsProblem> {
        match &self.stands {
            Window::Answered { problem, .. } => *problem,
            _ => None,
        }
    }
}
