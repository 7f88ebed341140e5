CREATE TABLE links (
  word text PRIMARY KEY CHECK (word ~ '^[a-z0-9-]{1,40}$'),
  target text NOT NULL CHECK (target ~ '^https?://'),
  visits bigint NOT NULL DEFAULT 0
);
