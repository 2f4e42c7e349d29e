-- The data model is described in db/README.md. Instants are microseconds since 1970 (UTC). Keys are canonical and
-- compared bytewise. The workspace comes first in every key.

CREATE TABLE schema_migrations (
  version BIGINT NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  checksum TEXT COLLATE "C" NOT NULL,
  oldest_program BIGINT NOT NULL, -- the version that a program has to know at least to work on this schema
  applied BIGINT NOT NULL
);

-- What nobody asks SQLite: was the transaction committed whose COMMIT got no answer?
CREATE TABLE writers (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- of a process, made at its start
  number BIGINT NOT NULL, -- of its latest transaction
  seen BIGINT NOT NULL
);

CREATE TABLE workspaces (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  role_mode TEXT COLLATE "C" NOT NULL CHECK (role_mode IN ('multi', 'single'))
);
CREATE UNIQUE INDEX workspaces_by_name ON workspaces (name);

CREATE TABLE roles (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('shipped', 'custom', 'from_group')),
  is_protected BIGINT NOT NULL CHECK (is_protected IN (0, 1)),
  rank BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX roles_by_name ON roles (workspace, name_key);

CREATE TABLE role_permissions (
  workspace TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  permission TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, role, permission),
  FOREIGN KEY (workspace, role) REFERENCES roles (workspace, id) ON DELETE CASCADE
);
CREATE INDEX role_permissions_by_permission ON role_permissions (workspace, permission, role);

CREATE TABLE connections (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  dialect TEXT COLLATE "C" NOT NULL,
  default_role TEXT COLLATE "C" NOT NULL,
  ceiling TEXT COLLATE "C" NOT NULL,
  unknown_groups TEXT COLLATE "C" NOT NULL CHECK (unknown_groups IN ('create_role', 'keep_unlinked', 'refuse')),
  asserted_roles TEXT COLLATE "C" NOT NULL CHECK (asserted_roles IN ('grant', 'ignore')),
  unknown_members TEXT COLLATE "C" NOT NULL CHECK (unknown_members IN ('accept_known', 'strict', 'parked')),
  created BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, default_role) REFERENCES roles (workspace, id),
  FOREIGN KEY (workspace, ceiling) REFERENCES roles (workspace, id)
);
CREATE UNIQUE INDEX connections_by_name ON connections (workspace, name);

-- A token is looked up before its workspace is known, hence the id alone. user_id is whom it stands for at /Me; no
-- foreign key, because the user may be deleted: the token then opens nothing.
CREATE TABLE tokens (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  workspace TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C",
  note TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT,
  successor TEXT COLLATE "C", -- while a rotation runs, and the old one stops at the latest when it retires
  retires BIGINT,
  FOREIGN KEY (workspace, connection) REFERENCES connections (workspace, id)
);
CREATE INDEX tokens_by_workspace ON tokens (workspace, created, id);
CREATE INDEX tokens_by_user ON tokens (workspace, user_id) WHERE user_id IS NOT NULL;

-- unique_scope is '' for types that are unique in the workspace and the connection for those unique in it.
CREATE TABLE resources (
  workspace TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  unique_scope TEXT COLLATE "C" NOT NULL,
  unique_key TEXT COLLATE "C" NOT NULL,
  display TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  is_active BIGINT NOT NULL CHECK (is_active IN (0, 1)),
  default_role TEXT COLLATE "C" NOT NULL,
  default_role_key TEXT COLLATE "C" NOT NULL,
  signature_0 BIGINT NOT NULL,
  signature_1 BIGINT NOT NULL,
  signature_2 BIGINT NOT NULL,
  signature_3 BIGINT NOT NULL,
  signature_4 BIGINT NOT NULL,
  signature_5 BIGINT NOT NULL,
  signature_6 BIGINT NOT NULL,
  signature_7 BIGINT NOT NULL,
  document TEXT COLLATE "C" NOT NULL
);
-- In this order: of several constraints that a row breaks, the one made first is named, and a taken name is the better
-- answer than a taken id.
CREATE UNIQUE INDEX resources_by_key ON resources (workspace, type, unique_key, unique_scope);
ALTER TABLE resources ADD CONSTRAINT resources_pkey PRIMARY KEY (workspace, type, id);
CREATE INDEX resources_by_connection ON resources (workspace, type, connection, id, signature_0, signature_1, signature_2,
  signature_3, signature_4, signature_5, signature_6, signature_7);
