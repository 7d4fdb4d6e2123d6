### The texts of all pages, in English. Plain words, short sentences; what happened, what it means, what to do.

## Every page

skip-to-content = Skip to the content
nav-label = Pages
nav-account = Account
nav-activity = Activity
nav-operator = Operator
signed-in-as = Signed in as
sign-out = Sign out
footer-site = { $site } at
footer-promise = Nobody who calls or writes to you needs a code from you.
problem = That did not work:
to-sign-in = Go to the sign-in page
to-account = Go to your account

## Points in time

moment-local = { $day } { $month } { $year }, { $time } { $zone }
moment-day = { $weekday }, { $day } { $month } { $year }
moment-short = { $day } { $month }
moment-today = today
moment-yesterday = yesterday
ago-seconds = { $n ->
    [0] just now
    [one] 1 second ago
   *[other] { $n } seconds ago
}
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}
in-seconds = { $n ->
    [0] just now
    [one] in 1 second
   *[other] in { $n } seconds
}
in-minutes = { $n ->
    [one] in 1 minute
   *[other] in { $n } minutes
}
in-hours = { $n ->
    [one] in 1 hour
   *[other] in { $n } hours
}
in-days = { $n ->
    [one] in 1 day
   *[other] in { $n } days
}
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

## Where something came from

browser-on = { $browser } on { $system }
browser-unknown-on = an unrecognised browser on { $system }
browser-unknown = an unrecognised browser
near-city = near { $city }, { $country }
near-city-alone = near { $city }
near-country = in { $country }
near-network = network of { $network }
places-note = Places are estimated from network addresses. They can be wrong by a town, and for telephones by more.
browser-known = known browser
browser-new = new browser

## An address that was typed

address-label = Your mail address
address-or-phone-label = Your mail address or telephone number
error-address-missing = There is no address.
error-address-missing-next = Type your mail address.
error-address-incomplete = The address is incomplete.
error-address-incomplete-next = It needs a name, an @ and a domain, as in anna@example.org.
error-address-local = The part before the @ cannot belong to a mail address.
error-address-local-next = Check it for spaces and stray signs.
error-address-domain = The part after the @ is not a domain.
error-address-domain-next = It looks like example.org. Check it for typing mistakes.
error-address-character = It holds a character that no mail address has.
error-address-character-next = Type the address by hand instead of pasting it.
error-address-too-long = It is longer than a mail address can be.
error-address-too-long-next = Check whether something else was pasted with it.
error-address-taken = There is an account with this address already.
error-address-taken-next = Sign in with it, or type another address.
error-address-elsewhere = The invitation is for another address.
error-address-elsewhere-next = Type the address to which the invitation was sent.
phone-risk = A code by text message reaches whoever takes over the number, or reads along where it passes. A passkey is safer.
error-phone-country-code = The telephone number has no country code.
error-phone-country-code-next = Begin with + and the code of the country, as in +43 664 1234567.
error-phone-malformed = This is not a telephone number.
error-phone-malformed-next = It looks like +43 664 1234567. Check it for typing mistakes.
error-phone-country = No text messages go from here to numbers of that country.
error-phone-country-next = Use a mail address.
error-phone-range = No text messages go from here to numbers of that kind, such as premium or satellite numbers.
error-phone-range-next = Use a mobile number, or a mail address.

## Signing in: the address

sign-in-title = Sign in
sign-in-heading = Sign in to { $site }
sign-in-lead = Type your address. If it has an account here, we mail a sign-in code to it, and you type the code on the next page.
sign-in-lead-phone = Type your address or telephone number. If it has an account here, we send a sign-in code to it, and you type the code on the next page.
sign-in-open = If it has none yet, the code opens one.
sign-in-button = Send me a code
sign-in-password-link = Use a password instead
notice-signed-out = You are signed out. This browser session is over.
notice-closed = Your account is closed, and you are signed out everywhere. Each of its addresses was told.
notice-session-over = Your browser session is over. Sign in again to go on.
notice-sign-in-client = An app sent you here. Sign in, and you go back to it.
notice-sign-in-device = A device waits for a code that you type. Sign in first.
notice-sign-in-needed = That page belongs to an account. Sign in to see it.
worried-heading = Did a code come that you did not ask for?
worried-text = Somebody typed your address on this page. Without the code from your mailbox they do not get in. Give the code to nobody, and open the link “I did not ask for this” in that mail: it shows what happened and stops more of them.

## Signing in where no codes are mailed

codes-off-title = No codes by mail
codes-off-heading = Nobody at { $domain } gets a code by mail
codes-off-tenant = { $tenant } decided so for all its addresses. Nothing was mailed just now, whether or not this address has an account here.
codes-off-site = { $site } mails no sign-in codes. Nothing was mailed just now, whether or not this address has an account here.
codes-off-ways = What remains for signing in:
codes-off-way-passkey = A passkey, on this device or on another one
codes-off-way-password = A password
codes-off-way-password-app = A password, with a code out of an app where the account has one
codes-off-way-approval = An approval on your phone, in a browser that you have signed in with before
codes-off-way-sms = A code by SMS
codes-off-way-mail = A code by mail
codes-off-no-way = No other way is open at present. Ask whoever looks after your account there.
codes-off-back = Back to the sign-in page
codes-off-mail-heading = Did a mail bring you a sign-in code?
codes-off-mail = It did not come from here: no sign-in code is ever mailed to addresses at { $domain }. Do not follow its links, and type nothing from it anywhere.

## Signing in: the code

code-heading-sign-in = Type your sign-in code
code-heading-open = Type the code that confirms your address
code-heading-used = This code was used
code-heading-other-browser = This code belongs to another browser
code-heading-unknown = There is no such request
code-heading-ended-sign-in = This sign-in code has ended
code-heading-ended-open = This code has ended
code-sent-sign-in = If there is an account for { $address }, a sign-in code is on its way to it.
code-sent-sign-in-or-open = A sign-in code is on its way to { $address }. If there is no account for it yet, the code opens one.
code-sent-open = A code that confirms your address is on its way to { $address }.
code-sent-text-sign-in = If there is an account for { $address }, a text message with a sign-in code is on its way to it.
code-sent-text-confirm = A text message with a code is on its way to { $address }. It confirms that it is you in this browser, and does nothing else.
code-sent-text-recovery = If { $address } belongs to that account, a text message with a recovery code is on its way to it.
code-sent-text-address = A text message with a code is on its way to { $address }. It confirms that the number is yours, and does nothing else.
reference = Reference
reference-same = The mail carries the same reference.
code-label = { $n ->
    [one] Code of 1 letter or more
   *[other] Code of { $n } letters or more
}
code-time-left = { $n ->
    [one] 1 minute left
   *[other] { $n } minutes left
}
code-time-short = Less than a minute left
code-time-over = The time is over. Ask for another code.
code-until = It ends on
code-guesses-left = { $n ->
    [one] 1 guess left
   *[other] { $n } guesses left
}
code-button-sign-in = Sign in
code-button-open = Confirm this address
code-error-missing = There is no code.
code-error-missing-next = Type the letters from the mail, all of them.
code-error-malformed = This cannot be a code of ours.
code-error-malformed-next = { $n ->
    [one] A code is 1 letter, or 4 or 8 more, of these:
   *[other] A code has { $n } letters, or 4 or 8 more, of these:
} B C D F G H J K L M N P Q R S T V W X Z. No guess was spent. Compare it with the mail and type it again.
code-error-wrong = This is not the code.
code-error-wrong-next = { $n ->
    [one] You have 1 guess left.
   *[other] You have { $n } guesses left.
} Check that the mail carries the reference shown here, and type the code again.
code-ended-expired = Its time ran out on { $at } ({ $ago }). It can no longer be used by anybody. Ask for another one; it takes a minute.
code-ended-used-up = All guesses are spent, so it can no longer be used by anybody. Ask for another code and type it as it stands in the mail.
code-ended-used = A code works once, and this one did. If you are not signed in here, ask for another code.
code-ended-other-browser = Only the browser that asked for a code can use it; no guess was spent here. Go back to that browser, or ask for a code in this one.
code-ended-denied = Somebody who has the mail said that they did not ask for it, so it can no longer be used by anybody. If you want to sign in, ask for another code.
code-ended-unknown = The address of this page belongs to no request for a code, or to one that is long over. Ask for a new code.
code-ask-new = Ask for another code
code-inbox = No mail server is set up, so the mail stays on this machine.
code-inbox-link = Read it in the inbox
code-nothing-heading = Nothing came?
code-nothing-text = Look in the folder for unwanted mail, and check the address above for typing mistakes. Sending again sends the same code; its time and its guesses stay as they are.
code-nothing-gate = An account can ask a new browser for more before a code is mailed. If you set a gate word, ask again and type it; if you have a private name, type that in place of the address; or announce the new browser where you are signed in.
code-nothing-gate-link = Ask again
code-nothing-else = A browser that you signed in with before gets a code as always. A passkey or a recovery code needs no mail.
code-nothing-phone = Check the number above for typing mistakes, and whether the telephone has reception. Sending again sends the same code; its time and its guesses stay as they are.
code-again = Send the code again
code-again-at = You can have it sent again from
code-again-no = This code cannot be sent again. When its time is over, ask for another one.
code-other-address = Use another address

## Opening an account with a link

welcome-title = Open an account
welcome-heading-set-up = Open the first account of { $site }
welcome-lead-set-up = This link was printed when the server started for the first time. The account that it opens is the operator’s. Type your address; a code sent to it confirms that it is yours.
welcome-heading-invitation = You are invited to { $site }
welcome-lead-invitation = An operator of { $site } invited you to open an account. Type your address; a code sent to it confirms that it is yours.
welcome-button = Confirm this address by a code
welcome-expires = This link works until
gone-heading = This link does not open an account
gone-used = An account was opened with it, and it works only once.
gone-expired = It worked until { $at }.
gone-unknown = It is not a link of this site, or a part of it is missing.
gone-closed = Nobody can open an account here at present: the operator has closed registration.
gone-next = Nothing is lost. Check that you opened the whole link, or ask the operator of this site for a new invitation.
gone-next-used = If that was you, sign in with your address. If it was not, tell the operator of this site.

## The account page

account-title = Account
account-heading = Your account
account-of = An account of { $tenant }
account-personal = A personal account
notice-opened = Your account at { $site } is open, and you are signed in. From now on a code sent to your address signs you in.
notice-sessions-ended = { $n ->
    [0] There was no other session to end.
    [one] 1 session was ended. That browser has to sign in again.
   *[other] { $n } sessions were ended. Those browsers have to sign in again.
}
question-protect = What protects this account?
protect-facts = A sign-in code, mailed to your address: { $letters } letters or more, { $guesses ->
    [one] 1 guess
   *[other] { $guesses } guesses
}, { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}, and only in the browser that asked for it. Whoever reads your mail can sign in.
protect-chance = The chance that anybody guessed a code of yours in the last 365 days is at most { $odds }.
protect-chance-none = Nobody can have guessed a code of yours in the last 365 days: there was none to guess.
odds-trillion = 1 in { $n } trillion
odds-billion = 1 in { $n } billion
odds-million = 1 in { $n } million
odds-plain = 1 in { $n }
ledger-made-of = What this number is made of
ledger-why = Whoever asks for a code can guess at it a few times, from anywhere. All these guesses are added up, those that were made and those that can still be made: that is the most that all guessers together can have won.
ledger-line-new = { $guesses ->
    [one] 1 guess
   *[other] { $guesses } guesses
} at { $codes ->
    [one] 1 code
   *[other] { $codes } codes
} of { $letters } letters, asked for by browsers that had never signed in before: { $odds }
ledger-line-new-none = { $codes ->
    [one] 1 code
   *[other] { $codes } codes
} of { $letters } letters, asked for by browsers that had never signed in before: no guess at all
ledger-line-known = { $guesses ->
    [one] 1 guess
   *[other] { $guesses } guesses
} at { $codes ->
    [one] 1 code
   *[other] { $codes } codes
} of { $letters } letters, asked for by browsers that had signed in before: { $odds }
ledger-line-known-none = { $codes ->
    [one] 1 code
   *[other] { $codes } codes
} of { $letters } letters, asked for by browsers that had signed in before: no guess at all
ledger-limits = It never comes to more than { $new } for browsers that had never signed in, and { $known } for those that had. As it comes near, codes get longer by four letters and then by eight; nobody is locked out by it.
ledger-kept = A code counts on the day on which it was sent and the 366 days after it. A sign-in counts as the guesses that it took.
question-waiting = Is anything waiting for me?
waiting-nothing = Nothing. No code can be used now, and nothing needs an answer from you.
waiting-live = A sign-in code that somebody asked for can still be used.
waiting-live-link = Show this request
waiting-unused = { $n ->
    [one] 1 code of the last 7 days was never used. Nobody got in with it.
   *[other] { $n } codes of the last 7 days were never used. Nobody got in with them.
}
waiting-unused-link = Was that you?
waiting-findings = { $n ->
    [one] 1 finding about your account.
   *[other] { $n } findings about your account.
}
waiting-findings-link = Read what was found
waiting-muted = You said that a request was not yours. New browsers get no code mailed to you until
waiting-bounces = Mail to your address comes back since
question-changed = What changed lately?
changed-nothing = Nothing since the account was opened.
changed-all = Show all activity
account-more = Look at everything, and change it
account-sessions = { $n ->
    [one] 1 browser is signed in
   *[other] { $n } browsers are signed in
}
account-addresses = { $n ->
    [one] 1 address
   *[other] { $n } addresses
} to sign in by, { $recovery ->
    [0] none for recovery
   *[other] { $recovery } for recovery
}
account-authenticators = Passkeys, and what else opens this account
account-data = Everything that is held about this account, as one file
account-close = For good
sessions-heading = Browser sessions
sessions-lead = The browsers that are signed in to your account now. End those that you do not know.
session-this = this browser
session-place = Place
session-first = First sign-in
session-started = Started
session-used = Last used
session-ends = Ends at the latest
session-from = From
session-end = End this session
session-provisional = provisional
session-provisional-since = Provisional since
session-provisional-text = Another browser used this session as well. Nothing can be changed in it until you say that it is yours.
session-provisional-link = Is it yours?
session-provisional-this = This session was used in another browser as well, so nothing can be changed in it, and apps get no access by it. If that was you, say so in another browser that is signed in to your account, or sign out and sign in again here.
session-confirm-title = Is this session yours?
session-confirm-lead = It was used in another browser as well. Somebody may have a copy of what keeps it signed in.
session-confirm-no = No: end it
session-confirm-yes = Yes, I used it in both
session-confirm-warning = Say yes only if you know why it was used in two: another profile of the same browser, or one that says different things about itself. A new network is not enough for it.
session-unsure-text = You approved it on one of your devices, for a browser that was new and not seen to be near that device. Nothing can be changed in it, and apps get no access by it, until you say that it is yours.
session-unsure-this = This session began with an approval, in a browser that is new to the account and was not seen to be near the device that gave it. Nothing can be changed in it, and apps get no access by it. Say in a browser that you have used for longer that it is yours, or sign out and sign in here by a passkey or a code that is mailed.
session-unsure-lead = You approved it on one of your devices. Its browser was new to your account, and not seen to be near that device.
session-unsure-yes = Yes, I was signing in there
session-unsure-warning = Say yes only if you sat before that browser yourself. If somebody had you type a number, on the telephone or in a message, that session is theirs.
notice-session-confirmed = Noted. The session is whole again, and ends when it would have ended.
to-sessions = Back to the browser sessions
sessions-end-others = End all other sessions
sessions-confirm = Before a session of another browser is ended you are asked to confirm that it is you.
sessions-confirm-link = Confirm, and end sessions
browsers-heading = Known browsers
browsers-lead = They signed in to your account before. Codes that they ask for have a mail allowance of their own, which no stranger can use up.
browsers-none = None yet.
browser-first = First sign-in
browser-last = Last sign-in
address-confirmed = Confirmed

