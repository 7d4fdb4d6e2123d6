//! `bidden serve`: opens the data directory, listens, prints where, and ends in order.

use std::sync::Arc;

use flow::deliver::Held;
use flow::oauth::keys::{self, Keyring};
use flow::{doorbell, invitation, operator, sealing};
use model::cx::Cx;
use model::digest::Digest;
use model::entropy::Entropy;
use model::place::{Atlas, Maps};
use model::policy::Policy;
use model::secret::Secret;
use model::voice::Voice;
use outbound::backchannel::Teller;
use outbound::fetch::Fetcher;
use outbound::letterhead::Letterhead;
use outbound::push::Pusher;
use outbound::render::most_parts;
use outbound::sms::{self, Gateway};
use outbound::smtp::{Mailer, Security, Settings};
use outbound::webhook::Caller;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tracing_subscriber::filter::LevelFilter;
use web::hashing::Pool;
use web::listen::Listener;
use web::{App, Site};
use wire::http::host::Host;
use wire::http::origin::Origin;
use wire::mail::mailbox::Mailbox;

use crate::clock::Clock;
use crate::commands::{failed, print};
use crate::config::settings::{Config, Smtp};
use crate::config::words::{
    ClientDocuments, DeviceAuthorization, LogFormat, LogLevel, Seal, SmsMethod, SmtpSecurity, Watching,
};
use crate::explain::page::Page;
use crate::places::{self, Source};
use crate::worker::deliver::{Pace, Post};
use crate::worker::doorbell::Ringer;
use crate::worker::{self, End};
use crate::{Failed, declared, installation, passwords, rules};

/// Runs until told to end.
pub(crate) fn run(mut config: Config) -> Result<(), Failed> {
    start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;

    // The socket first: "address in use" must not leave a half-made data directory behind.
    let tls = config.tls.as_ref().map(|tls| (tls.certificate.as_path(), tls.key.as_path()));
    let listener = Listener::bind(config.listen, tls)?;
    config.bound_to(listener.address()?.port());

    let breached = passwords::breached(&config)?;
    if let Some(list) = &breached {
        let facts = list.facts();
        tracing::info!(passwords = facts.records, built_at = %facts.built_at, "breached passwords are refused");
    }
    let (maps, sources) = places::open(&config)?;
    // Of mails, of clients and services that have to be told something, and of doorbells.
    let wakes: [Arc<Notify>; 4] = std::array::from_fn(|_| Arc::new(Notify::new()));
    let wakers = wakes.clone();
    let store = installation::make(&config, move |mail| {
        if mail {
            wakers.iter().for_each(|waker| waker.notify_one());
        }
    })?;
    // A shared store has leases for what only one node may do.
    let _lock = if store.is_shared() { None } else { Some(installation::lock(&config.data_dir)?) };

    let newest = operator::newest_event(&store).map_err(|fault| failed(&fault))?;
    let (clock, behind) = Clock::start(newest);
    if let Some(behind) = behind {
        tracing::warn!(
            seconds = behind.as_secs(),
            "the system's clock is behind the newest event on the record; times go on from the record"
        );
    }
    let letterhead = letterhead(&config, maps.clone())?;
    let policy = Arc::new(policy(&config, &letterhead)?);
    let post = Arc::new(Post {
        letterhead,
        mailer: mailer(&config)?,
        gateway: gateway(&config)?,
        pace: Pace::default(),
        held: Held::default(),
        pace_by_text: Pace::default(),
    });
    let link = set_up_link(&config, &store, &clock, &policy)?;
    let node = if store.is_shared() { Some(Entropy::system().bytes()?) } else { None };
    let app = App::new(store, site(&config)?, policy, Arc::new(move || clock.now()))?;
    let hashing = Pool::new(passwords::hashing(&config));
    let app = app.among(node).with_passwords(hashing, breached);
    let app = app.with_documents(fetch(&config)?, config.client_documents == ClientDocuments::On);
    if config.record.seal == Seal::On {
        let name = sealing::name(&config.public_url);
        sealing::key::settle(app.store(), app.cx(), &name).map_err(|fault| failed(&fault))?;
    }
    let receipts = sealing::key::verifying(app.store()).map_err(|fault| failed(&fault))?;
    let mail_from = config.smtp.as_ref().map(|smtp| smtp.from.as_str());
    let explanations = Page::new(&config.site_name, mail_from, receipts)?;
    let app = opened(app, &config).with_explanations(Arc::new(explanations));
    let app = Arc::new(app.with_places(maps.clone()));
    let clients = declared::bring_into_line(&config, &app)?;
    // The first start makes the first keys. Several nodes may do so at once: each step is a claim.
    keys::settle(app.store(), &|| app.cx(), None).map_err(|fault| failed(&fault))?;
    app.take_keys(Keyring::load(app.store()).map_err(|fault| failed(&fault))?);

    announce(&config, link.as_deref())?;
    let watch = config.record.watch;
    let own_machine = is_for_this_machine(&config)?;
    let teller = Arc::new(Teller::new(own_machine, &config.logout_networks)?);
    let caller = Arc::new(Caller::new(own_machine, &config.responses.webhook_networks)?);
    let ringer = Arc::new(ringer(&config, &app)?);
    let tellers = (post, teller, caller, ringer);
    runtime.block_on(until_told((app, clients, watch), tellers, (wakes, listener), (maps, sources)))
}

