//! Table: the words by which messages about signing in are known, by what they say, in the languages in which they are sent.
//!
//! All in the form of `Words::flat`: small letters, plain quotes and dashes. A phrase counts wherever it occurs. What no row
//! knows is called unknown, and nothing is concluded from it.

/// A code that signs in without a password, as Microsoft calls it.
pub(crate) const SINGLE_USE: &[&str] = &[
    "single-use code", "single use code", "einmalcode", "einmal-code", "code zur einmaligen verwendung", "codigo de un solo uso",
    "código de un solo uso", "código de uso único", "codigo de uso unico", "código de utilização única", "código de uso individual",
    "code à usage unique", "code a usage unique", "code usage unique", "codice monouso", "codice usa e getta", "eenmalige code", "code voor eenmalig gebruik",
    "engångskod", "engangskode", "kertakäyttö", "kertakoodi", "kod jednorazow", "jednorazowy kod", "jednorázový kód", "jednorazový kód",
    "egyszer használatos kód", "egyszeri kód", "tek kullanımlık kod", "одноразовый код", "одноразовий код", "код для однократного",
    "κωδικός μίας χρήσης", "κωδικό μίας χρήσης", "cod de unică folosință", "cod unic", "使い捨てコード", "ワンタイム コード", "一次性代码", "一次性代碼", "一次性使用代码",
    "일회용 코드", "일회용코드", "رمز الاستخدام الفردي", "رمز للاستخدام مرة واحدة", "קוד חד-פעמי", "mã sử dụng một lần", "kode sekali pakai", "รหัสแบบใช้ครั้งเดียว",
];

/// A security code, as Microsoft calls what verifies the owner of a personal account.
pub(crate) const SECURITY_CODE: &[&str] = &[
    "security code", "sicherheitscode", "código de seguridad", "codigo de seguridad", "código de segurança", "codigo de seguranca",
    "code de sécurité", "code de securite", "codice di sicurezza", "beveiligingscode", "säkerhetskod", "sikkerhetskode", "sikkerhedskode",
    "suojauskoodi", "turvakoodi", "kod zabezpiecz", "kod zabezpieczający", "kód zabezpečení", "bezpečnostní kód", "bezpečnostný kód", "biztonsági kód",
    "güvenlik kodu", "код безопасности", "код безпеки", "κωδικός ασφαλείας", "κωδικό ασφαλείας", "cod de securitate", "セキュリティ コード", "セキュリティコード",
    "安全代码", "安全代碼", "安全码", "보안 코드", "보안코드", "رمز الأمان", "קוד אבטחה", "mã bảo mật", "kode keamanan", "รหัสความปลอดภัย",
];

/// A code that resets a password.
pub(crate) const PASSWORD_RESET: &[&str] = &[
    "password reset code", "reset your password", "reset the password", "reset password", "kennwort zurück", "passwort zurück", "kennwortzurücksetzung",
    "restablecer tu contraseña", "restablecer la contraseña", "restablecer su contraseña", "restablecimiento de contraseña", "redefinir sua senha", "redefinir a senha", "redefinição de senha", "repor a palavra-passe",
    "réinitialiser votre mot de passe", "réinitialiser le mot de passe", "réinitialisation du mot de passe", "reimpostare la password", "reimpostazione della password",
    "wachtwoord opnieuw in", "återställ lösenord", "återställa lösenord", "tilbakestill passord", "nulstil din adgangskode", "resetowania hasła", "zresetować hasło", "сброса пароля", "сбросить пароль", "パスワードのリセット",
    "重置密码", "重設密碼", "암호 재설정", "비밀번호 재설정", "şifrenizi sıfırla", "parolanızı sıfırla",
];

