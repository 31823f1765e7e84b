-- One taking over of a source: who altered what it altered, when, and by what.
create table entity_ingestion (
  id integer generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  commit_sha text,
  change_id text,
  source text not null
);
create index entity_ingestion_at on entity_ingestion (at);

-- What happened to an entity, oldest first by id. Only what was before is kept: what came after is in the next row, or in the catalog.
create table entity_change (
  ref text not null,
  id bigint generated always as identity,
  ingestion_id integer not null references entity_ingestion (id),
  kind "char" not null check (kind in ('a', 'c', 'r')),
  -- The document as JSON; null when the entity was not there.
  before text,
  primary key (ref, id)
);
