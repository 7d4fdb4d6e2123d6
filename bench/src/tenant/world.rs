//! Table: where people are, whose networks they use, with what, and for what.
//!
//! The numbers of networks and of Microsoft's own applications are public and the real ones, because detectors know them.
//! Addresses are drawn and belong to nobody in particular; people are numbers.

use super::chance::Chance;

/// A town.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its name.
    pub(crate) city: &'static str,
    /// Its country, by ISO 3166-1.
    pub(crate) country: &'static str,
    /// Tenths of a degree north and east.
    pub(crate) at: (i32, i32),
    /// Hours that its clock is ahead of UTC.
    pub(crate) ahead: i64,
    /// Whose lines are in its houses.
    pub(crate) houses: &'static [u32],
    /// Whose masts are in its streets.
    pub(crate) masts: &'static [u32],
}

/// Towns, those with an office first.
pub(crate) const PLACES: [Place; 12] = [
    Place {
        city: "Austin",
        country: "US",
        at: (303, -977),
        ahead: -5,
        houses: &[7922, 701, 20115, 7018],
        masts: &[21928, 6167],
    },
    Place {
        city: "Reading",
        country: "GB",
        at: (515, -10),
        ahead: 1,
        houses: &[5607, 5089, 2856],
        masts: &[25135, 12576],
    },
    Place {
        city: "Berlin",
        country: "DE",
        at: (525, 134),
        ahead: 2,
        houses: &[3320, 3209, 6805],
        masts: &[3320, 3209],
    },
    Place {
        city: "Utrecht",
        country: "NL",
        at: (521, 51),
        ahead: 2,
        houses: &[1136, 33915],
        masts: &[50266, 1136],
    },
    Place {
        city: "Lyon",
        country: "FR",
        at: (458, 48),
        ahead: 2,
        houses: &[12322, 3215, 15557],
        masts: &[51207, 3215],
    },
    Place {
        city: "Pune",
        country: "IN",
        at: (185, 739),
        ahead: 5,
        houses: &[24560, 9829],
        masts: &[55836, 24560],
    },
    Place {
        city: "Chicago",
        country: "US",
        at: (419, -876),
        ahead: -5,
        houses: &[7922, 7018, 6128],
        masts: &[21928, 6167],
    },
    Place {
        city: "Madrid",
        country: "ES",
        at: (404, -37),
        ahead: 2,
        houses: &[3352, 12479],
        masts: &[3352, 12430],
    },
    Place {
        city: "Milan",
        country: "IT",
        at: (455, 92),
        ahead: 2,
        houses: &[3269, 12874],
        masts: &[30722, 16232],
    },
    Place {
        city: "Lisbon",
        country: "PT",
        at: (387, -91),
        ahead: 1,
        houses: &[3243, 2860],
        masts: &[12353, 2860],
    },
    Place {
        city: "Warsaw",
        country: "PL",
        at: (522, 210),
        ahead: 2,
        houses: &[5617, 6830],
        masts: &[8374, 39603],
    },
    Place {
        city: "Toronto",
        country: "CA",
        at: (437, -794),
        ahead: -4,
        houses: &[577, 812],
        masts: &[852, 812],
    },
];

/// How many towns have an office.
pub(crate) const OFFICES: u32 = 6;
/// Who brings the offices their line.
pub(crate) const OFFICE_LINE: u32 = 174;
/// Where servers are rented.
pub(crate) const HOSTING: [u32; 16] = [
    14061, 16509, 24940, 20473, 9009, 45102, 132203, 396982, 399629, 16276, 63949, 51167, 44477, 210644,
    31898, 36352,
];
/// Whose private tunnels people pay for.
pub(crate) const TUNNELS: [u32; 4] = [9009, 212238, 39351, 60068];
/// Whose clouds this tenant's developers work in.
pub(crate) const CLOUDS: [u32; 3] = [16509, 8075, 396982];
/// Where a rented server, a tunnel or a cloud stands.
pub(crate) const RACKS: [u8; 5] = [0, 2, 3, 6, 1];

/// Somebody's line to the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Net {
    /// Number of the network.
    pub(crate) asn: u32,
    /// IPv4 address.
    pub(crate) ip: u32,
    /// Where, by its number in [`PLACES`].
    pub(crate) place: u8,
}

impl Net {
    /// A line of this network at this place: networks have four blocks of addresses at each.
    pub(crate) fn drawn(chance: &mut Chance, asn: u32, place: u8) -> Self {
        let block = chance.below(4);
        let mut of_block = Chance::new(u64::from(asn) << 16 | u64::from(place) << 4 | u64::from(block), 77);
        let first = 20 + of_block.below(80);
        let second = of_block.below(256);
        let rest = 256 + chance.below(65_000);
        Self { asn, ip: first << 24 | second << 16 | rest, place }
    }

    /// A rented server of this network.
    pub(crate) fn rented(chance: &mut Chance, asn: u32) -> Self {
        let place = chance.pick(&RACKS);
        Self::drawn(chance, asn, place)
    }
}

