-- The first schema, for SQLite. Times are microseconds since 1970, UTC. A deleted row stays, and its name is free again: unique
-- indexes hold the column "live", which is null for deleted rows, and nulls are never equal.
-- What changes with every step of a run is kept apart from what is large and never changes, since SQLite rewrites whole rows.

CREATE TABLE store_info (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  store_id TEXT NOT NULL,
  resource_version INTEGER NOT NULL CHECK (resource_version >= 0), -- of the newest write to any resource
  log_oldest INTEGER NOT NULL DEFAULT 0 CHECK (log_oldest >= 0), -- from this version on resource_log is whole
  created_at INTEGER NOT NULL
) STRICT;

-- Rows that a transaction locks for a rule about many rows: how many tasks run, which ports are free.
CREATE TABLE store_locks (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO store_locks (name) VALUES ('ports'), ('slots');

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_name TEXT NOT NULL CHECK (length(user_name) BETWEEN 1 AND 64),
  name_key TEXT NOT NULL, -- user_name in upper case
  role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  password_hash TEXT,
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  token_version INTEGER NOT NULL CHECK (token_version >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_users_name ON users (name_key);

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
  key_hash TEXT NOT NULL,
  hint TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('full', 'read')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE UNIQUE INDEX ux_api_keys_hash ON api_keys (key_hash);
CREATE INDEX ix_api_keys_user ON api_keys (user_id, id);

CREATE TABLE secrets (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  ciphertext TEXT NOT NULL CHECK (ciphertext LIKE 'enc:%'),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

-- Resources: one table a kind, all of one shape. Public models have their own, as the upstream system has it.

CREATE TABLE ghosts (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_ghosts_key ON ghosts (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_ghosts_uid ON ghosts (uid);

CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL CHECK (owner <> 'system'),
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_models_key ON models (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_models_uid ON models (uid);

CREATE TABLE shells (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_shells_key ON shells (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_shells_uid ON shells (uid);

CREATE TABLE bots (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_bots_key ON bots (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_bots_uid ON bots (uid);

CREATE TABLE teams (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_teams_key ON teams (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_teams_uid ON teams (uid);

CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_workspaces_key ON workspaces (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_workspaces_uid ON workspaces (uid);

CREATE TABLE skills (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_skills_key ON skills (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_skills_uid ON skills (uid);

CREATE TABLE collaborations (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_collaborations_key ON collaborations (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_collaborations_uid ON collaborations (uid);

CREATE TABLE public_models (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  owner TEXT NOT NULL CHECK (owner = 'system'),
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  live INTEGER AS (CASE WHEN deleted_at IS NULL THEN 1 END) VIRTUAL,
  document TEXT NOT NULL,
  origin TEXT -- JSON; null when there is nothing to remember
) STRICT;
CREATE UNIQUE INDEX ux_public_models_key ON public_models (owner, live, namespace, name);
CREATE UNIQUE INDEX ux_public_models_uid ON public_models (uid);

-- Every write to a resource, in order: what watchers read, and the revisions to go back to.
CREATE TABLE resource_log (
  version INTEGER PRIMARY KEY,
  operation TEXT NOT NULL CHECK (operation IN ('ADDED', 'MODIFIED', 'DELETED')),
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  generation INTEGER NOT NULL CHECK (generation > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  document TEXT NOT NULL,
  origin TEXT
) STRICT;
CREATE INDEX ix_resource_log_uid ON resource_log (uid, version);

-- Tasks: the queue, the leases and what lists show.
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  team_name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'CANCELLING', 'PENDING_CONFIRMATION', 'COMPLETED', 'FAILED', 'CANCELLED', 'DELETE')),
  progress INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
  reason TEXT,
  error_message TEXT,
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  not_before INTEGER,
  ready_at INTEGER, -- its place in the queue
  fence INTEGER NOT NULL CHECK (fence >= 0), -- number of the last claim
  lease_node TEXT,
  lease_until INTEGER, -- 0 when the lease was given back
  last_seq INTEGER NOT NULL CHECK (last_seq >= 0), -- of the run log
  last_message_id INTEGER NOT NULL CHECK (last_message_id >= 0),
  preserve_executor INTEGER NOT NULL CHECK (preserve_executor IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  live INTEGER DEFAULT 1 CHECK (live = 1), -- not generated: a move would rewrite every index that holds it
  CHECK ((status = 'DELETE') = (live IS NULL)),
  CHECK ((status = 'PENDING') = (ready_at IS NOT NULL)),
  CHECK (not_before IS NULL OR status = 'PENDING'),
  CHECK ((status IN ('RUNNING', 'CANCELLING')) = (lease_until IS NOT NULL)),
  CHECK (lease_node IS NULL OR lease_until IS NOT NULL),
  CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'DELETE')) = (completed_at IS NOT NULL)),
  CHECK (status <> 'FAILED' OR (reason IS NOT NULL AND error_message IS NOT NULL)),
  CHECK (status <> 'COMPLETED' OR (progress = 100 AND reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX ux_tasks_name ON tasks (owner, live, namespace, name);
CREATE INDEX ix_tasks_owner ON tasks (owner, live, id);
CREATE INDEX ix_tasks_status ON tasks (owner, status, id);
CREATE INDEX ix_tasks_team ON tasks (owner, team_name, id);
CREATE INDEX ix_tasks_updated ON tasks (updated_at);
CREATE INDEX ix_tasks_ready ON tasks (ready_at, id) WHERE ready_at IS NOT NULL;
CREATE INDEX ix_tasks_lease ON tasks (lease_until, id) WHERE lease_until IS NOT NULL;

-- What was frozen when a task was accepted.
CREATE TABLE task_specs (
  task_id INTEGER PRIMARY KEY REFERENCES tasks (id),
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  labels TEXT NOT NULL,
  plan TEXT NOT NULL
) STRICT;

-- The messages of a task, and their texts.
CREATE TABLE subtasks (
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  message_id INTEGER NOT NULL CHECK (message_id > 0),
  role TEXT NOT NULL CHECK (role IN ('USER', 'ASSISTANT')),
  member INTEGER NOT NULL,
  bot_name TEXT,
  sender TEXT,
  status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  covered_line INTEGER NOT NULL CHECK (covered_line >= -1),
  session_id TEXT,
  reason TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  completed_at INTEGER,
  CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (completed_at IS NOT NULL)),
  CHECK ((role = 'USER') = (sender IS NOT NULL)),
  CHECK ((role = 'ASSISTANT') = (bot_name IS NOT NULL)),
  CHECK ((role = 'ASSISTANT') = (member >= 0))
) STRICT;
CREATE UNIQUE INDEX ux_subtasks_message ON subtasks (task_id, message_id);

CREATE TABLE subtask_texts (
  subtask_id INTEGER PRIMARY KEY REFERENCES subtasks (id),
  prompt TEXT NOT NULL,
  result TEXT
) STRICT;

-- The run log: everything that clients see of a task, in order.
CREATE TABLE task_events (
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  seq INTEGER NOT NULL CHECK (seq > 0),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  data BLOB NOT NULL, -- UTF-8 JSON
  PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_artifacts (
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES tasks (id),
  name TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ux_task_artifacts_name ON task_artifacts (task_id, name);

CREATE TABLE idempotency_keys (
  owner TEXT NOT NULL,
  scope INTEGER NOT NULL, -- the task that a message was sent to; 0 for new tasks
  idempotency_key TEXT NOT NULL,
  digest TEXT NOT NULL,
  task_id INTEGER NOT NULL,
  subtask_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (owner, scope, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_idempotency_keys_expires ON idempotency_keys (expires_at);

CREATE TABLE port_leases (
  engine TEXT NOT NULL,
  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  holder TEXT NOT NULL,
  leased_at INTEGER NOT NULL,
  PRIMARY KEY (engine, port)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ux_port_leases_holder ON port_leases (engine, holder);
