//! Table: who sends codes, and from which domains. Only what a row names is told apart; nobody else is called by a name.

/// Somebody who sends codes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Brand {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Words by which a message speaks for it, in the form of `Words::flat`.
    pub(crate) words: &'static [&'static str],
    /// The domains from which its mails about accounts come; names below them count.
    pub(crate) domains: &'static [&'static str],
    /// The domains to which its messages lead; names below them count.
    pub(crate) pages: &'static [&'static str],
    /// The servers from which its mails leave; names below them count.
    pub(crate) servers: &'static [&'static str],
}

impl Brand {
    /// Whether mail about its accounts comes from this domain.
    pub(crate) fn sends_from(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| wire::mail::dkim::is_within(domain, own))
    }

    /// Whether a host is one of its own.
    pub(crate) fn owns(&self, host: &str) -> bool {
        self.sends_from(host) || self.pages.iter().any(|own| wire::mail::dkim::is_within(host, own))
    }

    /// Whether its mails leave from a server of this name.
    pub(crate) fn leaves_from(&self, server: &str) -> bool {
        self.sends_from(server) || self.servers.iter().any(|own| wire::mail::dkim::is_within(server, own))
    }
}

/// Microsoft, of whose codes the kinds are told apart. Its other domains sign as well, and no code comes from them.
pub(crate) const MICROSOFT: &Brand = &Brand {
    name: "Microsoft",
    words: &[
        "microsoft",
        "майкрософт",
        "マイクロソフト",
        "微软",
        "微軟",
        "outlook.com",
        "office 365",
        "office365",
        "onedrive",
        "hotmail",
        "xbox",
    ],
    domains: &["accountprotection.microsoft.com", "microsoftonline.com"],
    pages: &[
        "microsoft.com",
        "microsoftonline.com",
        "live.com",
        "office.com",
        "outlook.com",
        "aka.ms",
        "windows.net",
        "msn.com",
        "xbox.com",
        "skype.com",
        "microsoft365.com",
        "office365.com",
        "cloud.microsoft",
        "msauth.net",
        "azure.com",
        "bing.com",
        "azureedge.net",
    ],
    servers: &["outlook.com", "microsoft.com", "hotmail.com", "microsoftonline.com", "msgraph.com"],
};

