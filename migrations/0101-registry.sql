-- Which blobs and manifests a repository of the registry has. The bytes are in the blob store, once, by digest.
create table registry_blob (
  repository text not null,
  digest text not null,
  size_bytes bigint not null,
  created_at timestamptz not null,
  primary key (repository, digest)
);

create table registry_manifest (
  repository text not null,
  digest text not null,
  media_type text not null,
  artifact_type text,
  subject text,
  annotations jsonb,
  size_bytes bigint not null,
  created_at timestamptz not null,
  primary key (repository, digest)
);
create index registry_manifest_subject on registry_manifest (repository, subject) where subject is not null;

create table registry_tag (
  repository text not null,
  tag text not null,
  digest text not null,
  updated_at timestamptz not null,
  primary key (repository, tag),
  foreign key (repository, digest) references registry_manifest (repository, digest)
);

create table registry_upload (
  id text primary key,
  repository text not null,
  parts jsonb not null default '[]',
  size_bytes bigint not null default 0,
  updated_at timestamptz not null
);
create index registry_upload_updated on registry_upload (updated_at);
