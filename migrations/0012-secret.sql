-- Secrets, sealed: each version under a data key of its own, which the master key wraps. No value is ever here in clear.
create table secret (
  path text primary key check (path ~ '^[a-z0-9._-]+(/[a-z0-9._-]+)*$' and length(path) <= 300),
  version integer not null,
  last_read_at timestamptz
);
create table secret_version (
  path text not null references secret on delete cascade,
  version integer not null,
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (path, version)
);
create index secret_version_by_key on secret_version (key_id);
