-- A run of a template as its asker sees it. Its life is that of a change; a retry is another change of the same task.
create table creation_task (
  id text primary key,
  -- The attempt that counts: the last one.
  change_id text not null unique,
  -- [{changeId, block}], oldest first; ids of the events of an attempt are block * 10000 and up.
  attempts jsonb not null,
  template_ref text not null,
  created_by text not null,
  created_at timestamptz not null,
  -- Steps and output as written, parameters, user and template; never a secret.
  spec jsonb not null,
  -- What a retry needs beside it, e.g. the template's commit.
  request jsonb not null
);
create index creation_task_newest on creation_task (created_at desc, id);
create index creation_task_creator on creation_task (created_by, created_at desc, id);
create sequence creation_event_block;

-- Secrets of a run that has not ended, sealed by the platform's key; the row goes with the end of the run.
create table creation_secret (
  id text primary key,
  sealed bytea not null,
  created_at timestamptz not null default now()
);

-- Effects of a task that are done, with what they said: a later attempt does not do them again.
create table creation_done (
  task_id text not null,
  effect_id text not null,
  outputs jsonb not null,
  done_at timestamptz not null default now(),
  primary key (task_id, effect_id)
);

alter table creation add column template_version text not null default '';
alter table creation add column task_id text;
-- Revisions of what the template fetched from elsewhere.
alter table creation add column pins jsonb not null default '{}';
alter table creation add column fills_defaults boolean not null default true;

-- The files that a creation rendered: what a template made can be told from what people have altered since.
create table creation_file (
  change_id text not null references creation (change_id) on delete cascade,
  repository text not null,
  path text not null,
  sha256 text not null,
  mode text not null,
  primary key (change_id, repository, path)
);
