-- Saved views: filters, order and columns of a page, under a name.
create table saved_view (
  id text primary key,
  page text not null check (page in ('catalog')),
  name text not null,
  -- The page's address after the question mark, e.g. `kind=component&owner=me`.
  search text not null,
  columns text[] not null,
  is_shared boolean not null,
  -- Entity ref of who keeps it, e.g. `user:default/ana`.
  owner text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- One name for one owner, whatever its case.
create unique index saved_view_name on saved_view (owner, page, lower(name));
create index saved_view_shared on saved_view (page) where is_shared;
