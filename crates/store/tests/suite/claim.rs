//! Table: every claim of the store with one winner, as something to prepare and something to try, for races between
//! threads and between processes.

use model::account::{Account, AccountState, Role};
use model::approval::ApprovalState;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::budget::{MailAllowance, Slot};
use model::device_authorization::DeviceState;
use model::digest::Digest;
use model::entropy::Entropy;
use model::entry::{Entry, EntryState, OPEN};
use model::event::EntryKind;
use model::fault::Fault;
use model::grant::GrantEnd;
use model::id::{
    AccountId, AuthenticatorId, BrowserId, EntryId, InvitationId, MessageId, RefreshTokenId, SessionId,
    TenantId,
};
use model::invitation::{Invitation, Opening};
use model::method::{Method, MethodPolicy, MethodSet};
use model::pairing::PairingState;
use model::session::Session;
use model::sign_in_code::{CodeState, Purpose};
use model::tenant::Tenant;
use model::time::Time;
use store::attempts::Place;
use store::browsers::KnownBrowser;
use store::{
    Store, Tx, access_tokens, accounts, answered_challenges, approvals, attempts, authenticators,
    authorization_codes, browsers, clients, destinations, device_authorizations, enrolments, entries, gates,
    grants, invitations, leases, outbox, pairings, pushed_requests, recovery_codes, refresh_tokens, seen_ids,
    sessions, sign_in_codes, tenants,
};

use crate::setting::{account, address, ask, cx, noon, queue, seconds, source, token, write};
use crate::{approving, devices, doorbells, findings, logouts, provided};

