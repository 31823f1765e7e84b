-- An artifact is an application, which is run, or a package, which others use.
alter table artifact add column kind text not null default 'app' check (kind in ('app', 'package'));

-- Runs of scheduled workloads. A row is written before its process is started: it is the claim on that time, over all releases and restarts.
create table workload_run (
  component text not null,
  environment text not null,
  scheduled_at timestamptz not null,
  release text not null,
  instance text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  exit text, -- why it did not end well; null while it runs, and when it did
  primary key (component, environment, scheduled_at)
);
