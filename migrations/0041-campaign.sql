-- A campaign is a change that upgrades the children of a template.
create table campaign (
  change_id text primary key,
  template_ref text not null,
  to_commit text not null,
  to_version text not null
);
create index campaign_template on campaign (template_ref);

-- What a campaign made of each child of a template; its life is that of its change.
create table campaign_item (
  change_id text not null,
  component_ref text not null,
  repository text not null,
  -- up-to-date, open, conflict, merged, closed, failed
  state text not null,
  number integer,
  url text,
  -- [{path, reason}]
  conflicts jsonb not null default '[]',
  message text not null default '',
  updated_at timestamptz not null default now(),
  primary key (change_id, component_ref)
);
create index campaign_item_pull_request on campaign_item (repository, number);

-- Children that follow their template no more.
create table lineage_end (
  component_ref text primary key,
  ended_by text not null,
  reason text not null,
  ended_at timestamptz not null
);
create index creation_by_component on creation (component_ref, created_at desc);