CREATE INDEX resources_active ON resources (workspace, type, connection) WHERE is_active = 1;
CREATE INDEX resources_by_sent_default ON resources (workspace, default_role_key, id) WHERE default_role_key <> '';
CREATE INDEX resources_by_external_id ON resources (workspace, type, external_id) WHERE external_id <> '';

-- What identified a deleted User or Group, so that it gets its id back when its connection makes it again.
CREATE TABLE tombstones (
  workspace TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  unique_key TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  deleted BIGINT NOT NULL,
  deleted_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, type, id)
);
CREATE INDEX tombstones_by_key ON tombstones (workspace, type, connection, unique_key, deleted);
CREATE INDEX tombstones_by_external_id ON tombstones (workspace, type, connection, external_id, deleted)
  WHERE external_id <> '';
CREATE INDEX tombstones_by_age ON tombstones (workspace, deleted);

-- Rows per type and connection, so that the total of an unfiltered list is one lookup.
CREATE TABLE resource_counts (
  workspace TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  resources BIGINT NOT NULL,
  PRIMARY KEY (workspace, type, connection)
);

CREATE TABLE resource_index (
  workspace TEXT COLLATE "C" NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  resource TEXT COLLATE "C" NOT NULL,
  element BIGINT NOT NULL,
  PRIMARY KEY (workspace, path, key, resource, element)
);
CREATE INDEX resource_index_by_resource ON resource_index (workspace, resource, path, element);

-- Values of attributes that a schema declares unique (RFC 7643 §7), besides the names that resources keeps itself.
-- scope is empty: unique in the whole workspace, whoever pushed the resource.
CREATE TABLE unique_values (
  workspace TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  resource TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, type, scope, path, key)
);
CREATE INDEX unique_values_by_resource ON unique_values (workspace, resource);

CREATE TABLE members (
  workspace TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  member TEXT COLLATE "C" NOT NULL,
  member_type TEXT COLLATE "C" NOT NULL,
  added BIGINT NOT NULL,
  PRIMARY KEY (workspace, group_id, member)
);
-- With all that groups_of reads: without it SQLite prefers to walk the workspace's whole table.
CREATE INDEX members_by_member ON members (workspace, member, group_id, added);

-- Whom a group was given before anybody of its connection had this id or externalId. member_type is '' when the client
-- did not say it.
CREATE TABLE parked_members (
  workspace TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  member_type TEXT COLLATE "C" NOT NULL,
  parked BIGINT NOT NULL,
  PRIMARY KEY (workspace, group_id, value)
);
CREATE INDEX parked_members_by_value ON parked_members (workspace, value, group_id, member_type, parked);

CREATE TABLE role_groups (
  workspace TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  relisted BIGINT NOT NULL CHECK (relisted IN (0, 1)),
  PRIMARY KEY (workspace, group_id)
);
CREATE INDEX role_groups_by_role ON role_groups (workspace, role, group_id);

CREATE TABLE links (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  group_name TEXT COLLATE "C" NOT NULL, -- when the link was made, paused, resumed or orphaned; shown once the group is gone
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'paused', 'orphaned')),
  origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('listing', 'pushed', 'admin')),
  made_by TEXT COLLATE "C" NOT NULL,
  made BIGINT NOT NULL,
  approved_by TEXT COLLATE "C" NOT NULL, -- empty until somebody else than made_by approved
  approved BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX links_by_group ON links (workspace, group_id, role) WHERE state <> 'orphaned';
CREATE INDEX links_of_group ON links (workspace, group_id, state, role);
CREATE INDEX links_by_role ON links (workspace, role, id);

CREATE TABLE direct_grants (
  workspace TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  made BIGINT NOT NULL,
  PRIMARY KEY (workspace, user_id, role)
);
CREATE UNIQUE INDEX direct_grants_by_role ON direct_grants (workspace, role, user_id);

