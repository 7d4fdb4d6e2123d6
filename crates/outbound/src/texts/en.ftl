### The texts of all mails and text messages, in English. What happened, what it means, what to do; every line stands alone.

## Points in time and browsers

mail-moment = { $day } { $month } { $year }, { $time } { $zone }
mail-moment-utc = { $local } ({ $time } UTC)
mail-moment-utc-day = { $local } ({ $day } { $month } { $year }, { $time } UTC)
mail-month-1 = January
mail-month-2 = February
mail-month-3 = March
mail-month-4 = April
mail-month-5 = May
mail-month-6 = June
mail-month-7 = July
mail-month-8 = August
mail-month-9 = September
mail-month-10 = October
mail-month-11 = November
mail-month-12 = December
mail-browser-on = { $browser } on { $system }
mail-browser-unknown-on = An unrecognised browser on { $system }
mail-browser-unknown = An unrecognised browser
mail-browser-tool = A command-line tool
mail-browser-known = { $browser }; it has signed in to this account before
mail-browser-new = { $browser }; it has never signed in to this account

## A mail with a code

mail-subject-sign-in = Your sign-in code for { $site } ({ $reference })
mail-subject-open = Your code to confirm this address at { $site } ({ $reference })
mail-lead-sign-in = Somebody asked for a sign-in code for your account at { $site } ({ $host }). If that was you, type the code below on the page where you asked for it. If it was not, nobody gets in without the code, and you do not need to do anything.
mail-subject-confirm = Your code to confirm that it is you at { $site } ({ $reference })
mail-lead-confirm = Somebody who is signed in to your account at { $site } ({ $host }) is about to change something in it and was asked to confirm that it is you. If that was you, type the code below on that page. If it was not, nothing is changed without the code; end that session on your account page.
mail-lead-open = Somebody typed this address to open an account at { $site } ({ $host }). If that was you, type the code below on the page where you typed it; it confirms that the address is yours. If it was not, no account is opened without the code, and you do not need to do anything.
mail-lead-address = Somebody who is signed in to an account at { $site } ({ $host }) wants to sign in to it by this address too. If that was you, type the code below on the page where you asked for it; it confirms that the address is yours. If it was not, nothing is added without the code, and you do not need to do anything.
mail-lead-recovery = Somebody who is signed in to an account at { $site } ({ $host }) wants this address to help get back into it. If that was you, type the code below on the page where you asked for it; it confirms that the address is yours. If it was not, nothing is added without the code, and you do not need to do anything.
mail-subject-recover = Your recovery code for { $site } ({ $reference })
mail-lead-recover = Somebody says that they have lost their ways into an account at { $site } ({ $host }) and asked for a recovery code at this address. If that was you, type the code below on the page where you asked for it. If it was not, nobody gets in without the code; say so by the link below.
mail-site = Site
mail-site-value = { $site } at { $host }
mail-account = Account
mail-account-personal = { $account }, a personal account
mail-account-of = { $account }, an account of { $tenant }
mail-address = Address
mail-address-open = the one that this mail came to, at { $domain }
mail-address-open-of = the one that this mail came to, at { $domain }; its account would be one of { $tenant }
mail-purpose = What for
mail-purpose-sign-in = Signing in to your account
mail-purpose-confirm = Confirming that it is you, in a browser that is signed in
mail-purpose-recover = Getting back into the account (recovery), and nothing else
mail-purpose-open = Confirming this address, to open an account
mail-purpose-address = Confirming this address, to sign in by it
mail-purpose-recovery = Confirming this address, to recover an account
mail-asked = Asked for
mail-network = Network address
mail-network-of = { $address }, a network of { $network }
mail-place = Place
mail-near-city = near { $city }, { $country } (an estimate from the network address)
mail-near-city-alone = near { $city } (an estimate from the network address)
mail-near-country = in { $country } (an estimate from the network address)
mail-browser = Browser
mail-reference = Reference
mail-reference-value = { $reference }; the page where it was asked for shows it too
mail-code-sign-in = Sign-in code
mail-code-confirm = Confirmation code
mail-code-recover = Recovery code
mail-code-open = Code for this address
mail-until = Valid until
mail-where = Type the code only at { $url }, on the page where you asked for it.
mail-nobody = Nobody who calls or writes to you may be given this code: not support, not the police, nobody.
mail-not-me = Did you not ask for this? Say so on this page. Opening it changes nothing; the button there ends this request.
mail-not-me-link = I did not ask for this
mail-about = What is held about this address, and how to refuse all mail from here: { $url }/about-this-address
mail-receipt = The receipt of this mail: it proves that it is from here, to whoever has the key of this site.
mail-unused-sign-in = A code that is never used lets nobody in. No password was tried.
mail-unused-confirm = A code that is never used changes nothing. No password was tried.
mail-unused-address = A code that is never used adds this address to nothing. No password was tried.
mail-unused-recover = A recovery code that is never used opens nothing. No password was tried.
mail-unused-open = A code that is never used opens no account. No password was tried.