/// All that are known; Microsoft is the first.
pub(crate) const BRANDS: &[&Brand] = &[
    MICROSOFT,
    &Brand {
        name: "Google",
        words: &["google", "gmail", "youtube"],
        domains: &["accounts.google.com", "google.com"],
        pages: &["google.com", "goo.gl", "youtube.com", "gmail.com", "g.co"],
        servers: &["google.com"],
    },
    &Brand {
        name: "Apple",
        words: &["apple", "icloud"],
        domains: &["id.apple.com", "email.apple.com", "insideapple.apple.com", "apple.com", "icloud.com"],
        pages: &["apple.com", "icloud.com"],
        servers: &["apple.com"],
    },
    &Brand {
        name: "GitHub",
        words: &["github"],
        domains: &["github.com"],
        pages: &["github.com", "github.io", "githubapp.com"],
        servers: &["github.com", "github.net", "sendgrid.net", "amazonses.com"],
    },
    &Brand {
        name: "Instagram",
        words: &["instagram"],
        domains: &["mail.instagram.com", "instagram.com"],
        pages: &["instagram.com", "ig.me"],
        servers: &["instagram.com", "facebook.com", "facebookmail.com"],
    },
    &Brand {
        name: "Facebook",
        words: &["facebook"],
        domains: &["facebookmail.com", "facebook.com", "support.facebook.com"],
        pages: &["facebook.com", "fb.com", "fb.me", "meta.com"],
        servers: &["facebook.com", "facebookmail.com"],
    },
    &Brand {
        name: "Meta",
        words: &["meta account", "your meta "],
        domains: &["meta.com", "metamail.com", "facebookmail.com"],
        pages: &["meta.com"],
        servers: &["facebook.com", "facebookmail.com"],
    },
    &Brand {
        name: "WhatsApp",
        words: &["whatsapp"],
        domains: &["whatsapp.com", "support.whatsapp.com"],
        pages: &["whatsapp.com", "wa.me"],
        servers: &["facebook.com"],
    },
    &Brand {
        name: "Signal",
        words: &["signal code", "signal verification", "signal:"],
        domains: &["signal.org"],
        pages: &["signal.org"],
        servers: &[],
    },
    &Brand {
        name: "Telegram",
        words: &["telegram"],
        domains: &["telegram.org"],
        pages: &["telegram.org", "t.me"],
        servers: &[],
    },
    &Brand {
        name: "Amazon",
        words: &["amazon"],
        domains: &[
            "amazon.com",
            "amazon.co.uk",
            "amazon.de",
            "amazon.fr",
            "amazon.es",
            "amazon.it",
            "amazon.nl",
            "amazon.ca",
            "amazon.in",
            "amazon.co.jp",
            "amazon.com.br",
            "amazon.com.mx",
            "amazon.com.au",
            "amazon.pl",
            "amazon.se",
        ],
        pages: &["amazon.com", "a.co", "amazon.co.uk", "amazon.de", "amazon.fr", "amazon.es", "amazon.it"],
        servers: &["amazonses.com", "amazon.com"],
    },
    &Brand {
        name: "PayPal",
        words: &["paypal"],
        domains: &["paypal.com", "paypal.co.uk", "paypal.de", "e.paypal.com"],
        pages: &["paypal.com"],
        servers: &["paypal.com"],
    },
    &Brand {
        name: "LinkedIn",
        words: &["linkedin"],
        domains: &["linkedin.com"],
        pages: &["linkedin.com", "lnkd.in"],
        servers: &["linkedin.com"],
    },
    &Brand {
        name: "X",
        words: &["twitter", "x (formerly twitter)"],
        domains: &["x.com", "twitter.com"],
        pages: &["x.com", "twitter.com", "t.co"],
        servers: &["twitter.com", "x.com"],
    },
    &Brand {
        name: "TikTok",
        words: &["tiktok"],
        domains: &["account.tiktok.com", "tiktok.com"],
        pages: &["tiktok.com"],
        servers: &["tiktok.com", "amazonses.com", "sendgrid.net"],
    },
    &Brand {
        name: "Snapchat",
        words: &["snapchat"],
        domains: &["snapchat.com"],
        pages: &["snapchat.com"],
        servers: &[],
    },
    &Brand {
        name: "Discord",
        words: &["discord"],
        domains: &["discord.com", "discordapp.com"],
        pages: &["discord.com", "discord.gg"],
        servers: &["discord.com", "sendgrid.net"],
    },
    &Brand {
        name: "Steam",
        words: &["steam guard", "steam account", "steam support"],
        domains: &["steampowered.com"],
        pages: &["steampowered.com", "steamcommunity.com"],
        servers: &["steampowered.com"],
    },
    &Brand {
        name: "Epic Games",
        words: &["epic games"],
        domains: &["epicgames.com", "acct.epicgames.com"],
        pages: &["epicgames.com"],
        servers: &["amazonses.com"],
    },
    &Brand {
        name: "Netflix",
        words: &["netflix"],
        domains: &["account.netflix.com", "netflix.com"],
        pages: &["netflix.com"],
        servers: &["netflix.com", "amazonses.com"],
    },
    &Brand {
        name: "Spotify",
        words: &["spotify"],
        domains: &["spotify.com"],
        pages: &["spotify.com"],
        servers: &["spotify.com"],
    },
    &Brand {
        name: "Dropbox",
        words: &["dropbox"],
        domains: &["dropbox.com", "dropboxmail.com"],
        pages: &["dropbox.com"],
        servers: &["dropbox.com", "amazonses.com"],
    },
    &Brand {
        name: "Slack",
        words: &["slack"],
        domains: &["slack.com"],
        pages: &["slack.com"],
        servers: &["slack.com", "amazonses.com"],
    },
    &Brand {
        name: "Zoom",
        words: &["zoom"],
        domains: &["zoom.us", "zoom.com"],
        pages: &["zoom.us", "zoom.com"],
        servers: &["zoom.us", "sendgrid.net"],
    },
    &Brand {
        name: "Adobe",
        words: &["adobe"],
        domains: &["adobe.com", "mail.adobe.com"],
        pages: &["adobe.com"],
        servers: &["adobe.com"],
    },
    &Brand {
        name: "Yahoo",
        words: &["yahoo"],
        domains: &["yahoo.com", "cc.yahoo-inc.com"],
        pages: &["yahoo.com"],
        servers: &["yahoo.com", "yahoo-inc.com"],
    },
    &Brand {
        name: "eBay",
        words: &["ebay"],
        domains: &["ebay.com", "ebay.co.uk", "ebay.de"],
        pages: &["ebay.com"],
        servers: &["ebay.com"],
    },
    &Brand {
        name: "Uber",
        words: &["uber"],
        domains: &["uber.com"],
        pages: &["uber.com"],
        servers: &["uber.com", "sendgrid.net"],
    },
    &Brand {
        name: "Airbnb",
        words: &["airbnb"],
        domains: &["airbnb.com"],
        pages: &["airbnb.com"],
        servers: &["airbnb.com"],
    },
    &Brand {
        name: "Coinbase",
        words: &["coinbase"],
        domains: &["coinbase.com"],
        pages: &["coinbase.com"],
        servers: &["amazonses.com"],
    },
    &Brand {
        name: "Atlassian",
        words: &["atlassian", "jira", "confluence"],
        domains: &["atlassian.com", "id.atlassian.com"],
        pages: &["atlassian.com", "atlassian.net"],
        servers: &["atlassian.com", "atlassian.net", "amazonses.com"],
    },
    &Brand {
        name: "GitLab",
        words: &["gitlab"],
        domains: &["gitlab.com", "mg.gitlab.com"],
        pages: &["gitlab.com"],
        servers: &["gitlab.com", "mailgun.net"],
    },
    &Brand {
        name: "DocuSign",
        words: &["docusign"],
        domains: &["docusign.com", "docusign.net"],
        pages: &["docusign.com", "docusign.net"],
        servers: &["docusign.com", "docusign.net"],
    },
    &Brand {
        name: "OpenAI",
        words: &["openai", "chatgpt"],
        domains: &["openai.com", "tm.openai.com"],
        pages: &["openai.com", "chatgpt.com"],
        servers: &["openai.com", "sendgrid.net"],
    },
    &Brand {
        name: "Notion",
        words: &["notion"],
        domains: &["notion.so", "mail.notion.so", "notion.com"],
        pages: &["notion.so", "notion.com"],
        servers: &["amazonses.com"],
    },
    &Brand {
        name: "Revolut",
        words: &["revolut"],
        domains: &["revolut.com"],
        pages: &["revolut.com"],
        servers: &[],
    },
    &Brand {
        name: "Wise",
        words: &["wise account", "wise verification"],
        domains: &["wise.com"],
        pages: &["wise.com"],
        servers: &[],
    },
    &Brand {
        name: "Proton",
        words: &["proton"],
        domains: &["proton.me", "protonmail.com"],
        pages: &["proton.me"],
        servers: &["proton.ch", "protonmail.ch"],
    },
];

