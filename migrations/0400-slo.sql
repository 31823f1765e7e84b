-- The last state of each objective, so that a change of state is recorded once, also over a restart.
create table slo_state (
  component text not null,
  environment text not null,
  name text not null,
  state text not null check (state in ('ok', 'burning', 'exhausted', 'no-data')),
  since timestamptz not null,
  primary key (component, environment, name)
);
