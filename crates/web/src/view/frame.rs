//! What all pages share: texts, the site's name and look, who is signed in, and where the reader is.

use std::borrow::Cow;

use fluent_bundle::FluentValue;
use model::place::Atlas;
use model::voice::{Argument, Voice};

/// What all pages share. Built once per request, from values that live longer than the page.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The texts.
    pub voice: &'a Voice,
    /// The site's name, chosen by its operator.
    pub site_name: &'a str,
    /// The host that the reader should see in the address bar.
    pub site_host: &'a str,
    /// Where the stylesheet is, with its version.
    pub css_href: &'a str,
    /// Where the script of the waiting page is, with its version.
    pub script_href: &'a str,
    /// Where the script of passkeys is, with its version.
    pub passkey_href: &'a str,
    /// Where the script of an approver's pages is, with its version.
    pub doorbell_href: &'a str,
    /// Where the icon for the browser's tab is.
    pub icon_href: &'a str,
    /// The operator's stylesheet (accent, radii, spacing), if there is one.
    pub operator_css: Option<&'a str>,
    /// Where the operator's logo is; none means ours.
    pub logo: Option<&'a str>,
    /// Who is signed in.
    pub signed_in: Option<AccountBadge<'a>>,
    /// The CSRF token for the forms on the page.
    pub csrf: &'a str,
    /// Which entry of the navigation is the page itself.
    pub place: Place,
    /// Where network addresses are used.
    pub atlas: &'a dyn Atlas,
}

/// Who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct AccountBadge<'a> {
    /// The account's address.
    pub address: &'a str,
    /// Whether the operator's pages are open to it.
    pub operator: bool,
    /// How many ways in wait for it.
    pub waiting: u32,
}

/// Which entry of the navigation the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// None of them.
    Elsewhere,
    /// The account page.
    Account,
    /// The activity page.
    Activity,
    /// The operator's page.
    Operator,
}

/// A number that a text can be given; also behind references, as templates hand them over.
pub trait Number {
    /// The number, for Fluent.
    fn number(&self) -> FluentValue<'static>;
}

impl Number for u8 {
    fn number(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Number for u16 {
    fn number(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Number for u32 {
    fn number(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl<T: Number> Number for &T {
    fn number(&self) -> FluentValue<'static> {
        (*self).number()
    }
}

impl<'a> Frame<'a> {
    /// The text `id`, which takes no arguments.
    #[must_use]
    pub fn say<'b>(&'b self, id: &'b str) -> Cow<'b, str> {
        self.voice.say(id)
    }

    /// The text `id` with its arguments filled in.
    #[must_use]
    pub fn fill(&self, id: &str, arguments: &[Argument<'_>]) -> String {
        self.voice.fill(id, arguments)
    }

    /// The text `id` about a number, which the text calls `$n`.
    #[must_use]
    pub fn count(&self, id: &str, n: impl Number) -> String {
        self.voice.fill(id, &[("n", n.number())])
    }

    /// The text `id` with one argument in words, which the text calls `$name`.
    #[must_use]
    pub fn with(&self, id: &str, name: &str, value: impl AsRef<str>) -> String {
        self.voice.fill(id, &[(name, value.as_ref().into())])
    }

    /// The text `id` with the site's name, which the text calls `$site`.
    #[must_use]
    pub fn of_site(&self, id: &str) -> String {
        self.with(id, "site", self.site_name)
    }

    /// The language tag, for the `lang` attribute.
    #[must_use]
    pub fn language(&self) -> &'a str {
        self.voice.language()
    }

    /// The direction in which the language is written, for the `dir` attribute.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        let primary = self.language().split('-').next().unwrap_or_default();
        if matches!(primary, "ar" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi") {
            "rtl"
        } else {
            "ltr"
        }
    }

    /// Whether the page is the entry `word` of the navigation.
    pub(crate) fn is_at(&self, word: &str) -> bool {
        let here = match self.place {
            Place::Elsewhere => return false,
            Place::Account => "account",
            Place::Activity => "activity",
            Place::Operator => "operator",
        };
        here == word
    }

    /// Where the site's name in the header leads.
    #[must_use]
    pub fn home(&self) -> &'static str {
        if self.signed_in.is_some() { "/account" } else { "/sign-in" }
    }
}
