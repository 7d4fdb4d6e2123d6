-- Tenants and their domains, more than one address, authenticators, and what they proved in a session.

-- Which methods a tenant leaves open: see `model::method::MethodPolicy`. An account without a tenant is personal.
CREATE TABLE tenants (
  id      BYTEA PRIMARY KEY NOT NULL,
  code    TEXT NOT NULL,
  name    TEXT NOT NULL,
  methods TEXT NOT NULL,
  made_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX tenants_code ON tenants (code);

CREATE TABLE domains (
  domain   TEXT PRIMARY KEY NOT NULL,
  tenant   BYTEA NOT NULL REFERENCES tenants (id),
  added_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX domains_tenant ON domains (tenant);

-- `methods` is what the owner has switched off, as a layer of the policy; none means nothing.
ALTER TABLE accounts ADD COLUMN tenant BYTEA REFERENCES tenants (id);
ALTER TABLE accounts ADD COLUMN methods TEXT;
CREATE INDEX accounts_tenant ON accounts (tenant, id) WHERE tenant IS NOT NULL;
CREATE INDEX accounts_operators ON accounts (id) WHERE role = 'operator';

-- What an account signs in by: mail addresses, phone numbers, and a private name of which nobody but its owner knows.
-- One of them is the main one: what the account is called, and where mail goes. Sign-in by one can be switched off.
ALTER TABLE addresses ADD COLUMN kind TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE addresses ADD COLUMN main BIGINT NOT NULL DEFAULT 1;
ALTER TABLE addresses ADD COLUMN sign_in BIGINT NOT NULL DEFAULT 1;
-- The session in which it was added.
ALTER TABLE addresses ADD COLUMN session BYTEA;

-- Addresses that prove something in a recovery and nowhere else. One can serve several accounts, and be another
-- account's address at the same time. `detach_at`: its owner wants it gone, and then it goes.
CREATE TABLE recovery_addresses (
  account      BYTEA NOT NULL,
  identity     BYTEA NOT NULL,
  destination  BYTEA NOT NULL,
  kind         TEXT NOT NULL,
  shown        TEXT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  detach_at    BIGINT,
  added_at     BIGINT NOT NULL,
  session      BYTEA,
  PRIMARY KEY (account, identity)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX recovery_addresses_identity ON recovery_addresses (identity);
CREATE INDEX recovery_addresses_detaching ON recovery_addresses (detach_at) WHERE detach_at IS NOT NULL;

-- What an account was told of each kind: a second notice within the hour is held, and told with what follows.
CREATE TABLE notices (
  account BYTEA NOT NULL,
  kind    TEXT NOT NULL,
  told_at BIGINT NOT NULL,
  held    BIGINT NOT NULL,
  latest  TEXT NOT NULL,
  PRIMARY KEY (account, kind)
) /*sqlite WITHOUT ROWID */;
CREATE INDEX notices_held ON notices (told_at) WHERE held > 0;

-- Whoever wants no mail from here: the destination and nothing else.
CREATE TABLE refusing_mail (
  destination BYTEA PRIMARY KEY NOT NULL,
  since       BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- What text messages have cost, by the hour, behind each dialling prefix; the empty prefix stands for all.
CREATE TABLE sms_spending (
  prefix TEXT PRIMARY KEY NOT NULL,
  spent  BYTEA NOT NULL
) /*sqlite WITHOUT ROWID */;

-- Passkeys, passwords, shared secrets. `credential` is the digest of a passkey's identifier; `sealed` what verifies it;
-- `cancel` the digest of the secret in the link that takes a new one away again.
CREATE TABLE authenticators (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  credential BYTEA,
  sealed     BYTEA NOT NULL,
  counter    BIGINT NOT NULL,
  added_at   BIGINT NOT NULL,
  usable_at  BIGINT NOT NULL,
  used_at    BIGINT,
  session    BYTEA,
  cancel     BYTEA
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE INDEX authenticators_account ON authenticators (account, id);
CREATE UNIQUE INDEX authenticators_credential ON authenticators (credential) WHERE credential IS NOT NULL;
-- One password, one app.
CREATE UNIQUE INDEX authenticators_single ON authenticators (account, kind) WHERE kind <> 'passkey';

CREATE TABLE recovery_codes (
  account BYTEA NOT NULL,
  digest  BYTEA NOT NULL,
  made_at BIGINT NOT NULL,
  session BYTEA,
  PRIMARY KEY (account, digest)
) /*sqlite WITHOUT ROWID */;

-- What an owner has set another way, so that it can be set back: `main` (the identity of the main address in hexadecimal),
-- `sign_in` of the address `identity` (0 or 1). `before` is how it was.
CREATE TABLE account_changes (
  id       BYTEA PRIMARY KEY NOT NULL,
  account  BYTEA NOT NULL,
  at       BIGINT NOT NULL,
  what     TEXT NOT NULL,
  identity BYTEA,
  before   TEXT NOT NULL,
  session  BYTEA NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX account_changes_account ON account_changes (account, id);

-- Wrong passwords and wrong codes out of apps in a row: known browsers have a row of their own, which no stranger can use
-- up. An address without an account is counted too, under a key that no account has.
CREATE TABLE attempts (
  account       BYTEA NOT NULL,
  method        TEXT NOT NULL,
  known         BIGINT NOT NULL,
  failures      BIGINT NOT NULL,
  last_at       BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  PRIMARY KEY (account, method, known)
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 70)*/;

-- A challenge is a sealed value that a browser brings back. One that was answered is remembered here until it would
-- have ended anyway, so that it is not answered twice.
CREATE TABLE answered_challenges (
  digest     BYTEA PRIMARY KEY NOT NULL,
  expires_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX answered_challenges_expiring ON answered_challenges (expires_at);

-- Ways in that open later: a recovery with one proof, or a sign-in by code from an unknown browser to an account that
-- has a passkey. Everybody concerned is told, and anybody of them can cancel it.
CREATE TABLE entries (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  browser    BYTEA NOT NULL,
  proofs     TEXT NOT NULL,
  source     TEXT NOT NULL,
  cancel     BYTEA NOT NULL,
  asked_at   BIGINT NOT NULL,
  proved_at  BIGINT NOT NULL,
  opens_at   BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at   BIGINT
) /*sqlite WITHOUT ROWID */;
CREATE INDEX entries_account ON entries (account, id);
CREATE INDEX entries_browser ON entries (browser) WHERE state = 'waiting';
CREATE INDEX entries_expiring ON entries (expires_at) WHERE state = 'waiting';

-- What was proved in a session, and when each (`model::proofs`); and when last.
ALTER TABLE sessions ADD COLUMN methods TEXT NOT NULL DEFAULT 'mail_code@0';
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN strong_at BIGINT;
-- What the last proof was given by: identifiers of authenticators, or of an address, one after the other.
ALTER TABLE sessions ADD COLUMN rests_on BYTEA;

-- The session in which a code was asked for, where it confirms something within one.
ALTER TABLE sign_in_codes ADD COLUMN session BYTEA;

-- What a notice says, as JSON.
ALTER TABLE outbox ADD COLUMN notice TEXT;
