//! Table: the sentences for what detectors say: why, what else it may be, what to do, and what each detector looks for.

use model::event::imported::{Outcome, Presented, Protocol, SignIn, Transfer};
use model::finding::{Benign, Fact, Step};

/// Why.
pub(super) const fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::FirstDeviceCode => "The account had not used a device code before.",
        Fact::TwoNetworks => "One sign-in was begun in one network and ended in another.",
        Fact::TwoAddresses => {
            "One sign-in was begun at one address and ended at another of the same network."
        }
        Fact::BrowserAndTool => "A browser approved, and a program that is none got the tokens.",
        Fact::TwoBrowsers => "One browser approved, and another got the tokens.",
        Fact::NewNetwork => "The account had not been used from that network.",
        Fact::HostingNetwork => "The network hosts servers, or hides who uses it.",
        Fact::NoDevice => "No device that the directory knows was there.",
        Fact::ConfirmedApp => {
            "The page that asks whether one means to sign in to an app, or the one that asks for a consent, was passed."
        }
        Fact::BrokerApp => "The tokens are those of the program that registers devices.",
        Fact::SharedRedeemer => "The same network got tokens for several accounts within a day.",
        Fact::UsualDeviceCode => "The account has used device codes with this app from this network before.",
        Fact::OfficeNetwork => "Colleagues sign in at the same addresses.",
        Fact::FamiliarNetwork => "The account is often used from that network.",
        Fact::SameAddress => "Browser and program are behind one address that the account is used from.",
        Fact::DeveloperTool => "It is a developer's tool, for what developers use it for.",
        Fact::MailAndFiles => "Mail, files or the directory were opened with it afterwards.",
        Fact::DeviceAskedFor => "A registration of a device was asked for with it.",
        Fact::PrimaryToken => "A device that was registered with it vouches for the account now.",
        Fact::FieldsMissing => "The export leaves out the fields that would tell.",
        Fact::CountryChanged => "The country changed.",
        Fact::BecameTool => "A program that is no browser took the place of one.",
        Fact::SystemChanged => "The operating system changed.",
        Fact::DeviceLost => "A device that the directory knew is not there any more.",
        Fact::BrowserChanged => "The browser changed.",
        Fact::ColleaguesNetwork => "Colleagues use the same network.",
        Fact::SilentCopy => "Everything but the network is the same, and no device vouches for it.",
        Fact::SameDevice => "The same registered device is there.",
        Fact::Interleaved => "Both networks are used in turn.",
        Fact::TwoPlacesAtOnce => "The account is used from its usual network at the same time.",
        Fact::Relayed => {
            "Somebody signed in by hand twice within a minute, once of it through a rented server."
        }
        Fact::TooFar => "Nobody travels that far in that time.",
        Fact::ManyPrompts => "Many requests for the second factor were not answered with yes.",
        Fact::Declined => "A request for the second factor was declined.",
        Fact::WrongNumber => "A wrong number was chosen.",
        Fact::FraudReported => "Somebody reported a request as fraud.",
        Fact::Approved => "One was approved afterwards.",
        Fact::ManyGuesses => "Many passwords or codes were wrong.",
        Fact::CodesGuessed => "Codes of a second factor were guessed: the password was right.",
        Fact::ManyAddresses => "They came from many addresses.",
        Fact::ManyAccounts => "Many accounts were tried.",
        Fact::FewSucceeded => "Hardly any sign-in succeeded there.",
        Fact::SameProgram => "All were made by the same program.",
        Fact::PasswordRight => "A password was right.",
        Fact::SignedIn => "Somebody signed in there afterwards.",
        Fact::AfterAlarm => "Another finding about the account was shortly before.",
        Fact::ToolBuild => "The device calls itself what known tools call theirs.",
        Fact::InboxRuleMade => "A rule was made that moves or deletes mail.",
        Fact::MailboxOpened => "A mailbox was made to forward, or was opened to others.",
        Fact::MethodAdded => "A way to prove oneself was added or changed.",
        Fact::ConsentGiven => "An application was allowed something.",
        Fact::DeviceAdded => "A device was registered.",
        Fact::RoleGiven => "A role was given.",
        Fact::OthersReset => "The password of another account was reset.",
        Fact::MailRead => "Mail was read.",
        Fact::MailSent => "Mail was sent.",
        Fact::MailDeleted => "Mail was deleted or moved away.",
        Fact::FilesRead => "Files were read.",
        Fact::ManyRequests => "Many codes were asked for.",
        Fact::ManyRecipients => "Codes were asked for by many addresses.",
        Fact::UnknownRecipients => "Most of the addresses have no account.",
        Fact::FewUsed => "Hardly any of the codes was used.",
        Fact::WrongCodes => "Wrong codes were typed.",
        Fact::CodeUsed => "A code was used right after the wrong ones.",
        Fact::CompletionFell => "Far fewer codes than usual are used.",
        Fact::MovedAway => "The device went to another network before it came for its tokens.",
        Fact::SameDeviceNetwork => "Devices in the same network were let in by several people.",
        Fact::PersonDenied => "A person said that it was not theirs.",
        Fact::NewClient => "The client is new, and nobody vouches for it.",
        Fact::ManyConsents => "Many people allowed the same client something within a short time.",
        Fact::Replayed => "A token that was used up came again.",
        Fact::OtherKey => "It came with another key, or without one.",
        Fact::OtherBrowser => "The same session was used by another browser.",
        Fact::OtherNetwork => "The same session was used from another network.",
        Fact::EntryAdded => "A way in was added.",
        Fact::GrantGiven => "A client was allowed something.",
        Fact::AddressAdded => "An address was added.",
        Fact::ManyNumbers => "Text messages were asked for by many numbers that are close together.",
    }
}

