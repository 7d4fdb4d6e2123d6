//! Requests, grants, codes and tokens: read back as they were kept, and ended together.

use std::time::Duration;

use model::access_token::AccessToken;
use model::assurance::Assurance;
use model::authorization_code::AuthorizationCode;
use model::digest::Digest;
use model::grant::{Grant, GrantEnd, GrantOrigin};
use model::id::{AccessTokenId, AccountId, AuthorizationCodeId, GrantId, RefreshTokenId, SessionId};
use model::method::{Method, MethodSet};
use model::nearness::Nearness;
use model::refresh_token::{RefreshState, RefreshToken};
use model::time::Time;
use store::pushed_requests::PushedRequest;
use store::{
    Store, access_tokens, authorization_codes, clients, grants, pushed_requests, refresh_tokens, seen_ids,
};
use wire::jose::jwk::Thumbprint;
use wire::oauth::pkce::Challenge;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use crate::claim::seed;
use crate::setting::{account, both, cx, noon, seconds, source, token, write};

fn scopes() -> Scopes {
    Scopes::parse("openid offline_access").unwrap()
}

/// A grant of an account with nothing left out, for an hour, ten minutes of them unused.
pub(crate) fn grant(account: AccountId) -> grants::Kept {
    let mut cx = cx(seed());
    let grant = Grant {
        id: GrantId::new(&mut cx).unwrap(),
        account: Some(account),
        client: "c1".to_owned(),
        scopes: scopes(),
        resources: vec![
            Resource::parse("https://a.example.org").unwrap(),
            Resource::parse("https://b.example.org").unwrap(),
        ],
        origin: GrantOrigin::Device,
        context: Some(Nearness::Nearby),
        session: Some(SessionId::new(&mut cx).unwrap()),
        key: Some(Thumbprint::from_bytes([7; 32])),
        granted_at: noon(),
        used_at: noon(),
        idle: Duration::from_secs(600),
        expires_at: noon() + seconds(3600),
        confirmed_at: Some(noon()),
        quiet_until: Some(noon() + seconds(1)),
        ended: None,
    };
    let assurance = Assurance::of(MethodSet::of(&[Method::Passkey]), noon());
    grants::Kept { grant, assurance: Some(assurance), claims: Some("{}".to_owned()), source: Some(source()) }
}

#[test]
fn refreshes_are_counted_while_the_last_event_is_young_and_from_the_same_place() {
    both(|store| {
        let grant = kept(store).grant;
        let id = grant.id;
        let place = |byte| Digest::from_bytes([byte; 16]);
        let counted = |now, since, from| {
            let (from, grant) = (place(from), grant.clone());
            write(store, move |tx| grants::count_refresh(tx, &grant, (now, since), &from))
        };
        let further = || store.read(|reader| grants::further(reader, id)).unwrap();
        assert!(!counted(noon(), noon(), 1), "there is no event yet");
        write(store, move |tx| grants::note(tx, id, noon(), &place(1)));
        assert!(counted(noon() + seconds(5), noon(), 1) && counted(noon() + seconds(6), noon(), 1));
        assert!(
            !counted(noon() + seconds(7), noon(), 2) && !counted(noon() + seconds(7), noon() + seconds(1), 1)
        );
        assert_eq!(further(), 2);
        let now = store.read(|reader| grants::find(reader, id)).unwrap().unwrap();
        assert_eq!(now.grant.used_at, noon() + seconds(6));
        let over = store.read(|reader| grants::list_over(reader, noon() + seconds(605), 9)).unwrap();
        assert!(over.iter().all(|kept| kept.grant.id != id), "it was used");
        write(store, move |tx| grants::note(tx, id, noon() + seconds(8), &place(2)));
        assert_eq!(further(), 0);
        write(store, move |tx| grants::claim_end(tx, id, noon() + seconds(9), GrantEnd::Idle));
        assert!(!counted(noon() + seconds(9), noon(), 2), "it has ended");
    });
}