## The activity page

activity-title = Activity
activity-heading = Activity
activity-lead = Every request for a code for this account, used or not, and every change. Each stands here before its mail leaves, and stays for { $n ->
    [one] 1 day
   *[other] { $n } days
}.
notice-not-me = Your answer is on the record. That request is over, and new browsers get no code mailed to you for { $n ->
    [one] 1 day
   *[other] { $n } days
}. Browsers that you signed in with before go on working.
chart-caption = In the last { $days } days, { $asked ->
    [one] 1 code was asked for
   *[other] { $asked } codes were asked for
} and { $used ->
    [0] none was used
    [one] 1 was used
   *[other] { $used } were used
}.
chart-none = In the last { $n } days, no code was asked for.
chart-asked = asked for
chart-used = used
chart-day = Day
chart-numbers = The numbers
show-label = Which entries to show
show-all = Everything
show-unused = Unused codes
show-sign-ins = Sign-ins
show-changes = Changes
span-label = Of which time
span-all = All of it
span-days = Last { $n } days
export-lead = These entries as a file, event by event:
export-csv = for a spreadsheet (CSV)
export-json = for a program (JSON Lines)
activity-empty-all = Nothing yet. Every request for a code for your account will appear here, with its time, where it came from and how it ended.
activity-empty-unused = No unused codes. A code that somebody asks for and nobody uses will appear here a minute after it ends.
activity-empty-sign-ins = No sign-ins. Each browser session will appear here when it starts and when it ends.
activity-empty-changes = No changes. What changes about the account itself will appear here.
pager-label = More entries
pager-newest = Back to the newest
pager-older = Older entries

what-code-sign-in = Sign-in code asked for
what-code-open = Code asked for to confirm this address
what-more-requests = { $n ->
    [one] 1 more request, not sent
   *[other] { $n } more requests, none sent
}
what-mail-muted = Code mail for new browsers stopped until { $until }
what-session-started = Signed in
what-session-signed-out = Signed out
what-session-ended-by-owner = You ended a session from another browser
what-session-replaced = Session replaced by a new sign-in in the same browser
what-session-idle = Session ended: not used for too long
what-session-absolute = Session ended: its time was over
what-session-account = Session ended: the account was locked or closed
what-session-operator = Session ended by the operator
what-session-recovered = Session ended: the account was recovered
what-account-opened-set-up = Account opened with the set-up link
what-account-opened-invitation = Account opened with an invitation
what-account-opened-registration = Account opened
what-account-opened-import = The operator brought the account over from elsewhere
what-account-locked = The operator locked the account
what-account-unlocked = The operator unlocked the account
what-account-closed = Account closed
what-invited = You invited { $address }
what-invited-somebody = You made an invitation
what-code-address = Code asked for to add an address
what-code-recovery = Code asked for to add a recovery address
what-code-recover = Recovery code asked for
what-code-confirm = Code asked for to confirm that it is you
what-raised-passkey = Confirmed with a passkey that it is you
what-raised-totp = Confirmed with an app code that it is you
what-raised-approval = Confirmed with an approval that it is you
what-raised-password = Confirmed with a password that it is you
what-raised-code = Confirmed with a code that it is you
what-passkey-added = Passkey added
what-passkey-held = Passkey added from a new browser; it works from { $until } on
what-passkey-changed = Passkey renewed
what-passkey-removed = Passkey removed
what-passkey-cancelled = New passkey taken back with the link in the notice
what-passkey-reset = The operator removed a passkey
what-password-added = Password set
what-password-held = Password set from a new browser; it works from { $until } on
what-password-changed = Password changed
what-password-removed = Password removed
what-password-cancelled = New password taken back with the link in the notice
what-password-reset = The operator removed the password
what-totp-added = Authenticator app added
what-approver-added = Device that approves added
what-totp-held = Authenticator app added from a new browser; it works from { $until } on
what-approver-held = Device that approves added from elsewhere; it works from { $until } on
what-totp-changed = Authenticator app set up anew
what-approver-changed = Device that approves changed
what-totp-removed = Authenticator app removed
what-approver-removed = Device that approves removed
what-totp-cancelled = New authenticator app taken back with the link in the notice
what-approver-cancelled = New device that approves taken back with the link in the notice
what-totp-reset = The operator removed the authenticator app
what-approver-reset = The operator removed a device that approves
what-refused-password = Wrong password
what-refused-totp = Wrong app code
what-refused-passkey = A passkey did not match
what-refused-recovery-code = Wrong recovery code
what-refused-other = A wrong proof was presented
what-refused-held = Something added from a new browser was tried before its time
what-refused-locked = A way in was tried while the account was locked
what-refused-off = A way in that is switched off was tried
what-refused-blocked = Tried again after too many wrong entries; nothing was compared
what-refused-copy = A passkey whose counter does not go on was refused: it may be a copy
what-refused-repeated = An app code that was used before was refused
what-password-matched = The right password was typed in a browser that is new to the account; a second proof was asked for
what-password-blocked = Too many wrong passwords from such browsers: none is compared until { $until }
what-totp-blocked = Too many wrong app codes from such browsers: none is compared until { $until }
what-attempts-blocked = Too many wrong entries from such browsers: none is compared until { $until }
what-recovery-codes-made = New recovery codes made; the old ones are void
what-recovery-code-used = Recovery code used; { $left } left
what-address-added = Address { $address } added
what-recovery-address-added = Recovery address { $address } added
what-address-confirmed = Address { $address } confirmed again
what-address-removed = Address { $address } removed
what-address-detached = The owner of { $address } removed it from this account
what-address-main = { $address } is the main address now
what-address-on = Sign-in by { $address } switched on
what-address-off = Sign-in by { $address } switched off
what-address-wanted = Somebody wanted { $address } for another account; it was not added
what-detaching-asked = The owner of { $address } wants it removed from this account
what-holdings-asked = Somebody asked what is held about this address; the answer went to it
what-mail-refused = Mail from here refused for this address
what-mail-taken = Mail from here taken again at this address
what-gate-default = A new browser must bring what this site asks for, before a code is mailed
what-gate-open = A new browser need not bring anything any more, before a code is mailed
what-gate-private-name = A new browser must bring your private name from now on, before a code is mailed
what-gate-gate-word = A new browser must bring your gate word from now on, before a code is mailed
what-gate-solicited-only = A new browser must be announced from now on, before a code is mailed
what-gate-word-set = Gate word set
what-gate-word-removed = Gate word removed
what-gate-opened = A new browser was announced: a code is mailed to it until { $until }
what-gate-used = The new browser that was announced has signed in
what-gate-taken-back = The announcement of a new browser was taken back
what-methods-changed = Ways to sign in changed
what-recovery-asked = Recovery asked for; it opens { $at }
what-recovery-cancelled = Recovery cancelled
what-recovery-used = Account recovered
what-recovery-expired = Recovery not used in time
what-entry-asked = Sign-in from a new browser asked for; it opens { $at }
what-entry-cancelled = Waiting sign-in cancelled
what-entry-used = Waiting sign-in used
what-entry-expired = Waiting sign-in not used in time
what-account-moved = The organisation of the account changed
what-grant-confirmed = You confirmed what { $client } was allowed from elsewhere
what-grant-not-mine = { $client } lost a permission: somebody who got the mail about it said that it is not theirs
what-grant-undone = { $client } lost a permission: it was undone
what-grant-suspected = { $client } lost a permission: somebody else may have a copy of it
what-client-elsewhere = { $client } brought its code from another network than yours; it may do little until you confirm it
what-undone = { $n } things were undone at once; each has a line of its own
what-recovery-codes-removed = Recovery codes removed
what-browser-forgotten = A browser does not count as known any more
what-address-undone = Address { $address } removed: undone
what-passkey-undone = Passkey removed: undone
what-password-undone = Password removed: undone
what-totp-undone = Authenticator app removed: undone
what-approver-undone = Device that approves removed: undone
what-session-undone = Browser session ended: undone
what-session-suspected = A session was ended: another browser had used it, or nobody said in time that it was theirs
what-session-doubted = A session is provisional: another browser has used it
what-session-unsure = That session is provisional: you approved it on your device, for a browser that is new and was not seen to be near it. It ends at { $until } unless you say in another browser that it is yours
what-session-confirmed = You said that a provisional session is yours
what-session-trusted = The operator said that a provisional session is whole again
what-devices-suspended = Codes on devices were suspended after you let one in: { $client }
what-pairing-opened = A window for a device was opened
what-pairing-expired = The window for a device closed: nobody answered in time
what-pairing-closed = The window for a device was closed
what-pairing-wrong-digits = The window for a device closed: the digits on it were typed wrong three times
what-device-answered = A device answered with the pairing code: { $client }
what-device-asked = A device with { $client } had asked to be let in
what-device-entered-nearby = The code of a device with { $client } was typed. It was in the same network
what-device-entered-unknown = The code of a device with { $client } was typed. Nobody can tell how near it was
what-device-entered-elsewhere = The code of a device with { $client } was typed. It was in another network
what-device-code-unknown = A code for a device was typed, and no device waited with it
what-device-foreign = Another browser wanted to answer for a device whose code was typed. It could not
what-device-digits-wrong = The digits of a device were typed wrong. Tries left: { $left }
what-device-denied = A device with { $client } was turned away: “not mine”
what-device-approved-nearby = A device with { $client } was let in. It was in the same network
what-device-approved-unknown = A device with { $client } was let in. Nobody can tell how near it was
what-device-approved-elsewhere = A device with { $client } was let in. It was in another network
what-device-moved-unknown = A device with { $client } came for its access from a place of which nobody can tell how near it is
what-device-moved-elsewhere = A device with { $client } came for its access from another network than the one where it was let in
what-device-polled-out = A device with { $client } asked too often, and was cut off
what-device-expired = A device with { $client } was not answered in time
what-device-unfetched = A device with { $client } was let in and never came for its access. The permission ended
what-devices-held-back = Too many codes for devices were typed. None is looked at until { $until }
what-enrolment-opened = A code was shown by which another device becomes one that approves
what-enrolment-lapsed = The code was not used in time, and no device was added
what-approval-asked = An approval was asked for, to sign in
what-approval-asked-second = The right password was typed, and an approval was asked for
what-approval-asked-confirm = An approval was asked for, to confirm that it is you
what-approval-taken = An approval was asked for while another browser waited for one. None of your devices showed it
what-approval-unknown-browser = An approval was asked for in a browser that is new to the account. None of your devices showed it
what-approval-not-shown = An approval was asked for that cannot be given. None of your devices showed it
what-approval-opened = What waits for an approval was looked at on one of your devices
what-approval-matched-nearby = Approved on one of your devices. The other browser was in the same network
what-approval-matched-unknown = Approved on one of your devices. Nobody can tell how near the other browser was
what-approval-matched-elsewhere = Approved on one of your devices. The other browser was in another network
what-approval-denied = Turned away on one of your devices: “that is not me”
what-approval-wrong-number = Another number was typed on one of your devices. Nobody got in
what-approval-over = An approval was answered that was over already. Nothing came of it
what-approval-foreign = One of your devices answered for another account. Nothing came of it
what-approval-removed = A device answered that had been removed meanwhile. Nothing came of it
what-approval-unproved = The passkey of one of your devices did not match. Nothing was approved
what-approval-lapsed = An approval was asked for and nobody looked at it in time
what-approval-lapsed-opened = An approval was looked at and not answered in time
what-approval-unfetched = What was approved was not used in time
what-approval-withdrawn = An approval was not wanted any more by the browser that had asked
what-approvals-held-back = The right password was typed in new browsers so often that your devices show no more of that until { $until }. In browsers that you have signed in with before you are asked as ever. If that was not you, choose another password
what-approvals-not-shown = { $count } approvals were asked for within a day, in new browsers and with the right password, that none of your devices showed
what-doorbell-on = A device that approves rings from now on
what-doorbell-off = A device that approves does not ring any more
what-doorbell-rung = A device that approves was rung
what-doorbell-silenced = So much went unanswered or was turned away that nothing rings any more until you want that. What waits is shown all the same
what-doorbell-gone = A device that approves cannot be rung any more, until it is switched on there again
what-doorbell-refused = A device that approves cannot be rung any more: the push service of its browser refuses it. Switch its doorbell off and on again there; what waits is shown all the same
what-grant-given = { $client } was allowed to use the account
what-grant-remembered = { $client } was allowed in again, as before
what-grant-denied = { $client } was not allowed to use the account
what-tokens-issued = { $client } got access
what-tokens-refused = { $client } was refused: what it brought had been used before, or is of no use to it
what-token-revoked = { $client } gave access back
what-grant-ended = { $client } lost a permission: the session or the way of signing in that it came of ended
what-grant-ended-by-owner = { $client } lost a permission: you ended it
what-grant-given-back = { $client } gave a permission back
what-grant-over = { $client } lost a permission: its time was over
what-grant-client-removed = { $client } lost a permission: the app was taken away from this site
what-grant-replayed = { $client } lost a permission: something of it was used twice, and somebody else may have a copy
client-calls-itself = An app at { $host } that calls itself “{ $name }” (not checked)
client-calls-itself-on-device = An app on a device that calls itself “{ $name }” (not checked)
client-gone-at = An app at { $host }
client-gone = An app that is gone (“{ $id }”)
what-named = Your name for apps was set
what-unnamed = Your name for apps was taken away
what-logout-asked = { $client } asked you to sign out
what-logout-told = { $client } was told that you are signed out
what-logout-given-up = { $client } could not be told that you are signed out: what it keeps open itself may still be open
what-data-downloaded = Everything that is held about the account was downloaded
what-operator-ended-sessions = The operator ended all sessions
what-operator-reset = The operator removed all ways in but the address

