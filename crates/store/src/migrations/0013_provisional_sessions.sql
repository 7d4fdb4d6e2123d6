-- A session of which somebody doubts that its owner has it: since when, and when it would have ended without that.

ALTER TABLE sessions ADD COLUMN doubted_at BIGINT;
ALTER TABLE sessions ADD COLUMN whole_until BIGINT;
