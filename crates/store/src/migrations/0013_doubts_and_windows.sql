-- A session of which somebody doubts that its owner has it: since when, and when it would have ended without that.

ALTER TABLE sessions ADD COLUMN doubted_at BIGINT;
ALTER TABLE sessions ADD COLUMN whole_until BIGINT;

-- What has to be typed within a window that an owner opened: the digest of a word, bound to the account.
ALTER TABLE gates ADD COLUMN open_word BYTEA;