end-waiting = waiting
end-used = used
end-never-used = never used
end-wrong = { $n ->
    [one] wrong code
   *[other] wrong code ×{ $n }
}
end-not-sent-limit = not sent: limit reached
end-not-sent-guesses = not sent: no guesses left this year
end-not-sent-muted = not sent: you stopped these
end-not-sent-just-sent = not sent twice
end-not-sent-locked = not sent: account locked
end-not-sent-no-account = not sent: no account
end-not-sent-off = not sent: codes are off
end-not-sent-address = not sent: no sign-in by this address
end-not-sent-refused = not sent: the mailbox refuses mail from here
end-not-sent-sms = not sent: text messages have cost enough
end-not-sent-no-name = not sent: not asked for by your private name
end-not-sent-no-word = not sent: your gate word was not typed
end-not-sent-wrong-word = not sent: a wrong gate word was typed
end-not-sent-words-spent = not sent: too many wrong gate words were typed
end-not-sent-unannounced = not sent: nobody had said that a new browser would ask
end-not-sent-stale = not sent: recovery address not confirmed for 180 days
end-not-sent-held-back = not sent: held back
end-not-you = you said it was not you
end-bounced = mail bounced

state-waiting = The code can be used until { $until }, only in the browser that asked for it.
state-used = The code was used: somebody signed in with it.
state-never-used = It was never used. Nobody got in.
state-wrong = Only wrong codes were typed, until no guess was left. Nobody got in.
state-not-sent = Nothing left and no code can be used. Nobody got in.
state-not-you = You said that it was not you, and the code was ended at once.
state-bounced = The message could not be delivered, so nobody has the code.

details-asked = Asked for
details-mail = Mail
details-guesses = Guesses
details-guesses-of = { $n } of { $of } spent
details-text = Text message
details-outcome = Outcome
details-request = Request
details-steps = Step by step

mail-waiting = Waits to be handed to the mail server.
mail-delayed = { $n ->
    [one] The mail server did not take it yet; 1 attempt so far.
   *[other] The mail server did not take it yet; { $n } attempts so far.
}
mail-handed-over = Taken by the mail server on { $at }.
mail-bounced = Refused by the mail server, or given up.
mail-none-limit = None: your mailbox had as many code mails as strangers may cause.
mail-none-guesses = None: strangers have used up the guesses of this year.
mail-none-muted = None: you stopped mail for new browsers.
mail-none-just-sent = None: the same code had left moments before.
mail-none-locked = None: the account is locked.
mail-none-off = None: this account takes no codes.
mail-none-address = None: this account cannot be signed in to by this address.
mail-none-refused = None: whoever reads that mailbox refuses all mail from here.
mail-none-no-name = None: a browser that is new to your account asked by an address, and your account wants its private name.
mail-none-no-word = None: a browser that is new to your account asked, and your gate word was not typed.
mail-none-wrong-word = None: a browser that is new to your account asked with a word that is not your gate word. Nobody there was told so.
mail-none-words-spent = None: so many wrong gate words were typed that none is looked at for a while.
mail-none-unannounced = None: a browser that is new to your account asked, and you had not said that one would.
mail-none-stale = None: the recovery address was confirmed more than 180 days ago. Confirm it again on the page of your addresses.
mail-none-held-back = Nothing was sent: from that network codes were asked for by very many addresses, so what browsers ask for there that you have not used before is held back for a while. Browsers that you have signed in with get their codes as always.
mail-none-no-account = None: there is no account with this address.
mail-none-sms = None: text messages have cost as much as they may for now.
text-waiting = Waits to be handed to the gateway for text messages.
text-delayed = { $n ->
    [one] The gateway for text messages did not take it yet; 1 attempt so far.
   *[other] The gateway for text messages did not take it yet; { $n } attempts so far.
}
text-handed-over = Taken by the gateway for text messages on { $at }.
text-bounced = Refused by the gateway for text messages, or given up.

step-asked = The code was asked for.
step-sent-again = The same browser asked again; the same code was sent again.
step-not-sent-again = The same browser asked again; nothing was sent.
step-handed-over = The message was taken for delivery.
step-delayed = The message could not be handed over; it will be tried again.
step-bounced = The message was refused, or given up.
step-not-sent = Nothing was sent.
step-wrong = { $n ->
    [0] A wrong code was typed; no guess was left.
    [one] A wrong code was typed; 1 guess was left.
   *[other] A wrong code was typed; { $n } guesses were left.
}
step-other-browser = A code was typed in another browser; it was refused without being compared.
step-too-late = A code was typed after the end; it was refused without being compared.
step-used = The code was used.
step-expired = Its time was over.
step-not-you = “This was not me” was said.

activity-not-me = If this was not you, say so. The code ends at once if it still works, and new browsers get no code mailed to you for { $n ->
    [one] 1 day
   *[other] { $n } days
}. Browsers that you signed in with before go on working.
activity-not-me-used = This request led to a sign-in. If it was not you, somebody else read the code: end the sessions that you do not know, and look after your mailbox.
activity-not-me-sessions = Show the sessions
activity-not-me-button = This was not me
activity-not-me-said = You said that this was not you:

## “I did not ask for this”

not-me-title = I did not ask for this
not-me-heading = You did not ask for a code?
not-me-asked-sign-in = Somebody asked for a sign-in code for { $account } at { $site } on { $at }.
not-me-asked-address = Somebody who is signed in to an account at { $site } asked on { $at } for a code that adds { $account } to it.
not-me-asked-confirm = Somebody who is signed in to { $account } at { $site } asked on { $at } for a code that confirms who they are.
not-me-asked-open = Somebody asked for a code to open an account for { $account } at { $site } on { $at }.
not-me-asked-recovery = Somebody who says that they lost their ways in asked on { $at } for a recovery code at { $account }, to get into an account at { $site }.
not-me-need-nothing = You do not need to do anything. If it was not you, you can say so.
not-me-need-waiting = Whoever asked cannot sign in without the code from your mailbox. If it was not you, end it here and give the code to nobody.
not-me-need-used = If that was not you, somebody else read your mail or was given the code. Say so here, then sign in and end the sessions that you do not know.
not-me-used-added = The code was used: somebody added this address to their account.
not-me-need-added = Nobody got into an account of yours by it. If it was not you who typed it, somebody else read your mail or was given the code: say so here, then ask below what is held about this address, and take it away.
not-me-used-recovery = The code was used: it counts as one proof for getting back into the account.
not-me-need-recovery = If that was not you, somebody else read your mail or was given the code. Say so here. Every address of the account was told, and that mail has the link that stops it.
not-me-used-confirm = The code was used: somebody who was signed in confirmed with it who they are.
not-me-need-said = You do not need to do anything more.
not-me-button = I did not ask for this
not-me-does-end = It ends that one request: its code no longer works, for anybody.
not-me-does-mute = { $n ->
    [one] For 1 day, browsers that never signed in to the account get no code mailed to you. Your own known browsers go on working.
   *[other] For { $n } days, browsers that never signed in to the account get no code mailed to you. Your own known browsers go on working.
}
not-me-does-record = It puts your answer on the record of the account, where its owner and the operator of this site see it. That is how you report it.
not-me-cannot = It cannot say who asked, it signs nobody out, and it stops no mail from other sites.
not-me-known-heading = What is known about it
not-me-account = Address
not-me-muted = They get none now already, until
not-me-stands = At this site
not-me-stands-signs-in = It signs in to that account.
not-me-stands-recovers = It opens no account. That account has it for recovery alone: a code sent to it helps somebody who lost every other way in.
not-me-stands-wanted = It is no address of that account. Whoever asked wants to add it, and the code would have shown that it is theirs.
not-me-stands-no-account = No account came of this request. The code would have opened one.
not-me-stands-no-more = It belonged to that account when the code was sent, and does not any more.
not-me-used = Used
not-me-used-by = By the browser that had asked for it: a code works in no other.
not-me-used-same = By the browser that had asked for it, from the same network as then: a code works in no other browser.
not-me-used-other = By the browser that had asked for it, from another network than then: a code works in no other browser.
not-me-other-browsers = { $n ->
    [one] Typed once into a browser that had not asked for it, where it does nothing.
   *[other] Typed { $n } times into browsers that had not asked for it, where it does nothing.
}
not-me-more-heading = What else you can do
not-me-more-account = Look at what happened to the account
not-me-more-account-why = and end what you do not know. You sign in for that.
not-me-more-about = Ask what is held about this address
not-me-more-about-why = The answer goes to the address itself. From there you can take it away from an account, and refuse all mail.
not-me-kept = After this time the link says nothing about anybody any more:
not-me-site = Site
not-me-who = A network address says which connection was used, not who used it.
not-me-done-title = On the record
not-me-done-heading = Thank you. It is on the record.
not-me-done-already = You had said so before.
not-me-done-text = That request is over: its code no longer works, for anybody. Nobody got in with it.
not-me-done-used = The code had been used before you said so. Ending the request does not end that sign-in.
not-me-done-muted = Browsers that never signed in to the account get no code mailed to you until
not-me-done-next = You can delete the mail and close this page.
not-me-done-next-used = Sign in, end the sessions that you do not know on the account page, and change what protects your mailbox.
not-me-unknown-heading = Nothing is known under this link
not-me-unknown-text = It is not a link of this site, a part of it is missing, or the request is so old that it is no longer on the record.
not-me-unknown-next = An old code no longer works, for anybody. You do not need to do anything. Check that you opened the whole link if the mail came today.

## The inbox of an installation without a mail server

inbox-title = Inbox
inbox-heading = What would have been mailed
inbox-only = This page exists only because no mail server is set up, and only on this machine.
inbox-empty = Nothing yet. Ask for a code, and its mail will appear here.
inbox-to = To
inbox-at = Queued
inbox-links = Links in this mail
inbox-back = Back to the inbox

## Pages that could not be shown

trouble-request = Request
trouble-not-found = There is no such page
trouble-not-found-meaning = Nothing is at this address, or it is not yours to see.
trouble-not-found-next = Check the address for typing mistakes. If a mail brought you here, open its link once more, whole.
trouble-wrong-method = This page does not work that way
trouble-wrong-method-meaning = What was sent does not fit this page. Nothing was changed.
trouble-wrong-method-next = Start again from one of our own pages.
trouble-not-yours = This page is for operators
trouble-not-yours-meaning = Your account does not open it. Nothing was changed.
trouble-not-yours-next = If it should, ask an operator of this site.
trouble-passkey-first = Add a passkey first
trouble-passkey-first-meaning = This page decides over other people’s accounts. It asks for a passkey, or a password with a code out of an app, and your account has neither yet. A code by mail is not enough for it. Nothing was changed.
trouble-passkey-first-next = Adding a passkey takes a minute: this device, a phone or a security key will do.
trouble-passkey-first-link = Add a passkey
trouble-other-way = This app takes another way of signing in
trouble-other-way-meaning = How you signed in does not count at the app that asks. Nobody was let in, and the device has got nothing.
trouble-other-way-next = Sign in by a passkey or another way that the app takes, and begin again on the device. Whoever runs the app knows which ways those are.
trouble-cross-site = That form came from another site
trouble-cross-site-meaning = Your browser says that another site sent it, so it was refused. Nothing was changed.
trouble-cross-site-next = If you wanted to do this, type { $host } into the address bar yourself and do it here.
trouble-form-expired = That form is too old
trouble-form-expired-meaning = The page was open for long, or cookies are turned off for this site. Nothing was changed.
trouble-form-expired-next = Go back, load the page again, and send it once more. If that does not help, allow cookies for this site.
trouble-malformed = That could not be read
trouble-malformed-meaning = What was sent is not a form of ours. Nothing was changed.
trouble-malformed-next = Go back, load the page again, and send it once more.
trouble-too-large = That was too much
trouble-too-large-meaning = More was sent than any of our forms can hold, so it was not read. Nothing was changed.
trouble-too-large-next = Go back and type less; an address has at most 254 characters.
trouble-busy = This cannot be done just now
trouble-busy-meaning = Too much is going on here, or a part of this site is away for a moment. Nothing was changed.
trouble-busy-next = { $n ->
    [one] Try again in 1 second: load the page once more.
   *[other] Try again in { $n } seconds: load the page once more.
}
trouble-unsure = We do not know whether that was done
trouble-unsure-meaning = A part of this site broke away at the very end. Either all of it was done or nothing.
trouble-unsure-next = Wait a few seconds and look: if you are not signed in, or do not see what you did, do it again. If it says that a code was used, ask for another one.
trouble-our-fault = That is our fault
trouble-our-fault-meaning = Something broke here while your request was handled. Either all of it was done or nothing.
trouble-our-fault-next = Try once more. If it happens again, give the operator of this site the number below; the log tells more under it.

## Findings: what detectors concluded, for owners and operators

