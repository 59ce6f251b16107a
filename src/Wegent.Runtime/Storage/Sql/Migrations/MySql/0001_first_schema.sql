-- The first schema, for MySQL and MariaDB: the tables of SQLite's, in words that both engines take. Times are microseconds since 1970,
-- UTC. Texts are compared by their code points. A deleted row stays, and its name is free again: unique indexes hold the column
-- "live", which is null for deleted rows, and nulls are never equal.
-- Every write locks a task's row before it writes what refers to it, so that the foreign keys add no lock of their own.

CREATE TABLE store_info (
  id INT NOT NULL PRIMARY KEY CHECK (id = 1),
  store_id VARCHAR(64) NOT NULL,
  resource_version BIGINT NOT NULL CHECK (resource_version >= 0), -- of the newest write to any resource
  log_oldest BIGINT NOT NULL DEFAULT 0 CHECK (log_oldest >= 0), -- from this version on resource_log is whole
  created_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Rows that a transaction locks for a rule about many rows: how many tasks run, which ports are free.
CREATE TABLE store_locks (
  name VARCHAR(32) NOT NULL PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO store_locks (name) VALUES ('ports'), ('slots');

CREATE TABLE users (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_name VARCHAR(64) NOT NULL CHECK (CHAR_LENGTH(user_name) BETWEEN 1 AND 64),
  name_key VARCHAR(128) NOT NULL, -- user_name in upper case
  role VARCHAR(16) NOT NULL CHECK (role IN ('admin', 'user')),
  password_hash VARCHAR(1024),
  is_active TINYINT NOT NULL CHECK (is_active IN (0, 1)),
  token_version INT NOT NULL CHECK (token_version >= 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE KEY ux_users_name (name_key)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE api_keys (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id BIGINT NOT NULL,
  name VARCHAR(64) NOT NULL CHECK (CHAR_LENGTH(name) BETWEEN 1 AND 64),
  key_hash CHAR(64) NOT NULL,
  hint VARCHAR(16) NOT NULL,
  scope VARCHAR(8) NOT NULL CHECK (scope IN ('full', 'read')),
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  UNIQUE KEY ux_api_keys_hash (key_hash),
  KEY ix_api_keys_user (user_id, id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE secrets (
  owner VARCHAR(128) NOT NULL,
  name VARCHAR(253) NOT NULL,
  ciphertext LONGTEXT NOT NULL CHECK (ciphertext LIKE 'enc:%'),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (owner, name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Resources: one table a kind, all of one shape. Public models have their own, as the upstream system has it.

CREATE TABLE ghosts (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_ghosts_key (owner, live, namespace, name),
  UNIQUE KEY ux_ghosts_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE models (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL CHECK (owner <> 'system'),
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_models_key (owner, live, namespace, name),
  UNIQUE KEY ux_models_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE shells (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_shells_key (owner, live, namespace, name),
  UNIQUE KEY ux_shells_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE bots (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_bots_key (owner, live, namespace, name),
  UNIQUE KEY ux_bots_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE teams (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_teams_key (owner, live, namespace, name),
  UNIQUE KEY ux_teams_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE workspaces (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_workspaces_key (owner, live, namespace, name),
  UNIQUE KEY ux_workspaces_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE skills (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_skills_key (owner, live, namespace, name),
  UNIQUE KEY ux_skills_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE collaborations (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_collaborations_key (owner, live, namespace, name),
  UNIQUE KEY ux_collaborations_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE public_models (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid CHAR(36) NOT NULL,
  owner VARCHAR(128) NOT NULL CHECK (owner = 'system'),
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  live TINYINT AS (CASE WHEN deleted_at IS NULL THEN 1 END) STORED,
  document LONGTEXT NOT NULL,
  origin LONGTEXT, -- JSON; null when there is nothing to remember
  UNIQUE KEY ux_public_models_key (owner, live, namespace, name),
  UNIQUE KEY ux_public_models_uid (uid)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Every write to a resource, in order: what watchers read, and the revisions to go back to.
CREATE TABLE resource_log (
  version BIGINT NOT NULL PRIMARY KEY,
  operation VARCHAR(16) NOT NULL CHECK (operation IN ('ADDED', 'MODIFIED', 'DELETED')),
  kind VARCHAR(64) NOT NULL,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  uid CHAR(36) NOT NULL,
  generation BIGINT NOT NULL CHECK (generation > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  document LONGTEXT NOT NULL,
  origin LONGTEXT,
  KEY ix_resource_log_uid (uid, version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Tasks: the queue, the leases and what lists show.
CREATE TABLE tasks (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner VARCHAR(128) NOT NULL,
  namespace VARCHAR(253) NOT NULL,
  name VARCHAR(253) NOT NULL,
  team_name VARCHAR(253) NOT NULL,
  status VARCHAR(24) NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'CANCELLING', 'PENDING_CONFIRMATION', 'COMPLETED', 'FAILED', 'CANCELLED', 'DELETE')),
  progress INT NOT NULL CHECK (progress BETWEEN 0 AND 100),
  reason VARCHAR(64),
  error_message LONGTEXT,
  attempt INT NOT NULL CHECK (attempt >= 0),
  not_before BIGINT,
  ready_at BIGINT, -- its place in the queue
  fence BIGINT NOT NULL CHECK (fence >= 0), -- number of the last claim
  lease_node VARCHAR(255),
  lease_until BIGINT, -- 0 when the lease was given back
  last_seq BIGINT NOT NULL CHECK (last_seq >= 0), -- of the run log
  last_message_id INT NOT NULL CHECK (last_message_id >= 0),
  preserve_executor TINYINT NOT NULL CHECK (preserve_executor IN (0, 1)),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  completed_at BIGINT,
  live TINYINT DEFAULT 1 CHECK (live = 1), -- not generated: a move would rewrite every index that holds it
  CHECK ((status = 'DELETE') = (live IS NULL)),
  CHECK ((status = 'PENDING') = (ready_at IS NOT NULL)),
  CHECK (not_before IS NULL OR status = 'PENDING'),
  CHECK ((status IN ('RUNNING', 'CANCELLING')) = (lease_until IS NOT NULL)),
  CHECK (lease_node IS NULL OR lease_until IS NOT NULL),
  CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'DELETE')) = (completed_at IS NOT NULL)),
  CHECK (status <> 'FAILED' OR (reason IS NOT NULL AND error_message IS NOT NULL)),
  CHECK (status <> 'COMPLETED' OR (progress = 100 AND reason IS NULL)),
  UNIQUE KEY ux_tasks_name (owner, live, namespace, name),
  KEY ix_tasks_owner (owner, live, id),
  KEY ix_tasks_status (owner, status, id),
  KEY ix_tasks_team (owner, team_name, id),
  KEY ix_tasks_updated (updated_at),
  KEY ix_tasks_ready (ready_at, id),
  KEY ix_tasks_lease (lease_until, id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What was frozen when a task was accepted.
CREATE TABLE task_specs (
  task_id BIGINT NOT NULL PRIMARY KEY,
  title LONGTEXT NOT NULL,
  prompt LONGTEXT NOT NULL,
  labels LONGTEXT NOT NULL,
  plan LONGTEXT NOT NULL,
  FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The messages of a task, and their texts.
CREATE TABLE subtasks (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  task_id BIGINT NOT NULL,
  message_id INT NOT NULL CHECK (message_id > 0),
  role VARCHAR(16) NOT NULL CHECK (role IN ('USER', 'ASSISTANT')),
  member INT NOT NULL,
  bot_name VARCHAR(253),
  sender VARCHAR(128),
  status VARCHAR(24) NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  attempt INT NOT NULL CHECK (attempt >= 0),
  covered_line BIGINT NOT NULL CHECK (covered_line >= -1),
  session_id VARCHAR(255),
  reason VARCHAR(64),
  error_message LONGTEXT,
  created_at BIGINT NOT NULL,
  completed_at BIGINT,
  CHECK ((status IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (completed_at IS NOT NULL)),
  CHECK ((role = 'USER') = (sender IS NOT NULL)),
  CHECK ((role = 'ASSISTANT') = (bot_name IS NOT NULL)),
  CHECK ((role = 'ASSISTANT') = (member >= 0)),
  UNIQUE KEY ux_subtasks_message (task_id, message_id),
  FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE subtask_texts (
  subtask_id BIGINT NOT NULL PRIMARY KEY,
  prompt LONGTEXT NOT NULL,
  result LONGTEXT,
  FOREIGN KEY (subtask_id) REFERENCES subtasks (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The run log: everything that clients see of a task, in order.
CREATE TABLE task_events (
  task_id BIGINT NOT NULL,
  seq BIGINT NOT NULL CHECK (seq > 0),
  name VARCHAR(64) NOT NULL,
  created_at BIGINT NOT NULL,
  data LONGBLOB NOT NULL, -- UTF-8 JSON
  PRIMARY KEY (task_id, seq),
  FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE task_artifacts (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  task_id BIGINT NOT NULL,
  name VARCHAR(255) NOT NULL,
  content LONGTEXT NOT NULL,
  UNIQUE KEY ux_task_artifacts_name (task_id, name),
  FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE idempotency_keys (
  owner VARCHAR(128) NOT NULL,
  scope BIGINT NOT NULL, -- the task that a message was sent to; 0 for new tasks
  idempotency_key VARBINARY(1024) NOT NULL, -- bytes, for a text would be the same with and without spaces at its end
  digest VARCHAR(255) NOT NULL,
  task_id BIGINT NOT NULL,
  subtask_id BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (owner, scope, idempotency_key),
  KEY ix_idempotency_keys_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE port_leases (
  engine VARCHAR(255) NOT NULL,
  port INT NOT NULL CHECK (port BETWEEN 1 AND 65535),
  holder VARCHAR(255) NOT NULL,
  leased_at BIGINT NOT NULL,
  PRIMARY KEY (engine, port),
  UNIQUE KEY ux_port_leases_holder (engine, holder)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