/// Somebody opens a personal account with this address.
pub(crate) const NEW_ACCOUNT: &[&str] = &[
    "finish setting up your microsoft account", "setting up your microsoft account", "to finish creating your microsoft account", "creating your microsoft account",
    "einrichtung ihres microsoft-kontos", "einrichtung deines microsoft-kontos", "microsoft-konto einzurichten", "microsoft-kontos abzuschließen", "einrichten ihres microsoft-kontos",
    "terminar de configurar tu cuenta de microsoft", "terminar de configurar su cuenta", "configuración de tu cuenta de microsoft", "configuración de la cuenta microsoft", "terminar de configurar la cuenta",
    "concluir a configuração da sua conta", "concluir a configuração da conta", "terminar a configuração da sua conta", "configurar sua conta da microsoft", "configurar a sua conta microsoft",
    "terminer la configuration de votre compte microsoft", "configuration de votre compte microsoft", "completare la configurazione dell'account microsoft", "configurazione del tuo account microsoft", "completare la configurazione del tuo account",
    "instellen van je microsoft-account", "instellen van uw microsoft-account", "microsoft-account in te stellen", "konfigurera ditt microsoft-konto", "konfigureringen av ditt microsoft", "konfigurere microsoft-kontoen", "konfigurationen af din microsoft",
    "konfigurowanie konta microsoft", "konfigurację konta microsoft", "nastavení účtu microsoft", "настройку учетной записи майкрософт", "настройку учетной записи microsoft", "настройка учетной записи",
    "microsoft hesabınızın kurulumunu", "microsoft アカウントの設定を完了", "microsoft アカウントのセットアップ", "完成 microsoft 帐户的设置", "完成设置 microsoft 帐户", "完成設定您的 microsoft 帳戶", "microsoft 계정 설정을 완료",
];

/// The second step of a sign-in to an organisation's account.
pub(crate) const ORGANISATION_SECOND_STEP: &[&str] = &[
    "microsoft authentication", "for microsoft entra", "microsoft verification code for your work", "microsoft-authentifizierung", "microsoft authentifizierung", "autenticación de microsoft", "autenticacion de microsoft",
    "autenticación microsoft", "autenticação da microsoft", "autenticação microsoft", "autenticacao da microsoft", "autenticação do microsoft", "authentification microsoft", "l'authentification de microsoft", "autenticazione microsoft",
    "autenticazione di microsoft", "microsoft-verificatie", "microsoft-authenticatie", "microsoft-autentisering", "microsoft-godkendelse", "microsoft-godkjenning", "microsoft-todennus", "uwierzytelniania microsoft", "uwierzytelnianie microsoft",
    "uwierzytelnienia microsoft", "ověření microsoft", "ověřování microsoft", "microsoft-hitelesítés", "microsoft kimlik doğrulama", "проверки подлинности microsoft", "проверки подлинности майкрософт", "аутентификации microsoft", "microsoft 認証", "microsoft の認証", "microsoft 身份验证", "microsoft 驗證", "microsoft 인증",
];

/// An organisation's account verifies an address.
pub(crate) const ORGANISATION_RESET: &[&str] = &[
    "account email verification code", "account e-mail verification code", "e-mail-überprüfungscode", "e-mail-prüfcode", "e-mail-verifizierungscode", "código de verificación de correo electrónico", "código de verificación del correo electrónico",
    "código de verificação de email", "código de verificação de e-mail", "código de verificação do email", "code de vérification de messagerie", "code de vérification de l'adresse e-mail", "code de vérification par e-mail", "code de vérification d'e-mail",
    "codice di verifica della posta elettronica", "codice di verifica dell'indirizzo di posta", "codice di verifica e-mail", "verificatiecode voor e-mail", "e-mailverificatiecode", "verifieringskod för e-post", "kod weryfikacyjny adresu e-mail", "код проверки электронной почты", "код подтверждения электронной почты",
    "電子メール確認コード", "メール確認コード", "电子邮件验证码", "電子郵件驗證碼", "전자 메일 확인 코드", "이메일 확인 코드",
];

/// Thanks for verifying an account, as an organisation's reset says it.
pub(crate) const ORGANISATION_RESET_THANKS: &[&str] =
    &["thanks for verifying your", "vielen dank für die überprüfung ihres", "gracias por verificar la cuenta", "gracias por verificar su cuenta", "merci d'avoir vérifié votre", "obrigado por verificar a sua conta", "obrigado por verificar sua conta", "grazie per aver verificato l'account"];

/// A guest signs in to an organisation.
pub(crate) const GUEST: &[&str] = &[
    "account verification code", "kontoüberprüfungscode", "kontoprüfcode", "kontoverifizierungscode", "konto-überprüfungscode", "konto-prüfcode", "código de verificación de la cuenta", "código de verificación de cuenta", "código de verificação da conta", "código de verificação de conta",
    "code de vérification du compte", "code de vérification de compte", "codice di verifica dell'account", "codice di verifica account", "verificatiecode voor account", "accountverificatiecode", "verifieringskod för konto", "kontoverifieringskod", "kod weryfikacyjny konta", "код проверки учетной записи", "код подтверждения учетной записи", "アカウント確認コード", "アカウントの確認コード",
    "帐户验证码", "帳戶驗證碼", "계정 확인 코드",
];

