### What `bidden explain` says, in English. What happened, what it means, what to do; every line stands alone.

## Headings

explain-title-who = Who wrote it
explain-title-what = What it is
explain-title-account = Which account
explain-title-follows = What follows from it
explain-title-do = What to do
explain-title-change = What would change this answer
explain-because = because:
explain-page = What this message is
explain-from = From
explain-to = To
explain-subject = Subject
explain-date = Date
explain-message = Message
explain-risk = How much to do
explain-kind = Kind
explain-sender = Sender
explain-account = Account
explain-nobody = (nobody)
explain-none-found = No message was found.
explain-no-subject = (no subject)
explain-made-by = Made by bidden explain from the message alone; codes are masked, and no link can be followed.
explain-summary = { $n ->
    [one] 1 message
   *[other] { $n } messages
}
explain-summary-of = { $n } × { $kind }, { $sender }
explain-more = { $n ->
    [one] 1 more message is only in the table.
   *[other] { $n } more messages are only in the table.
}
explain-unread = { $n ->
    [one] 1 file could not be read
   *[other] { $n } files could not be read
}

## How much to do

explain-risk-none = nothing to do
explain-risk-info = nothing to do but to know what it is
explain-risk-act = something to do
explain-risk-warn = be careful with it
explain-risk-danger = do not do what it says

## The answer in a line

explain-head-device_code_lure = A device code lure: entering the code would let whoever sent this in.
explain-head-device_code_howto = It tells how a device is signed in, and has no code of its own.
explain-head-mfa_prompt_lure = A lure: somebody wants you to let them in with your own app.
explain-head-code_request = Somebody wants a code that was sent to you. Never give it to anybody.
explain-head-forged_code = Not a code mail of { $brand }, although it looks like one.
explain-head-forged_code-unnamed = Not what it says it is: nobody known here wrote it.
explain-head-phish_unusual_signin = Not a warning of { $brand }, although it looks like one.
explain-head-phish_unusual_signin-unnamed = Not what it says it is: nobody known here wrote it.
explain-head-not_a_code = This is not a sign-in message.
explain-head-proved = { $what }, from { $who }.
explain-head-unproved = It looks like { $what }; who wrote it is not proved.
explain-head-other = It has { $what }; it comes from { $domain }.
explain-head-replayed = { $what }, which was meant for somebody else and was re-sent.

explain-name-msa_single_use_code = a single-use code for a personal Microsoft account
explain-name-msa_security_code = a security code for a personal Microsoft account
explain-name-msa_new_account = a code to open a new personal Microsoft account with this address
explain-name-msa_unusual_signin = a warning about a sign-in to a personal Microsoft account
explain-name-msa_security_change = a notice that the security of a personal Microsoft account was changed
explain-name-org_mfa_code = a second-step code for an organisation’s Microsoft account
explain-name-org_reset_code = a code of an organisation to verify an address, as for a new password
explain-name-guest_otp = a code for a guest of an organisation
explain-name-device_code_lure = a device code lure
explain-name-device_code_howto = instructions to sign a device in
explain-name-mfa_prompt_lure = a lure to approve a sign-in
explain-name-code_request = a request for a code
explain-name-forged_code = a forged code mail
explain-name-phish_unusual_signin = a forged warning
explain-name-bidden_code = a code of a site that runs bidden
explain-name-bidden_notice = a notice of a site that runs bidden
explain-name-other_code = a code
explain-name-other_notice = a notice about a sign-in
explain-name-unknown_code = a code in words that are not known here
explain-name-not_a_code = no sign-in message

## Who wrote it

