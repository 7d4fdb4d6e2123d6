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
