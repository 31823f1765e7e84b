-- Documentation of an entity, as last read from its repository. All of it can be read again.
create table doc_site (
  entity_ref text primary key,
  repository text not null,
  branch text not null,
  -- Folder of the pages below the root; empty for the root itself.
  folder text not null,
  commit_sha text not null,
  title text not null,
  nav jsonb not null,
  home text not null,
  problems jsonb not null default '[]',
  updated_at timestamptz not null,
  code_changed_at timestamptz not null,
  commits_since integer not null,
  read_at timestamptz not null default now()
);
create index doc_site_repository on doc_site (repository);

create table doc_page (
  entity_ref text not null references doc_site (entity_ref) on delete cascade,
  path text not null,
  position integer not null,
  title text not null,
  headings jsonb not null,
  markdown text not null,
  content_hash text not null,
  body text not null,
  words tsvector not null,
  commit_sha text not null,
  author text not null,
  updated_at timestamptz not null,
  primary key (entity_ref, path)
);
create index doc_page_words on doc_page using gin (words);
create index doc_page_title on doc_page using gin (title gin_trgm_ops);