explain-sender-genuine = It is from { $who }, by way of { $domain }: that is proved, so the message is genuine.
explain-sender-genuine_forwarded = It is from { $who }, by way of { $domain }, and was sent on from the mailbox to which it went first. Who wrote it is proved, so the message is genuine.
explain-sender-genuine_inner_unverified = The attached message is from { $who } as far as it can be checked. How it came to whoever attached it cannot be: an attached message can be taken from anywhere.
explain-sender-authenticated_other_domain = It comes from { $domain }: that is proved. Who is behind that domain cannot be told here.
explain-sender-not_of = It is not from { $brand }. It comes from { $domain }, and mail of { $brand } about accounts does not.
explain-sender-same_house = It comes from { $domain }, which belongs to { $brand }, but mail about accounts is not sent from there.
explain-sender-replayed = It was written by { $who }, which is proved, but it was not addressed to you: somebody else got it first and re-sent it.
explain-sender-forged = It is forged: it says that it is from { $who }, and it is not from there.
explain-sender-forged-brand = It is forged, and not from { $brand }: it says that it is from { $who }, and it is not from there.
explain-sender-suspicious = Nothing proves who wrote it, and what it asks for gives it away.
explain-sender-unverifiable = bidden cannot verify who wrote it: it says { $who }, and anybody can write that.
explain-sender-unverifiable-short = bidden cannot verify who sent it. The name or number at the top of a text message can be chosen by whoever sends it.
explain-sender-unverifiable-inline = bidden cannot verify who wrote it: it was forwarded as text, without the header that would tell. To have it checked, ask for the original message as an attachment.

explain-reason-signed = the signature of { $domain } (key { $selector }) was verified here
explain-reason-signed-weak = the signature of { $domain } (key { $selector }) was verified here; the key is a short one or only being tried out
explain-reason-broken-body = the header was signed by { $domain }, but the text is not the one that was signed: it was changed on its way, or somebody put another in its place
explain-reason-broken = a signature of { $domain } does not fit: a signed part was changed, or the signature is made up
explain-reason-not-verified = it has a signature of { $domain } that was not verified, because its key is not known here
explain-reason-no-such-key = it has a signature of { $domain }, but that domain has no such key
explain-reason-not-signed = it has no signature
explain-reason-border = the server that took it in, { $server }, found { $method }=pass for { $domain }
explain-reason-border-failed = the server that took it in, { $server }, found { $method }={ $result }
explain-reason-chain = { $sealer }, which passed it on, sealed that it had found { $domain } to be right, and the seals hold
explain-reason-injected = it has a line “Authentication-Results” that says all is well, but that line was written by the sender, or could have been
explain-reason-several-from = it has { $fields ->
    [1] one From field with { $addresses } addresses
    [2] two From fields
   *[other] { $fields } From fields
}: programs show one of them, and check another
explain-reason-policy = { $domain } asks that mails like this be refused
explain-reason-not-of = its address is at { $domain }
explain-reason-same-house = its address is at { $domain }
explain-reason-looks-like = { $domain } only looks like { $brand }
explain-reason-name-is-address = the name beside its address is another address, { $name }, which says nothing
explain-reason-sender-field = its field “Sender” names { $domain }, which anybody can write
explain-reason-unsigned-tail = something stands after the part that was signed
explain-reason-other-way = it came from { $server }, which is no server of the one who wrote it
explain-reason-sent-on = it was sent on by { $by }
explain-reason-addressed-to = it is about { $address }
explain-reason-old = { $days } days lie between its writing and its arrival
explain-reason-no-header = the header of the original is not here
explain-receipt-right = The receipt in it is right: { $who } sent a mail with these particulars at { $at }. That does not prove the other words around it.
explain-receipt-wrong = There is a receipt in it that no key which is known here has signed: it was altered, or is somebody else's. It proves nothing.
explain-receipt-request = it belongs to the request { $reference }
explain-receipt-for = it was written for { $recipient }
explain-receipt-not-for = it was written for another address than { $recipient }
explain-reason-attached = it stands as a whole in another mail
explain-reason-short = it says that it is from “{ $from }”
explain-reason-short-unnamed = text messages carry no proof of who sent them
explain-reason-too-large = there is too much of it to be verified whole
explain-reason-words = its words are those of { $what }
explain-reason-page = it leads to { $page }
explain-reason-code-letters = it carries a code of { $n } letters and digits
explain-reason-code-digits = it carries a code of { $n } digits
explain-reason-hidden = { $n } letters are in it that nobody sees
explain-reason-link = it leads to { $host }
explain-reason-unread = it has pictures or files, which were not read
explain-reason-named = it names { $account }
explain-reason-recipient = it came to { $recipient }
explain-reason-bound = its last line binds the code to { $site }
explain-reason-rule = { $organisation } says so of itself