/// The same with what an operator has opened.
pub(crate) fn opened(app: App, config: &Config) -> App {
    app.with_user_codes(config.device_authorization == DeviceAuthorization::On)
}

async fn until_told(
    (app, clients, watch): (Arc<App>, Digest, Watching),
    (post, teller, caller, ringer): (Arc<Post>, Arc<Teller>, Arc<Caller>, Arc<Ringer>),
    ([mail, logouts, webhooks, rings], listener): ([Arc<Notify>; 4], Listener),
    (maps, sources): (Arc<Maps>, Vec<Source>),
) -> Result<(), Failed> {
    let (tell, end) = End::new();
    let mut workers = JoinSet::new();
    workers.spawn(worker::deliver::run(Arc::clone(&app), post, mail, end.clone()));
    workers.spawn(worker::queue::run(Arc::clone(&app), teller, logouts, end.clone()));
    workers.spawn(worker::queue::run(Arc::clone(&app), caller, webhooks, end.clone()));
    workers.spawn(worker::queue::run(Arc::clone(&app), ringer, rings, end.clone()));
    workers.spawn(worker::sweep::run(Arc::clone(&app), end.clone()));
    if watch == Watching::On {
        workers.spawn(worker::detect::run(Arc::clone(&app), end.clone()));
    }
    workers.spawn(worker::declared::run(Arc::clone(&app), clients, end.clone()));
    workers.spawn(worker::keys::run(Arc::clone(&app), end.clone()));
    workers.spawn(worker::seal::run(Arc::clone(&app), end.clone()));
    workers.spawn(worker::places::run(maps, sources, end.clone()));
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let told = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending: open requests may finish");
    };
    let served = listener.serve(web::Front::new(Arc::clone(&app)), told).await;
    // Nobody listens any more if all workers have ended.
    let _ = tell.send(true);
    while workers.join_next().await.is_some() {}
    app.hashing().end();
    Ok(served?)
}

/// The link by which the first account is opened, as long as there is none.
fn set_up_link(
    config: &Config,
    store: &flow::Store,
    clock: &Clock,
    policy: &Arc<Policy>,
) -> Result<Option<String>, Failed> {
    let mut cx = Cx::new(clock.now(), Entropy::system(), Arc::clone(policy));
    let link = store.write_now(move |tx| invitation::set_up(tx, &mut cx)).map_err(|fault| failed(&fault))?;
    Ok(link.map(|link| format!("{}/welcome/{}", config.public_url, link.expose())))
}

fn announce(config: &Config, link: Option<&str>) -> Result<(), Failed> {
    let mut text = format!("bidden {} is ready at {}\n", env!("CARGO_PKG_VERSION"), config.public_url);
    if let Some(link) = link {
        text.push_str(&format!(
            "\nThere is no account yet. Open the first one, the operator's, with this link. It works once, for 7 \
             days or\nuntil the next start, which prints a new one:\n\n  {link}\n"
        ));
    }
    if config.has_inbox_page() {
        text.push_str(&format!(
            "\nNo mail server is set up, so mails are kept on this machine: {}/inbox\n",
            config.public_url
        ));
    }
    print(&text)
}

pub(crate) fn site(config: &Config) -> Result<Site, Failed> {
    let origin = Origin::parse(&config.public_url)?;
    Ok(Site {
        name: config.site_name.clone(),
        public_url: config.public_url.clone(),
        zone: config.time_zone.clone(),
        language: config.language.tag().to_owned(),
        loopback: is_for_this_machine(config)?,
        inbox: config.has_inbox_page(),
        proxies: config.trusted_proxies.clone(),
        mail_from: config.smtp.as_ref().map(|smtp| smtp.from.clone()),
        settings: config.in_force(),
        stylesheet: stylesheet(config),
        logo: config.look.logo.as_ref().map(|logo| (logo.media_type, logo.bytes.clone())),
        origin,
    })
}

/// Whether nobody else can reach the installation, or is meant to.
fn is_for_this_machine(config: &Config) -> Result<bool, Failed> {
    let host = Origin::parse(&config.public_url)?.host().to_string();
    Ok(Host::parse(&host).is_ok_and(|host| host.is_loopback()) && config.listen.ip().is_loopback())
}

