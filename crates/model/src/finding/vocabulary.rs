//! Table: the facts that findings rest on, what else they may be, and what to do. Closed lists, so that whoever shows a
//! finding has a sentence for each.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }
    };
}

words! {
    /// What speaks for a finding, or against it.
    Fact {
        /// The account had not used a device code before.
        FirstDeviceCode = "first_device_code",
        /// One sign-in was begun in one network and ended in another.
        TwoNetworks = "two_networks",
        /// One sign-in was begun at one address and ended at another of the same network.
        TwoAddresses = "two_addresses",
        /// A browser approved, and a program that is none got the tokens.
        BrowserAndTool = "browser_and_tool",
        /// One browser approved, and another got the tokens.
        TwoBrowsers = "two_browsers",
        /// The account had not been used from that network.
        NewNetwork = "new_network",
        /// The network hosts servers, or hides who uses it.
        HostingNetwork = "hosting_network",
        /// No device that the directory knows was there.
        NoDevice = "no_device",
        /// The page that asks whether one means to sign in to an app, or the one that asks for a consent, was passed.
        ConfirmedApp = "confirmed_app",
        /// The tokens are those of the program that registers devices.
        BrokerApp = "broker_app",
        /// The same network got tokens for several accounts within a day.
        SharedRedeemer = "shared_redeemer",
        /// The account has used device codes with this app from this network before.
        UsualDeviceCode = "usual_device_code",
        /// Colleagues sign in at the same addresses.
        OfficeNetwork = "office_network",
        /// The account is often used from that network.
        FamiliarNetwork = "familiar_network",
        /// Browser and program are behind one address that the account is used from.
        SameAddress = "same_address",
        /// It is a developer's tool, for what developers use it for.
        DeveloperTool = "developer_tool",
        /// Mail, files or the directory were opened with it afterwards.
        MailAndFiles = "mail_and_files",
        /// A registration of a device was asked for with it.
        DeviceAskedFor = "device_asked_for",
        /// A device that was registered with it vouches for the account now.
        PrimaryToken = "primary_token",
        /// The export leaves out the fields that would tell.
        FieldsMissing = "fields_missing",
        /// The country changed.
        CountryChanged = "country_changed",
        /// A program that is no browser took the place of one.
        BecameTool = "became_tool",
        /// The operating system changed.
        SystemChanged = "system_changed",
        /// A device that the directory knew is not there any more.
        DeviceLost = "device_lost",
        /// The browser changed.
        BrowserChanged = "browser_changed",
        /// Colleagues use the same network.
        ColleaguesNetwork = "colleagues_network",
        /// Everything but the network is the same, and no device vouches for it.
        SilentCopy = "silent_copy",
        /// The same registered device is there.
        SameDevice = "same_device",
        /// Both networks are used in turn.
        Interleaved = "interleaved",
        /// The account is used from its usual network at the same time.
        TwoPlacesAtOnce = "two_places_at_once",
        /// Somebody signed in by hand twice within a minute, once of it through a rented server.
        Relayed = "relayed",
        /// Nobody travels that far in that time.
        TooFar = "too_far",
        /// Many requests for the second factor were not answered with yes.
        ManyPrompts = "many_prompts",
        /// A request for the second factor was declined.
        Declined = "declined",
        /// A wrong number was chosen.
        WrongNumber = "wrong_number",
        /// Somebody reported a request as fraud.
        FraudReported = "fraud_reported",
        /// One was approved afterwards.
        Approved = "approved",
        /// Many passwords or codes were wrong.
        ManyGuesses = "many_guesses",
        /// Codes of a second factor were guessed: the password was right.
        CodesGuessed = "codes_guessed",
        /// They came from many addresses.
        ManyAddresses = "many_addresses",
        /// Many accounts were tried.
        ManyAccounts = "many_accounts",
        /// Hardly any sign-in succeeded there.
        FewSucceeded = "few_succeeded",
        /// All were made by the same program.
        SameProgram = "same_program",
        /// A password was right.
        PasswordRight = "password_right",
        /// Somebody signed in there afterwards.
        SignedIn = "signed_in",
        /// Another finding about the account was shortly before.
        AfterAlarm = "after_alarm",
        /// The device calls itself what known tools call theirs.
        ToolBuild = "tool_build",
        /// A rule was made that moves or deletes mail.
        InboxRuleMade = "inbox_rule_made",
        /// A mailbox was made to forward, or was opened to others.
        MailboxOpened = "mailbox_opened",
        /// A way to prove oneself was added or changed.
        MethodAdded = "method_added",
        /// An application was allowed something.
        ConsentGiven = "consent_given",
        /// A device was registered.
        DeviceAdded = "device_added",
        /// A role was given.
        RoleGiven = "role_given",
        /// The password of another account was reset.
        OthersReset = "others_reset",
        /// Mail was read.
        MailRead = "mail_read",
        /// Mail was sent.
        MailSent = "mail_sent",
        /// Mail was deleted or moved away.
        MailDeleted = "mail_deleted",
        /// Files were read.
        FilesRead = "files_read",
        /// Many codes were asked for.
        ManyRequests = "many_requests",
        /// Codes were asked for by many addresses.
        ManyRecipients = "many_recipients",
        /// Most of the addresses have no account.
        UnknownRecipients = "unknown_recipients",
        /// Hardly any of the codes was used.
        FewUsed = "few_used",
        /// Wrong codes were typed.
        WrongCodes = "wrong_codes",
        /// A code was used right after the wrong ones.
        CodeUsed = "code_used",
        /// Far fewer codes than usual are used.
        CompletionFell = "completion_fell",
        /// The device went to another network before it came for its tokens.
        MovedAway = "moved_away",
        /// Devices in the same network were let in by several people.
        SameDeviceNetwork = "same_device_network",
        /// A person said that it was not theirs.
        PersonDenied = "person_denied",
        /// The client is new, and nobody vouches for it.
        NewClient = "new_client",
        /// Many people allowed the same client something within a short time.
        ManyConsents = "many_consents",
        /// A token that was used up came again.
        Replayed = "replayed",
        /// It came with another key, or without one.
        OtherKey = "other_key",
        /// The same session was used by another browser.
        OtherBrowser = "other_browser",
        /// The same session was used from another network.
        OtherNetwork = "other_network",
        /// A way in was added.
        EntryAdded = "entry_added",
        /// A client was allowed something.
        GrantGiven = "grant_given",
        /// An address was added.
        AddressAdded = "address_added",
        /// Text messages were asked for by many numbers that are close together.
        ManyNumbers = "many_numbers",
    }
}