## What it is

explain-what-msa_single_use_code = A single-use code signs in to a personal Microsoft account without a password. Most likely someone typed this address, or one that leads to it, on the sign-in page of Microsoft: by mistake, or to try addresses from a list.
explain-what-msa_security_code = A security code by which a personal Microsoft account makes sure that it is its owner who signs in, changes something or sets a new password. Which of these it was, the message does not say.
explain-what-msa_new_account = It means that someone is opening a personal Microsoft account and gave your address for it. The account works only once the code is typed in.
explain-what-msa_unusual_signin = Microsoft saw a sign-in to a personal account from a place or device that is new to it. It is a warning and not a code.
explain-what-msa_security_change = Microsoft says that something about the security of a personal account was changed: a password, an address, an app.
explain-what-org_mfa_code = The second step of a sign-in to the Microsoft account of an organisation, as of an employer or school. It is sent only when the password was already accepted.
explain-what-org_reset_code = A code by which an organisation’s Microsoft account verifies an address, as for setting a new password. Whoever knows the name of an account can have one sent.
explain-what-guest_otp = A code by which a guest signs in to what an organisation shares. Someone typed this address as a guest of { $organisation }.
explain-what-guest_otp-unnamed = A code by which a guest signs in to what an organisation shares. Someone typed this address there.
explain-what-device_code_lure = A device code. The page it leads to is a real { $whose } page, but the code belongs to a device of whoever sent this. Enter it there, and whoever sent this would be signed in as you: passwords, second steps and passkeys do not help, because it is you who signs in, for them.
explain-what-device_code_howto = Instructions for signing in a device at a real { $whose } page. There, enter only a code that your own device shows you in front of your eyes. A device code that comes by mail, chat or telephone belongs to somebody else’s device.
explain-what-mfa_prompt_lure = It wants you to type a number into your own app, or to approve a request there. Such a request lets in whoever began it. Nobody honest sends the number by message.
explain-what-code_request = It asks for a code. Whoever wants a code from you wants in where it was sent from. No company, bank, help desk or authority needs it.
explain-what-forged_code = It is made to look like a code from { $brand }, so that you follow a link, call a number or give something away.
explain-what-forged_code-unnamed = It is made to look like a message with a code, so that you follow a link, call a number or give something away.
explain-what-phish_unusual_signin = It is made to look like a warning from { $brand }, so that you follow its link in a hurry.
explain-what-phish_unusual_signin-unnamed = It is made to look like a warning, so that you follow its link in a hurry.
explain-what-bidden_code = A code of a site that runs bidden. The message says for what, when and from where it was asked for.
explain-what-bidden_notice = A notice of a site that runs bidden, about something that happened in an account there.
explain-what-other_code = A code of { $brand }, which is not Microsoft. What for, its own words say best.
explain-what-other_code-microsoft = A code of { $brand }, in words that are not known here.
explain-what-other_code-unnamed = A code of somebody who is not known here; it is not Microsoft. What for, its own words say best.
explain-what-other_code-bound = A code for the site { $site }; a browser offers it there only. It is not Microsoft.
explain-what-other_notice = A notice about a sign-in or the security of an account, in words of which bidden knows no more.
explain-what-unknown_code = It carries a code, in words that bidden does not know as those of { $brand }. So nothing is concluded from them.
explain-what-after-password = By its own words it was sent because the right password had been given.
explain-what-not_a_code = It is not a sign-in message: it has no code, and nothing about signing in that bidden knows.
explain-what-if = If it is what it says, this is what it means:
explain-what-obfuscated = Parts of its text are hidden or cut in pieces, as mails do that want to get past filters.
explain-what-cut = It is larger than bidden reads; only its beginning was looked at.
explain-what-unread = It has pictures or files in it that bidden does not read.

## Which account