finding-critical = look at it now
finding-high = look at it today
finding-medium = worth looking at
finding-info = worth knowing
finding-else = What else it may be
finding-do = What to do
finding-addresses = Somebody is trying out addresses
finding-addresses-what = Codes were asked for by many addresses that nobody has an account with. The answers are the same for all, so whoever did it has learned nothing from them.
finding-addresses-else = An office whose people mistype, or a program of yours that asks with old addresses.
finding-addresses-do = Nothing has to be done. If it goes on, ask whoever runs that network, or shut it out at the proxy.
finding-flood = Many codes were asked for in a short time
finding-flood-what = Many codes were asked for to sign in to one account, or to one mailbox, and none was used. What is above the limit was not sent.
finding-flood-else = Somebody who asks again because the mail is slow, or an old program that keeps asking.
finding-flood-do = See whether mail to that domain arrives. If it was nobody’s impatience, nothing has to be done: browsers that are known have a limit of their own.
finding-flood-you = You need not do anything: a code that nobody reads out opens nothing. If you did not ask, say so at one of the requests; further ones from unknown browsers then stay away.
finding-network = One network asks for codes for many addresses
finding-network-what = Within ten minutes codes were asked for by many addresses from one network, and hardly any was used.
finding-network-else = Many people who were invited at the same time, or an office behind one address.
finding-network-do = Look whether the addresses belong together. If not, hold back what unknown browsers of that network ask for, and see whether anybody typed such a code.
finding-guessing = Somebody is trying codes of one account
finding-guessing-what = Many wrong codes were typed for this account within a short time. Each request takes few of them, and all together stay within the yearly limit.
finding-guessing-else = Somebody who mistypes, or an app on a telephone whose clock is wrong.
finding-guessing-do = If a code was right afterwards, ask the owner whether that was them, and if not end the sessions. Otherwise keep an eye on it.
finding-guessing-you = If you typed them, nothing has to be done. If not: look whether a sign-in follows that you do not know, and add a passkey, which nobody can guess.
finding-spraying = Somebody is trying a few codes with many accounts
finding-spraying-what = From one line, or from many together, wrong codes or passwords were typed for many accounts, and hardly anybody got in.
finding-spraying-else = Many people behind one address, on the day on which something expires.
finding-spraying-do = Look for sign-ins that succeeded from there, and end those sessions. Then hold back what unknown browsers of that network ask for.
finding-completion = Far fewer codes are used than usual
finding-completion-what = Of the codes of the last hour hardly any was used, compared with the two days before.
finding-completion-else = Mail that does not arrive, or invitations that nobody has read yet.
finding-completion-do = First see whether mail leaves and arrives. If it does, somebody is asking for codes that they cannot read: look for floods.
finding-consent = A new app collects permissions
finding-consent-what = An app that nobody vouches for was given permissions by many people, or was refused by several, soon after it came.
finding-consent-else = A new release that everybody gets on the same day.
finding-consent-do = Look at the app and who brought it in. If nobody knows it, remove it: what it was allowed ends with it.
finding-device = Somebody may be asking for a device to be let in that is not theirs
finding-device-what = A device that was let in went on to another network before it came for its access; or several people said no to devices of the same app or network.
finding-device-else = A telephone between the networks of house and street, or a new release of an app.
finding-device-do = Ask the people whether they had the device before them. If not, end what it was allowed, and suspend codes of that app for a while.
finding-device-you = If the device is not before you, end what it was allowed under “Apps”, and undo what came after. Nobody who is honest sends you a code to type.
finding-pumping = Somebody may be earning by text messages
finding-pumping-what = Text messages went to many numbers that are close together, and hardly any of the codes was used.
finding-pumping-else = Many people in one country who were invited at the same time.
finding-pumping-do = Take the country out of the list, or lower its budget, until you know who they are.
finding-refresh = An access came back that was used up, or with another key
finding-refresh-what = An app showed something that had been replaced by something newer, or that belongs to the key of another device. Somebody may have a copy.
finding-refresh-else = A program that asked again because an answer was lost, or one that was restored from a backup.
finding-refresh-do = If it happens again for the same app, ask the owner, and end what the app was allowed.
finding-refresh-you = End what the app was allowed under “Apps” and let it in again. If you do not know the app, undo what came about since.
finding-persistence = Something was added to an account soon after an alarm
finding-persistence-what = Within a day of an alarm about the account, a way in, an address, a device or an app was added.
finding-persistence-else = The owner, who has just made the account safer.
finding-persistence-do = Ask the owner by another channel. If it was not them, undo what came about since, for them.
finding-persistence-you = If you added it yourself, nothing has to be done. If not, undo what came about since then, from a browser that you have used before.
finding-session = A session is used by another browser
finding-session-what = One browser session was begun in one browser and used in another. A copy of its cookie may be with somebody else.
finding-session-else = An update of the browser, or a browser that says it is another one.
finding-session-do = End the session. Then look for what was added in it.
finding-session-you = End that session under “Where you are signed in”, and look at what was added since.
finding-other = Something unusual was found
finding-other-what = A detector of another version found this. Its words are not here.
finding-other-else = Nothing is known about that.
finding-other-do = Look at the events that it names.
finding-other-you = Look at the lines before it. If you do not know one of them, undo what came about since.

## The operator’s page

operator-title = Operator
operator-heading = { $site } at work
operator-today = In the last 24 hours
operator-outbox-count = mails waiting
operator-guesses = Guesses
operator-chance = The chance that anybody guessed any code of any account in the last 365 days is at most { $odds }.
operator-chance-none = Nobody can have guessed any code in the last 365 days: there was none to guess.
operator-chance-alarm = This has come to the sum that you wanted to be told at, { $odds }. Nobody got in by that alone, and codes get longer before the limit is reached. Look below for floods of wrong codes; if there are none, sign-ins of your own people have made the sum, and codes that are longer from the start (code.length) bring it down.
operator-findings = Findings
operator-findings-none = None.
operator-when = When
operator-detector = Detector
operator-about = About
operator-events = Events
operator-outbox = Outbox
operator-outbox-none = Empty: every mail was handed over or given up.
operator-queued = Queued
operator-to = To
operator-attempts = Attempts
operator-next = Next attempt
operator-store = Store
operator-store-size = { $size } on disk.
operator-store-log = { $size } of log beside it.
operator-store-oldest = The oldest event:
operator-store-each = Every table
operator-store-table = Table
operator-store-rows = Rows
operator-store-bytes = Size
operator-store-about = about { $n }
operator-store-more = more than { $n }
operator-events-heading = Events
operator-events-none = No such events.
operator-event = Event
operator-subject = Whom it concerns, from where
operator-unknown = no account
operator-show-all = everything
operator-show-asked = asked for
operator-show-mailed = mailed
operator-show-suppressed = not sent
operator-show-redeemed = used
operator-show-unused = never used
operator-show-unknown = unknown addresses
operator-show-findings = findings
operator-nav-label = Operator’s pages
operator-nav-record = Record
operator-nav-watch = Now
operator-nav-accounts = Accounts
operator-nav-tenants = Tenants
operator-nav-clients = Clients
operator-nav-invitations = Invitations
operator-nav-outbox = Outbox
operator-nav-settings = Settings
operator-first-run = No operator has a passkey yet, so this page is all that is open. Accounts, tenants and invitations ask for one.
operator-from = From where

## The operator’s pages: what is happening now

watch-title = Now
watch-heading = What is happening now
watch-hour = In this hour and the one before
watch-day = In the last 24 hours
watch-asked = asked for
watch-used = used
watch-wrong = wrong codes and passwords
watch-floods = { $n ->
    [one] flood summed up
   *[other] floods summed up
}
watch-started = { $n ->
    [one] sign-in
   *[other] sign-ins
}
watch-completed = of the codes used
watch-findings = findings
watch-line = The last 24 hours, hour by hour
watch-line-words = { $asked } codes were asked for and { $used } used; { $wrong } wrong codes or passwords; findings: { $findings }.
watch-from = From
watch-now = now
watch-findings-none = Nothing was found in the last seven days.
watch-found = Finding
watch-noted-tag = noted
watch-responses = What is done about it
watch-responses-none = Nothing is done by itself at present.
watch-act = What
watch-scope = To whom
watch-since = Since
watch-until = Until
watch-once = once
watch-because = Why: the finding
watch-simulated = simulated: nothing was done
watch-undo = Undo
watch-undone = It was undone. What was held back is not any more, from now on.
watch-over = That had ended before.
watch-act-hold-codes = Hold back codes that unknown browsers ask for
watch-act-suspend-devices = Suspend codes that devices show
watch-act-end-session = End the session
watch-act-doubt-session = Make the session provisional
watch-act-end-grant = End what the app was allowed
watch-severity = How urgent
watch-told = Found
watch-span = The first of the events, and the last
watch-yes = yes
watch-evidence = The events
watch-evidence-lead = { $n ->
    [one] It rests on 1 event.
   *[other] It rests on { $n } events; the newest of them are here.
}
watch-evidence-none = The record does not have them any more.
watch-done = What was done about it
watch-done-none = Nothing was done by itself.
watch-note = Note
watch-note-label = What you found out
watch-note-help = Other operators read it here, and on the record. The owner of the account does not.
watch-note-button = Take note
watch-noted = That is on the record.
watch-noted-before = Somebody took note of it before you did. Their words are below.

## The operator’s pages: accounts

operator-accounts-heading = Accounts
operator-search-label = Find an account
operator-search-help = An address, one that is masked (a…@example.org), a domain, or the first eight digits of an identifier. Nothing finds all.
operator-search-button = Find
operator-search-unreadable = That is neither an address, a domain nor an identifier.
operator-accounts-found = Found
operator-accounts-none = No such account among those that were looked at.
operator-accounts-more = Go on
operator-account = Account
operator-owns = Owns
operator-owns-nothing = only its address
operator-signed-in = Last sign-in
operator-never = never
operator-opened = Opened
operator-state = State
operator-state-open = open
operator-state-locked = locked
operator-state-closed = closed
operator-id = Identifier
operator-role-label = May see
operator-role = operator
operator-role-member = its own pages
operator-tenant = Tenant
operator-personal = none, it is personal
operator-open-for = Open for { $use }
operator-open-nothing = nothing
operator-authenticators = Authenticators
operator-authenticators-none = None: it is signed in to by a code.
operator-authenticator = Authenticator
operator-added = Added
operator-used = Last used
operator-held = Held until
operator-sessions-none = Nobody is signed in.
operator-proved = Proved
operator-level = AAL{ $n }
operator-acts = What you can do
operator-acts-lead = Each of these stands on the record with your reason, from where you did it, and in which session. Its owner sees what was done.
operator-reason = Reason, for the record
operator-act-end-sessions = End all its sessions
operator-act-end-sessions-meaning = Whoever is signed in signs in again. Nothing is lost.
operator-act-lock = Lock this account
operator-act-lock-meaning = Its sessions and live codes end, and nobody signs in to it until it is unlocked.
operator-act-unlock = Unlock this account
operator-act-unlock-meaning = Its owner can sign in again.
operator-act-reset = Take all its authenticators away
operator-act-reset-meaning = For an owner who has lost them. Passkeys, password, app and recovery codes go for good, its sessions end; what is left is the address. Make sure by another way that it is the owner who asks.
operator-act-reset-shut = Codes by mail are closed for this account: after this nobody could sign in to it until its tenant opens them, or it is moved.
operator-act-close = Close this account for good
operator-act-undo = Undo what happened
operator-act-undo-meaning = Takes back what came about since a moment: sessions, grants, devices, authenticators, addresses. What will go is shown first. What is older stays.
operator-done-undo = What was shown is undone.
operator-act-close-meaning = Its sessions end and its address may open another account. Its record stays. This cannot be undone.
operator-gate = Before a code is mailed
operator-gate-site = The site says
operator-gate-tenant = Its tenant says
operator-gate-owner = Its owner says
operator-gate-nothing = nothing of its own
operator-act-admit = Let a code through for an hour
operator-act-admit-meaning = For whoever can bring nothing of what is asked for, such as somebody with a new device and no passkey. Make sure by another way that it is they who ask. You get four words to tell them, and whoever types these is mailed a code; when somebody has signed in by it, it is over.
operator-done-admit = For an hour a code is mailed to whoever types the four words.
operator-words = Four words for the owner
operator-words-text = Tell them to the owner by telephone or face to face, and to nobody else. They are shown this once. On the sign-in page they are typed beside the address, under “I have a gate word”.
operator-act-move = Move to this tenant
operator-act-move-meaning = Its tenant decides which ways in are open for it, and is named in its mails.
operator-done-end-sessions = All its sessions have ended.
operator-done-lock = It is locked; its sessions and live codes have ended.
operator-done-unlock = It is open again.
operator-done-reset = It has nothing left to sign in with but its address.
operator-done-close = It is closed for good.
operator-done-move = Its tenant has changed.
operator-no-reason = Nothing was done: give a reason, on one line of at most 200 characters.
operator-not-in-that-state = Nothing was done: the account is not in a state for that. Somebody may have been faster.
operator-lately = Lately

## The operator’s pages: clients

clients-heading = Clients
clients-lead = What may ask this site who somebody is, and act for people who allowed it. People are told which of them nobody vouches for.
clients-all = All clients
clients-none = None yet.
clients-more = Further clients
clients-add = Add a client
clients-add-how = Clients are declared in the configuration file, or added by a command that prints their secret once:
clients-add-command = bidden client add --help
client = Client
client-id = Known as
client-origin = Brought in by
client-origin-configuration = the configuration file
client-origin-operator = an operator
client-origin-registration = itself, by registration
client-origin-document = itself, by its own document
client-authentication = Proves itself by
client-tag-unverified = unverified
client-shown = Shown to people
client-shown-verified = by its name
client-shown-unverified = as unverified, with its host
client-grant-types = Gets tokens by
client-scopes = May ask for
client-takes = Ways of signing in that count
client-made = Made
client-changed = Changed
client-secret = Secret made
client-secret-until = holds until
client-redirects = Where answers may go
client-redirects-none = Nowhere: no person signs in at it.
client-pages = Its pages
client-resources = Services that its tokens may be for
client-declared = Changing it
client-declared-meaning = It stands in the configuration file. Change it there, and start the server again.
client-verify = Vouching for it
client-verify-meaning = Look at its name, its pages and where answers may go before you vouch for it: people are then told its name without a warning, and mails may name it.
client-verify-button = Vouch for this client
client-unverify-meaning = People are told its name without a warning.
client-unverify-button = Do not vouch for it any more
client-remove = Removing it
client-remove-meaning = All that people allowed it ends at once, and nobody can sign in there by this site. This cannot be undone.
client-remove-button = Remove this client
client-verified = Somebody vouches for it now.
client-unverified = Nobody vouches for it any more.
client-wrong-declared = Nothing was done: it stands in the configuration file.
client-removed = The client is gone, with all that people had allowed it.

## The operator’s pages: tenants