-- Derived, and always equal to a recomputation. link and group_id are '' unless cause is 'link'.
CREATE TABLE effective_grants (
  workspace TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('link', 'direct', 'asserted', 'default')),
  link TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, user_id, role, cause, link, group_id)
);
CREATE INDEX effective_grants_by_role ON effective_grants (workspace, role, user_id);

CREATE TABLE audit (
  workspace TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  target TEXT COLLATE "C" NOT NULL,
  details TEXT COLLATE "C" NOT NULL,
  request TEXT COLLATE "C" NOT NULL,
  previous_hash TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL, -- 'User/<id>' when it is about one
  PRIMARY KEY (workspace, seq)
);
CREATE INDEX audit_by_subject ON audit (workspace, subject, seq) WHERE subject <> '';

-- Plans: what was wanted and what it would do, both JSON.
CREATE TABLE plans (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  made BIGINT NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  desired TEXT COLLATE "C" NOT NULL,
  effect TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  applied BIGINT,
  applied_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX plans_by_age ON plans (workspace, made, id);

-- Answers to requests that came with an Idempotency-Key, for seven days. workspace is '' for requests about none.
CREATE TABLE kept_answers (
  workspace TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  request TEXT COLLATE "C" NOT NULL,
  status BIGINT NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  lacks_secret BIGINT NOT NULL CHECK (lacks_secret IN (0, 1)),
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, key)
);
CREATE INDEX kept_answers_by_age ON kept_answers (workspace, at);

-- What one request did, for the request log.
CREATE INDEX audit_by_request ON audit (workspace, request, seq);

CREATE TABLE api_tokens (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  workspace TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  scopes TEXT COLLATE "C" NOT NULL, -- with blanks between
  digest TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL, -- whom it stands for; '': nobody
  made_by TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT
);
CREATE INDEX api_tokens_by_workspace ON api_tokens (workspace, created, id);
CREATE INDEX api_tokens_by_user ON api_tokens (workspace, user_id) WHERE user_id <> '';

-- Looked up by the id alone, as the tokens that begin them. No archive has them: whoever works with one signs in again.
CREATE TABLE admin_sessions (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  workspace TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  token TEXT COLLATE "C" NOT NULL REFERENCES api_tokens (id),
  scopes TEXT COLLATE "C" NOT NULL, -- with blanks between
  digest TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  ended BIGINT
);
CREATE INDEX admin_sessions_by_user ON admin_sessions (workspace, user_id, created, id);
CREATE INDEX admin_sessions_by_token ON admin_sessions (workspace, token);
CREATE INDEX admin_sessions_by_end ON admin_sessions (workspace, expires, id);

-- SCIM requests, written after their answers; workspace and connection are '' when the token was not good.
CREATE TABLE request_log (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  token TEXT COLLATE "C" NOT NULL,
  method TEXT COLLATE "C" NOT NULL,
  route TEXT COLLATE "C" NOT NULL,
  resource TEXT COLLATE "C" NOT NULL,
  status BIGINT NOT NULL,
  error TEXT COLLATE "C" NOT NULL,
  scim_type TEXT COLLATE "C" NOT NULL,
  attribute TEXT COLLATE "C" NOT NULL,
  micros BIGINT NOT NULL,
  rewrites TEXT COLLATE "C" NOT NULL,
  intent TEXT COLLATE "C" NOT NULL,
  effect TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  body_state TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, id)
);

CREATE INDEX request_log_by_resource ON request_log (workspace, resource, id) WHERE resource <> '';

-- When who had which role, by which cause: effective_grants as it was. A row is open while lost is NULL.
CREATE TABLE grant_history (
  workspace TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('link', 'direct', 'asserted', 'default')),
  link TEXT COLLATE "C" NOT NULL,
  group_id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  made BIGINT NOT NULL,
  since BIGINT NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  gained BIGINT NOT NULL,
  lost BIGINT,
  PRIMARY KEY (workspace, user_id, seq, gained, role, cause, link, group_id)
);
CREATE INDEX grant_history_by_role ON grant_history (workspace, role, cause, link, user_id);
CREATE INDEX grant_history_ended ON grant_history (workspace, lost) WHERE lost IS NOT NULL;

-- Instants before it are not answered for: what held then may be forgotten. Without a row nothing is.
CREATE TABLE history_horizons (
  workspace TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);