/// A claim: `prepare` makes what can be claimed once and returns the words by which `attempt` finds it.
pub(crate) struct Claim {
    pub(crate) name: &'static str,
    pub(crate) prepare: fn(&Store) -> String,
    pub(crate) attempt: fn(&mut Tx<'_>, &str) -> Result<bool, Fault>,
}

const fn claim(
    name: &'static str,
    prepare: fn(&Store) -> String,
    attempt: fn(&mut Tx<'_>, &str) -> Result<bool, Fault>,
) -> Claim {
    Claim { name, prepare, attempt }
}

pub(crate) const CLAIMS: &[Claim] = &[
    claim("sign_in_codes::claim_attempt", asked, |tx, id| {
        let own = token("browser");
        let kept = sign_in_codes::claim_attempt(tx, id.parse().unwrap(), Purpose::SignIn, &own, noon())?;
        Ok(kept.is_some())
    }),
    claim("sign_in_codes::claim_end", asked, |tx, id| {
        let kept = sign_in_codes::claim_end(tx, id.parse().unwrap(), CodeState::Redeemed, noon())?;
        Ok(kept.is_some())
    }),
    claim("sign_in_codes::claim_late", asked, |tx, id| sign_in_codes::claim_late(tx, id.parse().unwrap(), 1)),
    claim("sign_in_codes::claim_denial", asked, |tx, id| {
        sign_in_codes::claim_denial(tx, id.parse().unwrap(), noon())
    }),
    claim("invitations::claim_take_back", invited, |tx, id| {
        invitations::claim_take_back(tx, id.parse().unwrap(), noon())
    }),
    claim("invitations::claim", invited, |tx, id| invitations::claim(tx, id.parse().unwrap(), noon())),
    claim("accounts::claim_state", opened, |tx, id| {
        accounts::claim_state(tx, id.parse().unwrap(), AccountState::Open, AccountState::Locked)
    }),
    claim("accounts::insert", |_| "somebody.new@example.com".to_owned(), open_account),
    claim(
        "tenants::claim_insert",
        |_| "uni".to_owned(),
        |tx, code| {
            let id = TenantId::from_bytes(Entropy::system().bytes()?);
            let (code, name, methods) = (code.to_owned(), "University".to_owned(), MethodPolicy::OPEN);
            tenants::claim_insert(tx, &Tenant { id, code, name, methods, gate: None, made_at: noon() })
        },
    ),
    claim("tenants::claim_domain", founded, |tx, id| {
        tenants::claim_domain(tx, id.parse().unwrap(), "example.edu", noon())
    }),
    claim("tenants::claim_remove_domain", with_domain, |tx, id| {
        tenants::claim_remove_domain(tx, id.parse().unwrap(), "example.net")
    }),
    claim("tenants::claim_remove", founded, |tx, id| tenants::claim_remove(tx, id.parse().unwrap())),
    claim(
        "accounts::claim_move",
        |store| format!("{} {}", founded(store), opened(store)),
        |tx, words| {
            let (tenant, account) = words.split_once(' ').unwrap();
            accounts::claim_move(tx, account.parse().unwrap(), Some(tenant.parse().unwrap()))
        },
    ),
    claim("sessions::claim_end", begun, |tx, words| {
        let (account, rest) = words.split_once(' ').unwrap();
        let (session, _) = rest.split_once(' ').unwrap();
        sessions::claim_end(tx, account.parse().unwrap(), session.parse().unwrap())
    }),
    claim("sessions::claim_doubt", begun, |tx, words| {
        let (account, rest) = words.split_once(' ').unwrap();
        let (session, _) = rest.split_once(' ').unwrap();
        let until = noon() + seconds(30);
        sessions::claim_doubt(tx, account.parse().unwrap(), session.parse().unwrap(), (noon(), until))
    }),
    claim("sessions::claim_trust", doubted, |tx, words| {
        let (_, rest) = words.split_once(' ').unwrap();
        let (session, _) = rest.split_once(' ').unwrap();
        sessions::claim_trust(tx, session.parse().unwrap(), noon())
    }),
    claim("sessions::claim_end_of_browser", begun, |tx, words| {
        let (account, _) = words.split_once(' ').unwrap();
        let ended =
            sessions::claim_end_of_browser(tx, account.parse().unwrap(), &token("browser"))?.get(tx)?;
        Ok(ended.len() == 1)
    }),
    claim("browsers::claim_trust", strange, |tx, words| {
        let (account, browser) = words.split_once(' ').unwrap();
        browsers::claim_trust(tx, account.parse().unwrap(), browser.parse().unwrap())
    }),
    // Leased before, so that the next of these is the only one to be had.
    claim("outbox::claim_done", leased, |tx, id| outbox::claim_done(tx, id.parse().unwrap())),
    claim("outbox::claim_given_up", leased, |tx, id| outbox::claim_given_up(tx, id.parse().unwrap(), 1)),
    claim("outbox::put_off, by whom it was leased to before", leased_twice, |tx, words| {
        let (first, second) = words.split_once(' ').unwrap();
        let late = outbox::put_off(tx, first.parse().unwrap(), 1, noon())?;
        Ok(late || outbox::claim_given_up(tx, second.parse().unwrap(), 2)?)
    }),
    claim(
        "outbox::lease",
        |store| queue(store, 99, None, false).to_string(),
        |tx, id| {
            let leased = outbox::lease(tx, noon(), noon() + seconds(600), 9)?;
            Ok(leased.iter().any(|leased| leased.id.to_string() == id))
        },
    ),
    claim("logouts::lease", logouts::queued, |tx, id| {
        let leased = store::logouts::lease(tx, noon(), noon() + seconds(600), 99)?;
        Ok(leased.iter().any(|leased| leased.logout.id.to_string() == id))
    }),
    claim("logouts::claim_done", logouts::leased, |tx, id| {
        store::logouts::claim_done(tx, id.parse().unwrap())
    }),
    claim("logouts::claim_given_up", logouts::leased, |tx, id| {
        store::logouts::claim_given_up(tx, id.parse().unwrap(), 1)
    }),
    claim("responses::claim_insert", findings::untouched, findings::claim_scope),
    claim("responses::claim_end_of", findings::standing, |tx, id| {
        let all = store::responses::list_standing(tx, 1000)?;
        let Some(one) = all.into_iter().find(|one| one.id.to_string() == id) else { return Ok(false) };
        let over = (noon(), model::response::Over::Confirmed);
        Ok(store::responses::claim_end_of(tx, (one.act, &one.scope), over)?.is_some())
    }),
    claim("responses::claim_end", findings::standing, |tx, id| {
        store::responses::claim_end(tx, id.parse().unwrap(), (noon(), model::response::Over::Undone))
    }),
    claim(
        "acknowledgements::claim_insert",
        |_| seed().to_string(),
        |tx, word| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&word.parse::<u64>().unwrap().to_be_bytes());
            let finding = model::id::EventId::from_bytes(bytes);
            let note = String::new();
            let of = store::acknowledgements::Acknowledgement { finding, at: noon(), account: None, note };
            store::acknowledgements::claim_insert(tx, &of)
        },
    ),
    claim("webhooks::claim_remove", findings::there, |tx, id| {
        store::webhooks::claim_remove(tx, id.parse().unwrap())
    }),
    claim("webhooks::lease", findings::queued, |tx, id| {
        let leased = store::webhooks::lease(tx, noon(), noon() + seconds(600), 99)?;
        Ok(leased.iter().any(|leased| leased.id.to_string() == id))
    }),
    claim("webhooks::claim_done", findings::leased, |tx, id| {
        store::webhooks::claim_done(tx, id.parse().unwrap())
    }),
    claim("webhooks::claim_given_up", findings::leased, |tx, id| {
        store::webhooks::claim_given_up(tx, id.parse().unwrap(), 1)
    }),
    claim("bells::claim_ring", doorbells::still, doorbells::claim_ring),
    claim("bells::claim_quiet", doorbells::rung, |tx, id| {
        store::bells::claim_quiet(tx, id.parse().unwrap(), noon())
    }),
    claim("bells::claim_wanted", doorbells::quiet, |tx, id| {
        store::bells::claim_wanted(tx, id.parse().unwrap(), noon())
    }),
    claim("doorbells::claim_remove_of", doorbells::ringing, |tx, id| {
        store::doorbells::claim_remove_of(tx, id.parse().unwrap())
    }),
    claim("doorbells::claim_refused", doorbells::there, |tx, id| {
        store::doorbells::claim_refused(tx, id.parse().unwrap(), noon())
    }),
    claim("doorbells::claim_remove", doorbells::there, |tx, id| {
        store::doorbells::claim_remove(tx, id.parse().unwrap())
    }),
    claim("rings::lease", doorbells::queued, |tx, id| {
        let leased = store::rings::lease(tx, noon(), noon() + seconds(600), 99)?;
        Ok(leased.iter().any(|leased| leased.id.to_string() == id))
    }),
    claim("rings::claim_done", doorbells::leased, |tx, id| store::rings::claim_done(tx, id.parse().unwrap())),
    claim("rings::claim_given_up", doorbells::leased, |tx, id| {
        store::rings::claim_given_up(tx, id.parse().unwrap(), 1)
    }),
    claim(
        "clients::claim_insert",
        |_| format!("c{}", seed()),
        |tx, id| clients::claim_insert(tx, &crate::clients::client(id)),
    ),
    claim("clients::claim_remove", provided::client, clients::claim_remove),
    claim("pushed_requests::claim", provided::pushed, |tx, word| {
        pushed_requests::claim(tx, &token(word), noon())
    }),
    claim("grants::claim_end", provided::granted, |tx, id| {
        grants::claim_end(tx, id.parse().unwrap(), noon(), GrantEnd::EndedByOwner)
    }),
    claim("authorization_codes::claim", provided::code, |tx, word| {
        Ok(authorization_codes::claim(tx, &token(word), "c1", noon())?.is_some())
    }),
    claim(
        "device_authorizations::insert",
        |_| format!("{}", seed()),
        |tx, word| {
            let kept = devices::device(seed());
            device_authorizations::insert(
                tx,
                (&token(&kept.device.id.to_string()), Some(&token(word))),
                &kept,
            )
        },
    ),
    claim("device_authorizations::claim_entry", devices::asked, |tx, id| {
        let holder = devices::holder(id);
        Ok(device_authorizations::claim_entry(tx, &token(id), (&holder, &token("entry")))?.is_some())
    }),
    claim("device_authorizations::claim_answer, yes or no", devices::entered, |tx, id| {
        let yes = devices::yes();
        let answer = (seed().is_multiple_of(2)).then_some(&yes);
        let holder = devices::answering(id);
        Ok(device_authorizations::claim_answer(tx, id.parse().unwrap(), holder, answer)?.is_some())
    }),
    claim("device_authorizations::claim_redeem", devices::approved, |tx, id| {
        device_authorizations::claim_redeem(tx, id.parse().unwrap(), noon())
    }),
    claim("device_authorizations::claim_redeem, of what ends meanwhile", devices::approved, |tx, id| {
        let seen = devices::seen(id, DeviceState::Approved);
        let redeemed = device_authorizations::claim_redeem(tx, seen.id, noon())?;
        Ok(redeemed || device_authorizations::claim_end(tx, &seen, (DeviceState::Expired, noon()))?)
    }),
    claim("device_authorizations::claim_end", devices::asked, |tx, id| {
        let seen = devices::seen(id, DeviceState::Asked);
        device_authorizations::claim_end(tx, &seen, (DeviceState::Expired, noon()))
    }),
    claim("pairings::insert", opened, |tx, account| {
        let window = devices::window(account.parse().unwrap());
        pairings::insert(tx, &token(&window.id.to_string()), &window)
    }),
    claim("pairings::claim_device", devices::open_window, |tx, words| {
        let (id, _) = words.split_once(' ').unwrap();
        Ok(pairings::claim_device(tx, &token(id), (&devices::brought(), noon()))?.is_some())
    }),
    claim("pairings::claim_try, the last", devices::last_try, |tx, words| {
        let (id, rest) = words.split_once(' ').unwrap();
        Ok(pairings::claim_try(tx, id.parse().unwrap(), devices::opener(rest))?.is_some())
    }),
    claim("pairings::claim_end", devices::open_window, |tx, words| {
        let (id, _) = words.split_once(' ').unwrap();
        pairings::claim_end(tx, id.parse().unwrap(), (PairingState::Closed, noon()))
    }),
    claim("enrolments::insert", opened, |tx, account| {
        let new = approving::enrolment(account.parse().unwrap());
        enrolments::insert(tx, &token(&new.id.to_string()), &new)
    }),
    claim("enrolments::claim", approving::shown, |tx, id| {
        Ok(enrolments::claim(tx, &token(id), (AuthenticatorId::at(noon()), noon()))?.is_some())
    }),
    claim("enrolments::claim_lapsed", approving::shown, |tx, id| {
        let over = enrolments::claim_lapsed(tx, noon() + model::enrolment::LIFETIME, 999)?;
        Ok(over.iter().any(|one| one.id.to_string() == id))
    }),
    claim("approvals::insert", opened, |tx, account| {
        approvals::insert(tx, &approving::approval(seed(), account.parse().unwrap()))
    }),
    claim("approvals::claim_open", approving::asked, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        approvals::claim_open(tx, id.parse().unwrap(), (account.parse().unwrap(), noon()))
    }),
    claim("approvals::claim_answer, whatever is answered", approving::asked, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let of = (id.parse().unwrap(), account.parse().unwrap());
        approvals::claim_answer(tx, of, (&approving::answer(seed()), noon()))
    }),
    claim("approvals::claim_answer, of what is turned away meanwhile", approving::asked, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let of = (id.parse().unwrap(), account.parse().unwrap());
        let wrong = approvals::claim_answer(tx, of, (&approving::wrong(), noon()))?;
        Ok(wrong || approvals::claim_deny(tx, of, (AuthenticatorId::at(noon()), noon()))?.is_some())
    }),
    claim("approvals::claim_use", approving::approved, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        Ok(approvals::claim_use(tx, id.parse().unwrap(), (&token("browser"), noon()))?.is_some())
    }),
    claim("approvals::claim_use, of what is taken back meanwhile", approving::approved, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let of = (id.parse().unwrap(), account.parse().unwrap());
        let used = approvals::claim_use(tx, of.0, (&token("browser"), noon()))?.is_some();
        Ok(used || approvals::claim_deny(tx, of, (AuthenticatorId::at(noon()), noon()))?.is_some())
    }),
    claim("approvals::claim_end", approving::asked, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        approvals::claim_end(tx, id.parse().unwrap(), (ApprovalState::Lapsed, noon()))
    }),
    claim("refresh_tokens::claim_use", provided::refresh, |tx, id| {
        let successor = RefreshTokenId::from_bytes(Entropy::system().bytes()?);
        refresh_tokens::claim_use(tx, id.parse().unwrap(), successor, noon())
    }),
    claim("refresh_tokens::claim_replace", provided::refresh, |tx, id| {
        let successor = RefreshTokenId::from_bytes(Entropy::system().bytes()?);
        refresh_tokens::claim_replace(tx, successor, (id.parse().unwrap(), successor))
    }),
    claim("access_tokens::claim_end", provided::access, |tx, id| {
        access_tokens::claim_end(tx, id.parse().unwrap())
    }),
    claim(
        "seen_ids::claim",
        |_| format!("{}", seed()),
        |tx, word| seen_ids::claim(tx, &token(word), noon() + seconds(300)),
    ),
    claim(
        "answered_challenges::claim",
        |_| format!("{}", seed()),
        |tx, word| answered_challenges::claim(tx, &token(word), noon() + seconds(300)),
    ),
    claim("authenticators::claim_insert", opened, |tx, account| {
        let mut cx = cx(seed());
        let fresh = passkey(AuthenticatorId::new(&mut cx).unwrap(), account.parse().unwrap());
        insert_passkey(tx, &fresh, &token(account))
    }),
    claim("authenticators::claim_use", registered, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        authenticators::claim_use(tx, id.parse().unwrap(), (0, 1), noon())
    }),
    claim("authenticators::claim_remove", registered, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        authenticators::claim_remove(tx, account.parse().unwrap(), id.parse().unwrap())
    }),
    claim("authenticators::claim_cancel", held, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        Ok(authenticators::claim_cancel(tx, id.parse().unwrap(), &token("cancel"), noon())?.is_some())
    }),
    claim("authenticators::claim_cancel_own", held, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let (account, id) = (account.parse().unwrap(), id.parse().unwrap());
        Ok(authenticators::claim_cancel_own(tx, account, id, noon())?.is_some())
    }),
    claim("authenticators::claim_remove, of what is cancelled meanwhile", held, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let removed = authenticators::claim_remove(tx, account.parse().unwrap(), id.parse().unwrap())?;
        let link = token("cancel");
        Ok(removed || authenticators::claim_cancel(tx, id.parse().unwrap(), &link, noon())?.is_some())
    }),
    claim("entries::claim_use", waiting, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        Ok(entries::claim_use(tx, id.parse().unwrap(), &token("browser"), open_at())?.is_some())
    }),
    claim("entries::claim_cancel", waiting, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        Ok(entries::claim_cancel(tx, id.parse().unwrap(), &token("cancel"), noon())?.is_some())
    }),
    claim("entries::claim_use, of what is cancelled meanwhile", waiting, |tx, words| {
        let (account, id) = words.split_once(' ').unwrap();
        let (account, id) = (account.parse().unwrap(), id.parse().unwrap());
        let used = entries::claim_use(tx, id, &token("browser"), open_at())?.is_some();
        Ok(used || entries::claim_cancel_own(tx, account, id, open_at())?.is_some())
    }),
    claim("entries::claim_proof", waiting, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        let Some(seen) = entries::find(tx, id.parse().unwrap())? else { return Ok(false) };
        // As everybody saw it before the first of them came.
        let seen = Entry { proofs: MethodSet::of(&[Method::MailCode]), ..seen };
        let now = Entry { proofs: seen.proofs.with(Method::RecoveryCode), ..seen.clone() };
        entries::claim_proof(tx, &seen, &now)
    }),
    claim("entries::claim_expire", waiting, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        Ok(entries::claim_expire(tx, id.parse().unwrap(), open_at() + OPEN)?.is_some())
    }),
    claim("gates::claim_close", announced, |tx, account| {
        gates::claim_close(tx, account.parse().unwrap(), noon())
    }),
    claim("recovery_codes::claim_use", with_codes, |tx, account| {
        recovery_codes::claim_use(tx, account.parse().unwrap(), &token(account))
    }),
    claim("authenticators::claim_insert, of a password", opened, |tx, account| {
        let mut cx = cx(seed());
        let fresh = AuthenticatorId::new(&mut cx).unwrap();
        let password =
            Authenticator { kind: AuthenticatorKind::Password, ..passkey(fresh, account.parse().unwrap()) };
        let new = authenticators::New {
            authenticator: &password,
            credential: None,
            sealed: b"sealed",
            cancel: None,
            cookie: None,
        };
        authenticators::claim_insert(tx, &new)
    }),
    claim("authenticators::claim_sealed", registered, |tx, words| {
        let (_, id) = words.split_once(' ').unwrap();
        authenticators::claim_sealed(tx, id.parse().unwrap(), (b"sealed", b"sealed anew"))
    }),
    claim("attempts::claim, of the last there is", opened, |tx, account| {
        Ok(attempts::claim(tx, &place(account), noon(), 1)?.is_some())
    }),
    claim("attempts::claim_back", tried, |tx, account| attempts::claim_back(tx, &place(account), 1)),
    claim("leases::claim", |_| "sweep".to_owned(), claim_lease),
    claim("leases::claim, of a node that is gone", abandoned, claim_lease),
    claim("leases::claim_release", abandoned, |tx, name| leases::claim_release(tx, name, &GONE)),
    claim(
        "destinations::take",
        |_| "alice@example.net".to_owned(),
        |tx, text| {
            let mut taken = destinations::take(tx, &address(text).destination())?;
            let free =
                taken.state.times.slot(noon(), MailAllowance { per_day: 1, per_week: 1 }) == Slot::Free;
            if free {
                taken.state.times.take(noon());
                destinations::put(tx, &taken, noon())?;
            }
            Ok(free)
        },
    ),
];