explain-account-personal = It is about a personal Microsoft account, not your organisation account.
explain-account-personal-organisation = It is about a personal Microsoft account, not your organisation account: { $organisation } never mails such codes.
explain-account-own = The account has the address { $account }, the one to which this came: as its own address or an alias.
explain-account-named = It names the account { $account }. Whether that is the address to which this came, the message does not tell; --for says whose mailbox it was.
explain-account-likely-own = It names no account. Most likely this address is the account’s own, or an alias of it.
explain-account-recovery = It names { $account }, and that is not the address to which this came. So this address is the recovery address of that account: it belongs to whoever gave this address for getting back in.
explain-account-new = The account does not exist yet. It would have this address as its own.
explain-account-phone = This telephone number is known to the account, or somebody typed it.
explain-account-guest = It is about guest access to { $organisation }, and neither about an account of Microsoft’s own nor about one of yours there.
explain-account-guest-unnamed = It is about guest access to an organisation, and neither about an account of Microsoft’s own nor about one of yours there.
explain-account-organisation = It is about an account of an organisation: an employer or school.
explain-account-organisation-named = It is about an account of { $organisation }.
explain-account-target = What is wanted is your own account, at work or school.
explain-account-target-personal = What is wanted is your own account at { $whose }.
explain-account-none = It is about no account of yours; that you got it does not mean that you have one.
explain-account-other = It is about an account at { $brand }.
explain-account-unknown = Which account it is about cannot be told.
explain-account-not-addressed = It is about the account of somebody else, { $account }.
explain-account-not-addressed-unnamed = It is about the account of somebody else.
explain-account-bidden = It is about the account that the message names, at that site.
explain-account-no = It is about no account.

## What follows from it

explain-password-no = No password was used for this.
explain-password-yes = The password was already accepted: whoever did this knows it, unless it was you.
explain-password-likely = A password may have been used: whoever signed in may know it.
explain-password-unknown = Whether a password was used cannot be told from the message.
explain-mfa-no = The code is not a second step: alone it is enough.
explain-mfa-yes = The code is the second step, after the password.
explain-mfa-unknown = Whether the code is a second step cannot be told from the message.
explain-mfa-bypasses = A second step does not protect against this, of whatever kind.
explain-in-not_unless_code_used = Nobody is in by this, unless somebody uses the code.
explain-in-if_entered = Somebody is in if you did what it asks for, and nobody if you did not.
explain-in-possible = Somebody may be in the account.
explain-in-not_you = It is not about you: nobody is in any account of yours by it.
explain-in-unknown = Whether anybody is in an account, the message does not tell.
explain-log-unused = A code that nobody used leaves no entry in the recent activity of the account, so do not look for one.
explain-log-shows = The recent activity of the account shows the sign-in.
explain-log-organisation = The operators of the organisation can see the attempt in their sign-in log, with its place and device.
explain-log-device = The organisation’s sign-in log shows it as your own sign-in; what follows it comes from elsewhere.
explain-log-bidden = The activity page at that site shows the request, also if the code is never used.

## What to do, in order