/// The brand whose mails come from this domain.
pub(crate) fn of_domain(domain: &str) -> Option<&'static Brand> {
    BRANDS.iter().copied().find(|brand| brand.sends_from(domain))
}

/// The brand whose words come first in a text, as words of their own.
pub(crate) fn named_in(flat: &str) -> Option<&'static Brand> {
    let places = BRANDS.iter().filter_map(|brand| {
        let at = brand.words.iter().filter_map(|word| place(flat, word)).min()?;
        Some((at, *brand))
    });
    places.min_by_key(|(at, _)| *at).map(|(_, brand)| brand)
}

/// Where a word stands in a text by itself and not inside another one.
fn place(flat: &str, word: &str) -> Option<usize> {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    flat.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = flat.get(..*at).unwrap_or_default().chars().next_back();
        let after = flat.get(at + word.len()..).unwrap_or_default().chars().next();
        let ends = word.ends_with(|c: char| !c.is_ascii_alphanumeric()) || !inside(after);
        (word.starts_with(' ') || !inside(before)) && ends
    })
}

/// A real page on which devices are signed in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DevicePage {
    /// Host and path, as `Link::page` has them; an entry that ends with `*` stands for all that begins so.
    pub(crate) page: &'static str,
    /// Whose it is.
    pub(crate) whose: &'static str,
    /// Whether what it signs in to is an organisation's account.
    pub(crate) organisation: bool,
}

