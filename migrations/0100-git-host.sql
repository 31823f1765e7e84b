create table git_repository (
  id text primary key,
  owner text not null,
  name text not null,
  description text not null,
  default_branch text not null,
  created_by text not null,
  created_at timestamptz not null,
  unique (owner, name)
);

-- The refs of each repository as they were when its last push was recorded: what the disk has beyond it is a push that nobody knows of yet.
create table git_ref (
  repository_id text not null references git_repository on delete cascade,
  ref text not null,
  sha text not null,
  primary key (repository_id, ref)
);

-- A write that is under way: who means to move which refs. Says whose a push is that is found after a crash.
create table git_write (
  id text primary key,
  repository_id text not null references git_repository on delete cascade,
  actor text not null,
  updates jsonb not null,
  started_at timestamptz not null
);
create index git_write_repository on git_write (repository_id);

create table git_push (
  sequence bigint generated always as identity primary key,
  id text not null unique,
  repository_id text not null references git_repository on delete cascade,
  repository text not null,
  ref text not null,
  before text not null,
  after text not null,
  pusher text not null,
  recorded_at timestamptz not null
);
create index git_push_repository on git_push (repository_id, sequence);

create table git_push_subscriber (
  name text primary key
);

create table git_push_delivery (
  subscriber text not null,
  push_sequence bigint not null references git_push on delete cascade,
  repository_id text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  message text not null default '',
  primary key (subscriber, push_sequence)
);
create index git_push_delivery_waiting on git_push_delivery (subscriber, repository_id, push_sequence) where state = 'waiting';