explain-do-nothing = You do not need to do anything.
explain-do-only-asked = If you asked for the code yourself, use it only on the page where you did. Otherwise leave it, and do not share it with anybody, whoever asks.
explain-do-share = Do not share the code with anybody, whoever asks, and type it nowhere but where you asked for it yourself.
explain-do-stop-mails = To get fewer of them: at account.microsoft.com, under how you sign in, choose an alias that nobody knows and switch sign-in by this address off, or use a passkey. A new password does not stop them.
explain-do-recovery = If you do not know that account, nothing is lost. Only its owner can take your address out of it; you may tell them.
explain-do-new-account = If you are opening no account, leave the code: without it, nobody can use your address for one.
explain-do-guest = If you expect no invitation from { $organisation }, leave it. If you do, ask there, not by answering this mail.
explain-do-guest-unnamed = If you expect no invitation from there, leave it. If you do, ask the organisation, not by answering this mail.
explain-do-change-password = If it was not you who signed in, change your password now, on the page that you always use and not by a link in a message.
explain-do-tell-it = Tell { $help } now.
explain-do-tell-it-unnamed = Tell the help desk of the organisation now.
explain-do-ask = If in doubt ask { $help }.
explain-do-deny = Approve nothing that you did not begin yourself, and enter this code nowhere.
explain-do-reset = If you did not want a new password, leave it, and do not share the code. If it happens again, tell { $help }.
explain-do-reset-unnamed = If you did not want a new password, leave it, and do not share the code. If it happens again, tell the help desk of the organisation.
explain-do-device-entered = Did you enter the code? Then this comes first: if you entered it, tell { $help } now, and have all sessions of your account ended, then remove devices and sign-in methods that you do not know, then rules, forwarding and apps in your mailbox; the password last, since a new one alone ends nothing.
explain-do-device-entered-unnamed = Did you enter the code? Then this comes first: if you entered it, tell your help desk now, and have all sessions of your account ended, then remove devices and sign-in methods that you do not know, then rules, forwarding and apps in your mailbox; the password last, since a new one alone ends nothing.
explain-do-device-entered-personal = Did you enter the code? Then this comes first: if you entered it, sign in at { $whose } by the way you always do, end all sessions, remove devices and apps that you do not know, and change your password last, since a new one alone ends nothing.
explain-do-device-not = If you did not enter it: never do, and report the message.
explain-do-device-howto = Go on only if you began it yourself, at a device in front of you.
explain-do-no-number = Whatever it says, do not type the number, and approve nothing.
explain-do-number-typed = If you did already: tell { $help } now, and have all sessions of your account ended.
explain-do-number-typed-unnamed = If you did already: tell your help desk now, and have all sessions of your account ended.
explain-do-password-known = Whoever began this has got past your password already, so change your password at the page that you always use.
explain-do-never-give = Do not answer, and never give a code to anybody who asks for it.
explain-do-gave = If you gave one away: sign in by the way you always do, end all sessions, remove what you do not know, and change your password.
explain-do-no-link = Whatever it says, do not open the link in it.
explain-do-no-call = Do not call the number in it: do not call any number that comes in such a message.
explain-do-no-code = Enter the code nowhere, and do not answer.
explain-do-followed = If you typed in something there: change that password where it belongs, end all sessions, and tell { $help }.
explain-do-followed-unnamed = If you typed in something there: change that password where it belongs, end all sessions, and tell your help desk.
explain-do-report = Report it and delete it.
explain-do-activity = Look at the recent activity at account.microsoft.com; type that address yourself.
explain-do-if-you = If the place and time are yours, you do not need to do anything.
explain-do-if-not-you = If they are not: end all sessions there, change your password, and remove addresses, devices and apps that you do not know.
explain-do-notice = If it was not you, go there by the way you always do and not by a link in it, and look at what happened lately.
explain-do-replayed = Leave it. Do not answer, and do not follow what is written around it: a real message is sent on to make something else look real.
explain-do-original = To be sure, have the original message checked: saved as a file, or attached as a whole.
explain-do-bidden = If you did not ask for it, say so by the link “I did not ask for this” in it: opening that page changes nothing, the button there does.
explain-do-strange-link = It leads elsewhere than to { $brand }: do not open the link.

## What would change this answer

explain-change-key = With the keys of the domain (--dns-file, or --online) its signature can be verified.
explain-change-original = With the header of the original message, as it arrived, it can be told who wrote it.
explain-change-asked = If you asked for it yourself just now, it is simply what you asked for.
explain-change-used = If you gave the code to somebody, or typed it in somewhere else than where you asked for it, then somebody may be in: end all sessions of the account first, remove devices and sign-in methods that you do not know, then rules and apps, then change the password.
explain-change-many = If many come at once, somebody may want to hide another message among them: look for that one.
explain-change-recipient = If the mailbox belongs to somebody else, say whose with --for.
explain-change-entered = If the code was entered, it is not a message any more but somebody in the account.
explain-change-number = If the number was typed in or the request approved, somebody is in.
explain-change-form = If whoever it names confirms it by a way that you know from elsewhere, and not by one in the message.
explain-change-short = Nothing in a text message can prove who sent it.
explain-change-template = If bidden knew these words it could say more.
explain-change-nothing = Nothing that the message holds.
explain-rule-never = { $organisation } says that it never mails codes to sign in with. So this one is not from its sign-in.