/// Somebody signed in, or tried to, from where nobody did before.
pub(crate) const UNUSUAL: &[&str] = &[
    "unusual sign-in", "unusual signin", "unusual sign in", "unusual login", "unusual log-in", "unusual activity", "something unusual about a recent sign-in", "suspicious sign-in", "suspicious login", "suspicious activity", "new sign-in", "new signin", "new login", "new device signed in", "unrecognized sign-in", "unrecognized device", "unrecognised device", "sign-in from a new", "signed in from a new",
    "ungewöhnliche anmelde", "ungewöhnliche aktivität", "ungewöhnliche anmeldung", "neue anmeldung", "verdächtige anmeldung", "inicio de sesión inusual", "actividad inusual", "inicio de sesión sospechoso", "nuevo inicio de sesión", "atividade incomum", "entrada incomum", "atividade invulgar", "início de sessão invulgar", "novo login", "nova entrada", "login incomum",
    "connexion inhabituelle", "activité inhabituelle", "nouvelle connexion", "connexion suspecte", "accesso insolito", "attività insolita", "accesso non riconosciuto", "nuovo accesso", "ongebruikelijke aanmelding", "ongebruikelijke activiteit", "nieuwe aanmelding", "ovanlig inloggning", "ovanlig aktivitet", "usædvanlig", "uvanlig pålogging", "nietypowa aktywność", "nietypowe logowanie", "neobvyklé přihlášení", "neobvyklá aktivita",
    "необычный вход", "необычные действия", "необычная активность", "alışılmadık oturum", "olağandışı oturum", "通常とは異なるサインイン", "不審なサインイン", "異常登入", "异常登录", "不寻常的登录", "異常的登入", "비정상적인 로그인", "새로운 로그인",
];

/// Something about the security of an account was changed.
pub(crate) const SECURITY_CHANGE: &[&str] = &[
    "security info was added", "security info was deleted", "security info was removed", "security info was replaced", "security info was changed", "security info added", "security info change", "security info was updated", "password was changed", "password change", "password has been changed", "new app(s) connected", "new apps connected", "new app connected", "two-step verification has been turned", "two-step verification is turned", "email address was added", "alias was added", "passkey was added",
    "sicherheitsinformationen", "kennwort wurde geändert", "kennwortänderung", "información de seguridad", "se cambió la contraseña", "cambio de contraseña", "informações de segurança", "senha foi alterada", "alteração de senha", "informations de sécurité", "mot de passe a été modifié", "changement de mot de passe", "informazioni di sicurezza", "password è stata modificata", "beveiligingsgegevens", "wachtwoord is gewijzigd", "säkerhetsinfo",
    "сведения безопасности", "пароль изменен", "セキュリティ情報", "安全信息", "安全性資訊", "보안 정보",
];

