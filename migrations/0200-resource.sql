-- What was provided for components: one row a resource, written by the drivers' recorder. Outputs never hold a secret, only its path.
create table resource (
  id text primary key,
  type text not null,
  class text not null,
  component text not null,
  environment text not null,
  name text not null,
  recipe text not null,
  driver text not null,
  status text not null check (status in ('providing', 'ready', 'failed')),
  outputs jsonb not null default '{}',
  change_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index resource_by_component on resource (component, environment);
create index resource_by_environment on resource (environment, id);