words! {
    /// What else a finding may be.
    Benign {
        /// A developer's first device code on a machine in a cloud.
        Developer = "developer",
        /// A room, or a screen, that somebody signs in from a desk.
        MeetingRoom = "meeting_room",
        /// A new computer that is being set up.
        NewDevice = "new_device",
        /// A private tunnel was switched on or off.
        Vpn = "vpn",
        /// A telephone between the networks of house, street and office.
        Roaming = "roaming",
        /// Requests that did not reach the telephone, and were asked for again.
        FlakyPush = "flaky_push",
        /// A journey.
        Travel = "travel",
        /// Many people behind one address, some with passwords that have expired.
        SharedAddress = "shared_address",
        /// A program that still has an old password.
        StaleClient = "stale_client",
        /// Somebody who mistypes.
        Typing = "typing",
        /// Somebody who asks again because the mail is slow.
        Impatience = "impatience",
        /// Many people who were invited at the same time.
        Invitations = "invitations",
        /// A telephone whose clock is wrong.
        WrongClock = "wrong_clock",
        /// A program that asked again because an answer was lost.
        Retry = "retry",
        /// A new colleague.
        Onboarding = "onboarding",
        /// The owner changed it.
        OwnChange = "own_change",
        /// A program of the organisation's own.
        Script = "script",
        /// A new release of a client that everybody gets.
        NewRelease = "new_release",
    }
}

words! {
    /// What to do next.
    Step {
        /// End all sessions and revoke all refresh tokens.
        EndSessions = "end_sessions",
        /// Remove devices that were registered since.
        RemoveDevices = "remove_devices",
        /// Remove ways to prove oneself that were added since.
        RemoveMethods = "remove_methods",
        /// Remove rules and forwarding of the mailbox that were made since.
        RemoveRules = "remove_rules",
        /// Revoke consents that were given since.
        RevokeConsents = "revoke_consents",
        /// Change the password; it ends nothing by itself.
        ChangePassword = "change_password",
        /// Ask the person, by another channel.
        AskPerson = "ask_person",
        /// Look for sign-ins that succeeded from there.
        LookForSuccess = "look_for_success",
        /// Look for other accounts that the same network signed in to.
        FindOthers = "find_others",
        /// Block the network for a while.
        BlockNetwork = "block_network",
        /// Close the device-code flow, but for those who need it.
        CloseDeviceCode = "close_device_code",
        /// Warn those who got mail or messages from the account.
        WarnRecipients = "warn_recipients",
        /// Ask for numbers to be matched, or for passkeys.
        RequireNumbers = "require_numbers",
        /// Raise the gate before mail.
        RaiseGate = "raise_gate",
        /// Suspend the client.
        SuspendClient = "suspend_client",
        /// Check that mails and messages arrive.
        CheckDelivery = "check_delivery",
        /// Export the missing fields or rows and look again.
        ExportMore = "export_more",
        /// Nothing to do now; keep an eye on it.
        Watch = "watch",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_small_words_and_each_stands_for_one_thing() {
        let mut codes: Vec<&str> = Fact::ALL.iter().map(|fact| fact.code()).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Fact::ALL.len());
        assert_eq!(Benign::Vpn.code(), "vpn");
        assert_eq!(Step::EndSessions.code(), "end_sessions");
    }
}
