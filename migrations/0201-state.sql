-- Terraform and OpenTofu state, over their HTTP backend protocol. Sealed: a state holds secrets in clear.
create table infrastructure_state (
  name text primary key,
  version integer not null default 0,
  -- Both null for a state that its client encrypts: then we can't look inside, and keep it as it is.
  lineage text,
  serial bigint,
  lock jsonb,
  lock_credential text,
  lock_principal text,
  locked_at timestamptz
);
create table infrastructure_state_version (
  name text not null references infrastructure_state on delete cascade,
  version integer not null,
  md5 text not null,
  sealed bytea not null,
  size_bytes integer not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (name, version)
);