## A mail about requests that were not mailed

mail-digest-subject = { $n ->
    [one] 1 request for a code for { $site } was not mailed
   *[other] { $n } requests for a code for { $site } were not mailed
}
mail-digest-lead = { $n ->
    [one] 1 request for a sign-in code for your account at { $site } ({ $host }) was not mailed to you.
   *[other] { $n } requests for a sign-in code for your account at { $site } ({ $host }) were not mailed to you.
}
mail-digest-meaning = { $n ->
    [one] It got no code, so there was nothing that anybody could guess, and nobody got in with it. No password was tried. You do not need to do anything.
   *[other] None of them got a code, so there was nothing that anybody could guess, and nobody got in with them. No password was tried. You do not need to do anything.
}
mail-digest-requests = Requests
mail-digest-since = Since
mail-digest-muted = Muted until
mail-digest-muted-meaning = Until then, browsers that have never signed in to your account get no code mailed to you. Browsers that you signed in with before go on working.
mail-digest-yourself = If you asked yourself and no code came, ask again in a browser that you signed in with before, or ask the operator of { $site }.
mail-digest-look = Each request stands on your activity page, with its time and where it came from.
mail-digest-link = Your activity

## Text messages: one part of 160 letters of the GSM alphabet, so no quotation marks or dashes but the plain ones

sms-subject = Text message
sms-time = { $time } { $zone }
sms-sign-in = { $site }: { $code } is your sign-in code until { $until }. If you did not ask, do nothing: nobody gets in without it. Tell nobody.
sms-sign-in-short = { $site }: sign-in code { $code } until { $until }. If you did not ask, do nothing and tell nobody.
sms-open = { $site }: { $code } confirms this number until { $until }. If you did not ask, do nothing: nothing happens without it. Tell nobody.
sms-confirm = { $site }: { $code } confirms until { $until } that it is you. If you did not ask, do nothing: nothing changes without it. Tell nobody.
sms-recover = { $site }: { $code } is your recovery code until { $until }. If you did not ask, do nothing: nobody gets in without it. Tell nobody.
sms-recover-short = { $site }: recovery code { $code } until { $until }. If you did not ask, do nothing and tell nobody.
sms-confirm-short = { $site }: confirmation code { $code } until { $until }. If you did not ask, do nothing and tell nobody.
sms-open-short = { $site }: code { $code } for this number until { $until }. If you did not ask, do nothing and tell nobody.

## A notice

