-- Which host leads to which releases, by weight.
create table ingress_route (
  host text primary key,
  component text not null,
  environment text not null,
  backends jsonb not null, -- [{"release": "rel_…", "weight": 100}]; weights add up to 100
  updated_at timestamptz not null default now()
);
create index ingress_route_by_place on ingress_route (component, environment);
