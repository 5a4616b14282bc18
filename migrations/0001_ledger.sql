-- seal: what no event makes again is stored a second time, so that "meshline verify" finds a bit that flipped.

-- The truth: what has happened, in order. Each hash covers the row and the hash before it.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  export_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX events_by_export ON events (export_id, n);

-- One row an export, made from its events. open_key is the hash of its subjects while it is open.
CREATE TABLE exports (
  id TEXT PRIMARY KEY NOT NULL,
  status TEXT NOT NULL,
  type TEXT,
  owner TEXT NOT NULL,
  source TEXT NOT NULL,
  campaign_id TEXT,
  open_key BLOB,
  received_at INTEGER NOT NULL,
  due_at INTEGER,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE INDEX exports_due ON exports (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX exports_open ON exports (open_key, id) WHERE open_key IS NOT NULL;
CREATE INDEX exports_by_status ON exports (status, id);
CREATE INDEX exports_by_owner ON exports (owner, status, id);
CREATE INDEX exports_by_campaign ON exports (campaign_id, id) WHERE campaign_id IS NOT NULL;

-- The newest value of each subject, so that an older export never overwrites it.
CREATE TABLE subject_heads (
  subject TEXT PRIMARY KEY NOT NULL,
  occurred_at INTEGER NOT NULL,
  export_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every export that was let go for a subject, also where a newer one has come in since and still waits.
CREATE TABLE subject_outs (
  subject TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  export_id TEXT NOT NULL,
  PRIMARY KEY (subject, occurred_at, export_id)
) STRICT, WITHOUT ROWID;

-- Whose desk each open export is on, in the order of its SLA. who is a person, a role, whoever stands in for a person,
-- a requester or the holder of a review; but names people whom it never waits for.
CREATE TABLE parties (
  who TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  export_id TEXT NOT NULL,
  but TEXT NOT NULL,
  PRIMARY KEY (who, due_at, export_id)
) STRICT, WITHOUT ROWID;

-- Exports by the SKUs that their values name.
CREATE TABLE skus (
  sku TEXT NOT NULL,
  export_id TEXT NOT NULL,
  PRIMARY KEY (sku, export_id)
) STRICT, WITHOUT ROWID;

-- Exports that their channel shows in its digest instead of on a card of their own.
CREATE TABLE digests (
  channel TEXT NOT NULL,
  export_id TEXT NOT NULL,
  export_type TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(channel) || quote(export_id) || quote(export_type) || quote(due_at) || quote(waiting)) STORED,
  PRIMARY KEY (channel, export_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX digests_waiting ON digests (channel, due_at) WHERE waiting = 1;

-- Whose Home tab was opened and when, so that it is kept up to date for a while.
CREATE TABLE homes (
  person TEXT PRIMARY KEY NOT NULL,
  opened_at INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(person) || quote(opened_at)) STORED
) STRICT, WITHOUT ROWID;

-- The first answer under each idempotency key.
CREATE TABLE idempotency (
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT NOT NULL,
  export_id TEXT NOT NULL,
  seal TEXT NOT NULL AS (quote(source) || quote(key) || quote(body_hash) || quote(answer) || quote(export_id)) STORED,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

-- What must still happen outside. lease_until is set while an attempt is out and its end unknown;
-- unsettled says that such a lease once ran out, until an attempt is done; renewals counts how often the row was asked for again since it was last claimed.
CREATE TABLE outbox (
  key TEXT PRIMARY KEY NOT NULL,
  export_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  renewals INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  begun_at INTEGER,
  unsettled INTEGER NOT NULL DEFAULT 0,
  unsettled_since INTEGER,
  effect TEXT NOT NULL,
  seal TEXT NOT NULL AS (quote(key) || quote(export_id) || quote(kind) || quote(lane) || quote(priority) || quote(due_at) || quote(attempts) || quote(renewals) || quote(token) || quote(lease_until) || quote(begun_at) || quote(unsettled) || quote(unsettled_since) || quote(effect)) STORED
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_lane ON outbox (lane, due_at);

CREATE TABLE tasks (
  id TEXT PRIMARY KEY NOT NULL,
  key TEXT NOT NULL UNIQUE,
  export_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  owner TEXT,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  opened_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  closed_at INTEGER,
  closed_by TEXT,
  seal TEXT NOT NULL AS (quote(id) || quote(key) || quote(export_id) || quote(kind) || quote(role) || quote(owner) || quote(title) || quote(state) || quote(opened_at) || quote(due_at) || quote(closed_at) || quote(closed_by)) STORED
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_by_export ON tasks (export_id, state);
CREATE INDEX tasks_by_owner ON tasks (state, owner, due_at);
CREATE INDEX tasks_by_role ON tasks (state, role, due_at);

-- Where messages of ours stand in Slack.
CREATE TABLE messages (
  post_id TEXT PRIMARY KEY NOT NULL,
  export_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  ts TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  seal TEXT NOT NULL AS (quote(post_id) || quote(export_id) || quote(channel) || quote(ts) || quote(body_hash)) STORED
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_place ON messages (channel, ts);

-- What changed in the directory since meshline.yml, made from its events; one row.
CREATE TABLE directory (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;

-- One row a campaign, made from its events, which stand in the chain as 'campaign:' and its id.
CREATE TABLE campaigns (
  id TEXT PRIMARY KEY NOT NULL,
  status TEXT NOT NULL,
  owner TEXT NOT NULL,
  created_by TEXT,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX campaigns_by_owner ON campaigns (owner, created_at);
CREATE INDEX campaigns_by_creator ON campaigns (created_by, created_at) WHERE created_by IS NOT NULL;
CREATE INDEX campaigns_due ON campaigns (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX campaigns_by_status ON campaigns (status, created_at);

-- Keywords and landing pages that campaigns claim, until they end.
CREATE TABLE claims (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  PRIMARY KEY (kind, value, campaign_id)
) STRICT, WITHOUT ROWID;

-- What other systems call our SKUs, made from the events of the catalogue.
CREATE TABLE aliases (
  system TEXT NOT NULL,
  sku TEXT NOT NULL,
  alias TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (system, sku)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX aliases_by_name ON aliases (system, alias);

-- SKUs of delivered previews whose stock is waited for.
CREATE TABLE previews (
  sku TEXT NOT NULL,
  export_id TEXT NOT NULL,
  PRIMARY KEY (sku, export_id)
) STRICT, WITHOUT ROWID;

-- Promos whose prices are out or may still go out, to find those that meet on one SKU.
CREATE TABLE promos (
  export_id TEXT PRIMARY KEY NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX promos_by_end ON promos (ends_at);

-- Delivery ids that have been seen, until they can no longer be replayed.
CREATE TABLE deliveries (
  scope TEXT NOT NULL,
  id TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(scope) || quote(id) || quote(body_hash) || quote(expires_at)) STORED,
  PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_expiry ON deliveries (expires_at);

-- Verified events of sources, until their exports are made. work is what is still to be done, and is dropped once
-- that is done; id and event_key keep a repeat from being taken twice.
CREATE TABLE inbound (
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  event_key TEXT NOT NULL,
  topic TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
  received_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  work TEXT,
  reason TEXT,
  seal TEXT NOT NULL AS (quote(source) || quote(id) || quote(event_key) || quote(topic) || quote(body_hash) || quote(status) || quote(received_at) || quote(due_at) || quote(attempts) || quote(work) || quote(reason)) STORED,
  PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX inbound_by_event ON inbound (source, event_key);
CREATE INDEX inbound_waiting ON inbound (source, due_at) WHERE status = 'waiting';
CREATE INDEX inbound_failed ON inbound (received_at) WHERE status = 'failed';
CREATE INDEX inbound_done ON inbound (received_at) WHERE status = 'done';

-- How far each source has been asked for what its webhooks may have missed.
CREATE TABLE marks (
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  mark INTEGER NOT NULL,
  began_at INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(source) || quote(stream) || quote(mark) || quote(began_at) || quote(asked_at)) STORED,
  PRIMARY KEY (source, stream)
) STRICT, WITHOUT ROWID;

-- The Slack workspace that the ledger belongs to; one row, or none before Slack first answered.
CREATE TABLE workspace (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  team TEXT NOT NULL,
  name TEXT NOT NULL,
  seal TEXT NOT NULL AS (quote(id) || quote(team) || quote(name)) STORED
) STRICT;

-- Counters of the ledger itself. epoch counts opens: fencing tokens of an earlier process are older.
CREATE TABLE counters (
  name TEXT PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL,
  seal TEXT NOT NULL AS (quote(name) || quote(value)) STORED
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('epoch', 0);
