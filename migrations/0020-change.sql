-- A Change: one alteration of anything, from its plan to its end. The plan is data; the workflow only interprets it.
create table change (
  id text primary key,
  kind text not null,
  title text not null,
  component text,
  environment text,
  release jsonb,
  state text not null,
  reason text,
  requested_by text not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  idempotency_key text,
  input_hash text not null,
  input jsonb not null,
  -- At most one unfinished change may hold a key, e.g. orders/production.
  exclusive_key text,
  plan jsonb,
  plan_hash text,
  expires_at timestamptz,
  result jsonb,
  -- First instant of each state, by state.
  entered jsonb not null default '{}',
  cancellation jsonb,
  -- Fencing token: grows with every execution; an execution with an older one writes nothing.
  epoch integer not null default 0,
  -- Executions since the last finished step: too many, and the change is taken for a poison.
  stalls integer not null default 0
);

create unique index change_idempotency on change (requested_by, idempotency_key) where idempotency_key is not null;
create unique index change_exclusive on change (exclusive_key) where finished_at is null and exclusive_key is not null;
create index change_unfinished on change (id) where finished_at is null;
create index change_waiting on change (id) where state = 'waiting';
create index change_by_component on change (component, environment, id);
create index change_by_environment on change (environment, id);
create index change_by_kind on change (kind, id);
create index change_by_requester on change (requested_by, id);
create index change_by_state on change (state, id);

create table change_step (
  change_id text not null references change (id) on delete cascade,
  phase text not null,
  action_id text not null,
  position integer not null,
  title text not null,
  driver text not null,
  verb text not null,
  state text not null,
  message text not null default '',
  percent real,
  code text,
  started_at timestamptz,
  finished_at timestamptz,
  outputs jsonb not null default '{}',
  primary key (change_id, phase, action_id)
);

create table change_decision (
  id text primary key,
  change_id text not null references change (id) on delete cascade,
  by text not null,
  by_kind text not null,
  groups jsonb not null,
  verdict text not null,
  plan_hash text not null,
  comment text,
  credential_id text,
  at timestamptz not null,
  unique (change_id, by, plan_hash, verdict)
);