mail-notice-when = When
mail-notice-address = Address
mail-notice-more = { $n ->
    [one] The same happened 1 more time since the last mail about it; this is the newest.
   *[other] The same happened { $n } more times since the last mail about it; this is the newest.
}
mail-notice-app = App
mail-notice-app-unknown = one that nobody at { $site } has checked; your activity page says which
mail-subject-notice-grant-replayed = The access of an app ended at { $site }
mail-notice-grant-replayed = The access of an app to your account at { $site } ({ $host }) has ended: something that only the app should have was used twice or elsewhere, so somebody else may have a copy of it.
mail-subject-notice-new-browser = A new browser signed in at { $site }
mail-notice-new-browser = A browser that never did before signed in to your account at { $site } ({ $host }).
mail-subject-notice-sessions-ended = { $n ->
    [one] 1 session of your account at { $site } was ended
   *[other] { $n } sessions of your account at { $site } were ended
}
mail-notice-sessions-ended = { $n ->
    [one] 1 browser session of your account at { $site } ({ $host }) was ended from another one.
   *[other] { $n } browser sessions of your account at { $site } ({ $host }) were ended from another one.
}
mail-subject-notice-account-locked = Your account at { $site } was locked
mail-notice-account-locked = An operator of { $site } ({ $host }) locked your account. Its sessions have ended, and nobody can sign in to it.
mail-subject-notice-account-unlocked = Your account at { $site } was unlocked
mail-notice-account-unlocked = An operator of { $site } ({ $host }) unlocked your account.
mail-subject-notice-account-closed = Your account at { $site } was closed
mail-notice-account-closed = Your account at { $site } ({ $host }) was closed for good. Its sessions have ended, and this address belongs to no account there by it any more.
mail-subject-notice-passkey-added = A passkey was added to your account at { $site }
mail-notice-passkey-added = A passkey was added to your account at { $site } ({ $host }). Whoever holds it can sign in.
mail-subject-notice-password-added = A password was set for your account at { $site }
mail-notice-password-added = A password was set for your account at { $site } ({ $host }). Whoever knows it can use it to sign in.
mail-subject-notice-totp-added = An authenticator app was added to your account at { $site }
mail-notice-totp-added = An authenticator app was added to your account at { $site } ({ $host }).
mail-subject-notice-approver-added = A device that approves was added to your account at { $site }
mail-notice-approver-added = A device that approves sign-ins was added to your account at { $site } ({ $host }). Whoever holds it and can unlock it can say yes to a sign-in elsewhere.
mail-subject-notice-passkey-held = A passkey for your account at { $site } is held back
mail-notice-passkey-held = A passkey was added to your account at { $site } ({ $host }) in a browser that is new to it. It cannot be used before { $at }.
mail-subject-notice-password-held = A password for your account at { $site } is held back
mail-notice-password-held = A password was set for your account at { $site } ({ $host }) in a browser that is new to it. It cannot be used before { $at }.
mail-subject-notice-totp-held = An authenticator app for your account at { $site } is held back
mail-notice-totp-held = An authenticator app was added to your account at { $site } ({ $host }) in a browser that is new to it. It cannot be used before { $at }.
mail-subject-notice-approver-held = A device that approves for your account at { $site } is held back
mail-notice-approver-held = A device that approves sign-ins was added to your account at { $site } ({ $host }), and nobody can tell that it is near you. It cannot be used before { $at }.
mail-subject-notice-passkey-changed = A passkey of your account at { $site } was changed
mail-notice-passkey-changed = A passkey of your account at { $site } ({ $host }) was changed.
mail-subject-notice-password-changed = The password of your account at { $site } was changed
mail-notice-password-changed = The password of your account at { $site } ({ $host }) was changed. The one before is worth nothing now.
mail-subject-notice-totp-changed = The authenticator app of your account at { $site } was changed
mail-notice-totp-changed = The authenticator app of your account at { $site } ({ $host }) was changed. The codes of the one before are worth nothing now.
mail-subject-notice-approver-changed = A device that approves for your account at { $site } was changed
mail-notice-approver-changed = A device that approves sign-ins for your account at { $site } ({ $host }) was changed.
mail-subject-notice-passkey-removed = A passkey was removed from your account at { $site }
mail-notice-passkey-removed = A passkey was removed from your account at { $site } ({ $host }). It cannot be used any more.
mail-subject-notice-password-removed = The password of your account at { $site } was removed
mail-notice-password-removed = The password of your account at { $site } ({ $host }) was removed. It cannot be used any more.
mail-subject-notice-totp-removed = The authenticator app of your account at { $site } was removed
mail-notice-totp-removed = The authenticator app of your account at { $site } ({ $host }) was removed. Its codes cannot be used any more.
mail-subject-notice-approver-removed = A device that approves was removed from your account at { $site }
mail-notice-approver-removed = A device that approves sign-ins was removed from your account at { $site } ({ $host }). It sees nothing of the account any more, and approves nothing.
mail-subject-notice-methods-changed = The ways to sign in to your account at { $site } were changed
mail-notice-methods-changed = Ways to sign in to your account at { $site } ({ $host }) were switched on or off.
mail-subject-notice-stopped = { $n ->
    [one] One request for a code came to nothing at { $site }
   *[other] { $n } requests for codes came to nothing at { $site }
}
mail-notice-stopped = { $n ->
    [one] Since { $at }, somebody asked once for a code to sign in to your account at { $site } ({ $host }), or to get back into it, without what your account asks for, or guessed at one. Nobody got in.
   *[other] Since { $at }, somebody asked { $n } times for codes to sign in to your account at { $site } ({ $host }), or to get back into it, without what your account asks for, or guessed at them. Nobody got in by that.
}
mail-notice-meaning-stopped = You do not need to do anything. You get this mail once a week, and only if there was something. If you asked yourself and no code came, see “Before a code is mailed” on your account page.
mail-subject-notice-gate-changed = What is asked for before a code is mailed was changed at { $site }
mail-notice-gate-changed = For your account at { $site } ({ $host }), what a new browser must bring before a code is mailed was changed.
mail-subject-notice-recovery-codes-made = New recovery codes for your account at { $site }
mail-notice-recovery-codes-made = { $n } new recovery codes were made for your account at { $site } ({ $host }). All codes from before are worth nothing now.
mail-subject-notice-recovery-code-used = A recovery code of your account at { $site } was used
mail-notice-recovery-code-used = { $n ->
    [one] A recovery code of your account at { $site } ({ $host }) was used. 1 is left.
   *[other] A recovery code of your account at { $site } ({ $host }) was used. { $n } are left.
}
mail-subject-notice-address-added = An address was added to your account at { $site }
mail-notice-address-added = An address was confirmed and added to your account at { $site } ({ $host }). The account can be signed in to by it.
mail-subject-notice-recovery-added = A recovery address was added to your account at { $site }
mail-notice-recovery-added = A recovery address was confirmed and added to your account at { $site } ({ $host }). It can help to get back into the account; no sign-in codes go to it.
mail-subject-notice-address-removed = An address was removed from your account at { $site }
mail-notice-address-removed = An address was removed from an account at { $site } ({ $host }). The account can no longer be signed in to by it.
mail-subject-notice-recovery-removed = A recovery address was removed from your account at { $site }
mail-notice-recovery-removed = A recovery address was removed from an account at { $site } ({ $host }).
mail-subject-notice-recovery-detached = A recovery address left your account at { $site }
mail-notice-recovery-detached = Whoever reads mail to a recovery address of this account at { $site } ({ $host }) asked that it be taken away. It is gone now.
mail-subject-notice-name-added = A private sign-in name was set for your account at { $site }
mail-notice-name-added = A private name to sign in by was set for your account at { $site } ({ $host }). Codes asked for by it go to your main address.
mail-subject-notice-name-removed = The private sign-in name of your account at { $site } was removed
mail-notice-name-removed = The private name to sign in by was removed from your account at { $site } ({ $host }).
mail-subject-notice-made-main = Your account at { $site } has another main address
mail-notice-made-main = Another address is the main one of your account at { $site } ({ $host }) now. Mail about the account goes to it first.
mail-subject-notice-switched-on = Sign-in by an address was switched on at { $site }
mail-notice-switched-on = Sign-in by an address was switched on for your account at { $site } ({ $host }).
mail-subject-notice-switched-off = Sign-in by an address was switched off at { $site }
mail-notice-switched-off = Sign-in by an address was switched off for your account at { $site } ({ $host }). Codes asked for by it are not mailed any more.
mail-subject-notice-detaching-asked = A recovery address of your account at { $site } will go
mail-notice-detaching-asked = Whoever reads mail to a recovery address of this account at { $site } ({ $host }) asked that it be taken away. It goes on { $at }.
mail-subject-notice-recovery-asked = Somebody asked to recover your account at { $site }
mail-notice-recovery-asked = Somebody asked to get back into your account at { $site } ({ $host }) without the usual proof. Nobody is in yet. It opens on { $at }, or at once for whoever proves a second thing within half an hour.
mail-subject-notice-entry-asked = Somebody waits to sign in to your account at { $site }
mail-notice-entry-asked = Somebody began to sign in to your account at { $site } ({ $host }) in a browser that is new to it. The account has a passkey, and that was not used, so nobody is in yet: it opens on { $at }.
mail-subject-notice-recovery-cancelled = The recovery of your account at { $site } was cancelled
mail-notice-recovery-cancelled = The recovery that was asked for your account at { $site } ({ $host }) was cancelled. Nobody got in by it.
mail-subject-notice-entry-cancelled = A waiting sign-in at { $site } was cancelled
mail-notice-entry-cancelled = The sign-in that waited at your account at { $site } ({ $host }) was cancelled. Nobody got in by it.
mail-subject-notice-recovery-used = Your account at { $site } was recovered
mail-notice-recovery-used = Somebody got back into your account at { $site } ({ $host }) by recovery. All sessions from before have ended, the recovery codes from before are worth nothing, and whatever its owner did not keep was taken away.
mail-subject-notice-entry-used = A waiting sign-in at { $site } went through
mail-notice-entry-used = The sign-in that waited at your account at { $site } ({ $host }) went through: a browser that is new to the account is signed in.
mail-subject-notice-device-nearby = A device may use your account at { $site }
mail-notice-device-nearby = Somebody who was signed in to your account at { $site } ({ $host }) let a device in. It was in the same network as the browser in which that was done.
mail-subject-notice-device-elsewhere = A device in another network may use your account at { $site }
mail-notice-device-elsewhere = Somebody who was signed in to your account at { $site } ({ $host }) let a device in that was in another network than the browser in which that was done.
mail-subject-notice-device-unknown = A device may use your account at { $site }
mail-notice-device-unknown = Somebody who was signed in to your account at { $site } ({ $host }) let a device in. Nobody can tell whether it was in the same network as the browser in which that was done.
mail-subject-notice-program-elsewhere = An app from another network may use your account at { $site }
mail-notice-program-elsewhere = An app on a computer was allowed to use your account at { $site } ({ $host }), and then asked for access from another network than the browser in which that was done.
mail-subject-notice-program-unknown = An app on a computer may use your account at { $site }
mail-notice-program-unknown = An app on a computer was allowed to use your account at { $site } ({ $host }), and then asked for access. Nobody can tell whether it was in the same network as the browser in which that was done.
mail-subject-notice-undone = { $n ->
    [one] 1 thing was undone in your account at { $site }
   *[other] { $n } things were undone in your account at { $site }
}
mail-notice-undone = { $n ->
    [one] 1 thing that had come about in your account at { $site } ({ $host }) was undone.
   *[other] { $n } things that had come about in your account at { $site } ({ $host }) were undone at once: sessions, apps, ways to sign in or addresses.
}
mail-notice-meaning-device = If that was you, you do not need to do anything. If it was not, or somebody asked you to do it by mail, telephone or chat, end its access now.
mail-notice-meaning-provisional = So far it may do little. It gets the rest when you confirm it in your account, or, where this mail went to two addresses of yours or more, when nobody objects for a day. If it was not you, or somebody asked you to do it by mail, telephone or chat, end its access now.
mail-notice-app-why = Is it not yours? End its access on this page. Opening the page changes nothing; the button there does.
mail-notice-apps = All apps and devices that may use your account stand on one page, and you can end the access of each.
mail-notice-apps-link = Apps with access
mail-subject-notice-session-suspected = A session of your account at { $site } was ended
mail-notice-session-suspected = A browser session of your account at { $site } ({ $host }) was used in another browser as well, so { $site } ended it by itself. What apps were allowed in it has ended, too.
mail-notice-meaning-suspected = Somebody may have a copy of what kept you signed in there. Whoever has it cannot use it any more. Sign in again; if you did not use that session in two browsers or networks, look for harmful extensions or programs on that device.
mail-subject-notice-session-provisional = A session of your account at { $site } is provisional
mail-notice-session-provisional = A browser session of your account at { $site } ({ $host }) was used in another browser as well. Until it is clear who uses it, nothing can be changed in it and apps get no access by it. It ends on { $at }.
mail-notice-meaning-session-provisional = If you used it in both, say so in another browser that is signed in, or sign in again where you are. If you did not, end it now: somebody may have a copy of what kept you signed in.
mail-subject-notice-approved-elsewhere = You let a new browser in at { $site }
mail-notice-approved-elsewhere = An approval on one of your devices let a browser into your account at { $site } ({ $host }) that is new to it and was not seen to be near your device. Until you say that it is yours, nothing can be changed in it and apps get no access by it. It ends on { $at }.
mail-notice-meaning-approved-elsewhere = If you were signing in there yourself, say so in another browser that you have used for longer. If somebody on the telephone or in a message had you type a number, that was them: end the session now, and choose another password if one was typed.
mail-notice-session-why = The page of your browser sessions lets you end it, or say that it is yours. Opening the page changes nothing.
mail-notice-session-link = Browser sessions
mail-subject-notice-devices-suspended = Devices of an app were suspended at { $site }
mail-notice-devices-suspended = Several people at { $site } ({ $host }) said no to devices of an app of which you let one in within the last day. Codes that such devices show are not taken for a while. What you let in was not changed.
mail-notice-meaning-devices-suspended = If you let in a device of your own, you do not need to do anything. If somebody asked you to do it by mail, telephone or chat, it is theirs: end its access now.
mail-subject-notice-finding = { $attack } at { $site }
mail-notice-finding = You operate { $site } ({ $host }). By what is on its record, somebody may be attacking it or people who have an account there.
mail-finding-attack = What
mail-finding-severity = How urgent
mail-finding-medium = Worth looking at
mail-finding-high = Look at it today
mail-finding-critical = Look at it now
mail-finding-done = Done by itself
mail-finding-done-nothing = Nothing: no rule says so
mail-finding-done-simulated = Nothing; the rules that are only simulated would have acted
mail-finding-done-acted = Something, for a time; the page says what, and undoes it
mail-finding-address-enumeration = Somebody tries out addresses
mail-finding-mailbox-flood = Many codes for one mailbox
mail-finding-network-flood = One network asks for codes for many mailboxes
mail-finding-code-guessing = Somebody guesses at codes
mail-finding-code-spraying = One network tries codes of many accounts
mail-finding-completion-ratio = Far fewer codes are used than usual
mail-finding-consent-phishing = A new app collects permissions
mail-finding-device-code-phishing = People are asked to let in devices of others
mail-finding-message-pumping = Somebody earns by text messages
mail-finding-refresh-replay = A token of an app was used twice or elsewhere
mail-finding-persistence-after-alarm = Something was added to an account after an alarm
mail-finding-session-replay = A session is used in another browser
mail-finding-other = A finding
mail-notice-meaning-finding = A finding is a reason to look, not a proof. Each says what speaks for it, what else it may be, and what can be done. You get at most one such mail an hour; how urgent a finding has to be for it is a setting (responses.tell).
mail-notice-finding-why = The page shows what happens now, and what was done.
mail-notice-finding-link = Look at the findings
mail-subject-notice-wanted-elsewhere = Somebody wanted to add this address at { $site }
mail-notice-wanted-elsewhere = Somebody wanted to add this address to an account at { $site } ({ $host }). It signs in to another account there, so it was not added. Whoever asked was not told so.
mail-subject-notice-address-wanted = Somebody wanted to add your telephone number at { $site }
mail-notice-address-wanted = Somebody wanted to add a telephone number of your account at { $site } ({ $host }) to another account. It was not added, and no code left for it. Whoever asked was not told that it is yours.
mail-subject-notice-guess-alarm = The guess ledger of { $site } has come to its alarm
mail-subject-notice-holdings = What { $site } holds about this address
mail-notice-guess-alarm = You operate { $site } ({ $host }). The chance that anybody guessed any code of any account there in the last 365 days is at most 1 in { $one-in }, and you wanted to be told at this sum.
mail-notice-holdings = Somebody, perhaps you, asked what { $site } ({ $host }) holds about this address. The answer stands on a page that only this mail leads to, until { $at }.
mail-notice-meaning-new-browser = If that was you, you do not need to do anything. If it was not, somebody else is in your account: end that session on your account page now, and look at what was changed.
mail-notice-meaning-change = If that was you, you do not need to do anything. If it was not, somebody else is in your account: end all other sessions on your account page, and undo the change.
mail-notice-meaning-operator = If you do not know why, ask the operator of { $site }.
mail-notice-meaning-unlocked = You can sign in again. You do not need to do anything.
mail-notice-meaning-detaching = If you rely on that address to get back in, add another recovery address.
mail-notice-meaning-entry = If that was you, wait until then. If it was not, cancel it: then nobody gets in by it.
mail-notice-meaning-cancelled = If it was you who had asked, you can ask again.
mail-notice-meaning-elsewhere = Nothing was changed, and nobody got in. You do not need to do anything.
mail-notice-meaning-guess-alarm = Nobody got in by that alone: it is the sum of all guesses that were made or could have been made. It grows with sign-ins and with floods of wrong codes. Codes get longer by themselves before the limit is reached, and everybody can still sign in. You are told again only when the sum has fallen to half and risen anew.
mail-notice-meaning-holdings = If you did not ask, you do not need to do anything: nothing is changed, and only you can see the answer.
mail-notice-meaning-replayed = Nobody got into your account here by it, and the access has ended for the app and for whoever has the copy. If you use the app, sign in to it again. If this mail comes again about the same app, stop using it, and tell the people who run it.
mail-notice-look = Everything that happened stands on your activity page, with its time and where it came from. There you can say that it was not you.
mail-notice-cancel-why = Was it not you? Undo it on this page. Opening it changes nothing; the button there does.
mail-notice-cancel-link = This was not me
mail-notice-guess-alarm-why = The page of the operator says what the sum is made of.
mail-notice-guess-alarm-link = Look at the guess ledger
mail-notice-holdings-why = The page says which accounts the address belongs to, if any, and what you can do about it. Opening it changes nothing.
mail-notice-holdings-link = What is held about this address
mail-notice-about-why = You can ask at any time what is held about this address, and refuse all mail from here.
mail-notice-about-link = What do you hold about this address?
