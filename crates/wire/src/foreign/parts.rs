//! The objects inside a record that several formats share: status, device, place, the steps of a sign-in, lists of pairs.

use super::key::Key;
use super::row::{Device, begins, holds};
use super::scan::Broken;
use super::walk::{Member, Take};

/// Most pairs of a list that are kept.
const MOST_PAIRS: usize = 64;

/// `status`: the number, and two texts about it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Status<'a> {
    pub(crate) code: Option<i64>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) detail: Option<&'a str>,
}

impl<'a> Take<'a> for Status<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::ErrorCode => self.code = value.number()?,
            Key::FailureReason => self.reason = value.text()?,
            Key::AdditionalDetails => self.detail = value.text()?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// `deviceDetail`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeviceDetail<'a> {
    /// Whether the record has such a member at all.
    pub(crate) told: bool,
    pub(crate) device: Device<'a>,
}

impl<'a> Take<'a> for DeviceDetail<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        self.told = true;
        let device = &mut self.device;
        match key {
            Key::DeviceId | Key::Id => value.text_into(&mut device.id)?,
            Key::DisplayName | Key::Name => value.text_into(&mut device.name)?,
            Key::OperatingSystem | Key::System => value.text_into(&mut device.system)?,
            Key::Browser => value.text_into(&mut device.browser)?,
            Key::TrustType => value.text_into(&mut device.trust)?,
            Key::IsManaged => device.managed = value.flag()?,
            Key::IsCompliant => device.compliant = value.flag()?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// `location`, with the coordinates one level deeper or not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Location<'a> {
    pub(crate) country: Option<&'a str>,
    pub(crate) city: Option<&'a str>,
    pub(crate) latitude: Option<i32>,
    pub(crate) longitude: Option<i32>,
}

impl<'a> Take<'a> for Location<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Country => value.text_into(&mut self.country)?,
            Key::City => value.text_into(&mut self.city)?,
            Key::Coordinates => {
                value.fill(self)?;
            }
            Key::Latitude => self.latitude = value.thousandths()?,
            Key::Longitude => self.longitude = value.thousandths()?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// `authenticationDetails`: what was proved, step by step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps<'a> {
    step: Step<'a>,
    /// Whether the step of the password went well, where there was one.
    pub(crate) password: Option<bool>,
    /// The last method that is no password.
    pub(crate) factor: Option<&'a str>,
    /// What the last step that failed says.
    pub(crate) failed: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Step<'a> {
    method: Option<&'a str>,
    succeeded: Option<bool>,
    detail: Option<&'a str>,
}

impl<'a> Take<'a> for Steps<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Method => self.step.method = value.text()?,
            Key::Succeeded => self.step.succeeded = value.flag()?,
            Key::StepDetail => self.step.detail = value.text()?,
            _ => value.skip()?,
        }
        Ok(())
    }

    fn over(&mut self) {
        let step = std::mem::take(&mut self.step);
        let wrong = step.detail.is_some_and(|detail| holds(detail, "incorrect") || holds(detail, "invalid"));
        match step.method {
            // A step that is called after the password may tell of the second factor that was refused after it.
            Some(method) if begins(method, "password") => {
                self.password = Some(step.succeeded.unwrap_or(false) || (step.detail.is_some() && !wrong));
            }
            Some("Previously satisfied") | None => {}
            method => self.factor = method,
        }
        if step.succeeded == Some(false) {
            self.failed = step.detail.or(self.failed);
        }
    }
}

/// A list of names and values, in the spellings of every format.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs<'a> {
    name: Option<&'a str>,
    value: Option<&'a str>,
    pub(crate) all: Vec<(&'a str, &'a str)>,
}

impl<'a> Pairs<'a> {
    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

impl<'a> Take<'a> for Pairs<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::Name | Key::DisplayName => self.name = value.text()?,
            Key::Value | Key::NewValue | Key::BoolValue | Key::MultiValue => {
                let text = value.text()?;
                self.value = text.or(self.value);
            }
            _ => value.skip()?,
        }
        Ok(())
    }

    fn over(&mut self) {
        if let (Some(name), value) = (self.name.take(), self.value.take())
            && self.all.len() < MOST_PAIRS
        {
            self.all.push((name, value.unwrap_or_default()));
        }
    }
}

/// Somebody, or something: `actor`, `initiatedBy.user`, one of `targetResources`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Party<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) login: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) address: Option<&'a str>,
    pub(crate) app: bool,
    pub(crate) modified: Pairs<'a>,
}

impl<'a> Take<'a> for Party<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        match key {
            Key::User => {
                value.fill(self)?;
            }
            Key::App => {
                // `initiatedBy.app` is null beside a user.
                let before = (self.id, self.name);
                value.fill(self)?;
                self.app = before != (self.id, self.name);
            }
            Key::Id | Key::ProfileId | Key::AppId => value.text_into(&mut self.id)?,
            Key::Upn | Key::AlternateId | Key::Email => value.text_into(&mut self.login)?,
            Key::DisplayName => value.text_into(&mut self.name)?,
            Key::Type => value.text_into(&mut self.kind)?,
            Key::Ip => value.text_into(&mut self.address)?,
            Key::Modified => {
                value.fill(&mut self.modified)?;
            }
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// `targetResources`, `target`: the first thing, and the first user.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets<'a> {
    one: Party<'a>,
    pub(crate) thing: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) app: Option<(Option<&'a str>, Option<&'a str>)>,
    pub(crate) modified: Vec<(&'a str, &'a str)>,
}

impl<'a> Take<'a> for Targets<'a> {
    fn take(&mut self, key: Key, value: Member<'_, 'a>) -> Result<(), Broken> {
        self.one.take(key, value)
    }

    fn over(&mut self) {
        let one = std::mem::take(&mut self.one);
        let kind = one.kind.unwrap_or_default();
        if one.login.is_some_and(|login| login.contains('@')) || kind == "User" {
            self.user = self.user.or(one.login).or(one.name);
        } else {
            if kind.starts_with("App") {
                self.app = self.app.or(Some((one.id, one.name)));
            }
            self.thing = self.thing.or(one.name).or(one.login).or(one.id);
        }
        let room = MOST_PAIRS.saturating_sub(self.modified.len());
        self.modified.extend(one.modified.all.into_iter().take(room));
    }
}
