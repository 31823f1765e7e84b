-- What should run on this platform's own runtime, and which processes do.
create table workload (
  key text primary key, -- component/environment/release
  component text not null,
  environment text not null,
  release text not null,
  spec jsonb not null, -- references only, never a secret's value
  desired text not null check (desired in ('running', 'stopped')),
  generation integer not null default 1, -- grows with every change that replaces the replicas
  updated_at timestamptz not null default now()
);
create index workload_by_place on workload (component, environment);
create index workload_stopped on workload (updated_at) where desired = 'stopped';

-- A row is written before its process is started, so that no process runs unknown.
create table workload_instance (
  id text primary key,
  workload_key text not null references workload (key) on delete cascade,
  generation integer not null,
  pid integer,
  process_start text, -- start time of the process in clock ticks since boot: with the pid its identity
  port integer,
  restarts integer not null default 0,
  last_exit text,
  started_at timestamptz not null
);
create index workload_instance_by_workload on workload_instance (workload_key);
