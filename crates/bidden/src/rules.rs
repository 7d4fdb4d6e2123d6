//! From settings to the rules that decisions read.

use model::budget::{Chance, MailAllowance};
use model::finding::Severity;
use model::gate::Gate;
use model::policy::{KeepAddresses, Policy, Registration};
use model::response::{Mode, Responses};
use model::sms::{Cost, SmsRules};

use crate::config::settings::{self, Config};
use crate::config::words;

/// The policy that `config` puts in force.
pub(crate) fn policy(config: &Config) -> Policy {
    let small = |n: u32| u8::try_from(n).unwrap_or(u8::MAX);
    Policy {
        registration: match config.registration {
            words::Registration::Closed => Registration::Closed,
            words::Registration::Invite => Registration::Invite,
            words::Registration::Open => Registration::Open,
        },
        code_lifetime: config.code.lifetime,
        code_guesses: small(config.code.guesses),
        code_length: u8::try_from(config.code.length).unwrap_or(u8::MAX),
        resend_after: config.budget.resend_after,
        epsilon: chance(config.budget.epsilon),
        epsilon_known: chance(config.budget.epsilon_known),
        epsilon_all: chance(config.budget.epsilon_all),
        alarm_at: chance(config.budget.alarm_at),
        mails: MailAllowance { per_day: config.budget.mails_per_day, per_week: config.budget.mails_per_week },
        known_mails: MailAllowance {
            per_day: config.budget.known_mails_per_day,
            per_week: config.budget.known_mails_per_day.saturating_mul(7),
        },
        approvals: config.budget.approvals_per_day,
        sms: config.has_text_messages().then(|| text_messages(config)),
        digest_interval: config.budget.digest_interval,
        mute: config.budget.mute,
        methods: config.methods,
        gate: match config.gate {
            words::Gate::Open => Gate::Open,
            words::Gate::Name => Gate::PrivateName,
            words::Gate::Word => Gate::GateWord,
            words::Gate::Solicited => Gate::SolicitedOnly,
        },
        gate_looser: match config.gate_owners {
            words::GateOwners::Stricter => false,
            words::GateOwners::Any => true,
        },
        session_idle: config.session.idle,
        session_absolute: config.session.absolute,
        retention: config.record.retention,
        sealed: config.record.seal == words::Seal::On,
        checkpoint_every: config.record.checkpoint_every,
        keep_addresses: match config.record.keep_addresses {
            words::KeepAddresses::Full => KeepAddresses::Full,
            words::KeepAddresses::Network => KeepAddresses::Network,
            words::KeepAddresses::Nothing => KeepAddresses::None,
        },
        password_length: config.password.min_length,
        password_length_alone: config.password.min_length_single_factor,
        signing_keys: config.keys,
        responses: responses(&config.responses),
        doorbell: config.doorbell.rings == words::Doorbell::On,
        nearby_networks: config.nearby_networks.clone(),
        ..Policy::default()
    }
}

/// What is done by itself about findings.
fn responses(set: &settings::Responses) -> Responses {
    let mode = |word| match word {
        words::Responding::Off => Mode::Off,
        words::Responding::Simulate => Mode::Simulate,
        words::Responding::Act => Mode::Act,
    };
    Responses {
        least: match set.least {
            words::Urgency::Medium => Severity::Medium,
            words::Urgency::High => Severity::High,
            words::Urgency::Critical => Severity::Critical,
        },
        lasts: set.lasts,
        hold_codes: mode(set.hold_codes),
        suspend_devices: mode(set.suspend_devices),
        end_session: mode(set.end_session),
        doubt_session: mode(set.doubt_session),
        end_grant: mode(set.end_grant),
        tell: match set.tell {
            words::Telling::Off => None,
            words::Telling::Medium => Some(Severity::Medium),
            words::Telling::High => Some(Severity::High),
            words::Telling::Critical => Some(Severity::Critical),
        },
    }
}

/// What text messages may cost; each has one part until somebody who knows their words counts them.
fn text_messages(config: &Config) -> SmsRules {
    let sms = &config.sms;
    let cents = |n: u32| Cost::from_hundredths(i64::from(n).saturating_mul(100));
    SmsRules {
        countries: sms.countries.clone(),
        prices: sms.prices.clone(),
        price: sms.price,
        parts: 1,
        parts_longer: 1,
        per_prefix: cents(sms.budget_per_prefix),
        in_all: cents(sms.budget),
        messages: MailAllowance { per_day: sms.per_day, per_week: sms.per_week },
        known_messages: MailAllowance {
            per_day: sms.known_per_day,
            per_week: sms.known_per_day.saturating_mul(7),
        },
    }
}

/// A probability in whole units, rounded down: the limit is never larger than what was set.
fn chance(probability: f64) -> Chance {
    let text = format!("{:.0}", (probability * 1e18).floor());
    Chance::from_units(text.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_default_settings_are_the_default_policy() {
        let config = Config::load(None, std::iter::empty()).unwrap();
        let (from_settings, default) = (policy(&config), Policy::default());
        assert_eq!(format!("{from_settings:?}"), format!("{default:?}"));
    }
}
