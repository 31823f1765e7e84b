-- Each effect of the terraform driver by its idempotency key: what it was given, whether it ended, and what came out.
create table tofu_run (
  key text primary key,
  target text not null,
  input json not null,
  credential_id text,
  outputs json,
  started_at timestamptz not null,
  finished_at timestamptz
);
create index tofu_run_by_target on tofu_run (target, started_at desc);