tenants-heading = Tenants
tenants-lead = Organisations with their domains. A tenant can close ways in that the settings leave open, and never open others.
tenants-all = All tenants
tenants-none = None: all accounts are personal.
tenant-domains = Domains
tenant-accounts = Accounts
tenant-codes = Codes by mail
tenant-codes-on-request = on request
tenant-codes-never = never
tenant-make = Make a tenant
tenant-code = Short name
tenant-code-help = Small letters, digits and dashes. It cannot be changed later.
tenant-name = Name that people see
tenant-make-button = Make this tenant
tenant-since = Made
tenant-methods = What is open
tenant-methods-lead = What is closed here is closed at once, for codes that are on their way as well. Whether codes are mailed is published for its domains.
tenant-use-sign-in = For signing in
tenant-use-step-up = For reaching the second level
tenant-use-recovery = For recovery
tenant-closed-by-site = (closed by the settings)
tenant-methods-button = Leave these open
tenant-gate = Before a code is mailed
tenant-gate-lead = What a browser must bring that is new to an account of this organisation. It can be stricter than what the site asks for, never looser. Whoever has nothing to bring gets no code on a new browser.
tenant-gate-label = A new browser must bring
tenant-gate-inherit = what the site asks for: { $gate }
tenant-gate-button = Save what it must bring
tenant-domains-lead = New accounts with addresses there belong to this tenant.
tenant-domains-none = None yet.
tenant-domain = Domain
tenant-domain-accounts = accounts there
tenant-domain-policy = what is published
tenant-adopt = Move its accounts into this tenant
tenant-remove-domain = Remove this domain
tenant-add-domain = Add this domain
tenant-rename = Another name
tenant-rename-button = Give it this name
tenant-remove = Remove
tenant-remove-button = Remove this tenant
tenant-remove-not-yet = A tenant can be removed when it has no domain and no account any more.
tenant-made = It is made, and leaves open what the settings do. Add its domains next.
tenant-changed = It is changed.
tenant-adopted = { $n ->
    [one] 1 account was moved into it.
   *[other] { $n } accounts were moved into it.
}
tenant-adopted-more = { $n ->
    [one] 1 account was moved into it. There are more: press once more.
   *[other] { $n } accounts were moved into it. There are more: press once more.
}
tenant-removed = The tenant is gone.
tenant-wrong-taken = Nothing was done: there is a tenant of that short name already.
tenant-wrong-name = Nothing was done: a short name has small letters, digits and dashes, a letter first; the other name 1 to 60 visible characters and no web address.
tenant-wrong-in-use = Nothing was done: it still has domains or accounts.
tenant-wrong-domain = Nothing was done: that is no domain, or not one of this tenant. It looks like example.edu.
tenant-wrong-domain-taken = Nothing was done: that domain belongs to a tenant already.
tenant-wrong-no-sign-in = Nothing was done: then nobody could sign in. Leave a passkey, a password or codes by mail open.
tenant-wrong-totp-alone = Nothing was done: a code out of an app is never the only proof. Leave passwords open as well, or close the app.
tenant-wrong-half-step-up = Nothing was done: for the second level, password and app belong together. Leave both open, or neither.

## The operator’s pages: invitations, outbox, settings

invitations-heading = Invitations
invitations-open = Invited, not come yet
invitations-none = Nobody.
invitation-ends = It ends
invitation-take-back = Take this invitation back
invitation-taken-back = It is taken back: its link opens nothing any more.
invitation-make = Invite somebody
invitation-operator = as an operator
invitation-button = Make a link
invitation-made = Give this link to the owner of { $address }, and to nobody else. It is shown this once.
invitation-closed = Nobody can be invited: registration is closed in the settings.
outbox-waiting = { $n ->
    [0] No mail waits.
    [one] 1 mail waits.
   *[other] { $n } mails wait.
}
outbox-mailed = What was handed over stands on the record.
outbox-next = The next to be tried
outbox-logouts = Apps that have yet to be told
outbox-logouts-lead = { $n ->
    [one] 1 app has yet to be told that somebody is signed out.
   *[other] { $n } times an app has yet to be told that somebody is signed out.
}
outbox-client = App
outbox-webhooks = Services that have yet to be told
outbox-webhooks-lead = { $n ->
    [one] 1 service has yet to be told of a finding.
   *[other] { $n } times a service has yet to be told of a finding.
}
outbox-service = Service
outbox-rings = Rings that a push service has yet to take
outbox-rings-lead = { $n ->
    [one] One waits. It is given up two minutes after it was asked for.
   *[other] { $n } wait. Each is given up two minutes after it was asked for.
}
outbox-push-service = Push service
settings-heading = Settings in force
settings-lead = As they were when this server started. They are changed in its file or environment, never here; secrets are not shown.
settings-changed = Different from the default
settings-none = Nothing: every setting has its default.
settings-key = Setting
settings-value = Value
settings-place = Where it is set

## Proving once more who is there

confirm-title = Confirm that it is you
confirm-heading = Confirm that it is you
confirm-lead-change = You are about to change what decides over your account. That asks for a proof that is no older than five minutes.
confirm-lead-operator = The operator's pages ask for a passkey, or a password with an app code, proved today. A code by mail is not enough for them.
confirm-lead-client = { $name } asks that you prove now that it is you. It gets no password and no code, only that you did.
confirm-no-way = This account has nothing yet that reaches that far. Add a passkey on your account page first.
confirm-password = Type the password of this account.
confirm-password-app = Type the password of this account and the code that your app shows. Both are needed.
confirm-password-approval = Type the password of this account. Then approve it on your phone: both are needed.
confirm-by-approval = Approve it on my phone in the place of the code
confirm-approval-text = A device of yours that approves can confirm that it is you. Nothing is mailed.
confirm-password-wrong-next = Nothing was changed. Type it again, or use another way on this page.
confirm-password-button = Confirm with the password
confirm-code-text = A code is mailed to { $address }. It confirms that it is you, and does nothing else.
confirm-phone-text = A text message with a code is sent to { $phone }. It confirms that it is you, and does nothing else.
confirm-code-button = Send me a code
confirm-back = Back to the account, without changing anything
confirm-back-client = Not now: go to my account
code-heading-address = Confirm this address
code-sent-address = A code is on its way to { $address }. It confirms that the address is yours, and does nothing else.
code-button-address = Confirm this address
code-heading-confirm = Confirm that it is you
code-sent-confirm = A code is on its way to { $address }. It confirms that it is you in this browser, and does nothing else.
code-button-confirm = Confirm

## Passkeys, and the page of what an account can prove itself with

authenticators-title = Ways to prove it is you
authenticators-heading = Ways to prove it is you
authenticators-others-heading = Other browsers that are signed in
authenticators-others = What you just changed does not end sessions that have begun already. If one of them may be somebody else’s, end all but this one.
authenticators-lead = What this account can be opened with beside a code by mail. Changing any of it asks for a proof first.
protect-passkeys = { $n ->
    [one] 1 passkey. It signs in to this site only, and asks your device to recognise you.
   *[other] { $n } passkeys. They sign in to this site only, and ask your device to recognise you.
}
protect-password = A password. It lets in by itself, so nobody else should know it, and it should not be used elsewhere.
protect-password-app = A password, and a code out of an app that is asked for beside it.
protect-password-approver = A password, and your approval on another device that is asked for beside it.
protect-password-either = A password, and beside it a code out of an app or your approval on another device.
protect-offer = This browser can keep a passkey, and then no code is needed here.
protect-link = Passkeys, password, app: see and change
passkeys-heading = Passkeys
passkeys-what = No passkey yet. A passkey is a key that your phone, computer or security key keeps for this site. To sign in you unlock the device as you always do; nothing is typed, and nothing is mailed.
passkeys-protect = It works on this site’s own address and nowhere else, so a page that imitates this one gets nothing from it. Whoever reads your mail cannot use it.
passkeys-protect-not = It does not protect you from letting somebody else’s device in: whoever brings you to approve a sign-in that you did not start gets what you approve.
passkey-add-link = Add a passkey
passkey-added = Added
passkey-used = Last used
passkey-never = never
passkey-held-tag = held
passkey-held = Added from a browser that was new to this account. Nobody can use it before
passkey-name-label = Name of the passkey
passkey-rename-open = Give it another name
passkey-rename = Save the name
passkey-remove-link = Remove this passkey
passkey-sign-in = Sign in with a passkey
passkey-confirm = Confirm with a passkey
passkey-recover = Use this passkey as a proof
passkey-add = Create the passkey
passkey-cancelled = No passkey was used: it was cancelled, took too long, or there is none for this site on this device. You can try again, or use another way.
passkey-not-made = No passkey was made: it was cancelled, took too long, or this device cannot keep one. You can try again.
passkey-elsewhere = Passkeys belong to a site’s name. Here they work at
passkey-unable = A passkey needs JavaScript and a browser that knows passkeys. This one does not, or has JavaScript switched off.
passkey-new-title = Add a passkey
passkey-new-heading = Add a passkey
passkey-new-lead = Your browser will ask where to keep it: on this device, on a phone, or on a security key. It asks you to unlock that device, and this site gets nothing but a public key.
passkey-new-back = Back, without adding one
passkey-remove-title = Remove a passkey
passkey-remove-heading = Remove the passkey
passkey-remove-lead = Nobody can sign in here with it any more, from the moment you press the button. Your device may go on showing it until you delete it there too.
passkey-remove-last = It is the last passkey of this account. Without one, whoever reads your mail can sign in by a code.
passkey-remove-back = Keep it
passkey-remove = Remove it
passkey-notice-added = The passkey was added. It can be used from now on.
passkey-notice-held = The passkey was added. This browser is new to the account, so the passkey can be used in 24 hours, and until then you can remove it again.
passkey-notice-renamed = The name was saved.
passkey-notice-removed = The passkey was removed. It opens nothing here any more.
passkey-refused-unknown = This passkey opens nothing here. Nobody was signed in. Use another one, or have a code mailed to you.
passkey-refused-held = This passkey was added from a browser that was new to the account, and is held. It can be used from
passkey-refused-copied = This passkey counts its signatures, and the count does not go on: there may be a copy of it. Nobody was signed in. Use another way, and remove it on your account page.
passkey-refused-over = That took too long, or was sent before. Nothing was changed. Try again; this page is fresh.
passkey-refused-off = Passkeys are switched off for this. Use another way.
passkey-refused-unfit = What the device made cannot be used here: it did not recognise you, or was made for another site. Nothing was added.
passkey-refused-known = This device has a passkey for this account already. Nothing was added.
passkey-refused-too-many = This account has as many as it can have. Remove one that you no longer use first.
passkey-refused-name = A name has 1 to 60 characters that can be seen. Nothing was changed.

## What a new browser must bring

gate-field-summary = I have a gate word
gate-field-label = Gate word
gate-field-help = Only if you set one on your account page, or got words for this browser: there, or from the operator. The next page looks the same whether or not it is right.
gate-title = Before a code is mailed
gate-overview = What a new browser must bring
gate-lead = Anybody who knows your address can ask for a code on the sign-in page. Here you decide whether such a request sends you a mail. Browsers that you have signed in with before always get their code.
gate-now = What holds now
gate-says-open = Anybody’s request sends you a code, at most a few a day.
gate-says-private-name = A new browser gets a code only if your private name is typed there in place of an address.
gate-says-gate-word = A new browser gets a code only if your gate word is typed there beside your address.
gate-says-solicited-only = A new browser gets a code only with the words that you got for it, in the last ten minutes, in a browser where you are signed in.
gate-by-you = You chose that.
gate-by-site = The site asks for that; you have chosen nothing else.
gate-lacks-name = You have no private name, so no new browser gets a code. Give yourself one on the page of your addresses.
gate-lacks-word = You have no gate word, so no new browser gets a code. Set one below.
gate-expected = Announce a new browser
gate-expected-text = Whatever is asked for otherwise: if you say so here, you get four words, and a browser in which they are typed gets a code in the next ten minutes. It ends when somebody signs in with that code.
gate-announced-text = In the new browser, type your address, open “I have a gate word”, and type these words there. They are shown this once.
gate-announced-until = Whoever types the words gets a code until
gate-announced-again = The words were shown once, when the browser was announced. If you do not have them any more, get others.
gate-announce-again = Show me other words
gate-announce = In the next 10 minutes I will ask from a new browser
gate-take-back = Take that back
gate-confirm = To change anything else, first confirm that it is you.
gate-choose = Change it
gate-choose-legend = A new browser must bring
gate-choice-default = what the site asks for
gate-choice-open = nothing
gate-choice-private-name = my private name
gate-choice-gate-word = my gate word
gate-choice-solicited-only = an announcement: I say so beforehand where I am signed in
gate-choose-button = Save
gate-alone = You have no passkey, no password and no recovery code. If you cannot bring what you choose here, and no browser knows you any more, only the operator can let you in.
gate-anyway = I know that, and want it anyway
gate-word = Gate word
gate-word-text = A word or two that only you know. It opens nothing: it only lets a code be mailed. Keep it where you keep your user names.
gate-word-since = You have one since
gate-word-draw = Draw two words for me
gate-word-own = A word of your own: at least 6 letters or digits
gate-word-use = Use this word
gate-word-remove = Remove the gate word
gate-drawn-heading = Your gate word
gate-drawn-text = Note it down now: it is not shown again. It works from now on, if your account asks for a gate word.
gate-lost = If you cannot bring it
gate-lost-text = A gate stops code mail and nothing else. These ways in stay open:
gate-lost-browser = a browser that you have signed in with before: it gets a code as always
gate-lost-passkey = your passkey
gate-lost-no-passkey = a passkey, once you have added one
gate-lost-password = your password
gate-lost-codes = { $n ->
    [0] recovery codes, once you have made some
    [one] your last recovery code
   *[other] your recovery codes: { $n } are left
}
gate-lost-operator = the operator, who can tell you words by which a code is mailed for an hour
gate-lost-link = Passkeys, password and recovery codes
gate-notice-changed = Saved.
gate-notice-word-set = The gate word is set.
gate-notice-word-removed = The gate word is removed.
gate-notice-taken-back = Taken back: new browsers must bring what your account asks for.
gate-notice-loose = Nothing was changed: the site does not let you choose less than it asks for.
gate-notice-nameless = Nothing was changed: you have no private name yet. Give yourself one on the page of your addresses.
gate-notice-wordless = Nothing was changed: set a gate word first.
gate-notice-needed = Nothing was changed: your account asks for the gate word. Choose something else first.
gate-notice-locks-out = Nothing was changed: without another way in you could lock yourself out. Add a passkey or recovery codes, or say that you want it anyway.
gate-notice-malformed = Nothing was changed: a gate word has 6 to 64 letters or digits.

## The addresses of an account