/// The node that held [`abandoned`]'s lease.
const GONE: [u8; 16] = [9; 16];

pub(crate) fn seed() -> u64 {
    u64::from_le_bytes(Entropy::system().bytes().unwrap())
}

fn place(account: &str) -> Place {
    Place { account: account.parse().unwrap(), method: Method::Password, known: false }
}

/// An account for which one attempt was made.
fn tried(store: &Store) -> String {
    let account = opened(store);
    let tried = place(&account);
    assert_eq!(write(store, move |tx| attempts::claim(tx, &tried, noon(), 9)), Some(1));
    account
}

fn asked(store: &Store) -> String {
    ask(store, seed(), "alice@example.com", 1).id.to_string()
}

fn passkey(id: AuthenticatorId, account: AccountId) -> Authenticator {
    Authenticator {
        id,
        account,
        kind: AuthenticatorKind::Passkey,
        name: "Phone".to_owned(),
        added_at: noon(),
        usable_at: noon(),
        used_at: None,
        session: None,
        counter: 0,
    }
}

fn insert_passkey(tx: &mut Tx<'_>, passkey: &Authenticator, credential: &Digest) -> Result<bool, Fault> {
    let new = authenticators::New {
        authenticator: passkey,
        credential: Some(*credential),
        sealed: b"sealed",
        cancel: Some(token("cancel")),
        cookie: None,
    };
    authenticators::claim_insert(tx, &new)
}

