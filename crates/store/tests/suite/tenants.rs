//! Tenants and domains: kept, found, held together, and gone only when nothing is theirs any more.

use model::account::Account;
use model::id::TenantId;
use model::method::{Method, MethodPolicy};
use model::tenant::Tenant;
use store::{Store, accounts, tenants};

use crate::setting::{account, address, both, cx, noon, write};

pub(crate) fn tenant(store: &Store, seed: u64, code: &str) -> Tenant {
    let tenant = Tenant {
        id: TenantId::new(&mut cx(seed)).unwrap(),
        code: code.to_owned(),
        name: format!("The {code}"),
        methods: MethodPolicy::OPEN.without(Method::MailCode),
        gate: None,
        made_at: noon(),
    };
    let made = tenant.clone();
    assert!(write(store, move |tx| tenants::claim_insert(tx, &made)));
    tenant
}

fn found(store: &Store, account: &Account) -> Account {
    store.read(|reader| accounts::find(reader, account.id)).unwrap().unwrap()
}

#[test]
fn a_tenant_is_found_by_its_short_name_its_identifier_and_its_domains() {
    both(|store| {
        let (uni, club) = (tenant(store, 1, "uni"), tenant(store, 2, "club"));
        let id = uni.id;
        for domain in ["example.edu", "alumni.example.edu"] {
            assert!(write(store, move |tx| tenants::claim_domain(tx, id, domain, noon())));
        }
        store
            .read(|reader| {
                assert_eq!(tenants::find_by_code(reader, "uni")?, Some(uni.clone()));
                assert_eq!(tenants::find(reader, uni.id)?, Some(uni.clone()));
                assert_eq!(tenants::find_by_domain(reader, "alumni.example.edu")?, Some(uni.clone()));
                assert_eq!(tenants::find_by_domain(reader, "sub.example.edu")?, None);
                assert_eq!(tenants::domains(reader, uni.id)?, ["alumni.example.edu", "example.edu"]);
                assert_eq!(tenants::list(reader)?, [club.clone(), uni.clone()]);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_short_name_and_a_domain_belong_to_one_tenant_at_most() {
    both(|store| {
        let (uni, club) = (tenant(store, 1, "uni"), tenant(store, 2, "club"));
        let again = Tenant { id: TenantId::new(&mut cx(3)).unwrap(), ..uni.clone() };
        assert!(!write(store, move |tx| tenants::claim_insert(tx, &again)));
        assert!(write(store, move |tx| tenants::claim_domain(tx, uni.id, "example.edu", noon())));
        assert!(!write(store, move |tx| tenants::claim_domain(tx, club.id, "example.edu", noon())));
        assert!(!write(store, move |tx| tenants::claim_remove_domain(tx, club.id, "example.edu")));
        assert!(write(store, move |tx| tenants::claim_remove_domain(tx, uni.id, "example.edu")));
        assert!(write(store, move |tx| tenants::claim_domain(tx, club.id, "example.edu", noon())));
    });
}

#[test]
fn a_tenant_goes_when_it_has_no_domain_and_no_account() {
    both(|store| {
        let uni = tenant(store, 1, "uni");
        let alice = account(store, 2, "alice@example.edu");
        let (id, who) = (uni.id, alice.id);
        assert!(write(store, move |tx| tenants::claim_domain(tx, id, "example.edu", noon())));
        assert!(!write(store, move |tx| tenants::claim_remove(tx, id)));
        assert!(write(store, move |tx| tenants::claim_remove_domain(tx, id, "example.edu")));
        assert!(write(store, move |tx| accounts::claim_move(tx, who, Some(id))));
        assert!(!write(store, move |tx| accounts::claim_move(tx, who, Some(id))), "it is there already");
        assert_eq!(found(store, &alice).tenant, Some(uni.clone()));
        assert_eq!(store.read(|reader| tenants::count_accounts(reader, id)).unwrap(), 1);
        assert!(!write(store, move |tx| tenants::claim_remove(tx, id)));
        assert!(write(store, move |tx| accounts::claim_move(tx, who, None)));
        assert_eq!(found(store, &alice).tenant, None);
        assert!(write(store, move |tx| tenants::claim_remove(tx, id)));
        assert!(!write(store, move |tx| tenants::claim_remove(tx, id)));
    });
}

#[test]
fn whoever_has_an_address_at_a_domain_is_counted_unless_closed_or_there() {
    both(|store| {
        let uni = tenant(store, 1, "uni");
        let id = uni.id;
        let alice = account(store, 2, "alice@example.edu").id;
        let bob = account(store, 3, "bob@example.edu").id;
        account(store, 4, "carol@notexample.edu");
        account(store, 5, "dora@sub.example.edu");
        let count = || store.read(|reader| accounts::count_elsewhere(reader, "example.edu", id)).unwrap();
        assert_eq!(count(), 2);
        write(store, move |tx| accounts::claim_move(tx, alice, Some(id)));
        let left = store.read(|reader| accounts::list_elsewhere(reader, "example.edu", id, 9)).unwrap();
        assert_eq!(left, [bob]);
        let state = (model::account::AccountState::Open, model::account::AccountState::Closed);
        write(store, move |tx| accounts::claim_state(tx, bob, state.0, state.1));
        assert_eq!(count(), 0);
    });
}

#[test]
fn the_policy_of_a_tenant_and_of_an_account_are_read_as_they_were_written() {
    both(|store| {
        let mut uni = tenant(store, 1, "uni");
        let alice = account(store, 2, "alice@example.edu");
        uni.name = "Another".to_owned();
        uni.methods = MethodPolicy::OPEN.without(Method::Totp);
        let (put, id, who) = (uni.clone(), uni.id, alice.id);
        let own = MethodPolicy::OPEN.without(Method::Password);
        write(store, move |tx| tenants::put(tx, &put));
        write(store, move |tx| accounts::claim_move(tx, who, Some(id)));
        write(store, move |tx| accounts::put_methods(tx, who, Some(&own)));
        let read = found(store, &alice);
        assert_eq!((read.tenant, read.methods), (Some(uni), Some(own)));
        write(store, move |tx| accounts::put_methods(tx, who, None));
        assert_eq!(found(store, &alice).methods, None);
        let identity = address("alice@example.edu").identity();
        let by_address = store.read(|reader| accounts::find_by_identity(reader, &identity)).unwrap();
        assert!(by_address.unwrap().tenant.is_some());
    });
}

#[test]
fn accounts_are_listed_between_two_identifiers() {
    both(|store| {
        let all: Vec<_> = (1..=4).map(|n| account(store, n, &format!("a{n}@example.com")).id).collect();
        let mut sorted = all.clone();
        sorted.sort_by_key(|id| *id.bytes());
        let between = |from: usize, to: usize| {
            let range = (sorted[from], sorted[to]);
            let found = store.read(|reader| accounts::list_between(reader, range, 9)).unwrap();
            found.into_iter().map(|account| account.id).collect::<Vec<_>>()
        };
        assert_eq!(between(1, 2), sorted[1..=2]);
        assert_eq!(between(0, 0), sorted[..1]);
    });
}