/// The town with this number.
#[must_use]
pub(crate) fn place(number: u8) -> Place {
    PLACES.get(usize::from(number)).copied().unwrap_or_default()
}

/// What somebody signs in with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Agent {
    #[default]
    Edge,
    Chrome,
    ChromeLater,
    Firefox,
    SafariMac,
    ChromeMac,
    IPhone,
    Android,
    TeamsRoom,
    MailClient,
    AzureCli,
    PowerShell,
    Python,
    Node,
    Undici,
    Curl,
    Go,
    Axios,
    Kit,
    Provider,
}

/// What tells somebody else's program from a browser: everything a kit was seen with.
pub(crate) const TOOLS: [Agent; 7] =
    [Agent::Node, Agent::Undici, Agent::Curl, Agent::Go, Agent::Axios, Agent::Python, Agent::Kit];

impl Agent {
    /// The header.
    #[must_use]
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::Edge => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0"
            }
            Self::Chrome => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
            }
            Self::ChromeLater => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
            }
            Self::Firefox => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
            }
            Self::SafariMac => {
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"
            }
            Self::ChromeMac => {
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
            }
            Self::IPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
            }
            Self::Android => {
                "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36"
            }
            Self::TeamsRoom => "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Teams/1.3.00.30866 Electron/8.5.1",
            Self::MailClient => "iOS/18.6 Apple-iPhone/Mail",
            Self::AzureCli => "python/3.11 azure-cli/2.76",
            Self::PowerShell => {
                "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.26100.4652"
            }
            Self::Python => "python-requests/2.32.3",
            Self::Node => "node",
            Self::Undici => "undici",
            Self::Curl => "curl/8.7.1",
            Self::Go => "Go-http-client/2.0",
            Self::Axios => "axios/1.11.0",
            Self::Kit => "kali365-live/1.0.0",
            Self::Provider => "Windows-AzureAD-Authentication-Provider/1.0",
        }
    }

    /// The system as Entra names it where it can tell.
    #[must_use]
    pub(crate) const fn system(self) -> &'static str {
        match self {
            Self::Edge
            | Self::Chrome
            | Self::ChromeLater
            | Self::Firefox
            | Self::TeamsRoom
            | Self::Provider => "Windows 10",
            Self::SafariMac | Self::ChromeMac => "MacOs",
            Self::IPhone => "Ios 18",
            Self::Android => "Android",
            _ => "",
        }
    }

    /// Whether it is carried around.
    #[must_use]
    pub(crate) const fn is_phone(self) -> bool {
        matches!(self, Self::IPhone | Self::Android | Self::MailClient)
    }
}

/// An application: what it calls itself, and its public number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum App {
    #[default]
    OfficeHome,
    Office,
    Teams,
    OutlookMobile,
    Outlook,
    AzureCli,
    AzurePortal,
    AzurePowerShell,
    Broker,
    Supplier,
}

impl App {
    /// Name and identifier.
    #[must_use]
    pub(crate) const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::OfficeHome => ("OfficeHome", "4765445b-32c6-49b0-83e6-1d93765276ca"),
            Self::Office => ("Microsoft Office", "d3590ed6-52b3-4102-aeff-aad2292ab01c"),
            Self::Teams => ("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264"),
            Self::OutlookMobile => ("Outlook Mobile", "27922004-5251-4030-b22d-91ecd9a37ea4"),
            Self::Outlook => ("One Outlook Web", "9199bf20-a13f-4107-85dc-02114787ef48"),
            Self::AzureCli => ("Microsoft Azure CLI", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
            Self::AzurePortal => ("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
            Self::AzurePowerShell => ("Microsoft Azure PowerShell", "1950a258-227b-4e31-a9cf-717495945fc2"),
            Self::Broker => ("Microsoft Authentication Broker", "29d9ed98-a469-4536-ade2-f981bc1d605e"),
            Self::Supplier => ("Canteen Orders", "5f0c7a52-31bd-4c6e-9d0e-2f1f5a7b8c90"),
        }
    }
}

/// What a token is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Resource {
    #[default]
    Exchange,
    Graph,
    SharePoint,
    Management,
    Registration,
}

impl Resource {
    /// Name and identifier.
    #[must_use]
    pub(crate) const fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Exchange => ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000"),
            Self::Graph => ("Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
            Self::SharePoint => ("Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000"),
            Self::Management => {
                ("Windows Azure Service Management API", "797f4846-ba00-4fd7-ba43-dac1f8f63013")
            }
            Self::Registration => ("Device Registration Service", "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"),
        }
    }
}

/// What people use all day.
pub(crate) const DAILY_APPS: [App; 4] = [App::OfficeHome, App::Office, App::Teams, App::Outlook];
/// What they use it for.
pub(crate) const DAILY_RESOURCES: [Resource; 4] =
    [Resource::Exchange, Resource::Exchange, Resource::Graph, Resource::SharePoint];
