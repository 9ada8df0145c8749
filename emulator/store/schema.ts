export const schema = `
CREATE TABLE IF NOT EXISTS secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS companies (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS spaces (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies,
  name TEXT NOT NULL,
  api_key TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS projects (
  id TEXT PRIMARY KEY,
  space_id TEXT NOT NULL REFERENCES spaces,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  data_type TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- The counters spare a count of all items at every listing.
CREATE TABLE IF NOT EXISTS batches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL REFERENCES projects,
  name TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  total_count INTEGER NOT NULL DEFAULT 0,
  completed_count INTEGER NOT NULL DEFAULT 0,
  UNIQUE (project_id, name)
) STRICT;
CREATE INDEX IF NOT EXISTS batches_of_project ON batches (project_id, id);

-- Each index costs a page write at every create: none without a list that needs it.
CREATE TABLE IF NOT EXISTS work_items (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL REFERENCES projects,
  batch_id INTEGER NOT NULL REFERENCES batches,
  status TEXT NOT NULL,
  fields TEXT NOT NULL,
  labels TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS work_items_of_project ON work_items (project_id, created_at, seq);
CREATE INDEX IF NOT EXISTS work_items_of_batch ON work_items (batch_id, created_at, seq);

CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  work_item_seq INTEGER NOT NULL REFERENCES work_items,
  at INTEGER NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_of_work_item ON events (work_item_seq, id);

CREATE TABLE IF NOT EXISTS annotations (
  id TEXT PRIMARY KEY,
  work_item_id TEXT NOT NULL UNIQUE,
  project_id TEXT NOT NULL,
  inference TEXT NOT NULL,
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS exports (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  space_id TEXT NOT NULL REFERENCES spaces,
  input TEXT NOT NULL,
  status TEXT NOT NULL,
  path TEXT,
  error TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS exports_of_space ON exports (space_id, seq);

CREATE TABLE IF NOT EXISTS files (
  space_id TEXT NOT NULL REFERENCES spaces,
  path TEXT NOT NULL,
  blob TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (space_id, path)
) STRICT;
`;
