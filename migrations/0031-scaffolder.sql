-- What a change has made outside, written before it is made: only what is here is ever taken back.
create table creation_effect (
  change_id text not null,
  repository text not null,
  repository_id text,
  commit_sha text,
  created_at timestamptz not null default now(),
  primary key (change_id, repository)
);

-- Lineage: which template, at which commit, with which values, made what.
create table creation (
  change_id text primary key,
  template_ref text not null,
  template_commit text not null,
  parameters jsonb not null,
  repository text,
  component_ref text,
  created_by text not null,
  created_at timestamptz not null
);
create index creation_template on creation (template_ref, created_at desc);
create index creation_component on creation (component_ref);
