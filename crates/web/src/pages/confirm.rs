//! `/account/confirm`: prove once more who is there, before something that decides over the account.

use askama::Template;
use axum::response::Response;
use flow::methods;
use flow::reauth::{self, Needed};
use flow::session::Visitor;
use flow::sign_in::ask::Door;
use model::address::Address;
use model::method::{Method, MethodSet};
use wire::form::encode;
use wire::mail::mailbox::Mailbox;

use crate::error::Trouble;
use crate::oauth::authorize::{client_towards, name_of};
use crate::page;
use crate::pages::passkey;
use crate::pages::sign_in::issue_to;
use crate::posted::Posted;
use crate::view::confirm::{ByApproval, Confirm, ConfirmProblem, Why};
use crate::view::frame::Place;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::visit::Visit;

/// The longest place to go to, in bytes: the page of a request that says everything itself, and still within a query.
const LONGEST: usize = 3_900;

/// Where the visitor wanted to go: a page of ours that only whoever is signed in can see, or the account page.
pub(crate) fn destination(asked: Option<&str>) -> &str {
    asked
        .filter(|to| {
            ["/account", "/operator", "/oauth/authorize", "/device"].iter().any(|start| {
                to.strip_prefix(start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'))
            })
        })
        .filter(|to| to.len() <= LONGEST && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'))
        .unwrap_or("/account")
}

impl Visit {
    /// Whoever is signed in, if the account's highest level was proved within the last minutes; otherwise the way leads
    /// to `/account/confirm` first, and from there to `to`.
    ///
    /// # Errors
    /// [`Trouble::SignInFirst`], [`Trouble::ConfirmFirst`], or a fault of the store.
    pub(crate) fn confirmed(&self, to: &str) -> Result<&Visitor, Trouble> {
        let visitor = self.signed_in()?;
        let needed = Needed::to_change(reauth::ways(&self.app.store, &self.cx, visitor)?);
        if needed.is_met(visitor, &self.cx) { Ok(visitor) } else { Err(Trouble::ConfirmFirst(to.to_owned())) }
    }
}

impl Visit {
    /// Whoever is signed in by a session that nobody doubts; for what changes something and asks for no proof.
    ///
    /// # Errors
    /// [`Trouble::SignInFirst`]; [`Trouble::ConfirmFirst`], where the page says why nothing can be confirmed.
    pub(crate) fn undoubted(&self, to: &str) -> Result<&Visitor, Trouble> {
        let visitor = self.signed_in()?;
        if visitor.session.doubted_at.is_none() {
            Ok(visitor)
        } else {
            Err(Trouble::ConfirmFirst(to.to_owned()))
        }
    }
}

/// The address of this page with the way on.
pub(crate) fn href(to: &str) -> String {
    format!("/account/confirm?{}", encode([("to", destination(Some(to)))]))
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let to = destination(visit.query.get("to")).to_owned();
    draw(visit, &to, (None, None))
}

/// The page, with why a passkey was refused, or what was wrong with what was typed.
pub(crate) fn draw(
    mut visit: Visit,
    to: &str,
    (refused, problem): (Option<PasskeyRefused>, Option<ConfirmProblem>),
) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?.clone();
    let client = client_towards(&visit, to)?;
    let ways = reauth::ways(&visit.app.store, &visit.cx, &visitor)?;
    // An app's code and a password are asked for together, whichever of them counts.
    let (has_password, totp) = (ways.methods.has(Method::Password), ways.methods.has(Method::Totp));
    let approval = match (ways.methods.has(Method::Approval), ways.is_strong()) {
        (false, _) => ByApproval::No,
        (true, false) => ByApproval::Alone,
        (true, true) => ByApproval::AfterPassword,
    };
    let ways = client.as_ref().map_or(ways, |client| methods::ways_to_client(client, ways));
    let has_passkey = ways.methods.has(Method::Passkey);
    let both = MethodSet::of(&[Method::Password, Method::Totp, Method::Approval]);
    let counts = !ways.methods.and(both).is_empty();
    let phone = if ways.methods.has(Method::SmsCode) {
        reauth::phone_of(&visit.app.store, &visit.cx, &visitor)?
    } else {
        None
    };
    let passkey =
        if has_passkey { passkey::offer_confirm(&mut visit, &visitor, to)? } else { Offer::Nowhere };
    Ok(page::show(&visit, Place::Account, |frame| {
        Confirm {
            frame,
            to,
            address: &visitor.account.address,
            why: match &client {
                _ if visitor.session.began_provisional() => Why::Unsure,
                _ if visitor.session.doubted_at.is_some() => Why::Doubted,
                Some(client) => {
                    let (name, verified) = name_of(&client.client);
                    Why::Client { name, verified }
                }
                None if to.starts_with("/operator") => Why::Operator,
                None => Why::Change,
            },
            has_passkey,
            passkey,
            refused,
            password: has_password && counts,
            totp,
            approval,
            problem,
            code: ways.methods.has(Method::MailCode),
            phone: phone.as_ref().map(ToString::to_string),
        }
        .render()
    }))
}

/// `POST /account/confirm/code`: has a code sent to the account's own address, or to its telephone.
pub(crate) async fn code(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?;
    let ways = reauth::ways(&visit.app.store, &visit.cx, visitor)?;
    let to = destination(form.get("to")).to_owned();
    let (door, keys) = (Door::Confirm(visitor.held()), visit.app.store.keys());
    let address = if ways.methods.has(Method::MailCode) {
        Mailbox::parse(&visitor.account.address).ok().map(|mailbox| Address::new(mailbox, keys))
    } else if ways.methods.has(Method::SmsCode) {
        let phone = reauth::phone_of(&visit.app.store, &visit.cx, visitor)?;
        phone.map(|phone| Address::of_phone(phone, keys))
    } else {
        None
    };
    match address {
        Some(address) => issue_to(visit, address, door, Some(&to)).await,
        None => Err(Trouble::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_leads_to_a_page_of_ours_and_nowhere_else() {
        for good in ["/account", "/account/passkeys", "/account/addresses?added=1", "/operator/tenants"] {
            assert_eq!(destination(Some(good)), good);
        }
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/accountant",
            "/sign-in",
            "/account/\\evil",
            "/account/a b",
            "",
        ] {
            assert_eq!(destination(Some(bad)), "/account", "{bad}");
        }
        assert_eq!(destination(Some(&format!("/account/{}", "a".repeat(LONGEST)))), "/account");
        assert_eq!(destination(None), "/account");
    }
}