/// What else it may be.
pub(super) const fn benign(benign: Benign) -> &'static str {
    match benign {
        Benign::Developer => "A developer's first device code on a machine in a cloud.",
        Benign::MeetingRoom => "A room, or a screen, that somebody signs in from a desk.",
        Benign::NewDevice => "A new computer that is being set up.",
        Benign::Vpn => "A private tunnel was switched on or off.",
        Benign::Roaming => "A telephone between the networks of house, street and office.",
        Benign::FlakyPush => "Requests that did not reach the telephone, and were asked for again.",
        Benign::Travel => "A journey.",
        Benign::SharedAddress => "Many people behind one address, some with passwords that have expired.",
        Benign::StaleClient => "A program that still has an old password.",
        Benign::Typing => "Somebody who mistypes.",
        Benign::Impatience => "Somebody who asks again because the mail is slow.",
        Benign::Invitations => "Many people who were invited at the same time.",
        Benign::WrongClock => "A telephone whose clock is wrong.",
        Benign::Retry => "A program that asked again because an answer was lost.",
        Benign::Onboarding => "A new colleague.",
        Benign::OwnChange => "The owner changed it.",
        Benign::Script => "A program of the organisation's own.",
        Benign::NewRelease => "A new release of a client that everybody gets.",
    }
}

/// What to do.
pub(super) const fn step(step: Step) -> &'static str {
    match step {
        Step::EndSessions => {
            "End all sessions and revoke all refresh tokens of the account: a new password alone does not end them."
        }
        Step::RemoveDevices => {
            "Remove every device that was registered since; it vouches for the account without a password."
        }
        Step::RemoveMethods => "Remove every way to prove oneself that was added since.",
        Step::RemoveRules => "Remove rules and forwarding of the mailbox that were made since.",
        Step::RevokeConsents => "Revoke what applications were allowed since.",
        Step::ChangePassword => "Then change the password.",
        Step::AskPerson => "Ask the person by another channel than mail or chat: did you do this?",
        Step::LookForSuccess => "Look for sign-ins from there that succeeded.",
        Step::FindOthers => "Look for other accounts that the same network signed in to.",
        Step::BlockNetwork => "Block the network for a while.",
        Step::CloseDeviceCode => "Close the device-code flow, except for those who need it.",
        Step::WarnRecipients => "Warn those who got mail or messages from the account since.",
        Step::RequireNumbers => "Ask for numbers to be matched, or for passkeys, in place of a tap.",
        Step::RaiseGate => "Raise the gate before mail.",
        Step::SuspendClient => "Suspend the client.",
        Step::CheckDelivery => "Check that mails and messages arrive.",
        Step::ExportMore => "Export what is missing here (see what this export cannot show) and look again.",
        Step::Watch => "Nothing to do now; look again tomorrow.",
    }
}

/// What a detector is about.
pub(super) struct About {
    /// A name for an incident of it.
    pub(super) title: &'static str,
    /// The ATT&CK technique.
    pub(super) technique: &'static str,
    /// What it looks at, and when it speaks.
    pub(super) logic: &'static str,
}

