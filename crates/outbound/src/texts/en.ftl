### The texts of all mails, in English. What happened, what it means, what to do; every line stands alone.

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
mail-purpose-open = Confirming this address, to open an account
mail-asked = Asked for
mail-network = Network address
mail-browser = Browser
mail-reference = Reference
mail-reference-value = { $reference }; the page where it was asked for shows it too
mail-code-sign-in = Sign-in code
mail-code-confirm = Confirmation code
mail-code-open = Code for this address
mail-until = Valid until
mail-where = Type the code only at { $url }, on the page where you asked for it.
mail-nobody = Nobody who calls or writes to you may be given this code: not support, not the police, nobody.
mail-not-me = Did you not ask for this? Say so on this page. Opening it changes nothing; the button there ends this request.
mail-not-me-link = I did not ask for this
mail-unused-sign-in = A code that is never used lets nobody in. No password was tried.
mail-unused-confirm = A code that is never used changes nothing. No password was tried.
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