/// A code, whoever it is from. Nothing that codes of shops, places or computers are called as well.
pub(crate) const CODE: &[&str] = &[
    "verification code", "sign-in code", "sign in code", "signin code", "login code", "log-in code", "log in code", "access code", "one-time code", "one time code", "one-time passcode", "one time passcode", "one-time password", "one time password", "one-time pin", "temporary code", "temporary access code", "authentication code", "authorization code", "authorisation code", "confirmation code", "recovery code", "passcode", "pass code", "security code", "single-use code", "login pin", "your otp", "otp is", "otp for", " otp:", "is your otp", "otp code",
    "your code is", "your code:", "is your code", "your code ", "use this code", "use the code", "use code", "enter this code", "enter the code", "enter code", "code to sign in", "code to log in", "code to verify", "2fa code", "two-factor code", "mfa code", "sms code", "magic code", "device code", "code below", "following code", "code to confirm", "is your login", "confirm your identity", "verify your identity",
    "bestätigungscode", "verifizierungscode", "prüfcode", "anmeldecode", "login-code", "zugangscode", "sicherheitscode", "einmalcode", "einmalpasswort", "einmalkennwort", "einmal-passwort", "dein code", "ihr code", "freigabecode", "aktivierungscode", "tan lautet", "tan:", "mtan", "smstan", "sms-tan", "authentifizierungscode", "überprüfungscode",
    "código de verificación", "codigo de verificacion", "código de seguridad", "código de acceso", "código de inicio", "código de confirmación", "código de un solo uso", "código de autenticación", "tu código", "su código", "clave de un solo uso", "contraseña de un solo uso", "código de verificação", "codigo de verificacao", "código de segurança", "código de acesso", "código de confirmação", "código de login", "código de uso único", "código de autenticação", "seu código", "teu código", "o seu código", "senha de uso único",
    "code de vérification", "code de verification", "code de sécurité", "code de connexion", "code d'accès", "code de confirmation", "code à usage unique", "code d'authentification", "votre code", "ton code", "mot de passe à usage unique", "code d'identification", "codice di verifica", "codice di sicurezza", "codice di accesso", "codice di conferma", "codice di autenticazione", "codice temporaneo", "il tuo codice", "il codice", "codice monouso", "codice otp",
    "verificatiecode", "beveiligingscode", "inlogcode", "aanmeldcode", "bevestigingscode", "toegangscode", "je code", "uw code", "eenmalige code", "verifieringskod", "säkerhetskod", "inloggningskod", "engångskod", "bekræftelseskode", "sikkerhedskode", "engangskode", "bekreftelseskode", "sikkerhetskode", "påloggingskode", "din kode", "din kod", "vahvistuskoodi", "turvakoodi", "kertakoodi",
    "kod weryfikacyjny", "kod zabezpiecz", "kod dostępu", "kod logowania", "kod potwierdzający", "kod jednorazowy", "twój kod", "hasło jednorazowe", "ověřovací kód", "bezpečnostní kód", "overovací kód", "váš kód", "ellenőrző kód", "megerősítő kód", "biztonsági kód", "cod de verificare", "codul tău", "codul dvs", "doğrulama kodu", "onay kodu", "güvenlik kodu", "giriş kodu", "tek kullanımlık",
    "код подтверждения", "проверочный код", "код безопасности", "код доступа", "код входа", "код для входа", "одноразовый код", "одноразовый пароль", "ваш код", "твой код", "код підтвердження", "ваш код", "код за потвърждение", "κωδικός επαλήθευσης", "κωδικός ασφαλείας", "ο κωδικός",
    "確認コード", "認証コード", "セキュリティコード", "ログインコード", "ワンタイムパスワード", "使い捨てコード", "验证码", "驗證碼", "校验码", "动态码", "安全代码", "一次性代码", "인증번호", "인증 번호", "인증 코드", "확인 코드", "보안 코드", "일회용", "رمز التحقق", "رمز التأكيد", "رمز الدخول", "رمز الأمان", "קוד אימות", "קוד האימות", "קוד הכניסה", "mã xác minh", "mã xác nhận", "mã xác thực", "mã otp", "kode verifikasi", "kode otp", "รหัส otp", "รหัสยืนยัน",
];

/// Those of them that codes of shops, places and computers are called by too: beside [`OTHER_CODES`] they say nothing.
pub(crate) const WEAK_CODE: &[&str] = &[
    "your code is", "your code:", "is your code", "your code ", "use this code", "use the code", "use code", "enter this code", "enter the code", "enter code", "code below", "following code", "dein code", "ihr code", "tu código", "su código", "seu código", "teu código", "o seu código", "votre code", "ton code", "il tuo codice", "il codice", "je code", "uw code", "din kode", "din kod", "twój kod", "váš kód", "ваш код", "твой код", "confirmation code", "access code", "código de confirmación", "código de confirmação", "code de confirmation", "codice di conferma",
];

/// What codes of shops, places and computers are called.
pub(crate) const OTHER_CODES: &[&str] = &[
    "promo code", "promotion code", "promotional code", "discount code", "coupon", "voucher", "gift code", "gift card", "referral code", "offer code", "% off", "zip code", "postal code", "post code", "error code", "status code", "source code", "dress code", "area code", "country code", "qr code", "tracking code", "tracking number", "booking code", "order code", "swift code",
    "gutschein", "rabattcode", "aktionscode", "código promocional", "cupón", "cupom", "código de descuento", "código de desconto", "code promo", "bon de réduction", "codice sconto", "kortingscode", "rabattkod", "промокод", "クーポン", "优惠码", "優惠碼", "쿠폰",
];