/// The same while it is held.
fn held(store: &Store) -> String {
    let account = opened(store);
    let fresh = passkey(AuthenticatorId::new(&mut cx(seed())).unwrap(), account.parse().unwrap());
    let held = Authenticator { usable_at: noon() + seconds(600), ..fresh };
    let words = format!("{account} {}", held.id);
    let credential = token(&words);
    write(store, move |tx| insert_passkey(tx, &held, &credential).map(|written| assert!(written)));
    words
}

/// When [`waiting`]'s way in opens.
fn open_at() -> Time {
    noon() + seconds(600)
}

/// An account and a way into it that opens ten minutes after noon.
pub(crate) fn waiting(store: &Store) -> String {
    let account = opened(store);
    let entry = Entry {
        id: EntryId::new(&mut cx(seed())).unwrap(),
        account: account.parse().unwrap(),
        kind: EntryKind::Recovery,
        state: EntryState::Waiting,
        browser: token("browser"),
        proofs: MethodSet::of(&[Method::MailCode]),
        source: source(),
        asked_at: noon(),
        proved_at: noon(),
        opens_at: open_at(),
        expires_at: open_at() + OPEN,
    };
    let words = format!("{account} {}", entry.id);
    write(store, move |tx| entries::insert(tx, &entry, &token("cancel")));
    words
}