-- Names as they were; '' from the deletion on.
CREATE TABLE name_history (
  workspace TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'group', 'role', 'connection', 'approver')),
  id TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, kind, id, at)
);
CREATE INDEX name_history_by_key ON name_history (workspace, kind, name_key, at);

-- The guard against mass removal. A connection without a row has the defaults.
CREATE TABLE guard_settings (
  workspace TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('hold', 'observe', 'off')),
  minimum BIGINT NOT NULL,
  percent BIGINT NOT NULL,
  window_minutes BIGINT NOT NULL,
  newcomer_hours BIGINT NOT NULL,
  auto_apply_minutes BIGINT NOT NULL,
  answer TEXT COLLATE "C" NOT NULL CHECK (answer IN ('refuse', 'accept')),
  PRIMARY KEY (workspace, connection)
);

-- Who lost something lately through a connection: one row for a user, of the latest loss.
CREATE TABLE guard_losses (
  workspace TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  ends_access BIGINT NOT NULL CHECK (ends_access IN (0, 1)),
  restored BIGINT NOT NULL CHECK (restored IN (0, 1)),
  PRIMARY KEY (workspace, connection, user_id)
);
CREATE INDEX guard_losses_by_age ON guard_losses (workspace, connection, at);

-- A change that took something, with what is needed to take it back. wave is '' while it belongs to none.
CREATE TABLE guard_taken (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  wave TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  effect TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX guard_taken_by_wave ON guard_taken (workspace, connection, wave, at);
CREATE INDEX guard_taken_of_wave ON guard_taken (workspace, wave, id);

CREATE TABLE guard_waves (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  opened BIGINT NOT NULL,
  last BIGINT NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('hold', 'observe', 'off')),
  losses BIGINT NOT NULL,
  loss_limit BIGINT NOT NULL,
  undone BIGINT,
  undone_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX guard_waves_by_connection ON guard_waves (workspace, connection, id);

CREATE TABLE held_changes (
  workspace TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  connection TEXT COLLATE "C" NOT NULL,
  wave TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL CHECK (action IN ('deactivate', 'change', 'delete')),
  type TEXT COLLATE "C" NOT NULL,
  resource TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  effect TEXT COLLATE "C" NOT NULL,
  costs TEXT COLLATE "C" NOT NULL,
  users BIGINT NOT NULL,
  asked_by TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  last_asked BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  due BIGINT,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('held', 'applied', 'rejected', 'withdrawn')),
  note TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decided BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX held_changes_once ON held_changes (workspace, connection, digest) WHERE state = 'held';
CREATE INDEX held_changes_by_digest ON held_changes (workspace, connection, digest, id);
CREATE INDEX held_changes_by_state ON held_changes (workspace, state, id);
CREATE INDEX held_changes_by_resource ON held_changes (workspace, resource, state);
CREATE INDEX held_changes_due ON held_changes (workspace, due) WHERE state = 'held' AND due IS NOT NULL;
CREATE INDEX held_changes_decided ON held_changes (workspace, decided) WHERE state <> 'held';

-- Where events go. events is '' for all of them, else types with blanks between. secret and old_secret are sealed; until
-- old_secret_ends both sign. failures and rests_until tell how the receiver does; whoever delivers holds the lease.
CREATE TABLE webhooks (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C" NOT NULL,
  events TEXT COLLATE "C" NOT NULL,
  is_paused BIGINT NOT NULL CHECK (is_paused IN (0, 1)),
  paused_because TEXT COLLATE "C" NOT NULL,
  secret TEXT COLLATE "C" NOT NULL,
  old_secret TEXT COLLATE "C" NOT NULL,
  old_secret_ends BIGINT,
  made_by TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  rests_until BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);

-- What happened, for whoever has subscribed to it: written with the entry of the audit that it tells of, whose number it
-- bears.
CREATE TABLE outbox (
  workspace TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, seq)
);
CREATE UNIQUE INDEX outbox_by_id ON outbox (workspace, id);

