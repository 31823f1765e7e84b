-- What runs where: one row per component and environment, replaced in the transaction that ends a deployment.
create table deployment (
  component text not null,
  environment text not null,
  release text not null,
  version text not null,
  digest text not null,
  commit text not null,
  -- Exactly what was started; the next plan compares with it, and a rollback goes back to it.
  spec jsonb not null,
  previous_release text,
  change_id text not null,
  deployed_at timestamptz not null,
  deployed_by text not null,
  primary key (component, environment)
);

create table deployment_history (
  change_id text primary key,
  component text not null,
  environment text not null,
  release text not null,
  version text not null,
  spec jsonb not null,
  deployed_at timestamptz not null,
  deployed_by text not null
);
create index deployment_history_by_place on deployment_history (component, environment, deployed_at);