/// An account with a set of one recovery code.
fn with_codes(store: &Store) -> String {
    let account = opened(store);
    let (id, code) = (account.parse().unwrap(), token(&account));
    write(store, move |tx| recovery_codes::replace(tx, id, &[code], (None, noon())));
    account
}

/// An account whose owner said that somebody would ask.
fn announced(store: &Store) -> String {
    let account = opened(store);
    let id = account.parse().unwrap();
    write(store, move |tx| gates::put_open(tx, id, (noon() + seconds(600), &token("four words")), noon()));
    account
}

/// An account and its passkey.
fn registered(store: &Store) -> String {
    let account = opened(store);
    let passkey = passkey(AuthenticatorId::new(&mut cx(seed())).unwrap(), account.parse().unwrap());
    let words = format!("{account} {}", passkey.id);
    let credential = token(&words);
    write(store, move |tx| insert_passkey(tx, &passkey, &credential).map(|written| assert!(written)));
    words
}

fn founded(store: &Store) -> String {
    crate::tenants::tenant(store, seed(), &format!("t{:x}", seed())).id.to_string()
}

fn with_domain(store: &Store) -> String {
    let id: TenantId = founded(store).parse().unwrap();
    assert!(write(store, move |tx| tenants::claim_domain(tx, id, "example.net", noon())));
    id.to_string()
}

