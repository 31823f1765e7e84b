create table pipeline_run (
  id text primary key,
  number integer not null,
  repository text not null,
  component text,
  workflow text not null,
  workflow_name text not null,
  name text not null,
  source text not null,
  event text not null,
  payload jsonb not null,
  inputs jsonb not null,
  ref text not null,
  branch text not null,
  is_default_branch boolean not null,
  commit_sha text not null,
  commit_message text not null,
  actor text not null,
  dedupe_key text unique,
  concurrency_group text,
  state text not null check (state in ('queued', 'running', 'completed')),
  conclusion text check (conclusion in ('success', 'failure', 'cancelled', 'skipped', 'timed_out')),
  attempt integer not null default 1,
  annotations jsonb not null default '[]',
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  -- Who carries the run on; another may take it when the lease is over.
  executor text,
  lease_until timestamptz,
  -- The call that makes a release of a green run: made until it succeeded.
  finish_due_at timestamptz,
  finish_attempts integer not null default 0,
  release_id text,
  unique (repository, workflow, number)
);
create index pipeline_run_queue on pipeline_run (created_at) where state <> 'completed';
create index pipeline_run_finish on pipeline_run (finish_due_at) where finish_due_at is not null;
create index pipeline_run_group on pipeline_run (repository, concurrency_group) where state <> 'completed' and concurrency_group is not null;
create index pipeline_run_by_repository on pipeline_run (repository, id desc);
create index pipeline_run_by_component on pipeline_run (component, id desc) where component is not null;

create table pipeline_job (
  id text primary key,
  run_id text not null references pipeline_run (id) on delete cascade,
  key text not null,
  name text not null,
  position integer not null,
  needs jsonb not null,
  matrix jsonb not null default '{}',
  matrix_index integer not null default 0,
  matrix_total integer not null default 1,
  -- Whether condition and matrix were evaluated: before, the row stands for all jobs of its key.
  is_expanded boolean not null default false,
  max_parallel integer,
  is_fail_fast boolean not null default true,
  state text not null check (state in ('queued', 'running', 'completed')),
  conclusion text check (conclusion in ('success', 'failure', 'cancelled', 'skipped', 'timed_out')),
  -- A failure that `continue-on-error` allows: the run and the jobs that need this one go on as after a success.
  is_tolerated boolean not null default false,
  attempt integer not null default 1,
  concurrency_group text,
  outputs jsonb not null default '{}',
  steps jsonb not null default '[]',
  annotations jsonb not null default '[]',
  started_at timestamptz,
  finished_at timestamptz
);
create index pipeline_job_by_run on pipeline_job (run_id, position, matrix_index);
create index pipeline_job_group on pipeline_job (concurrency_group) where state = 'running' and concurrency_group is not null;

create table pipeline_artifact (
  id text primary key,
  run_id text not null references pipeline_run (id) on delete cascade,
  name text not null,
  blob_key text not null,
  size_bytes bigint not null,
  digest text not null,
  files jsonb not null,
  created_at timestamptz not null,
  unique (run_id, name)
);
