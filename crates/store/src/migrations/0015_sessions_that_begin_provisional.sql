-- A browser that came by an approval that may have been relayed is known to nobody before its owner says that it is theirs.

ALTER TABLE browsers ADD COLUMN doubted_at BIGINT;
