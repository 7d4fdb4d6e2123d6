//! What tenants and accounts leave open, on the command line: read from options, and shown layer by layer.

use std::fmt::Write as _;

use model::method::{Flaw, Method, MethodPolicy, MethodSet, Use};
use model::refusal::Refusal;
use serde_json::{Value, json};

use crate::Failed;
use crate::cli::Layer;
use crate::commands::visible;

/// The layer that the options make of `now`; none when no option was given.
pub(crate) fn layer(now: &MethodPolicy, options: &Layer) -> Result<Option<MethodPolicy>, Failed> {
    let (mut policy, mut any) = (*now, false);
    for (use_, given) in
        [(Use::SignIn, &options.sign_in), (Use::StepUp, &options.step_up), (Use::Recovery, &options.recovery)]
    {
        let Some(words) = given else { continue };
        let mut methods = MethodSet::NONE;
        for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            let method = method(word)?;
            if !use_.possible().has(method) {
                let (code, use_) = (method.code(), use_.code());
                return Err(Failed(format!(
                    "{code} can never serve for {use_}: see `bidden tenant methods --help`"
                )));
            }
            methods = methods.with(method);
        }
        policy = policy.with(use_, methods);
        any = true;
    }
    for word in &options.without {
        policy = policy.without(method(word)?);
        any = true;
    }
    Ok(any.then_some(policy))
}

fn method(word: &str) -> Result<Method, Failed> {
    Method::from_code(word).ok_or_else(|| {
        let all = MethodSet::ALL.iter().map(Method::code).collect::<Vec<_>>().join(", ");
        Failed(format!("`{}` is no method. There are: {all}", visible(word)))
    })
}

/// What is open now and would be closed, as `mail_code for sign_in`.
pub(crate) fn lost(now: &MethodPolicy, then: &MethodPolicy) -> Vec<String> {
    let mut lost = Vec::new();
    for use_ in Use::ALL {
        let gone = now.open(use_).iter().filter(|method| !then.open(use_).has(*method));
        lost.extend(gone.map(|method| format!("{} for {}", method.code(), use_.code())));
    }
    lost
}

/// One line for each use and method: open, or which of the layers closes it.
pub(crate) fn table(layers: &[(String, MethodPolicy)]) -> Result<String, Failed> {
    let mut out = String::new();
    for use_ in Use::ALL {
        writeln!(out, "{}", use_.code())?;
        for method in use_.possible().iter() {
            let closed: Vec<&str> = layers
                .iter()
                .filter(|(_, layer)| !layer.open(use_).has(method))
                .map(|(name, _)| name.as_str())
                .collect();
            if closed.is_empty() {
                writeln!(out, "  {:<13} open", method.code())?;
            } else {
                writeln!(out, "  {:<13} closed by {}", method.code(), closed.join(" and "))?;
            }
        }
    }
    Ok(out)
}

/// What is open, as lists of methods for each use.
pub(crate) fn as_json(policy: &MethodPolicy) -> Value {
    json!({
        "sign_in": policy.open(Use::SignIn),
        "step_up": policy.open(Use::StepUp),
        "recovery": policy.open(Use::Recovery),
    })
}

/// Why a policy was refused, with what to do.
pub(crate) fn flawed(flaw: Flaw) -> Failed {
    let why = match flaw {
        Flaw::NoSignIn => {
            "then nobody could sign in. Leave passkey, password or mail_code open, and remember that what the \
             installation closes (`methods.sign_in`) stays closed"
        }
        Flaw::TotpAlone => {
            "a code out of an app is never the only proof. Leave password open as well, or close totp"
        }
        Flaw::HalfStepUp => {
            "for step_up, password and totp belong together: alone they are one factor. Leave both open or neither"
        }
    };
    Failed(format!("nothing was changed: {why}"))
}

/// A refusal of what operators do, in words.
pub(crate) fn refused(refusal: Refusal) -> Failed {
    let why = match refusal {
        Refusal::PolicyFlawed { flaw } => return flawed(flaw),
        Refusal::TenantUnknown => "there is no such tenant. `bidden tenant list` shows all",
        Refusal::TenantTaken => "there is a tenant of that short name already",
        Refusal::TenantInUse => {
            "it still has accounts or domains. Move the accounts (`bidden account move`) and remove the domains \
             (`bidden tenant domain remove`) first"
        }
        Refusal::TenantNameUnfit => {
            "a short name has 1 to 32 small letters, digits and dashes, a letter first; the name that people see has \
             1 to 60 visible characters and is no web address"
        }
        Refusal::DomainTaken => "that domain belongs to a tenant already. `bidden tenant list` shows which",
        Refusal::DomainUnknown => "that domain is not the tenant's. `bidden tenant show` lists them",
        Refusal::AccountUnknown => "there is no such account. `bidden account list` shows all",
        Refusal::AccountState => "the account is not in a state that allows it: nothing was changed",
        Refusal::ReasonMissing => "say why, with --reason",
        other => other.code(),
    };
    Failed(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(sign_in: Option<&str>, without: &[&str]) -> Layer {
        Layer {
            sign_in: sign_in.map(|words| words.split(',').map(str::to_owned).collect()),
            step_up: None,
            recovery: None,
            without: without.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn options_make_a_layer_and_nothing_makes_none() {
        let open = MethodPolicy::OPEN;
        assert_eq!(layer(&open, &options(None, &[])).map_err(|why| why.0), Ok(None));
        let set =
            layer(&open, &options(Some("passkey, password"), &["password"])).map_err(|why| why.0).unwrap();
        assert_eq!(set.unwrap().open(Use::SignIn), MethodSet::of(&[Method::Passkey]));
        assert_eq!(
            lost(&open, &open.without(Method::Totp)),
            ["totp for sign_in", "totp for step_up", "totp for recovery"]
        );
        for bad in
            [options(Some("telepathy"), &[]), options(Some("recovery_code"), &[]), options(None, &["x"])]
        {
            assert!(layer(&open, &bad).is_err());
        }
    }

    #[test]
    fn the_table_says_who_closes_what() {
        let installation = MethodPolicy::OPEN.without(Method::Totp);
        let tenant = MethodPolicy::OPEN.without(Method::MailCode).without(Method::Totp);
        let text = table(&[("the installation".to_owned(), installation), ("tenant uni".to_owned(), tenant)]);
        let text = text.map_err(|why| why.0).unwrap();
        assert!(text.contains("  mail_code     closed by tenant uni\n"), "{text}");
        assert!(text.contains("  totp          closed by the installation and tenant uni\n"), "{text}");
        assert!(text.contains("  approval      open\n"), "{text}");
        assert!(text.starts_with("sign_in\n  passkey       open\n"), "{text}");
    }
}
