-- One analysis of a rollout, by the key of its effect: it goes on after a crash where it was, and answers the same when asked again.
create table rollout_analysis (
  key text primary key,
  started_at timestamptz not null,
  canary_probes jsonb not null default '{"requests": 0, "errors": 0}',
  baseline_probes jsonb not null default '{"requests": 0, "errors": 0}',
  outcome jsonb
);
create index rollout_analysis_by_start on rollout_analysis (started_at);