/// Somebody asks to be given a code.
pub(crate) const GIVE_CODE: &[&str] = &[
    "reply with the code", "reply with the 6", "reply with the six", "reply with your code", "reply with your verification", "reply with that code", "reply with this code", "reply with the verification", "reply with the security", "reply with the one", "reply to this message with the", "respond with the code", "text back the code", "text us the code", "text me the code", "text the code", "send us the code", "send me the code", "send the code to", "send back the code", "send that code", "send us the 6", "send me the 6", "send me the verification", "send us the verification", "send it to me", "forward the code", "forward this code to", "forward us the code", "read the code to", "read out the code", "read us the code", "read me the code", "tell us the code", "tell me the code", "give us the code", "give me the code", "give the code to", "provide the code", "provide us with the code", "provide the 6", "share the code with", "share the code you", "what is the code", "what's the code", "can you send me the code", "the code we just sent", "the code you just received", "the code you received", "can you send it", "could you send it", "please send it", "sent my code to you", "sent you a code by mistake", "sent a code to your number by mistake", "sent it to your number by mistake", "forward it to me", "send it back", "tell me the 6", "tell us the 6", "read me the 6", "read us the 6", "give me the 6", "give us the 6", "confirm the code to our", "confirm the code we",
    "antworten sie mit dem code", "antworte mit dem code", "senden sie uns den code", "schicken sie uns den code", "schick mir den code", "sende mir den code", "teilen sie uns den code", "nennen sie uns den code", "nennen sie den code", "gib mir den code", "responda con el código", "responde con el código", "envíenos el código", "envíame el código", "mándame el código", "reenvíe el código", "díganos el código", "dígame el código", "dime el código", "responda com o código", "envie-nos o código", "me envie o código", "me manda o código", "informe o código", "répondez avec le code", "envoyez-nous le code", "envoie-moi le code", "communiquez-nous le code", "donnez-nous le code", "rispondi con il codice", "inviaci il codice", "mandami il codice", "comunicaci il codice", "antwoord met de code", "stuur ons de code", "stuur mij de code", "stuur me de code", "svara med koden", "skicka koden till", "podaj kod", "prześlij kod", "odpowiedz kodem", "отправьте код", "пришлите код", "сообщите код", "продиктуйте код", "назовите код", "コードを返信", "コードを教えて", "回复验证码", "告诉我们验证码", "把验证码发", "인증번호를 알려", "코드를 보내",
];

/// What turns the sense of the words after it around.
pub(crate) const NEGATIONS: &[&str] = &[
    "don't", "do not", "never", "not ", "won't", "will not", "no one", "nobody", "without", "niemals", "nie ", "nicht", "kein", "nunca", "no ", "jamás", "não", "nao ", "jamais", "ne ", "n'", "non ", "mai ", "nooit", "niet", "aldrig", "inte ", "ikke", "nigdy", "nie ", "никогда", "не ", "asla", "ないで", "しない", "不要", "勿", "请勿", "切勿", "마세요", "لا ",
];

/// The reader's own app.
pub(crate) const AUTHENTICATOR: &[&str] = &[
    "authenticator", "authentication app", "authentifizierungs-app", "authentifikator", "autenticador", "app de autenticación", "aplicativo de autenticação", "application d'authentification", "app di autenticazione", "verificatie-app", "autentiseringsapp", "uwierzytelniania app", "аутентификатор", "認証アプリ", "身份验证器", "驗證器", "인증 앱", "duo mobile", "duo push", "okta verify", "push notification", "mfa prompt", "mfa request", "2fa prompt", "sign-in request", "approval request", "number matching", "matching number",
];

/// What is to be done with it.
pub(crate) const APPROVE: &[&str] = &[
    "type", "enter", "select", "tap", "approve", "press yes", "choose", "pick", "accept", "confirm the", "allow the", "tippen", "eingeben", "geben sie", "gib ", "genehmigen", "bestätigen", "wählen", "escriba", "escribe", "introduzca", "introduce", "ingrese", "ingresa", "apruebe", "aprueba", "seleccione", "digite", "insira", "aprove", "selecione", "saisissez", "entrez", "tapez", "approuvez", "sélectionnez", "digita", "inserisci", "approva", "seleziona", "typ ", "voer", "goedkeuren", "keur ", "skriv", "ange ", "godkänn", "godkend", "wpisz", "zatwierdź", "введите", "подтвердите", "одобрите", "入力", "承認", "输入", "輸入", "批准", "입력", "승인",
];

/// A request that waits in the app is to be approved.
pub(crate) const APPROVE_REQUEST: &[&str] = &[
    "approve the request", "approve the sign-in", "approve the notification", "approve the prompt", "approve the push", "approve this request", "approve this sign-in", "approve it in", "approve it on", "tap approve", "press approve", "click approve", "select approve", "accept the prompt", "accept the request", "accept the push", "confirm the prompt", "press yes", "tap yes", "select yes", "anfrage genehmigen", "anmeldung genehmigen", "genehmigen sie die", "apruebe la", "aprueba la", "aprove a solicitação", "aprove o pedido", "approuvez la", "approva la richiesta", "keur het verzoek goed", "zatwierdź",
];