fn invited(store: &Store) -> String {
    let id = InvitationId::new(&mut cx(seed())).unwrap();
    write(store, move |tx| {
        let invitation = Invitation {
            id,
            opening: Opening::Invitation,
            role: Role::Member,
            address: None,
            expires_at: noon() + seconds(60),
            used_at: None,
        };
        invitations::insert(tx, &mut Entropy::system(), (&invitation, &token("link")), noon())
    });
    id.to_string()
}

pub(crate) fn opened(store: &Store) -> String {
    let seed = seed();
    account(store, seed, &format!("somebody{seed}@example.com")).id.to_string()
}

fn open_account(tx: &mut Tx<'_>, text: &str) -> Result<bool, Fault> {
    let account = Account {
        id: AccountId::new(&mut cx(seed()))?,
        state: AccountState::Open,
        role: Role::Member,
        address: text.to_owned(),
        confirmed_at: noon(),
        opened_at: noon(),
        tenant: None,
        methods: None,
    };
    let address = address(text);
    accounts::insert(tx, &account, &address.identity(), &address.destination())
}

fn begun(store: &Store) -> String {
    let account: AccountId = opened(store).parse().unwrap();
    let (id, browser) = (SessionId::new(&mut cx(seed())).unwrap(), BrowserId::new(&mut cx(seed())).unwrap());
    write(store, move |tx| {
        let session = Session {
            id,
            account,
            browser,
            started_at: noon(),
            used_at: noon(),
            expires_at: noon() + seconds(60),
            doubted_at: None,
            source: source(),
            assurance: model::assurance::Assurance::of(
                model::method::MethodSet::of(&[model::method::Method::MailCode]),
                model::time::Time::from_micros(0),
            ),
            rests_on: model::session::RestsOn::default(),
        };
        let seen = KnownBrowser {
            id: browser,
            browser: session.source.browser,
            first_used: noon(),
            last_used: noon(),
        };
        let _ = browsers::remember(tx, account, &token("browser"), &seen)?;
        sessions::insert(tx, &session, &token("session"))
    });
    format!("{account} {id} {browser}")
}

