create extension if not exists pg_trgm;

-- One descriptor file of one repository, as last read.
create table catalog_file (
  id uuid primary key default gen_random_uuid(),
  repository text not null,
  path text not null,
  branch text not null,
  commit_sha text not null,
  content_hash text not null,
  problems jsonb not null default '[]',
  -- Refs that this file declares but another file holds: it is read again when they become free.
  conflicts text[] not null default '{}',
  read_at timestamptz not null default now(),
  unique (repository, path)
);
create index catalog_file_conflicts on catalog_file using gin (conflicts);

create table catalog_repository (
  repository text primary key,
  head_sha text,
  read_at timestamptz not null default now()
);

create table entity (
  uid uuid primary key default gen_random_uuid(),
  ref text not null unique,
  kind text not null,
  namespace text not null,
  name text not null,
  title text,
  owner_ref text,
  document jsonb not null,
  etag text not null,
  file_id uuid not null references catalog_file (id),
  commit_sha text not null,
  problems jsonb not null default '[]',
  words tsvector not null,
  label text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index entity_kind on entity (kind, ref);
create index entity_owner on entity (owner_ref, ref);
create index entity_file on entity (file_id);
create index entity_words on entity using gin (words);
create index entity_label on entity using gin (label gin_trgm_ops);

-- Facts for filters, facets and ordering; see entity-search-rows.ts.
create table entity_fact (
  uid uuid not null references entity (uid) on delete cascade,
  key text not null,
  value text,
  original text
);
create index entity_fact_key_value on entity_fact (key, value, uid);
create index entity_fact_uid on entity_fact (uid);

-- Edges in both directions; origin is the entity whose file declares the edge.
create table entity_relation (
  origin uuid not null references entity (uid) on delete cascade,
  source_ref text not null,
  type text not null,
  target_ref text not null,
  primary key (origin, source_ref, type, target_ref)
);
create index entity_relation_source on entity_relation (source_ref, type, target_ref);
create index entity_relation_target on entity_relation (target_ref, type);
