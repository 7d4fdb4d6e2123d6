-- What signs, and who may register.

-- Keys that tokens are signed with. `id` is the thumbprint of the public half, `public` the half itself as JSON. The private
-- half is sealed, and goes when the key is retired: what it signed is verified by the other one.
CREATE TABLE signing_keys (
  id     BYTEA PRIMARY KEY NOT NULL,
  kind   TEXT NOT NULL,
  state  TEXT NOT NULL,
  since  BIGINT NOT NULL,
  public TEXT NOT NULL,
  sealed BYTEA
) /*sqlite WITHOUT ROWID */;
-- One key of a kind waits to sign, however many nodes want to make one.
CREATE UNIQUE INDEX signing_keys_published ON signing_keys (kind) WHERE state = 'published';

-- Tokens by which clients register themselves, as keyed digests: for so many clients, and until then.
CREATE TABLE initial_access_tokens (
  digest       BYTEA PRIMARY KEY NOT NULL,
  note         TEXT NOT NULL,
  clients_left BIGINT NOT NULL,
  without_pkce BIGINT NOT NULL,
  made_at      BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX initial_access_tokens_expiring ON initial_access_tokens (expires_at);
