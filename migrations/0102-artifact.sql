-- What each run published. The content is in the registry; one digest may come from many runs.
create table artifact (
  run_id text not null,
  component text not null,
  digest text not null,
  repository text not null,
  commit text not null,
  ref text not null,
  workflow text not null,
  size_bytes bigint not null,
  sbom_components int,
  findings jsonb not null,
  created_at timestamptz not null,
  primary key (run_id, component)
);
create index artifact_digest on artifact (digest, created_at desc);