CREATE TABLE deliveries (
  workspace TEXT COLLATE "C" NOT NULL,
  webhook TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts BIGINT NOT NULL,
  due BIGINT NOT NULL,
  first_attempt BIGINT,
  last_attempt BIGINT,
  status BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  micros BIGINT NOT NULL,
  PRIMARY KEY (workspace, webhook, seq),
  FOREIGN KEY (workspace, webhook) REFERENCES webhooks (workspace, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace, seq) REFERENCES outbox (workspace, seq) ON DELETE CASCADE
);
CREATE INDEX deliveries_pending ON deliveries (workspace, webhook, seq, due) WHERE state = 'pending';
CREATE INDEX deliveries_by_event ON deliveries (workspace, seq);

-- The APIs of identity providers. credential is sealed, for this row alone; scopes are those that are asked for, granted
-- what the last test found of them, as words with blanks between. What vendor_… tell of is the answer behind reason.
-- Whoever tests one holds the lease. Of read_…, the lists hold one name or id a line; the instants say when the next run
-- is due by itself, up to when changes are known, and when the last whole run that succeeded was asked for. ends_access
-- says whether somebody who is suspended or gone there loses access here.
CREATE TABLE directories (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  domain TEXT COLLATE "C" NOT NULL,
  credential_kind TEXT COLLATE "C" NOT NULL,
  client_id TEXT COLLATE "C" NOT NULL,
  credential TEXT COLLATE "C" NOT NULL,
  scopes TEXT COLLATE "C" NOT NULL,
  granted TEXT COLLATE "C" NOT NULL,
  is_paused BIGINT NOT NULL CHECK (is_paused IN (0, 1)),
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('untested', 'active', 'degraded', 'throttled', 'needs_reauthorization')),
  reason TEXT COLLATE "C" NOT NULL,
  vendor_status BIGINT NOT NULL,
  vendor_code TEXT COLLATE "C" NOT NULL,
  vendor_request TEXT COLLATE "C" NOT NULL,
  throttled_until BIGINT,
  tested BIGINT,
  test_due BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  ends_access BIGINT NOT NULL CHECK (ends_access IN (0, 1)),
  made_by TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  read_every BIGINT NOT NULL,
  read_groups TEXT COLLATE "C" NOT NULL,
  read_applications TEXT COLLATE "C" NOT NULL,
  read_types TEXT COLLATE "C" NOT NULL,
  read_due BIGINT,
  read_until BIGINT,
  read_whole BIGINT,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, name)
);
CREATE INDEX directories_due ON directories (test_due) WHERE is_paused = 0;
CREATE INDEX directories_read_due ON directories (read_due) WHERE is_paused = 0;

-- Who is in a directory, by the provider's ids. run is the number of the run that saw the row last; gone says since when
-- somebody is not in it any more. custom is a JSON object.
CREATE TABLE people (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  login TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  display_name TEXT COLLATE "C" NOT NULL,
  employee_number TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  department TEXT COLLATE "C" NOT NULL,
  manager TEXT COLLATE "C" NOT NULL,
  manager_id TEXT COLLATE "C" NOT NULL,
  city TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  raw_status TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  changed BIGINT,
  custom TEXT COLLATE "C" NOT NULL,
  run BIGINT NOT NULL,
  gone BIGINT,
  PRIMARY KEY (workspace, directory, id)
);
CREATE INDEX people_by_login ON people (workspace, login);
CREATE INDEX people_by_email ON people (workspace, email_key);

-- Groups and applications of a directory, and who is in them. Somebody who is not in directly has the application by a
-- group.
CREATE TABLE directory_sets (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('group', 'application')),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  accepts_members BIGINT NOT NULL CHECK (accepts_members IN (0, 1)),
  changed BIGINT,
  members_changed BIGINT,
  run BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory, kind, id)
);

CREATE TABLE directory_members (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('group', 'application')),
  set_id TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  is_direct BIGINT NOT NULL CHECK (is_direct IN (0, 1)),
  run BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory, kind, set_id, person)
);
CREATE INDEX directory_members_by_person ON directory_members (workspace, directory, person, kind);