/// A browser that is known to nobody yet.
fn strange(store: &Store) -> String {
    let account: AccountId = opened(store).parse().unwrap();
    let id = BrowserId::new(&mut cx(seed())).unwrap();
    let seen = KnownBrowser { id, browser: source().browser, first_used: noon(), last_used: noon() };
    write(store, move |tx| browsers::remember_doubted(tx, account, &token("strange"), &seen)?.get(tx));
    format!("{account} {id}")
}

fn doubted(store: &Store) -> String {
    let words = begun(store);
    let ids: Vec<&str> = words.split(' ').collect();
    let (account, id): (AccountId, SessionId) = (ids[0].parse().unwrap(), ids[1].parse().unwrap());
    let until = noon() + seconds(30);
    assert!(write(store, move |tx| sessions::claim_doubt(tx, account, id, (noon(), until))));
    words
}

fn lease_all(store: &Store, at: u64) {
    let now = noon() + seconds(at);
    write(store, move |tx| outbox::lease(tx, now, now + seconds(600), 9).map(drop));
}

fn leased(store: &Store) -> String {
    let id: MessageId = queue(store, seed(), None, false);
    lease_all(store, 0);
    id.to_string()
}

/// One message that the worker who tries has lost, and again the same, for whoever has it now.
fn leased_twice(store: &Store) -> String {
    let id = leased(store);
    lease_all(store, 600);
    format!("{id} {id}")
}

fn abandoned(store: &Store) -> String {
    let name = format!("job {}", seed());
    let own = name.clone();
    assert!(write(store, move |tx| leases::claim(tx, &own, &GONE, (noon(), noon()))));
    name
}

fn claim_lease(tx: &mut Tx<'_>, name: &str) -> Result<bool, Fault> {
    let holder: [u8; 16] = Entropy::system().bytes()?;
    leases::claim(tx, name, &holder, (noon(), noon() + seconds(60)))
}