/// What the detector of this identifier is about.
pub(super) fn about(detector: &str) -> About {
    let known = detect::all().into_iter().find(|known| known.id() == detector);
    let technique = known.map_or("", |known| known.technique());
    let (title, logic) = match detector {
        "device_code_phishing" => (
            "Device-code phishing",
            "Joins the steps of one sign-in by their correlation. A browser that confirms and a program in another network \
             that gets the tokens are two people. Points for the first device code of an account, two networks, a browser \
             and a tool, a new or hosting network, no device, and one redeeming network for several people; points are \
             taken off for a use that is usual. From 65 points it is an incident.",
        ),
        "approval_bombing" => (
            "Requests for approval until one is approved",
            "Counts refused second factors of one account: four in ten minutes mostly from networks that are not known for \
             it, eight in ten minutes from anywhere, eight in four hours from unknown ones, or a single report of fraud. An \
             approval within ten minutes makes it critical.",
        ),
        "password_spray" => (
            "A few passwords tried with many accounts",
            "Counts accounts that fail for one address, and for one kind of program over many addresses, within an hour and \
             a day, and how many succeed there. A right password among them makes it critical.",
        ),
        "password_guessing" => (
            "Many passwords or codes tried with one account",
            "Counts refused guesses of one account in ten minutes and in a day. A program with an old password, at one \
             address that is known for the account, is left out. A right password afterwards makes it critical.",
        ),
        "session_replay" => (
            "A session used by somebody who did not begin it",
            "Compares each use of a session with how it began: network, country, program, system, device. Points for what \
             changed, and points taken off for networks that colleagues use. From 50 points it is an incident.",
        ),
        "rogue_device" => (
            "A device registered by somebody who came in otherwise",
            "Looks at registrations of devices after another incident of the account, with the name and build of known \
             tools, or from a new or hosting network.",
        ),
        "after_access" => (
            "What was done afterwards",
            "Adds to the incidents of others what was done in the same session, or from the same network, within seven \
             days: rules, methods, consents, devices, roles, mail and files.",
        ),
        "code_flood" => {
            ("Many codes asked for", "Counts requests for codes by one recipient and by one source.")
        }
        "address_enumeration" => ("Addresses tried for accounts", ""),
        "code_guessing" => ("Sign-in codes guessed", ""),
        "code_spraying" => ("Sign-in codes guessed at many accounts", ""),
        "completion_ratio" => ("Far fewer codes are used than usual", ""),
        "consent_phishing" => ("Many people allow the same new client something", ""),
        "refresh_replay" => ("A token that was used up came again", ""),
        "persistence_after_alarm" => ("A way in was added after an alarm", ""),
        "message_pumping" => ("Text messages asked for by many numbers in a row", ""),
        _ => ("A finding", ""),
    };
    About { title, technique, logic }
}

/// How a sign-in ended, as part of a line.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "signed in",
        Outcome::Interrupt => "asked for more",
        Outcome::ConfirmApp => "asked whether one means to sign in to the app",
        Outcome::WrongPassword => "wrong password",
        Outcome::UnknownUser => "no such user",
        Outcome::PasswordExpired => "right password, expired",
        Outcome::LockedOut => "locked for a while",
        Outcome::Disabled => "account disabled",
        Outcome::FactorDenied => "second factor declined",
        Outcome::FactorUnanswered => "second factor not answered",
        Outcome::FactorWrongNumber => "wrong number chosen",
        Outcome::FactorWrongCode => "wrong code",
        Outcome::FactorReported => "reported as fraud",
        Outcome::FactorFailed => "second factor failed",
        Outcome::Blocked => "blocked by a rule of access",
        Outcome::DeviceCodeInvalid => "device code expired or wrong",
        Outcome::TokenRefused => "token refused",
        Outcome::ConsentRefused => "consent refused",
        Outcome::Failed => "failed",
    }
}

/// By what means, as part of the same line.
pub(super) fn how(sign_in: &SignIn) -> String {
    let mut how = String::new();
    if sign_in.protocol == Some(Protocol::DeviceCode) {
        how.push_str(" by device code");
    } else if sign_in.transfer == Some(Transfer::DeviceCode) {
        how.push_str(" in a session of a device code");
    }
    if sign_in.interactive == Some(false) {
        how.push_str(match sign_in.presented {
            Some(Presented::PrimaryRefreshToken) => " with the token of a device",
            Some(Presented::RefreshToken) => " with a refresh token",
            _ => " without a person",
        });
    }
    how
}