-- Reads of directories. phase, at_id, next and is_second_look are how far one is; each of the counts holds four numbers:
-- seen, added, changed, gone. Whoever reads holds the lease.
CREATE TABLE sync_runs (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  directory TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('whole', 'changes', 'person')),
  person TEXT COLLATE "C" NOT NULL,
  since BIGINT,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'succeeded', 'partial', 'failed')),
  phase TEXT COLLATE "C" NOT NULL
    CHECK (phase IN ('people', 'missing', 'groups', 'members', 'applications', 'assignments')),
  phase_began BIGINT NOT NULL,
  at_id TEXT COLLATE "C" NOT NULL,
  next TEXT COLLATE "C" NOT NULL,
  is_second_look BIGINT NOT NULL CHECK (is_second_look IN (0, 1)),
  lists BIGINT NOT NULL,
  people_counts TEXT COLLATE "C" NOT NULL,
  group_counts TEXT COLLATE "C" NOT NULL,
  member_counts TEXT COLLATE "C" NOT NULL,
  application_counts TEXT COLLATE "C" NOT NULL,
  assignment_counts TEXT COLLATE "C" NOT NULL,
  expected BIGINT NOT NULL,
  requested_by TEXT COLLATE "C" NOT NULL,
  requested BIGINT NOT NULL,
  ended BIGINT,
  due BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  vendor_request TEXT COLLATE "C" NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, directory, number)
);
CREATE UNIQUE INDEX sync_runs_running ON sync_runs (workspace, directory) WHERE state = 'running' AND kind <> 'person';
CREATE INDEX sync_runs_due ON sync_runs (due) WHERE state = 'running';

-- What is to be done in directories. Actions of one person go one by one, by queued and id. due is when somebody has to
-- look at the row next, whatever its state. Whoever does it holds the lease; fence grows with every lease. secret is
-- sealed, and erased when it was shown or by secret_until.
CREATE TABLE actions (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  directory TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  login TEXT COLLATE "C" NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  object_name TEXT COLLATE "C" NOT NULL,
  parameters TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('requested', 'awaiting_approval', 'held', 'approved', 'leased', 'sent',
    'succeeded', 'failed', 'unknown', 'rejected', 'expired', 'cancelled')),
  requester TEXT COLLATE "C" NOT NULL,
  requested_by TEXT COLLATE "C" NOT NULL,
  requested BIGINT NOT NULL,
  request TEXT COLLATE "C" NOT NULL,
  approvals BIGINT NOT NULL,
  approve_until BIGINT NOT NULL,
  execution_window BIGINT NOT NULL,
  queued BIGINT,
  execute_until BIGINT,
  due BIGINT,
  attempts BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  is_verifying BIGINT NOT NULL CHECK (is_verifying IN (0, 1)),
  note TEXT COLLATE "C" NOT NULL,
  vendor_status BIGINT NOT NULL,
  vendor_code TEXT COLLATE "C" NOT NULL,
  vendor_request TEXT COLLATE "C" NOT NULL,
  ended BIGINT,
  secret TEXT COLLATE "C" NOT NULL,
  secret_until BIGINT,
  fence BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX actions_due ON actions (due) WHERE due IS NOT NULL;
CREATE INDEX actions_queued ON actions (workspace, directory, person, queued, id) WHERE ended IS NULL;
CREATE INDEX actions_by_person ON actions (workspace, person, id);
CREATE INDEX actions_by_state ON actions (workspace, state, id);
CREATE INDEX actions_by_request ON actions (workspace, request, id);
CREATE INDEX actions_by_kind ON actions (workspace, directory, action, requested);
CREATE INDEX actions_by_end ON actions (workspace, directory, ended);

-- Every call, and every read of a person before or after one. Without finished: whoever made it did not see its end.
CREATE TABLE action_attempts (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  action TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('read', 'call', 'verify')),
  started BIGINT NOT NULL,
  finished BIGINT,
  status BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  message TEXT COLLATE "C" NOT NULL,
  vendor_request TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, action, number)
);

CREATE TABLE action_approvals (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  action TEXT COLLATE "C" NOT NULL,
  approver TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  is_approval BIGINT NOT NULL CHECK (is_approval IN (0, 1)),
  digest TEXT COLLATE "C" NOT NULL,
  comment TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, action, approver)
);