fn kept(store: &Store) -> grants::Kept {
    let seed = seed();
    let kept = grant(account(store, seed, &format!("owner{seed}@example.com")).id);
    let own = kept.clone();
    write(store, move |tx| grants::insert(tx, &own));
    kept
}

fn request() -> PushedRequest {
    PushedRequest {
        client: "c1".to_owned(),
        parameters: vec![
            ("scope".to_owned(), "openid ä".to_owned()),
            ("resource".to_owned(), "a".to_owned()),
        ],
        key: Some(Thumbprint::from_bytes([9; 32])),
        made_at: noon(),
        expires_at: noon() + seconds(60),
        used_at: None,
    }
}

fn code_of(grant: GrantId) -> authorization_codes::Kept {
    let code = AuthorizationCode {
        id: AuthorizationCodeId::new(&mut cx(seed())).unwrap(),
        grant,
        client: "c1".to_owned(),
        redirect_uri: "http://127.0.0.1:9/cb".to_owned(),
        redirect_named: true,
        challenge: Some(Challenge::from_bytes([5; 32])),
        key: Some(Thumbprint::from_bytes([6; 32])),
        loopback_from: Some("2001:db8::1".parse().unwrap()),
        expires_at: noon() + seconds(60),
        redeemed_at: None,
    };
    authorization_codes::Kept { code, nonce: Some("n".to_owned()) }
}

fn refresh_of(grant: GrantId) -> refresh_tokens::Kept {
    let mut cx = cx(seed());
    let token = RefreshToken {
        id: RefreshTokenId::new(&mut cx).unwrap(),
        grant,
        state: RefreshState::Live,
        successor: None,
        issued_at: noon(),
        used_at: None,
    };
    refresh_tokens::Kept { token, access_token: Some(AccessTokenId::new(&mut cx).unwrap()) }
}

fn access_of(grant: Option<GrantId>) -> AccessToken {
    AccessToken {
        id: AccessTokenId::new(&mut cx(seed())).unwrap(),
        grant,
        client: "c1".to_owned(),
        subject: "somebody".to_owned(),
        audiences: vec!["https://a.example.org".to_owned(), "https://b.example.org".to_owned()],
        scopes: scopes(),
        origin: GrantOrigin::Device,
        context: Some(Nearness::Elsewhere),
        provisional: true,
        key: Some(Thumbprint::from_bytes([7; 32])),
        signed_in: Some(("aal2".to_owned(), noon())),
        issued_at: noon(),
        expires_at: noon() + seconds(300),
    }
}

pub(crate) fn client(store: &Store) -> String {
    let id = format!("c{}", seed());
    let own = crate::clients::client(&id);
    write(store, move |tx| clients::put(tx, &own));
    id
}

pub(crate) fn pushed(store: &Store) -> String {
    let word = format!("request {}", seed());
    let digest = token(&word);
    write(store, move |tx| pushed_requests::insert(tx, &digest, &request()));
    word
}

pub(crate) fn granted(store: &Store) -> String {
    kept(store).grant.id.to_string()
}

pub(crate) fn code(store: &Store) -> String {
    let word = format!("code {}", seed());
    let (digest, code) = (token(&word), code_of(kept(store).grant.id));
    write(store, move |tx| authorization_codes::insert(tx, &digest, &code));
    word
}

pub(crate) fn refresh(store: &Store) -> String {
    let refresh = refresh_of(kept(store).grant.id);
    let digest = token(&refresh.token.id.to_string());
    write(store, move |tx| refresh_tokens::insert(tx, &digest, &refresh));
    refresh.token.id.to_string()
}

pub(crate) fn access(store: &Store) -> String {
    let access = access_of(None);
    let id = access.id;
    write(store, move |tx| access_tokens::insert(tx, None, &access));
    id.to_string()
}