/// The operator's colours, then the operator's own style sheet, which has the last word.
fn stylesheet(config: &Config) -> Option<String> {
    let look = &config.look;
    let mut css = String::new();
    if let Some(accent) = look.accent {
        css.push_str(&format!(":root {{ --accent: {accent}; }}\n"));
    }
    if let Some(accent) = look.accent_dark {
        css.push_str(&format!("@media (prefers-color-scheme: dark) {{ :root {{ --accent: {accent}; }} }}\n"));
    }
    css.push_str(look.stylesheet.as_deref().unwrap_or_default());
    (!css.is_empty()).then_some(css)
}

pub(crate) fn letterhead(config: &Config, atlas: Arc<dyn Atlas>) -> Result<Letterhead, Failed> {
    let origin = Origin::parse(&config.public_url)?;
    let host = origin.host().to_string();
    let from = match &config.smtp {
        Some(smtp) => smtp.from.clone(),
        None => Mailbox::parse("bidden@localhost")?,
    };
    let letterhead = Letterhead {
        site_name: config.site_name.clone(),
        public_url: config.public_url.clone(),
        host,
        from,
        from_name: config
            .smtp
            .as_ref()
            .map_or_else(|| config.site_name.clone(), |smtp| smtp.from_name.clone()),
        time_zone: config.time_zone.clone(),
        voice: Arc::new(Voice::new(config.language.tag(), &[outbound::texts::ENGLISH])?),
        atlas,
    };
    letterhead.check()?;
    Ok(letterhead)
}

/// The rules in force; what a text message costs depends on its words.
pub(crate) fn policy(config: &Config, letterhead: &Letterhead) -> Result<Policy, Failed> {
    let mut policy = rules::policy(config);
    let (shortest, longest) = (policy.code_length, policy.lengths().longest());
    if let Some(sms) = &mut policy.sms {
        sms.parts = most_parts(letterhead, shortest)?;
        sms.parts_longer = most_parts(letterhead, longest)?;
        if sms.parts > 1 {
            tracing::warn!(
                parts = sms.parts,
                "text messages need several parts, each of which costs: site_name and the host of public_url are long, or \
                 have letters beyond the GSM alphabet"
            );
        }
    }
    Ok(policy)
}

/// Fetches what clients keep elsewhere. An installation for this machine alone may ask this machine.
fn fetch(config: &Config) -> Result<web::Fetch, Failed> {
    let fetcher = Arc::new(Fetcher::new(None, is_for_this_machine(config)?)?);
    Ok(Arc::new(move |url, most| {
        let fetcher = Arc::clone(&fetcher);
        Box::pin(async move {
            match fetcher.fetch(&url, most).await {
                Ok(document) => Some(document),
                Err(why) => {
                    tracing::warn!(url = %url.without_query(), %why, "a document of a client is not there");
                    None
                }
            }
        })
    }))
}

/// What rings doorbells; the first start makes the key that push services know us by.
fn ringer(config: &Config, app: &App) -> Result<Ringer, Failed> {
    let key = doorbell::key::settle(app.store(), app.cx()).map_err(|fault| failed(&fault))?;
    let pusher = Pusher::new(is_for_this_machine(config)?, &config.doorbell.networks)?;
    let contact = config.doorbell.contact.as_ref();
    let contact =
        contact.map_or_else(|| config.public_url.clone(), |mailbox| format!("mailto:{}", mailbox.as_str()));
    Ok(Ringer::new(pusher, key, contact))
}

fn gateway(config: &Config) -> Result<Option<Gateway>, Failed> {
    let Some(url) = config.sms.url.clone() else { return Ok(None) };
    Ok(Some(Gateway::new(sms::Settings {
        url,
        method: match config.sms.method {
            SmsMethod::Post => sms::Method::Post,
            SmsMethod::Put => sms::Method::Put,
        },
        headers: config.sms.headers.clone(),
        body: config.sms.body.clone(),
        secret: config.sms.secret.as_ref().map(|secret| Secret::new(secret.reveal().to_owned())),
        timeout: config.sms.timeout,
        ca_file: config.sms.ca_file.clone(),
    })?))
}

fn mailer(config: &Config) -> Result<Option<Mailer>, Failed> {
    let Some(smtp) = &config.smtp else { return Ok(None) };
    Ok(Some(Mailer::new(&smtp_settings(config, smtp)?)?))
}

fn smtp_settings(config: &Config, smtp: &Smtp) -> Result<Settings, Failed> {
    let credentials = smtp.credentials.as_ref().map(|credentials| {
        (credentials.username.clone(), Secret::new(credentials.password.reveal().to_owned()))
    });
    Ok(Settings {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.security {
            SmtpSecurity::Implicit => Security::Implicit,
            SmtpSecurity::Starttls => Security::StartTls,
            SmtpSecurity::Plain => Security::Plain,
        },
        credentials,
        timeout: smtp.timeout,
        ca_file: smtp.ca_file.clone(),
        connections: smtp.connections,
        hello_name: Origin::parse(&config.public_url)?.host().to_string(),
    })
}

fn start_log(config: &Config) {
    let level = match config.log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        // A log that cannot be written (a full disk) must not end anything: the fallback would print, and panic.
        .log_internal_errors(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    match config.log.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