addresses-title = Addresses
addresses-lead = The addresses that belong to this account. Each was confirmed by a code that was sent to it, and each mail address is told of every change.
addresses-confirm = Before anything changes here you are asked to confirm that it is you.
addresses-confirm-link = Confirm, and change addresses
addresses-sign-in = To sign in by
addresses-sign-in-lead = A code goes to the address that was typed. Mail about the account goes to the main one first.
addresses-main = main
addresses-name = private name
addresses-is-off = Sign-in by it is switched off: codes asked for by it are not mailed.
addresses-make-main = Make it the main address
addresses-switch-on = Switch sign-in by it on
addresses-switch-off = Switch sign-in by it off
addresses-remove = Remove it
addresses-recovery = For recovery
addresses-recovery-lead = A recovery address helps you to get back in when nothing else does. It never gets sign-in codes, and it has to be confirmed again after 180 days.
addresses-recovery-none = There is none.
addresses-again = It counts for nothing until it is confirmed again; it was confirmed for long enough until
addresses-goes = Whoever reads its mail asked that it be taken away. It goes
addresses-confirm-again = Confirm it again
addresses-add = Add an address
addresses-add-lead = A code is mailed to it; typing the code confirms that the address is yours.
addresses-add-lead-phone = A mail address, or a telephone number with its country code. A code is sent to it; typing the code confirms that it is yours.
addresses-role = What it is for
addresses-role-sign-in = To sign in by
addresses-role-recovery = Only for recovery
addresses-add-button = Mail a code to it
addresses-add-button-phone = Send a code to it
addresses-back = Back to your account
addresses-naming = A private name to sign in by
addresses-naming-lead = Type it in place of an address when you sign in; the code goes to your main address. Once you have one you can switch sign-in by the address off that others know: codes that they ask for by it are then not mailed.
addresses-name-draw = Draw a name for me
addresses-name-own = Or one of your own, of 8 to 64 letters and digits, at least one of them a letter
addresses-name-use = Use this name
addresses-notice-named = The private name is set. Note it down: it is shown here, and nowhere else.
addresses-notice-name-taken = Nothing was changed: this name, or one that looks like it, cannot be used.
addresses-notice-name-malformed = Nothing was changed: a name has 8 to 64 letters and digits, at least one of them a letter, with -, . and _ between them.
addresses-notice-added = The address was added. The account can be signed in to by it.
addresses-notice-recovery-added = The recovery address is confirmed.
addresses-notice-changed = It was changed, and the other addresses were told.
addresses-notice-taken = Nothing was added: this address cannot be added to this account, or is in it already.
addresses-notice-full = Nothing was added: an account has at most 10 addresses of each kind. Remove one first.
addresses-notice-main = Nothing was changed: make another address the main one first.
addresses-notice-last = Nothing was changed: without it nobody could sign in to this account any more. Add another address first.
addresses-notice-off = Nothing was added: no codes are mailed to addresses of that domain.
addresses-notice-gone = Nothing was changed: the account has no such address.
waiting-recovery-address = A recovery address has to be confirmed again before it counts:
waiting-recovery-address-link = Look at your addresses

## What is held about an address

about-title = What do you hold about this address?
about-heading = What does { $site } hold about an address?
about-lead = Type an address, yours or one that mail from here came to. The answer goes to the address itself and to nobody else.
about-button = Mail the answer to it
about-only-mail = This page never says whether an address is known here. The mail has a link to a page that does, and where you can refuse all mail from here.
about-asked-heading = The answer is on its way
about-asked-text = If mail may leave for that address now, a mail with the answer goes to it. Nobody but whoever reads its mail is told anything.
about-asked-next = If no mail comes, the address has had as much mail from here as it may get in a day. Ask again tomorrow.
about-link = What do you hold about this address?
holdings-title = What is held about this address
holdings-heading = What { $site } holds about this address
holdings-nothing = Nothing: it belongs to no account here, and no account uses it for recovery.
holdings-lead = This is all that is held about the address that this link came to.
holdings-signs-in = It signs in to an account
holdings-role = What it is there
holdings-role-main = The main address
holdings-role-sign-in = An address to sign in by
holdings-signs-in-next = Whoever reads its mail can sign in to that account, and remove the address or close the account there.
holdings-recovers = It is a recovery address
holdings-recovers-lead = Somebody confirmed it as an address that helps to get back into an account. No sign-in codes go to it for that account. If you want no part in it, take it away: it goes after 72 hours, and the account's owner is told.
holdings-goes = It goes
holdings-detach = Take it away from this account
holdings-stay = Leave it there after all
holdings-mail = Mail from here
holdings-refuse-lead = If you refuse it, no code and no notice is mailed to this address any more, whoever asks. Only the answer to this question is. You can take mail again by a new link.
holdings-refuse = Refuse all mail from here
holdings-refused = All mail from here is refused, since
holdings-accept = Take mail from here again
holdings-until = This link works until
holdings-notice-detaching = It will be taken away, and the account's owner is told.
holdings-notice-staying = It stays.
holdings-notice-refused = No mail leaves for this address any more.
holdings-notice-accepted = Mail may leave for this address again.
holdings-gone-heading = This link does not work any more
holdings-gone-text = A link to what is held about an address works for 24 hours.
holdings-gone-next = Ask again

## What an account's owner takes along, and how it ends

data-title = Your data
data-lead = One file with everything that is held about this account, for you to keep or to take elsewhere:
data-account = the account itself, its addresses and its settings
data-ways = what it can be opened with, without any secret
data-browsers = who is signed in, and which browsers did before
data-record = { $n ->
    [one] everything that happened, for as long as it is kept: 1 day
   *[other] everything that happened, for as long as it is kept: { $n } days
}
data-secrets = No password, key or code is in it, and nobody can sign in with it. It says where you sign in from, so keep it to yourself.
data-button = Download my data
data-noted = That it was downloaded is noted on your activity page.
data-proofs-title = Proofs
data-proofs = What happened is sealed, so that it can be found when somebody deletes or changes it afterwards. This file proves what is on the record about your account today. Keep it: whoever has the key of this site can check it, without this site.
data-proofs-button = Download the proofs
data-activity = Only what happened, as a file of your choice
close-title = Close this account
close-lead = Closing is for good, and happens at once. Nobody can undo it, the operator included.
close-sessions = { $n ->
    [one] 1 browser is signed in; it is signed out.
   *[other] { $n } browsers are signed in; all of them are signed out.
}
close-ways = Passkeys, passwords, apps and recovery codes are deleted, and codes that are under way end.
close-mail = Mail that waits is dropped. Each address of the account is told that it was closed.
close-address = Then the addresses are free: with each of them somebody can open another account at { $site }.
close-record = { $n ->
    [one] What happened stays on the record for 1 day, with your address masked, and is then deleted.
   *[other] What happened stays on the record for { $n } days, with your address masked, and is then deleted.
}
close-data = If you want to keep anything, take it along first.
close-back = Keep the account
close-button = Close this account for good
close-last-operator = Nothing can be closed: this is the last account that can operate { $site }. Make somebody else an operator first, by an invitation.
## Passwords and authenticator apps

password-title = Sign in with a password
password-heading = Sign in to { $site } with a password
password-lead = For accounts that have set one. If yours has an authenticator app too, its code is asked for on the next page.
password-account = Account
password-label = Password
password-show = Show what I type
password-button = Sign in
password-other = Use a code or a passkey instead
password-over = The code of the app took longer than five minutes, or was used already. Type your password again.
password-error-missing = Nothing was typed as the password.
password-error-missing-next = Type the password of your account. If it has none, use a code.
password-error-wrong = Nobody was signed in: the address and the password do not match.
password-error-wrong-next = It may also be that too many wrong passwords were typed for this address. Then none is compared for a while, not even the right one; in a browser that has signed in before, only your own slips count. A code or a passkey works all the time.
password-error-blocked = Too many wrong passwords were typed in browsers of this account. None is compared until { $at }.
password-error-held = This password was set in a browser that was new to the account, and is held. It can be used from { $at } on.
password-error-off = Passwords are switched off for this account.
password-error-domain = Nobody at { $domain } signs in with a password here.
password-error-other-next = Nothing was changed. Use another way, such as a code or a passkey.

app-title = Code of your app
app-heading = Type the code of your authenticator app
app-lead = The password was right. Your app shows a new code every 30 seconds, and each works once.
app-label = Code of the app
app-button = Sign in
approval-instead = Your phone can approve it in the place of the code.
approval-button = Approve it on my phone
app-lost = No app at hand?
app-lost-link = Sign in another way
app-error-missing = Nothing was typed as the code.
app-error-missing-next = Open your authenticator app and type the digits that it shows for this site.
app-error-malformed = That is no code of an app: it has six digits.
app-error-wrong = The code does not match.
app-error-wrong-next = Type the one that the app shows now. If it goes on, the clock of the device may be wrong: set it by the network.
app-error-repeated = This code was used already. Each works once.
app-error-repeated-next = Wait until the app shows the next one; that takes half a minute at most.
app-error-blocked = Too many wrong codes were typed. None is compared until { $at }.
app-error-held = This app was added in a browser that was new to the account, and is held. Its codes can be used from { $at } on.
app-error-other-next = Nothing was changed. Use another way, such as a passkey.

password-section = Password
password-none = No password. You do not need one: a code or a passkey opens the account. With one you can sign in where no mail reaches you.
password-set-link = Set a password
password-change-link = Change the password
password-remove-link = Remove the password
password-set-heading = Set a password
password-change-heading = Change the password
password-set-lead = A few words that do not belong together are easy to remember and hard to guess. There are no rules about digits or signs, and it never runs out.
password-set-off = Passwords are switched off for this account.
password-anew = The password that you just used should not stay: it was taken over from another system that looked at its beginning only, or an app’s code was asked for beside it and no longer is. Choose another one.
password-current-label = Current password
password-current-wrong = The password does not match.
password-current-wrong-next = Nothing was changed. If you do not know it any more, remove it and set another one.
password-new-label = New password
password-new-hint = { $n ->
    [one] At least { $n } character, spaces included.
   *[other] At least { $n } characters, spaces included.
}
password-set = Set the password
password-change = Change the password
password-set-back = Back, without changing anything
password-set-over = Nothing was changed: the password was set or removed in another browser meanwhile.
new-password-next = Nothing was changed. What you typed is not shown again; type another one.
new-password-missing = Nothing was typed as the new password.
new-password-too-long = { $n ->
    [one] A password has at most { $n } character.
   *[other] A password has at most { $n } characters.
}
new-password-control = A password has no line breaks and no tabs.
new-password-too-short = { $has ->
    [one] It has { $has } character; at least { $needs } are needed.
   *[other] It has { $has } characters; at least { $needs } are needed.
}
new-password-breached = This password was found in data that was stolen elsewhere, so it is among the first to be tried.
new-password-common = Many people have this password, or one that differs in a sign or two.
new-password-personal = This password is made of your address or of the name of this site.
new-password-word = This password is little more than a word.
new-password-name = This password is little more than a name.
new-password-keys = This password is a row or a pattern of keys.
new-password-repeated = This password repeats itself.
new-password-sequence = This password goes up or down the alphabet, or counts.
new-password-date = This password is little more than a date or a year.
new-password-guessable = This password can be guessed in too few tries.
password-remove-heading = Remove the password
password-remove-lead = Nobody can sign in here with it any more, from the moment you press the button.
password-remove-app = The code of your app is asked for beside the password only, so that the app does nothing any more until you set another password.
password-notice-set = The password was set. It can be used from now on.
password-notice-held = The password was set. This browser is new to the account, so the password can be used in 24 hours, and until then you can remove it again.
password-notice-changed = The password was changed. The one before opens nothing any more.
password-notice-removed = The password was removed. It opens nothing here any more.

app-section = Authenticator app
app-none = No app. An app on your phone shows a code that changes every 30 seconds; it is asked for whenever somebody signs in with your password, and it can help you to get back in.
app-add-link = Add an authenticator app
app-remove-link = Remove the app
app-unable-has = This account has an app already. Remove it first if you want to use another one.
app-unable-no-password = The code of an app is asked for beside a password, and this account has none.
app-unable-off = Authenticator apps are switched off for this account.
app-add-heading = Add an authenticator app
app-add-lead = Let your app read this picture, and then type the first code that it shows. Nothing is kept before that.
app-add-over = That took too long, or was sent before, and nothing was added. This page has a fresh picture: let your app read it again, and delete the entry from before there.
app-add-qr = Picture for the camera of an authenticator app. The key below says the same.
app-add-key = Without a camera, type this key into the app:
app-add-here = Open it in an app on this device
app-add = Add the app
app-add-back = Back, without adding one
app-remove-heading = Remove the authenticator app
app-remove-lead = From the moment you press the button no code of it is asked for. Delete the entry in the app afterwards.
approver-remove-heading = Remove this device that approves?
approver-remove-lead = It is out at once: it sees nothing any more of what waits for this account, and approves nothing. Every address of the account is told.
app-remove-password = Your password goes with it: it was taken only beside the app, and is too short or too easy to guess to let in by itself. You can set another one afterwards.
app-notice-added = The app was added. Its code is asked for beside the password from now on.
app-notice-held = The app was added. This browser is new to the account, so its code is asked for in 24 hours at first, and until then you can remove it again.
app-notice-removed = The app was removed. No code of it is asked for any more.
approver-notice-removed = The device was removed. It sees nothing of this account any more, and approves nothing.
## Getting back in: recovery