/// Every page that is known; what whoever types a code there signs in is somebody else's device.
pub(crate) const DEVICE_PAGES: &[DevicePage] = &[
    DevicePage { page: "microsoft.com/devicelogin", whose: "Microsoft", organisation: true },
    DevicePage { page: "microsoft.com/link", whose: "Microsoft", organisation: true },
    DevicePage { page: "login.microsoft.com/device", whose: "Microsoft", organisation: true },
    DevicePage {
        page: "login.microsoftonline.com/*/oauth2/deviceauth",
        whose: "Microsoft",
        organisation: true,
    },
    DevicePage { page: "login.microsoftonline.com/deviceauth", whose: "Microsoft", organisation: true },
    DevicePage {
        page: "login.microsoftonline.us/*/oauth2/deviceauth",
        whose: "Microsoft",
        organisation: true,
    },
    DevicePage { page: "microsoft.com/deviceauth", whose: "Microsoft", organisation: true },
    DevicePage { page: "aka.ms/devicelogin", whose: "Microsoft", organisation: true },
    DevicePage { page: "aka.ms/devicecode", whose: "Microsoft", organisation: true },
    DevicePage { page: "aka.ms/remoteconnect", whose: "Microsoft", organisation: false },
    DevicePage { page: "login.live.com/oauth20_remoteconnect*", whose: "Microsoft", organisation: false },
    DevicePage { page: "github.com/login/device", whose: "GitHub", organisation: false },
    DevicePage { page: "google.com/device", whose: "Google", organisation: false },
    DevicePage { page: "accounts.google.com/o/oauth2/device*", whose: "Google", organisation: false },
    DevicePage { page: "youtube.com/activate", whose: "Google", organisation: false },
    DevicePage { page: "facebook.com/device", whose: "Facebook", organisation: false },
    DevicePage { page: "amazon.com/code", whose: "Amazon", organisation: false },
    DevicePage { page: "amazon.com/us/code", whose: "Amazon", organisation: false },
    DevicePage { page: "twitch.tv/activate", whose: "Twitch", organisation: false },
    DevicePage { page: "device.sso.*", whose: "Amazon Web Services", organisation: true },
    DevicePage { page: "*.awsapps.com/start/#/device*", whose: "Amazon Web Services", organisation: true },
    DevicePage { page: "*.okta.com/activate", whose: "Okta", organisation: true },
    DevicePage { page: "*.auth0.com/activate", whose: "Auth0", organisation: true },
    DevicePage { page: "gitlab.com/oauth/device", whose: "GitLab", organisation: false },
    DevicePage { page: "slack.com/device", whose: "Slack", organisation: true },
];

/// The page of devices that a link leads to.
pub(crate) fn device_page(page: &str) -> Option<&'static DevicePage> {
    DEVICE_PAGES.iter().find(|known| fits(known.page, page))
}

/// Whether a page fits a pattern with at most two `*`.
fn fits(pattern: &str, page: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| page.strip_prefix(first)) else { return false };
    let mut ends_open = false;
    for part in parts {
        ends_open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty() || ends_open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_are_known_by_their_words_and_domains() {
        assert_eq!(named_in("123456 is your instagram code").map(|brand| brand.name), Some("Instagram"));
        assert_eq!(
            named_in("use 1 for microsoft authentication, not google").map(|brand| brand.name),
            Some("Microsoft")
        );
        assert_eq!(named_in("pineapple and zoomed rubber"), None);
        assert_eq!(of_domain("accountprotection.microsoft.com"), Some(MICROSOFT));
        for other in [
            "microsoft.com",
            "news.microsoft.com",
            "accountprotection-microsoft.example",
            "xaccountprotection.microsoft.com",
            "tenant.onmicrosoft.com",
        ] {
            assert_eq!(of_domain(other), None, "{other}");
        }
        assert!(MICROSOFT.owns("account.live.com") && !MICROSOFT.owns("live.com.evil.example"));
    }

    #[test]
    fn every_row_is_in_the_form_in_which_it_is_compared() {
        for brand in BRANDS {
            for word in brand.words {
                assert_eq!(crate::explain::words::flat(word), word.trim(), "{word}");
            }
            for host in brand.domains.iter().chain(brand.pages).chain(brand.servers) {
                assert_eq!(wire::mail::domain::Domain::parse(host).unwrap().as_str(), *host);
            }
        }
    }

    #[test]
    fn pages_of_devices_are_known_and_no_others() {
        for page in [
            "microsoft.com/devicelogin",
            "login.microsoftonline.com/common/oauth2/deviceauth",
            "login.microsoftonline.com/abc/oauth2/deviceauth",
            "github.com/login/device",
            "example.okta.com/activate",
            "device.sso.eu-west-1.amazonaws.com",
        ] {
            assert!(device_page(page).is_some(), "{page}");
        }
        for page in [
            "microsoft.com",
            "microsoft.com/devicelogin.evil.example",
            "evil.example/microsoft.com/devicelogin",
            "github.com/login",
            "okta.com.evil/activate",
        ] {
            assert!(device_page(page).is_none(), "{page}");
        }
    }
}
