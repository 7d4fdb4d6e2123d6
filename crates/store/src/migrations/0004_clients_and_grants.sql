-- The OpenID provider: clients, what they ask for, what they were allowed, and their tokens.

-- What a client is, as JSON (`store::clients`); what it is found and told apart by has columns of its own.
CREATE TABLE clients (
  id         TEXT PRIMARY KEY NOT NULL,
  origin     TEXT NOT NULL,
  body       TEXT NOT NULL,
  made_at    BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- What the owner of an account wants to be called by clients, and when that changed last.
ALTER TABLE accounts ADD COLUMN name TEXT;
ALTER TABLE accounts ADD COLUMN named_at BIGINT;

-- What a client was called that is gone, so that the record still says whom something was allowed: kept as long as the record.
-- `ending` is 1 as long as grants that were given to it may be left.
CREATE TABLE removed_clients (
  id         TEXT PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  verified   BIGINT NOT NULL,
  host       TEXT,
  ending     BIGINT NOT NULL,
  removed_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX removed_clients_ending ON removed_clients (removed_at) WHERE ending = 1;

-- Requests for authorization that a client pushed. `parameters` are a JSON list of pairs, `key` the thumbprint of a key that was
-- proved with it.
CREATE TABLE pushed_requests (
  digest     BYTEA PRIMARY KEY NOT NULL,
  client     TEXT NOT NULL,
  parameters TEXT NOT NULL,
  key        BYTEA,
  made_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
) /*sqlite WITHOUT ROWID */;
CREATE INDEX pushed_requests_expiring ON pushed_requests (expires_at);

-- What a client was allowed. `context` says of a device how near it was to the person. `methods`, `proved_at` and `strong_at`
-- are how the person had signed in; `confirmed_at` and `quiet_until` say of one that was provisional how that ended; `idle` is
-- in microseconds; `over_at` is when it ends if it is not used any more; `claims` are those that were asked for one by one, as
-- the client wrote them. `noted_at` and `noted_from` (a digest of the place) are of the last refresh that has an event of its
-- own, and `further` counts those since.
CREATE TABLE grants (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA,
  client     TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  resources  TEXT NOT NULL,
  origin     TEXT NOT NULL,
  context    TEXT,
  session    BYTEA,
  key        BYTEA,
  claims     TEXT,
  methods    TEXT,
  proved_at  BIGINT,
  strong_at  BIGINT,
  source     TEXT,
  granted_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  idle       BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  quiet_until  BIGINT,
  over_at    BIGINT NOT NULL,
  ended_at   BIGINT,
  end_reason TEXT,
  noted_at   BIGINT,
  noted_from BYTEA,
  further    BIGINT NOT NULL DEFAULT 0
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE INDEX grants_account ON grants (account, client, id) WHERE account IS NOT NULL AND ended_at IS NULL;
CREATE INDEX grants_client ON grants (client, id) WHERE ended_at IS NULL;
CREATE INDEX grants_session ON grants (session) WHERE session IS NOT NULL;
CREATE INDEX grants_expiring ON grants (over_at) WHERE ended_at IS NULL;
CREATE INDEX grants_ended ON grants (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE authorization_codes (
  id             BYTEA PRIMARY KEY NOT NULL,
  digest         BYTEA NOT NULL,
  grant_id       BYTEA NOT NULL REFERENCES grants (id),
  client         TEXT NOT NULL,
  redirect_uri   TEXT NOT NULL,
  redirect_named BIGINT NOT NULL,
  challenge      BYTEA,
  key            BYTEA,
  loopback_from  TEXT,
  nonce          TEXT,
  expires_at     BIGINT NOT NULL,
  redeemed_at    BIGINT
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX authorization_codes_digest ON authorization_codes (digest);
CREATE INDEX authorization_codes_grant ON authorization_codes (grant_id);
CREATE INDEX authorization_codes_expiring ON authorization_codes (expires_at);

-- The family of a token is its grant. `access_token` went out with it.
CREATE TABLE refresh_tokens (
  id           BYTEA PRIMARY KEY NOT NULL,
  digest       BYTEA NOT NULL,
  grant_id     BYTEA NOT NULL REFERENCES grants (id),
  state        TEXT NOT NULL,
  successor    BYTEA,
  access_token BYTEA,
  issued_at    BIGINT NOT NULL,
  used_at      BIGINT
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE UNIQUE INDEX refresh_tokens_digest ON refresh_tokens (digest);
CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id, id);
-- There is one live token in a family, whatever anybody believes who wants to insert another.
CREATE UNIQUE INDEX refresh_tokens_live ON refresh_tokens (grant_id) WHERE state = 'live';

-- `digest` is that of an opaque token's text; a signed one has none and is found by its `jti`, the identifier.
CREATE TABLE access_tokens (
  id           BYTEA PRIMARY KEY NOT NULL,
  digest       BYTEA,
  grant_id     BYTEA,
  client       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  audiences    TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  origin       TEXT NOT NULL,
  context      TEXT,
  provisional  BIGINT NOT NULL,
  key          BYTEA,
  acr          TEXT,
  signed_in_at BIGINT,
  issued_at    BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX access_tokens_digest ON access_tokens (digest) WHERE digest IS NOT NULL;
CREATE INDEX access_tokens_grant ON access_tokens (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX access_tokens_expiring ON access_tokens (expires_at);

-- What must not be shown a second time: proofs of keys and statements of clients, by the digest of who made them and their
-- `jti`, and requests that a person has answered, for as long as they would hold.
CREATE TABLE seen_ids (
  digest     BYTEA PRIMARY KEY NOT NULL,
  expires_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX seen_ids_expiring ON seen_ids (expires_at);

-- Clients that have to be told of an end. What is said, and where, is looked up when it is said.
CREATE TABLE logouts (
  id          BYTEA PRIMARY KEY NOT NULL,
  client      TEXT NOT NULL,
  account     BYTEA NOT NULL,
  session     BYTEA,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  queued_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE INDEX logouts_due ON logouts (next_at);
CREATE INDEX logouts_client ON logouts (client, next_at);