recover-link = Lost your ways in?
recover-title = Get back into an account
recover-heading = Get back into an account
recover-lead = For whoever has lost every way in. You prove what you still have; every address of the account is told, and can stop it.
recover-second-lead = You have proved one thing. Prove another one of a different kind, and it opens at once.
recover-how-one = With one proof it opens after 72 hours, if nobody of those who were told stops it.
recover-how-two = With two of different kinds within half an hour it opens at once: a code out of a mail, a code that you saved, a passkey or an app that is left to you.
recover-how-passkey = If you still have a passkey, try it first: where it signs you in, you need none of this.
recover-none = No way to get back in is open on this site. Ask whoever runs it.
recover-account = The account: its address, or its private name
recover-mail-heading = By a code out of a mail
recover-address = The address that the code is to go to
recover-address-help = Leave this empty for the address above. It has to be the main address, one to sign in by, or a recovery address that was confirmed within 180 days.
recover-address-help-second = Leave this empty for the main address. It has to be the main address, one to sign in by, or a recovery address that was confirmed within 180 days.
recover-mail-button = Send a recovery code there
recover-saved-heading = By a recovery code that you saved
recover-saved-label = { $n ->
    [one] Recovery code of 1 letter
   *[other] Recovery code of { $n } letters
}
recover-saved-button = Use this code
recover-passkey-heading = By a passkey that is left to you
recover-app-heading = By the code of your authenticator app
recover-malformed = This cannot be a recovery code.
recover-malformed-next = It has 16 letters in four groups, as in BCDF-GHJK-LMNP-QRST. Nothing was used up.
recover-wrong = This code opens nothing there.
recover-wrong-next = It may have been used, or replaced by newer ones, or there is no such account. Try another code of the newest set.
recover-otherwise-heading = None of this is left?
recover-otherwise = Ask the operator of this site. They can make sure by another way that it is you, and take away what was lost.
code-heading-recovery = Type your recovery code
code-sent-recovery = If { $address } belongs to that account, a recovery code is on its way to it.
code-button-recovery = Go on
code-again-recovery = To have the same code sent once more, ask for it again in this browser:
sign-in-waiting = Something that you asked for in this browser waits.
sign-in-waiting-link = Look at it
entry-none-heading = Nothing waits in this browser
entry-none-lead = What you asked for was cancelled, used or is over; or you asked in another browser. Only the one that asked can see it.
entry-sign-in-heading = This sign-in waits
entry-sign-in-lead = What you typed was right. The account has a passkey, and this browser is new to it: without the passkey it opens after 24 hours.
entry-sign-in-open-heading = You can sign in now
entry-sign-in-open-lead = Nobody has stopped it. The button signs you in, in this browser.
entry-recovery-heading = This recovery waits
entry-recovery-lead = What you proved was right. With one proof it opens after 72 hours; until then nobody is in by it.
entry-recovery-open-heading = You can get back in now
entry-recovery-open-lead = Nobody has stopped it. The button signs you in here, ends every other session, forgets the browsers from before, and makes the recovery codes from before worthless.
entry-closed = That did not work: it is not open yet, not open any more, or was used.
entry-opens = It opens
entry-closes = It closes again
entry-own = What do you still have?
entry-own-lead = Tick what is still in your hands. Everything else is taken away for good, so that nobody who has it gets in.
entry-own-none = The account has nothing else to sign in with that could be taken away.
entry-recovery-button = Get back into the account
entry-sign-in-button = Sign in
entry-passkey-heading = A passkey signs you in at once
entry-second-heading = Prove a second thing, and it opens at once
entry-second-until = This can be done until
entry-second-link = Prove a second thing
entry-alone = This account is told of things at one address only, so nobody else could object: it opens at its time, whatever else is proved. An account with a second address can be opened at once.
entry-told-heading = Who knows of this
entry-told = Every address of the account has been told, with a link that stops it. Whoever is signed in to it can stop it as well.
entry-here = Only this browser can use it. Come back to this page here; nothing is mailed that would open it.
entry-lost = Is the passkey lost?
entry-other = Something else that waits in this browser, asked for
thing-passkey = Passkey
thing-password = Password
thing-app = Authenticator app
thing-approver = Device that approves
cancel-title = This was not me
cancel-recovery-heading = Somebody wants to recover your account
cancel-sign-in-heading = Somebody waits to sign in to your account
cancel-passkey-heading = A passkey was added to your account
cancel-password-heading = A password was set for your account
cancel-app-heading = An authenticator app was added to your account
cancel-approver-heading = A device that approves was added to your account
cancel-entry-lead = Nobody is in by it yet. If it was not you, stop it here: then nobody gets in by it.
cancel-held-lead = It was added in a browser that is new to the account, and cannot be used yet. If it was not you, take it away here; the session in which it was added ends as well.
cancel-entry-button = This was not me: stop it
cancel-held-button = This was not me: take it away
cancel-asked = When
cancel-entry-opens = It opens
cancel-held-opens = It can be used from
cancel-was-you = If it was you, close this page. Nothing has been changed.
cancel-done-heading = It is stopped
cancel-entry-done = Nobody gets in by it any more. Everybody who was told of it is told of this.
cancel-held-done = It opens nothing any more, and the session in which it was added has ended. Every address of the account is told.
cancel-done-next = Somebody had proved something for it: look after the mailbox that a code went to, and see on your activity page what happened.
cancel-gone-heading = There is nothing to stop here
cancel-gone-text = It was stopped or used before, its time is over, or a part of the link is missing.
cancel-gone-next = If it was not you, sign in, look at what happened, and end the sessions that you do not know.
banner-waiting = { $n ->
    [one] Somebody asked for a way into this account that opens later.
   *[other] { $n } ways into this account were asked for that open later.
}
banner-waiting-link = See it, and stop it if it was not you
waiting-recovery = Somebody asked to recover this account. It opens
waiting-sign-in = Somebody waits to sign in without your passkey. It opens
waiting-entry-cancel = This was not me: stop it
waiting-held = Added in a new browser:
waiting-session = Another browser used one of your sessions. It is provisional, and ends on
waiting-unsure = You let a new browser in that was not seen to be near your device. Its session is provisional, and ends on
waiting-session-link = Is it yours?
waiting-held-until = It can be used from
waiting-held-cancel = Take it back
waiting-codes = { $n ->
    [one] 1 recovery code is left of ten.
   *[other] { $n } recovery codes are left of ten.
}
notice-entry-cancelled = It is stopped. Nobody gets in by it, and every address of the account is told.

## Recovery codes

recovery-codes-heading = Recovery codes
recovery-codes-what = Ten codes to keep on paper. Each works once, and only for getting back in when everything else is lost: one of them opens the account after 72 hours, together with a code out of a mail at once.
recovery-codes-none = There are none.
recovery-codes-left = { $n ->
    [one] 1 is left of ten.
   *[other] { $n } are left of ten.
}
recovery-codes-made = Made
recovery-codes-link = Make recovery codes
recovery-codes-again-link = Make new recovery codes
recovery-codes-off = They are switched off for this account.
recovery-codes-void = Making new ones makes those worthless.
recovery-codes-alone = This account is told of things at one address only. Add a second one, so that the codes can open it at once.
recovery-codes-button = { $n ->
    [one] Make 1 new code
   *[other] Make { $n } new codes
}
recovery-codes-back = Back, without making any
recovery-codes-stale = Nothing was made just now: the codes were made anew since that page was shown, and those are in force. If you have not noted them down, make new ones.
recovery-codes-new-heading = Your new recovery codes
recovery-codes-new-lead = They are shown this once. Write them down, print this page, or keep the file where only you can read it. All codes from before are worthless now.
recovery-codes-download = Keep them as a text file
recovery-codes-print = Or print this page with your browser.
recovery-codes-new-next = A code that was used cannot be used again. Make new ones after you have used one.
recovery-codes-done = I have them
authenticators-recovered = You are back in, and everything from before has ended. Add a passkey now, and make new recovery codes: those from before are worthless.
authenticators-cancelled = It was taken back. It opens nothing here.

## What a client asks

consent-title = Allow { $name }?
consent-unverified = Nobody here has checked who this is. The name is one that it gave itself.
consent-lead = An app asks for access to your account. You are signed in as
consent-host = The answer goes to { $host }.
consent-device = The answer goes to an app on this device.
consent-gets = What it gets
wanted-identity = A sign that stands for your account, the same each time
wanted-profile = Your name, where you gave one, and when it or your address changed
wanted-mail = Your mail address
wanted-phone = Your telephone number, where the account has one
wanted-offline = Access while you are away, until the permission ends
wanted-other = What it calls “{ $name }”
wanted-resource = Access to { $resource }
consent-idle = { $n ->
    [one] The permission ends after 1 day without use,
   *[other] The permission ends after { $n } days without use,
}
consent-absolute = { $n ->
    [one] and after 1 day in any case.
   *[other] and after { $n } days in any case.
}
consent-end = You can end it before, at any time:
consent-allow = Allow
consent-deny = Do not allow
consent-other = Use another account
lacking-title = { $name } takes another way of signing in
lacking-lead = How you signed in does not count there, and this account has nothing yet that does. Nothing was given to the app. You are signed in as
lacking-doubted-title = { $name } takes no session that is provisional
lacking-doubted = This session was used in another browser as well. Nothing was given to the app. Sign in anew here, or say in another browser that this one is yours. You are signed in as
lacking-unsure = This session began with an approval, in a browser that is new and was not seen to be near the device that gave it. Nothing was given to the app. Say in a browser that you have used for longer that this one is yours, or sign in another way here. You are signed in as
lacking-takes = What counts there
lacking-add = If this account has none of these, you can add one:
lacking-add-link = Ways to sign in
lacking-other = Sign in another way
lacking-back = Back to the app, without access
onward-title = You go back to the app
onward-lead = That is done. If nothing happens, go on by hand.
onward-post = That is done. If nothing happens, press the button.
onward-button = Go on
request-refused-title = The app’s request is not in order
request-refused-meaning = An app sent you here, and what it asks for cannot be answered. It has got nothing.
request-refused-next = Go back to the app and begin anew. If it happens again, tell the people who run it what stands here.
request-refused-why = Why

## Signing out at the wish of a client

logout-title = Sign out?
logout-lead = You are signed in as
logout-asked = { $name } asks you to sign out here too.
logout-meaning = This browser session ends, and apps that you signed in to from it lose their access, unless you let them go on while you are away. Other browsers stay signed in.
logout-back = Afterwards you go back to { $host }.
logout-back-device = Afterwards you go back to the app on this device.
logout-stay = Stay signed in

## Apps that were allowed in

profile-title = Your name for apps
profile-lead = What apps are told that may know your name. Nobody can find your account or sign in by it. Leave it empty, and they are told none.
profile-label = Name
profile-save = Save this name
profile-saved = Saved. Apps are told so the next time they ask.
profile-wrong = The name was not saved.
profile-wrong-next = Use at most 80 characters, all of them visible.
account-profile-none = Not given: apps are told none

grants-heading = Apps with access
account-grants = { $n ->
    [0] No app may use the account
    [one] One app may use the account
   *[other] { $n } apps may use the account
}
grants-lead = Apps that may know who you are, or act for you. End what you do not use.
grants-none = No app has access.
grant-unverified = not checked
grant-at = Where
grant-device-app = An app on a device
grant-origin = Allowed
grant-by-device = for a device in your network, from
grant-by-device-elsewhere = for a device in another network than yours, from
grant-by-device-unknown = for a device of which nobody can tell whether it was in your network, from
grant-by-program = for a program on a computer in your network, in
grant-by-program-elsewhere = for a program that came from another network than yours, in
grant-by-program-unknown = for a program of which nobody can tell whether it was in your network, in
grant-provisional = Not confirmed
grant-provisional-text = It may do little, and ends when it is not used for an hour.
grant-provisional-then = If nobody objects, it gets the rest on
grant-provisional-until = If nobody objects, it gets the rest on
grant-provisional-link = Is it yours?
notice-grant-confirmed = Confirmed. It gets the rest the next time it asks.
grant-confirm-title = Is this yours?
grant-confirm-lead = This was allowed for something in another network than yours, or nobody can tell where it was. So far it may do little.
grant-confirm-no = No, that is not mine
grant-confirm-yes = Yes, it is mine and it works
grant-confirm-app = App
grant-confirm-warning = Say yes only if you started this yourself and have the device before you. If a mail, a call or a chat asked you to: it is somebody else’s.
grant-confirm-browser-new = This browser is new to your account, so it cannot be confirmed here yet. Use a browser in which you signed in a day ago or more, or come back tomorrow.
app-not-mine-heading = Is this app or device not yours?
app-not-mine-lead = Somebody who was signed in to your account allowed it in. If that was not you, end it here. It ends this one and nothing else.
app-not-mine-button = This was not me: end it
app-not-mine-done = It has lost access. What it has stored already, it still has.
app-not-mine-who = You can do this because you got the mail about it. You need not be signed in.
undo-title = Undo what happened
account-undo = Take back everything since a moment, at once
undo-lead = If somebody else was in your account, take back all that came about since then: sessions, apps and devices, passkeys, passwords, addresses. What will go is shown first.
undo-span = Show what came about in
undo-span-hour = the last hour
undo-span-day = the last 24 hours
undo-span-week = the last 7 days
undo-span-month = the last 30 days
undo-from-activity = You can also start from a line of your activity.
undo-activity-link = Your activity
undo-since-here = Undo everything since then
undo-done = { $n ->
    [0] There was nothing to undo any more.
    [one] 1 thing was undone. It stands on your activity page.
   *[other] { $n } things were undone. Each stands on your activity page.
}
undo-lead-since = This came about since
undo-lead-session = This came about in that browser session, or by what it added.
undo-lead-grant = This is what that permission gave.
undo-nothing = There is nothing that could be undone.
undo-goes = { $n ->
    [one] 1 thing will go
   *[other] { $n } things will go
}
undo-more = There is more of this than fits here; the rest goes with it.
undo-here = in this session
undo-stays = This stays
undo-stays-here = It is the session that you are in.
undo-stays-last = Without it nobody could sign in.
undo-stays-surer = It asks for more than you have proved: sign in with a passkey that is older, or recover the account.
undo-lost = This is gone and does not come back
undo-lost-lead = It was taken away since then. Add it again when you are done here.
undo-set-main = { $address } is the main address again.
undo-set-on = Sign-in by { $address } is on again.
undo-set-off = Sign-in by { $address } is off again.
undo-button = { $n ->
    [one] Undo this
   *[other] Undo all { $n }
}
undo-confirm-first = Before that, show once more that it is you.
undo-confirm-link = Show that it is you
undo-older = You are signed in by something that is no older than what would go, so it cannot tell you from whoever made it. Sign in again with something that the account had before.
undo-older-recover = Nothing of it is left?
undo-sign-out = Sign out, and sign in with something older
undo-other = Another moment
undo-changed = Something else came about meanwhile. Look again at what will go.
undo-unproved = Nothing was undone: you have not shown who you are by something that is older than what would go.
undo-thing-session = A browser session
undo-thing-browser = A browser that counts as known
undo-thing-window = A window for a device
undo-thing-device = A device that waits
undo-thing-grant = Access by
undo-thing-entry = A way in that waits
undo-thing-passkey = Passkey
undo-thing-password = The password
undo-thing-app = The authenticator app
undo-thing-approver = Device that approves
undo-thing-gate = What a new browser must bring before a code is mailed, and the gate word
undo-thing-codes = The recovery codes
undo-thing-address = Address
undo-thing-name = Private sign-in name
undo-thing-recovery = Recovery address
grant-by-browser = in
grant-here = in this browser:
grant-given = Since
grant-used = Last used
grant-ends = Ends if it is not used
grant-end = End access
grant-times = Signed in
grant-times-count = { $n } times.
grant-times-link = Show each of them
grant-times-lead = { $n ->
    [one] You signed in here once, and it still has access by that.
   *[other] You signed in here { $n } times, and it still has access by each of them.
}
grant-end-all = { $n ->
    [one] End access
   *[other] End access by all { $n }
}
grant-end-one = End this one
grants-newer = Newer ones
grants-older = Older ones
to-grants = All apps with access
notice-grant-ended = Access has ended. What the app has stored already, it still has.
notice-grant-ended-one = Access by that one has ended. What the app has stored already, it still has.