-- directory and action are '' where a policy is for any. Windows are in seconds.
CREATE TABLE action_policies (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  id TEXT COLLATE "C" NOT NULL,
  directory TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  roles TEXT COLLATE "C" NOT NULL,
  approvals BIGINT NOT NULL,
  approvers TEXT COLLATE "C" NOT NULL,
  hourly BIGINT NOT NULL,
  needs_reason BIGINT NOT NULL CHECK (needs_reason IN (0, 1)),
  approval_window BIGINT NOT NULL,
  execution_window BIGINT NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  UNIQUE (workspace, directory, action)
);

-- What a directory lets through: no action is begun before rests_until.
CREATE TABLE action_gates (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL,
  rests_until BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace, directory)
);
-- Where an identity provider tells of what happened in a directory. secret is sealed, for this row alone. One that is not
-- made by hand is made, and taken away, by whoever holds the lease.
CREATE TABLE directory_hooks (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  secret TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('by_hand', 'making', 'verified', 'removing')),
  vendor_id TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  vendor_request TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL,
  due BIGINT NOT NULL,
  verified BIGINT,
  received BIGINT,
  made_by TEXT COLLATE "C" NOT NULL,
  created BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory)
);
-- The provider knows no workspace.
CREATE INDEX directory_hooks_by_directory ON directory_hooks (directory);
CREATE INDEX directory_hooks_due ON directory_hooks (due) WHERE state IN ('making', 'removing');

-- The consent of an administrator to a directory: the way there that was begun last, and what came of it. state is a digest;
-- verifier, code and granted are sealed, each for this row alone. Whoever exchanges the code or renews the tokens holds the
-- lease, and is overtaken when it has run out: due then says that somebody has to.
CREATE TABLE directory_consents (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  verifier TEXT COLLATE "C" NOT NULL,
  redirect TEXT COLLATE "C" NOT NULL,
  expires BIGINT NOT NULL,
  is_answered BIGINT NOT NULL CHECK (is_answered IN (0, 1)),
  asked_by TEXT COLLATE "C" NOT NULL,
  asked BIGINT NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  granted TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL,
  due BIGINT,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory)
);
-- What comes back through a browser knows no workspace.
CREATE INDEX directory_consents_by_directory ON directory_consents (directory);
CREATE INDEX directory_consents_due ON directory_consents (due) WHERE due IS NOT NULL;

-- What was told of a directory, so that nothing counts twice: providers repeat themselves.
CREATE TABLE directory_events (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  uuid TEXT COLLATE "C" NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL CHECK (source IN ('hook', 'log')),
  published BIGINT,
  received BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory, uuid)
);
CREATE INDEX directory_events_by_age ON directory_events (workspace, received);

-- People of whom something was told, and who are therefore read again; with_sets: also which groups they are in, and
-- which applications they have. marks counts what was told since the row was made. Whoever reads holds the lease.
CREATE TABLE directory_rereads (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  with_sets BIGINT NOT NULL CHECK (with_sets IN (0, 1)),
  event TEXT COLLATE "C" NOT NULL,
  marks BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  due BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory, person)
);
CREATE INDEX directory_rereads_due ON directory_rereads (due);

-- How far the log of a directory was read, where that is granted: next is the target of the next page, empty before the
-- first. Whoever reads holds the lease.
CREATE TABLE directory_logs (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  next TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL,
  read_at BIGINT,
  due BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  leased_until BIGINT NOT NULL,
  PRIMARY KEY (workspace, directory)
);
CREATE INDEX directory_logs_due ON directory_logs (due);

-- Whose access a directory ends, has ended or gives back: a person there, a User here. What is due waits for whoever is
-- next; what has ended stays so that it can be given back by who took it, and by nobody else.
CREATE TABLE ended_access (
  workspace TEXT COLLATE "C" NOT NULL REFERENCES workspaces (id),
  directory TEXT COLLATE "C" NOT NULL,
  person TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('ending', 'ended', 'held', 'refused', 'returning')),
  status TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  asked BIGINT NOT NULL,
  ended BIGINT,
  PRIMARY KEY (workspace, directory, person)
);
CREATE INDEX ended_access_due ON ended_access (asked) WHERE state IN ('ending', 'returning');
CREATE INDEX ended_access_by_user ON ended_access (workspace, user_id);
