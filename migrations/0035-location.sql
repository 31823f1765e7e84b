-- Where descriptors come from. A repository of the built-in Git host has a row once it was read.
create table location (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('url', 'git', 'organisation', 'file')),
  -- As its owner wrote it; of a repository of the built-in host its name.
  target text not null,
  -- What the catalog knows its files by.
  source text not null unique,
  is_built_in boolean not null default false,
  -- The organisation whose repository this is.
  parent_id uuid references location (id) on delete cascade,
  -- Of what lies on a Git host: what its webhooks name.
  host text,
  repository text,
  allow text[] not null default '{}',
  added_by text not null,
  added_at timestamptz not null default now(),
  state text not null default 'reading' check (state in ('reading', 'ok', 'partial', 'failed')),
  -- What could not be read, or is wrong with the location itself.
  problems jsonb not null default '[]',
  -- Repositories whose commit is all that a reading depends on, by name and ref.
  commits jsonb not null default '{}',
  -- Of what else decides how files are taken: when it differs, all of them are taken again.
  fingerprint text not null default '',
  -- Readings that failed one after the other.
  attempts integer not null default 0,
  last_read_at timestamptz,
  -- When it is read next; null for what only pushes and the rescan read.
  next_read_at timestamptz,
  -- Set while it is being removed, so that a removal survives a crash.
  removed_by text,
  unique (target, is_built_in)
);
create index location_due on location (next_read_at) where next_read_at is not null;
create index location_repository on location (repository, host);
create index location_parent on location (parent_id);

-- Files as the last reading left them.
create table location_file (
  location_id uuid not null references location (id) on delete cascade,
  key text not null,
  place jsonb not null,
  -- The repository that it lies in, with its host: a push there makes its location due.
  repository text,
  version text,
  via text,
  target text,
  parent text,
  listings jsonb not null default '[]',
  includes jsonb not null default '[]',
  problems jsonb not null default '[]',
  primary key (location_id, key)
);
create index location_file_repository on location_file (repository) where repository is not null;