## Devices

device-title = Sign in on a device
device-lure = A code that came by mail, by message or by telephone is somebody else’s. Whoever sent it to you would be let in as you. Type only a code that you read from a device in front of you.
device-lead = Type the code that your device shows. It will be let in to the account of
device-code-label = Code on the device
device-code-button = Look who asks
device-gone = There is no device before this browser. Its time has passed, or its code was typed in another browser.
device-again-at = Try again at
device-pair-heading = Can you type on the device?
device-pair = Then begin here, so that nobody else can:
refusal-code-malformed = That is not a code. It has eight letters, such as BCDF-GHJK.
refusal-user-code-unknown = No device waits with this code. It was mistyped, its ten minutes are over, or somebody has typed it.
refusal-guesses-held-back = Too many codes that were none. None is looked at for a while.
device-asked-heading = Is this device yours?
device-asked-lead = A device asks to be let in to your account. If it is not in front of you, it is not yours.
device-deny = No, that is not mine
device-allow = Yes, let it in
device-prove-why = To let it in, prove first that it is you.
device-prove = Prove that it is you
device-allowed-heading = The device is let in
device-allowed-lead = It shows so in a few seconds. You can leave this page.
device-denied-heading = The device was turned away
device-denied-lead = Nobody got in. If somebody sent you here, they wanted to get into your account, and did not. You do not need to do anything.
device-over-heading = Nobody was let in
device-over-lead = The time of the device has passed. Begin again on the device if it is yours.
device-to-activity = See it in your activity
side-device = The device that asks
side-you = You
side-app = App
side-kind = Kind of device
side-kind-own = (by its own account)
side-asked = Asked
side-from = From
side-account = Account
side-provisional = A device that is not known to be in your network gets less than this at first, and loses it after an hour without use, until you confirm it on the page of apps with access.
side-gets-nothing = Nothing but the fact that you let it in
device-television = Television
device-computer = Computer
device-command-line = Program at a command line
device-telephone = Telephone
device-tablet = Tablet
device-printer = Printer
device-console = Game console
device-speaker = Loudspeaker
device-vehicle = Vehicle
device-server = Server
device-other = It does not say
near-nearby = In your network.
near-nearby-means = The device is behind the same network address as you. That is so for everybody in your house, and may be so for others.
near-unknown = Nobody can tell how near it is.
near-unknown-means = The two network addresses cannot be compared. One of you may be on a mobile network.
near-elsewhere = In another network.
near-elsewhere-means = The device is not where you are. If it stands in front of you and uses the same network, say no.
pair-heading = Let a device in
pair-lead = A television, a printer or a program that has no page to sign in on. You begin here, and nobody else can.
pair-step-open = Open a window. It is open for two minutes and for one device.
pair-step-type = Type the code into the device, or let it scan the code.
pair-step-digits = The device shows four digits. Type them here, and it is let in.
pair-prove-why = Before you open a window, prove that it is you.
pair-open = Open a window
pair-open-again = Open another window
pair-close = Close the window
pair-elsewhere-lead = A window for a device is open in another browser, or since an earlier sign-in. If you did not open it, close it.
pair-elsewhere-since = Open since
pair-open-heading = Type this into the device
pair-open-lead = The code is for a device in front of you, and for nobody who calls or writes.
pair-lure = Whoever asks you for this code wants to get into your account. Do not read it out, and do not type it into a page.
pair-qr = The pairing code for a device with a camera
pair-waiting = Waiting for the device, until
pair-look = Look whether it has answered
pair-answered-lead = A device has answered with your code. If it is not in front of you, it is not yours.
pair-digits-label = Four digits on the device
pair-digits-about = They stand on the screen of the device, and nowhere else.
pair-digits-left = { $n ->
    [one] 1 try is left.
   *[other] { $n } tries are left.
}
pair-digits-wrong = Those are not the digits of this device. If you cannot see it, say no.
pair-digits-malformed = The device shows four digits. Nothing was compared.
pair-late-heading = The window is closed
pair-late-lead = Its time has passed. Nobody got in.
pair-wrong-heading = The window is closed
pair-wrong-lead = The digits were wrong three times. Nobody got in.
pair-wrong-means = If you could not see the digits, the device that answered was not yours: somebody has your code, and it is of no use any more.
pair-closed-heading = The window is closed
pair-closed-lead = It was closed, or another one was opened. Nobody got in by it.
account-pair = A television, a printer, a program without a page

## What a message with a code means

explain-title = What does this message mean?
explain-heading = What does this message mean?
explain-lead = You got a mail or a text message with a code, or one about signing in, and do not know what to make of it? Paste it here, or choose the file. You learn who wrote it, what kind of code it is, whether anybody is in, and what to do.
explain-message-label = The message
explain-message-hint = Best is the whole mail with its header (“show original”, “view source”): only the header tells who wrote it. The text alone is read too.
explain-file-label = Or a file of it (.eml, or .txt for a text message), of 1 MB at the most
explain-for-label = To which address it came, if the message does not say
explain-button = Say what it means
explain-not-kept = The message is read once to answer you. Nothing of it is kept, nobody is asked about it, and no link in it is opened.
explain-another = Another message
explain-empty = There is no message yet. Paste one, or choose a file.
explain-no-message = That is no message that can be read here. Save the mail as .eml, or paste its text.
explain-wrong-address = That is no address. Write it like name@example.org, or leave it out.

## Approvals: what an approver shows

approve-title = Approve
approve-heading = What waits for you
approve-none = This browser approves for nobody. To make it one that does, open this site on a computer where you are signed in, and let this device read the code that is shown there.
approve-none-link = Show the code on this computer
approve-nothing = Nothing waits. If a page shows you a number, look again in a moment.
approve-held = This device was added from elsewhere. It shows and approves nothing before
approve-this = This device is called
approve-look = Look again
approve-never-heading = If somebody asks you to
approve-never = Nobody who works for this site asks you to approve anything, on the telephone or in a message. Approve only what you began yourself, on a screen that you see before you.
approve-wants-sign-in = Somebody wants to sign in to your account.
approve-wants-second = Somebody typed your password and wants to sign in to your account.
approve-wants-confirm = Somebody who is signed in to your account wants to change something that decides over it, and is asked to prove that it is you.
approve-where = At
approve-until = Until
approve-near-means = The other browser is behind the same network address as this device. That is so for everybody in your house, and may be so for others.
approve-unknown-means = The two network addresses cannot be compared. One of them may be a mobile network.
approve-elsewhere-means = The other browser is not where this device is. If its screen is before you, that may be because this device uses a mobile network. If it is not, say that it is not you.
approve-deny = No, that is not me
approve-open = It is me: type the number
approve-given = You approved it. The other browser has two minutes to go on. If it was not you, say so now.
approve-one-heading = Type the number of the other screen
approve-number-label = Number on the other screen
approve-number-about = Six digits. Read them from the screen where you are signing in, and from nowhere else.
approve-number-button = Go on with this number
approve-number-malformed = The number has six digits. Nothing was compared.
approve-typed = You typed
approve-one-try = There is one try. If it is another number, nobody gets in, and the other screen starts over.
approve-retype = Type another number
approve-button = Approve with this device
approve-cancelled = Nothing was approved: it was cancelled, or took too long. You can try again.
approve-back = What waits for you
approve-notice-approved = You approved it. Go back to the other screen.
approve-notice-wrong = That is not the number of the other screen. Nobody got in, and it is over. If you are signing in, start again there.
approve-notice-over = That is over: it was answered, given up, or its time passed. Nothing was approved.
approve-notice-unproved = This device did not prove itself. Nothing was approved. Try again.
approve-notice-enrolled = This device approves from now on. Keep this page where you find it.
approve-notice-held = This device was added, and is held for a day: it was not in the same network as the computer that showed the code. Every address of the account is told.
approve-notice-removed = This device approves no more for an account: it was removed there.
approve-denied-heading = Nobody got in
approve-denied-lead = It is over for the other browser, and it stands on your activity page that it was not you.
approve-denied-sign-in = It was asked for in a browser that you have signed in with before. No password was typed. If somebody else uses that browser, sign it out and forget it.
approve-denied-second = Whoever it was typed your password, and it was the right one. Choose another password.
approve-denied-confirm = Whoever it was is signed in to your account in that browser. End that session.
approve-denied-sessions = Look at my sessions
approve-denied-password = Choose another password
join-heading = Let this device approve for you
join-gone-heading = This code is worth nothing any more
join-lead = From then on you can open this site here, see what waits for your account, and say yes or no. This device makes a key for that, which nobody else has and which opens nothing by itself.
join-lure = Go on only if you are looking at the screen that shows the code, and it is yours. If somebody sent you the code or the link, close this page.
join-gone-lead = It was used, or more than ten minutes have passed. Show a new one on the computer where you are signed in.
join-name-label = Name of this device
join-button = Let this device approve
join-passkey = { $address } (approves)

## Approvals: adding a device

approvers-heading = Devices that approve
approvers-what = None yet. A phone or a second computer of yours can say yes or no when you sign in elsewhere. Nothing rings: you open this site there, type the number of the other screen, and unlock the device.
approver-add-link = Add a device that approves
approver-remove-link = Remove this device
approver-new-heading = Add a device that approves
approver-new-lead = A phone or a second computer on which you open this site, see what waits, and say yes or no.
approver-step-show = This page shows a code for ten minutes. It works once.
approver-step-make = The camera of the other device reads it and opens a page of this site. The device makes a key there.
approver-step-use = When you sign in elsewhere you type a number on that device, and unlock it.
approver-near = Let it use the same network as this computer. Otherwise nobody can tell that it is yours, and it is held for a day.
approver-show = Show the code
approver-show-again = Show a new code
approver-open-heading = Let the other device read this code
approver-open-lead = Point its camera at the picture, and open the link that it finds.
approver-lure = Show it to nobody. Whoever reads this code can approve for you. Nobody who works for this site asks for it.
approver-qr = The link for the other device, for its camera
approver-link = Without a camera, type this address there:
approver-waiting = Nothing has read it yet. It works until
approver-look = Look whether it was read
approver-made-heading = The device was added
approver-made-lead = It approves from now on. Every address of the account is told.
approver-made-held-heading = The device was added, and is held
approver-made-held-lead = Nobody can tell that it is near you, or this browser is new to the account. Every address of the account is told, with a link that takes it back.
approver-over-heading = The code is over
approver-over-lead = Nothing was added: it was not read in time, or another one was shown.
approver-another = Add another device
approver-name = Name
approver-usable = Can be used from
approver-not-yours = If that is not your device, take it away now.

## Approvals: the browser that asks

sign-in-approval-link = Approve it on my phone instead
approval-ask-title = Approve on my phone
approval-ask-heading = Sign in to { $site } with your phone
approval-ask-lead = For browsers that you have signed in with before, and accounts with a device that approves.
approval-ask-button = Show me a number
approval-heading = Open this site on your phone
approval-lead = Open the page on your device that approves, and type this number there.
approval-until = It can be answered until
approval-lure = Read this number to nobody. It is typed on a device of yours, and nowhere else.
approval-nothing = If nothing waits there: this browser is new to the account, the account has no device that approves, or another browser is asking. Use another way to sign in then.
approval-look = I have confirmed it
approval-withdraw = Give it up
approval-approved-heading = You approved it
approval-approved-lead = If nothing happens, press the button.
approval-take = Go on
approval-over-heading = It was not approved
approval-over-lead = Nobody got in. It was not answered in time, or it was turned away.
approval-other = Use another way

## The doorbell of a device that approves
approve-doorbell = Doorbell: let this device ring when something waits
doorbell-title = Doorbell
doorbell-lead = Nothing rings here unless you want it: you open the page when you sign in somewhere, and find what waits. If you switch the doorbell on, this device rings when something begins to wait.
doorbell-here = This device
doorbell-off = It does not ring.
doorbell-on = It has been able to ring since
doorbell-refused = The push service of this browser refuses the rings, so it does not ring. Switch it off here, then on again. It has been so since
doorbell-learns = { $service } carries the rings. It learns that one came from this site, and when; what it says it cannot read.
doorbell-permission = Your browser will ask whether this site may show notifications.
doorbell-switch-on = Ring on this device
doorbell-switch-off = Do not ring on this device any more
doorbell-unable = This browser cannot ring: that takes JavaScript and push notifications. On an iPhone or iPad, add this page to the home screen first, and open it from there. Without a doorbell you find what waits whenever you open the page.
doorbell-denied = Your browser does not let this site show notifications, so this device does not ring. Allow them in the browser’s settings for this site, then press the button again.
doorbell-failed = Your browser could not reach its push service, so this device does not ring. Try again later. What waits is on the page all the same.
doorbell-lost = This browser has lost its doorbell and cannot ring. Switch it off here, then on again.
doorbell-says = What it says
doorbell-ring-title = Something waits for you at { $site }
doorbell-ring-text = Open the page to see who asks. Nothing happens until you do.
doorbell-says-text = It says this and nothing else, whoever asks and whatever for. There is nothing to press on it but the page itself, where you type the number and confirm, or say that it is not you.
doorbell-limits = It rings once for what waits, with at least a minute in between. After three rings within 24 hours that nobody answered, or that you turned away, it is quiet until you want it back.
doorbell-quiet = The doorbell is quiet
doorbell-quiet-since = quiet since
doorbell-quiet-text = It had rung three times within 24 hours, and nobody answered or you turned it away. What waits is on the page all the same, and every other way in is as it was. If you did not ask for those yourself, leave it quiet and look at your activity.
doorbell-again = Let it ring again
doorbell-free-at = it rang three times within 24 hours in vain, and can ring again from
doorbell-closed = The operator of this site lets no device ring. Open the page when you sign in somewhere; what waits is there.
doorbell-install = Keep it at hand
doorbell-install-text = Your browser can install this page as “{ $name }”, so that it opens like an app: look for “Install” or “Add to home screen” in its menu. Nothing is downloaded but the page.
doorbell-app-name = Approve: { $site }
doorbell-back = Back to what waits
doorbell-notice-on = This device rings from now on.
doorbell-notice-off = This device does not ring any more. What waits is on the page all the same.
doorbell-notice-again = The doorbell is no longer quiet.
offline-title = No connection
offline-lead = This device does not reach { $site } at the moment.
offline-text = Without a connection nothing is approved and nothing is turned away. What waits there ends by itself after five minutes, and nobody gets in by it without you. If you are signing in yourself, use another way in on the other screen, or try again once you are connected.
offline-again = Try again