#[test]
fn grants_to_one_client_are_one_app_as_long_as_they_hold_and_the_client_is_there() {
    both(|store| {
        let owner = account(store, seed(), &format!("apps{}@example.com", seed())).id;
        let (one, two, gone) = (client(store), client(store), format!("gone{}", seed()));
        for (minute, client) in (0..).zip([&one, &one, &two, &gone, &one]) {
            let mut own = grant(owner);
            let at = noon() + seconds(60 * minute);
            own.grant.client.clone_from(client);
            (own.grant.granted_at, own.grant.used_at) = (at, at + seconds(5));
            if minute == 4 {
                own.grant.scopes = Scopes::parse("email").unwrap();
            }
            write(store, move |tx| grants::insert(tx, &own));
        }
        let at = |minutes: u64| noon() + seconds(60 * minutes);
        let apps =
            |now, window| store.read(|reader| grants::list_apps(reader, (owner, now), window)).unwrap();
        let found = apps(at(5), (0, 9));
        let names: Vec<(&str, i64)> = found.iter().map(|app| (app.client.as_str(), app.grants)).collect();
        assert_eq!(
            names,
            [(one.as_str(), 3), (two.as_str(), 1)],
            "the newest first, the one that is gone not at all"
        );
        assert_eq!((found[0].granted_at, found[0].used_at), (at(0), at(4) + seconds(5)));
        assert_eq!(found[0].ends_at, at(14) + seconds(5));
        assert_eq!(apps(at(5), (1, 1)), found[1..]);
        let count = |now| store.read(|reader| grants::count_apps(reader, (owner, now))).unwrap();
        assert_eq!((count(at(5)), count(at(13)), count(at(15))), (2, 1, 0), "as long as they hold");
        store
            .read(|reader| {
                assert_eq!(grants::find_app(reader, (owner, at(5)), &one)?.as_ref(), found.first());
                assert_eq!(grants::find_app(reader, (owner, at(5)), &gone)?, None);
                assert_eq!(grants::list_extents(reader, (owner, at(5)), &one, 9)?.len(), 2);
                let newest = grants::list_holding(reader, (owner, at(5)), &one, (0, 2))?;
                assert!(newest.len() == 2 && newest[0].grant.id > newest[1].grant.id);
                assert_eq!(grants::list_holding(reader, (owner, at(5)), &one, (2, 2))?.len(), 1);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn everything_is_read_back_as_it_was_kept() {
    both(|store| {
        let own = kept(store);
        let id = own.grant.id;
        let session = own.grant.session.unwrap();
        let account = own.grant.account.unwrap();
        let listed = [own];
        assert_eq!(store.read(|reader| grants::find(reader, id)).unwrap().as_slice(), listed);
        assert_eq!(write(store, move |tx| grants::find_held(tx, id)).as_slice(), listed);
        assert_eq!(store.read(|reader| grants::list(reader, account, 9)).unwrap(), listed);
        assert_eq!(store.read(|reader| grants::list_to(reader, account, "c1")).unwrap(), listed);
        assert_eq!(store.read(|reader| grants::list_to(reader, account, "c2")).unwrap(), []);
        assert_eq!(store.read(|reader| grants::list_of_session(reader, session)).unwrap(), listed);
        assert_eq!(store.read(|reader| grants::list_of_client(reader, ("c1", noon()), 9)).unwrap(), listed);
        let before = Time::from_micros(noon().micros() - 1);
        assert_eq!(store.read(|reader| grants::list_of_client(reader, ("c1", before), 9)).unwrap(), []);

        let word = pushed(store);
        let found = store.read(|reader| pushed_requests::find(reader, &token(&word))).unwrap();
        assert_eq!(found, Some(request()));

        let (code, refresh, access) = (code_of(id), refresh_of(id), access_of(Some(id)));
        let (code_kept, access_kept) = (code.clone(), access.clone());
        write(store, move |tx| {
            authorization_codes::insert(tx, &token("code"), &code_kept)?;
            refresh_tokens::insert(tx, &token("refresh"), &refresh)?;
            access_tokens::insert(tx, Some(&token("access")), &access_kept)
        });
        store
            .read(|reader| {
                assert_eq!(authorization_codes::find(reader, &token("code"))?, Some(code.clone()));
                assert_eq!(refresh_tokens::find_by_digest(reader, &token("refresh"))?, Some(refresh));
                assert_eq!(refresh_tokens::find(reader, refresh.token.id)?, Some(refresh));
                assert_eq!(access_tokens::find_by_digest(reader, &token("access"))?, Some(access.clone()));
                assert_eq!(access_tokens::find_signed(reader, access.id)?, None, "it is opaque");
                Ok(())
            })
            .unwrap();
        assert_eq!(
            write(store, |tx| authorization_codes::claim(tx, &token("code"), "c2", noon())),
            None,
            "another client's"
        );
        let spent = write(store, |tx| authorization_codes::claim(tx, &token("code"), "c1", noon()));
        assert_eq!(spent, Some(code), "as it was before");
        let found = store.read(|reader| authorization_codes::find(reader, &token("code"))).unwrap();
        assert_eq!(found.unwrap().code.redeemed_at, Some(noon()));
    });
}

#[test]
fn the_end_of_a_grant_is_the_end_of_its_tokens() {
    both(|store| {
        let (own, other) = (kept(store).grant.id, kept(store).grant.id);
        let mut digests = Vec::new();
        for grant in [own, other] {
            let (refresh, access) = (refresh_of(grant), access_of(Some(grant)));
            let digest = token(&grant.to_string());
            digests.push((digest, refresh.token.id));
            write(store, move |tx| {
                refresh_tokens::insert(tx, &digest, &refresh)?;
                access_tokens::insert(tx, Some(&digest), &access)
            });
        }
        assert!(write(store, move |tx| grants::claim_end(tx, own, noon(), GrantEnd::Replayed)));
        let found = store.read(|reader| grants::find(reader, own)).unwrap().unwrap();
        assert_eq!(found.grant.ended, Some((noon(), GrantEnd::Replayed)));
        for ((digest, id), live) in digests.into_iter().zip([false, true]) {
            store
                .read(|reader| {
                    let state = refresh_tokens::find(reader, id)?.unwrap().token.state;
                    assert_eq!(state, if live { RefreshState::Live } else { RefreshState::Revoked });
                    assert_eq!(access_tokens::find_by_digest(reader, &digest)?.is_some(), live);
                    Ok(())
                })
                .unwrap();
        }
        let gone = |before| write(store, move |tx| grants::delete_ended(tx, before, 9));
        assert_eq!((gone(noon()), gone(noon() + seconds(1))), (0, 1));
        assert_eq!(store.read(|reader| grants::find(reader, own)).unwrap(), None);
    });
}

#[test]
fn a_family_never_has_two_live_tokens() {
    both(|store| {
        let grant = kept(store).grant.id;
        let (first, second) = (refresh_of(grant), refresh_of(grant));
        write(store, move |tx| refresh_tokens::insert(tx, &token("first"), &first));
        let refused = store.write_now(move |tx| {
            let written = refresh_tokens::insert(tx, &token("second"), &second);
            written.map(|()| tx.unrecorded("a test", ()))
        });
        assert!(refused.is_err());
        assert!(write(store, move |tx| {
            let used = refresh_tokens::claim_use(tx, first.token.id, second.token.id, noon())?;
            refresh_tokens::insert(tx, &token("second"), &second)?;
            Ok(used)
        }));
        let third = refresh_of(grant);
        assert!(write(store, move |tx| {
            let ids = (second.token.id, third.token.id);
            let replaced = refresh_tokens::claim_replace(tx, first.token.id, ids)?;
            refresh_tokens::insert(tx, &token("third"), &third)?;
            Ok(replaced)
        }));
        let of = |id| store.read(|reader| refresh_tokens::find(reader, id)).unwrap().unwrap().token;
        assert_eq!(
            (of(first.token.id).state, of(first.token.id).successor),
            (RefreshState::Used, Some(third.token.id))
        );
        assert_eq!(of(second.token.id).state, RefreshState::Revoked);
    });
}

fn at(after: u64) -> Time {
    noon() + seconds(after)
}

#[test]
fn use_puts_off_the_idle_end_and_never_the_absolute_one() {
    both(|store| {
        let grant = kept(store).grant;
        let (id, again) = (grant.id, grant.clone());
        let over = |now| store.read(|reader| grants::list_over(reader, now, 9)).unwrap().len();
        assert_eq!((over(at(599)), over(at(600))), (0, 1));
        write(store, move |tx| grants::touch(tx, &grant, at(500)));
        assert_eq!((over(at(1099)), over(at(1100))), (0, 1));
        write(store, move |tx| grants::touch(tx, &again, at(3500)));
        assert_eq!((over(at(3599)), over(at(3600))), (0, 1));
        write(store, move |tx| grants::claim_end(tx, id, at(3600), GrantEnd::Absolute));
        assert_eq!(over(at(9999)), 0);
    });
}

#[test]
fn a_request_that_was_brought_in_time_gets_more_of_it() {
    both(|store| {
        let word = pushed(store);
        let own = token(&word);
        let ends = || store.read(|reader| pushed_requests::find(reader, &own)).unwrap().unwrap().expires_at;
        write(store, move |tx| pushed_requests::extend(tx, &own, (at(60), at(1800))));
        assert_eq!(ends(), at(60), "too late");
        write(store, move |tx| pushed_requests::extend(tx, &own, (at(59), at(1800))));
        assert_eq!(ends(), at(1800));
        assert!(!write(store, move |tx| pushed_requests::claim(tx, &own, at(1800))));
        assert!(write(store, move |tx| pushed_requests::claim(tx, &own, at(1799))));
        let forget = |before| write(store, move |tx| pushed_requests::delete_expired(tx, before, 9));
        assert_eq!((forget(at(1800)), forget(at(1801))), (0, 1));
    });
}

#[test]
fn what_has_expired_is_forgotten_and_nothing_else() {
    both(|store| {
        let (word, id) = (code(store), access(store));
        write(store, |tx| seen_ids::claim(tx, &token("jti"), at(60)));
        let forget = |before: Time| {
            write(store, move |tx| {
                let codes = authorization_codes::delete_expired(tx, before, 9)?;
                let tokens = access_tokens::delete_expired(tx, before, 9)?;
                Ok((codes, tokens, seen_ids::delete_expired(tx, before, 9)?))
            })
        };
        assert_eq!((forget(at(60)), forget(at(61)), forget(at(301))), ((0, 0, 0), (1, 0, 1), (0, 1, 0)));
        assert_eq!(store.read(|reader| authorization_codes::find(reader, &token(&word))).unwrap(), None);
        let id = id.parse().unwrap();
        assert_eq!(store.read(|reader| access_tokens::find_signed(reader, id)).unwrap(), None);
    });
}

#[test]
fn a_grant_is_bound_to_the_first_key_that_is_proved() {
    both(|store| {
        let own = kept(store);
        let mut loose = own.clone();
        loose.grant.id = GrantId::new(&mut cx(seed())).unwrap();
        loose.grant.key = None;
        let id = loose.grant.id;
        write(store, move |tx| {
            grants::insert(tx, &loose)?;
            grants::bind(tx, id, &Thumbprint::from_bytes([1; 32]))?;
            grants::bind(tx, id, &Thumbprint::from_bytes([2; 32]))
        });
        let found = store.read(|reader| grants::find(reader, id)).unwrap().unwrap();
        assert_eq!(found.grant.key, Some(Thumbprint::from_bytes([1; 32])));
    });
}