/// What an honest message about prompts says, and nobody who wants one approved does.
pub(crate) const DENY: &[&str] = &["deny it", "deny the", "do not approve", "don't approve", "never approve", "reject it", "lehnen sie", "nicht genehmigen", "no apruebe", "não aprove", "n'approuvez pas", "non approvare"];

/// What a message says that wants to be called.
pub(crate) const CALL: &[&str] = &[
    "call ", "call:", "phone us", "dial ", "contact us at", "contact support at", "helpline", "hotline", "toll free", "toll-free", "rufen sie", "anrufen", "rufnummer", "unter der nummer", "llame", "llámenos", "llama al", "ligue", "telefone para", "appelez", "appeler le", "contactez le", "chiama", "chiamare", "bel ", "bel ons", "ring ", "zadzwoń", "позвоните", "звоните", "arayın", "電話", "拨打", "撥打", "致电", "전화",
];

/// A device is to be signed in.
pub(crate) const DEVICE: &[&str] = &[
    "device code", "access code", "code", "gerätecode", "zugangscode", "código", "codigo", "codice", "kode", "kod", "код", "コード", "代码", "代碼", "코드", "pin", "passcode", "token", "password", "passwort", "clave", "senha",
];

/// Where honest instructions say the code comes from.
pub(crate) const OWN_SCREEN: &[&str] = &[
    "shown on your", "displayed on your", "shown on the screen", "displayed on the screen", "appears on your", "appears on the", "shown in your terminal", "shown in the terminal", "shown by the", "displayed in your", "on your own screen", "az login", "on your tv", "on your television", "the code that your", "auf ihrem bildschirm", "auf dem bildschirm", "im terminal", "en su pantalla", "en la pantalla", "na tela", "no ecrã", "à l'écran", "sur votre écran", "sullo schermo", "op het scherm", "op uw scherm",
];

/// A code that a site asks for after the right password was given.
pub(crate) const AFTER_PASSWORD: &[&str] = &[
    "please verify your device", "did not recognize your device", "didn't recognize your device", "did not recognise your device", "requires further verification because we did not recognize", "your password may be compromised", "password was entered correctly", "correct password was", "used the correct password", "someone has your password", "has your password", "knows your password",
];

/// A warning about a sign-in from whoever it may be.
pub(crate) const ALERT: &[&str] = &[
    "verify your account", "account will be", "account has been limited", "account has been suspended", "account is locked", "account has been locked", "confirm your account", "sign-in attempt", "signin attempt", "login attempt", "password expires", "password will expire", "secure your account", "konto wurde gesperrt", "konto bestätigen", "cuenta ha sido", "verifique su cuenta", "compte a été", "vérifier votre compte", "conta foi", "account è stato", "konto zostało", "аккаунт был",
];

/// The first words of mails of bidden, and a last line that is theirs.
pub(crate) const BIDDEN_CODE: &[&str] = &[
    "nobody who calls or writes to you may be given this code", "asked for a sign-in code for your account at", "says that they have lost their ways into an account at", "typed this address to open an account at", "was asked to confirm that it is you", "nobody gets in without it. tell nobody", "do nothing and tell nobody",
];

/// Notices of bidden.
pub(crate) const BIDDEN_NOTICE: &[&str] =
    &["everything that happened stands on your activity page, with its time and where it came from", "what is held about this address, and how to refuse all mail from here", "for a sign-in code for your account at"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::words::flat;

    #[test]
    fn every_phrase_is_in_the_form_in_which_it_is_compared() {
        let all = [
            SINGLE_USE, SECURITY_CODE, PASSWORD_RESET, NEW_ACCOUNT, ORGANISATION_SECOND_STEP, ORGANISATION_RESET, ORGANISATION_RESET_THANKS, GUEST, UNUSUAL, SECURITY_CHANGE, CODE, OTHER_CODES, GIVE_CODE, NEGATIONS,
            AUTHENTICATOR, APPROVE, APPROVE_REQUEST, WEAK_CODE, DENY, CALL, DEVICE, OWN_SCREEN, AFTER_PASSWORD, ALERT, BIDDEN_CODE, BIDDEN_NOTICE,
        ];
        for phrase in all.into_iter().flatten() {
            assert_eq!(flat(phrase), phrase.trim(), "{phrase}");
        }
    }
}
