//! Invitations, and the set-up link of a new installation.
//!
//! The link's secret exists only in the link; the store keeps its digest.

use model::account::Role;
use model::address::Address;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::InvitationId;
use model::invitation::{Invitation, Opening};
use model::policy::Registration;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use store::{Recorded, Store, Tx, accounts, invitations};

use crate::Outcome;
use crate::by::By;

/// The digest of the secret in an invitation's link.
fn link_digest(keys: &Keys, id: InvitationId, secret: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"invitation", id.bytes(), secret])
}

/// What the link carries: [`InvitationId`] and secret, 32 bytes as base64url.
pub struct Link(Secret<[u8; 32]>);

impl Link {
    fn new(id: InvitationId, secret: [u8; 16]) -> Self {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(id.bytes().iter().chain(&secret)) {
            *to = *from;
        }
        Self(Secret::new(bytes))
    }

    /// The path segment.
    #[must_use]
    pub fn expose(&self) -> String {
        wire::token::encode(self.0.expose())
    }

    /// Reads what [`Self::expose`] gave.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        wire::token::decode::<32>(text).ok().map(|bytes| Self(Secret::new(bytes)))
    }

    fn split(&self) -> (InvitationId, [u8; 16]) {
        let (mut id, mut secret) = ([0; 16], [0; 16]);
        for (to, from) in id.iter_mut().chain(secret.iter_mut()).zip(self.0.expose()) {
            *to = *from;
        }
        (InvitationId::from_bytes(id), secret)
    }
}

/// Makes the set-up link, unless there is an account already. The link made before it ends.
///
/// # Errors
/// A fault of the store.
pub fn set_up(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<Option<Link>>, Fault> {
    if accounts::any(tx)? {
        return Ok(tx.unrecorded("the installation has an account", None));
    }
    invitations::expire_open(tx, Opening::SetUp, cx.now)?;
    let (link, event) = create(tx, cx, (Opening::SetUp, Role::Operator), None, Actor::Server)?;
    tx.record(&[event], Some(link))
}

/// Invites somebody, at the command line.
///
/// # Errors
/// A fault of the store.
pub fn invite(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    address: &Address,
    role: Role,
) -> Result<Recorded<Verdict<Link>>, Fault> {
    invite_by(tx, cx, address, role, &By::COMMAND)
}

/// Invites somebody.
///
/// # Errors
/// A fault of the store.
pub fn invite_by(tx: &mut Tx<'_>, cx: &mut Cx, address: &Address, role: Role, by: &By) -> Outcome<Link> {
    if cx.policy.registration == Registration::Closed {
        return Ok(tx.unrecorded("nobody can open an account", Err(Refusal::RegistrationClosed)));
    }
    if accounts::find_by_identity(tx, &address.identity())?.is_some() {
        return Ok(tx.unrecorded("the address has an account", Err(Refusal::AddressTaken)));
    }
    let (link, event) = create(tx, cx, (Opening::Invitation, role), Some(address), Actor::Operator)?;
    tx.record(&[by.sign(event)], Ok(link))
}

/// Who was invited and has not come yet, the next to end first.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, cx: &Cx, limit: i64) -> Result<Vec<Invitation>, Fault> {
    store.read(|reader| invitations::list_open(reader, cx.now, limit))
}

/// Takes an invitation back that nobody has used yet: its link opens nothing any more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::LinkUnknown`] when it is not open.
pub fn take_back(tx: &mut Tx<'_>, cx: &mut Cx, id: InvitationId, by: &By) -> Outcome<()> {
    if !invitations::claim_take_back(tx, id, cx.now)? {
        return Ok(tx.unrecorded("it is not open", Err(Refusal::LinkUnknown)));
    }
    let invited = invitations::find(tx, id)?.and_then(|(invitation, _)| invitation.address);
    let mailbox = invited.and_then(|invited| wire::mail::mailbox::Mailbox::parse(&invited).ok());
    let address = mailbox.map(|mailbox| Address::new(mailbox, tx.keys()));
    let subject = address
        .as_ref()
        .map_or(Subject::Site, |address| Subject::address(&address.destination(), address.masked()));
    let kind = EventKind::InvitationTakenBack { address: address.as_ref().map(Address::masked) };
    let event = Event::new(cx, subject, kind)?;
    tx.record(&[by.sign(event)], Ok(()))
}

fn create(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (opening, role): (Opening, Role),
    address: Option<&Address>,
    actor: Actor,
) -> Result<(Link, Event), Fault> {
    let id = InvitationId::new(cx)?;
    let secret: [u8; 16] = cx.entropy.bytes()?;
    let invitation = Invitation {
        id,
        opening,
        role,
        address: address.map(|address| address.as_str().to_owned()),
        expires_at: cx.now + cx.policy.invitation_lifetime,
        used_at: None,
    };
    let digest = link_digest(tx.keys(), id, &secret);
    invitations::insert(tx, &mut cx.entropy, (&invitation, &digest), cx.now)?;
    let kind = EventKind::InvitationCreated { opening, role, address: address.map(Address::masked) };
    let subject =
        address.map_or(Subject::Site, |address| Subject::address(&address.destination(), address.masked()));
    Ok((Link::new(id, secret), Event::new(cx, subject, kind)?.by(actor, None)))
}

/// The invitation behind a link, if it can still be used.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, link: &Link) -> Result<Verdict<Invitation>, Fault> {
    let (id, secret) = link.split();
    let presented = link_digest(store.keys(), id, &secret);
    let found = store.read(|reader| invitations::find(reader, id))?;
    Ok(match found.filter(|(_, digest)| digest.matches(&presented)).map(|(invitation, _)| invitation) {
        None => Err(Refusal::LinkUnknown),
        Some(invitation) if invitation.used_at.is_some() => Err(Refusal::InvitationUsed),
        Some(invitation) if cx.now >= invitation.expires_at => {
            Err(Refusal::InvitationExpired { at: invitation.expires_at })
        }
        Some(invitation)
            if invitation.opening == Opening::Invitation
                && cx.policy.registration == Registration::Closed =>
        {
            Err(Refusal::RegistrationClosed)
        }
        Some(invitation) => Ok(invitation),
    })
}

/// Whether the invitation may be used with this address.
///
/// # Errors
/// [`Refusal::InvitationElsewhere`] when it is for another one.
pub fn fits(invitation: &Invitation, address: &Address, keys: &Keys) -> Verdict<()> {
    fits_identity(invitation, &address.identity(), keys)
}

pub(crate) fn fits_identity(invitation: &Invitation, identity: &Digest, keys: &Keys) -> Verdict<()> {
    let Some(invited) = &invitation.address else { return Ok(()) };
    let same = wire::mail::mailbox::Mailbox::parse(invited)
        .is_ok_and(|mailbox| Address::new(mailbox, keys).identity().matches(identity));
    if same { Ok(()) } else { Err(Refusal::InvitationElsewhere) }
}
