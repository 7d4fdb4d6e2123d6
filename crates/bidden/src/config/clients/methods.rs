//! Which ways of signing in count at a client, as it is said of it: one list for each use.

use model::client::Registered;
use model::method::{Flaw, Method, MethodPolicy, MethodSet, Use};

use super::draft::Draft;
use super::fields::{list, toml_list};
use super::whole::Broken;
use super::{Item, Wrong};

/// What can be said for signing in.
pub(super) const SIGN_IN: &str =
    "a list with any of \"passkey\", \"password\", \"mail_code\", \"sms_code\", \"totp\"";
/// What can be said for the second level.
pub(super) const STEP_UP: &str = "a list with any of \"passkey\", \"password\", \"totp\"";

/// What can be named for a use. Of the ways that open an account again only the saved codes are none by which anybody signs in
/// as well.
fn possible(use_: Use) -> MethodSet {
    match use_ {
        Use::SignIn | Use::StepUp => use_.possible(),
        Use::Recovery => MethodSet::of(&[Method::RecoveryCode]),
    }
}

fn name(use_: Use) -> &'static str {
    match use_ {
        Use::SignIn => "sign_in_methods",
        Use::StepUp => "step_up_methods",
        Use::Recovery => "recovery_methods",
    }
}

/// Takes one of the lists.
pub(super) fn read(draft: &mut Draft, item: &Item<'_>, use_: Use) -> Result<(), Wrong> {
    let one = |text: &str| {
        Method::from_code(text).filter(|method| possible(use_).has(*method)).ok_or_else(String::new)
    };
    let named = MethodSet::of(&list(item, Method::ALL.len(), one)?);
    draft.registered.methods = draft.registered.methods.with(use_, named);
    Ok(())
}

/// What the lists come to together. Where the ways of signing in are named, saved recovery codes are one only if they are.
pub(super) fn whole(draft: &Draft) -> MethodPolicy {
    let methods = draft.registered.methods;
    if draft.says(name(Use::SignIn)) && !draft.says(name(Use::Recovery)) {
        methods.with(Use::Recovery, MethodSet::NONE)
    } else {
        methods
    }
}

/// The list as it would be said, if it says anything.
pub(super) fn said(client: &Registered, use_: Use) -> Option<String> {
    let of = |policy: &MethodPolicy, use_: Use| policy.open(use_).and(possible(use_));
    let named = of(&client.methods, use_);
    let signs_in = of(&client.methods, Use::SignIn) != of(&MethodPolicy::OPEN, Use::SignIn);
    let otherwise = match use_ {
        Use::Recovery if signs_in => MethodSet::NONE,
        Use::SignIn | Use::StepUp | Use::Recovery => of(&MethodPolicy::OPEN, use_),
    };
    (named != otherwise).then(|| toml_list(named.iter().map(Method::code)))
}

/// What cannot work.
pub(super) fn flaw(draft: &Draft) -> Option<Broken> {
    let (field, found, expected) = match draft.registered.methods.flaw()? {
        Flaw::NoSignIn => {
            ("sign_in_methods", "nothing by which people can sign in", "\"passkey\", \"password\" or a code")
        }
        Flaw::TotpAlone => ("sign_in_methods", "\"totp\" alone", "\"password\" beside \"totp\""),
        Flaw::HalfStepUp => {
            ("step_up_methods", "one factor", "\"password\" and \"totp\" together, or neither")
        }
    };
    Some(Broken { field, found, expected })
}

#[cfg(test)]
mod tests {
    use super::super::from_command;
    use super::*;

    fn said_again(lines: &str) -> Result<(MethodPolicy, String), String> {
        let text = format!(
            "id = \"a\"\nname = \"A\"\nauthentication = \"none\"\nredirect_uris = [\"https://a.example/\"]\n{lines}"
        );
        let declared = from_command(&text, None).map_err(|problems| problems.to_string())?;
        let again = Use::ALL.iter().filter_map(|use_| {
            said(&declared.registered, *use_).map(|list| format!("{} = {list}\n", name(*use_)))
        });
        Ok((declared.registered.methods, again.collect()))
    }

    #[test]
    fn what_is_said_is_written_again_and_closes_saved_codes_where_ways_are_named() {
        let (all, again) = said_again("").unwrap();
        assert_eq!((all, again.as_str()), (MethodPolicy::OPEN, ""));
        let lines = "sign_in_methods = [\"passkey\"]\n";
        let (keys, again) = said_again(lines).unwrap();
        assert_eq!(keys.open(Use::SignIn), MethodSet::of(&[Method::Passkey]));
        assert!(keys.open(Use::Recovery).is_empty());
        assert_eq!(again, lines);
        let lines = "sign_in_methods = [\"password\", \"totp\"]\nstep_up_methods = [\"password\", \"totp\"]\nrecovery_methods = [\"recovery_code\"]\n";
        assert_eq!(said_again(lines).unwrap().1, lines);
        assert_eq!(said_again("recovery_methods = []\n").unwrap().1, "recovery_methods = []\n");
    }

    #[test]
    fn what_cannot_work_is_told_with_its_field() {
        for (lines, field) in [
            ("sign_in_methods = []", "clients.sign_in_methods"),
            ("sign_in_methods = [\"mail_code\", \"totp\"]", "clients.sign_in_methods"),
            ("sign_in_methods = [\"recovery_code\"]", "clients.sign_in_methods"),
            ("step_up_methods = [\"mail_code\"]", "clients.step_up_methods"),
            ("step_up_methods = [\"totp\"]", "clients.step_up_methods"),
            ("recovery_methods = [\"passkey\"]", "clients.recovery_methods"),
        ] {
            let told = said_again(lines).unwrap_err();
            assert!(told.contains(field), "{lines}: {told}");
        }
    }
}
