alter table git_repository add column last_pull_request int not null default 0;

create table git_pull_request (
  repository_id text not null references git_repository on delete cascade,
  number int not null,
  title text not null,
  body text not null,
  source_branch text not null,
  target_branch text not null,
  state text not null check (state in ('open', 'merged', 'closed')),
  head_sha text not null,
  -- Where the target was before the merge; what the pull request altered is read against it.
  base_sha text,
  merge_sha text,
  author text not null,
  labels jsonb not null,
  -- Who brought the head to where it is.
  moved_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  -- What pipelines have not been told yet: 'opened', 'synchronize' or 'reopened'.
  untold text,
  told_attempts int not null default 0,
  tell_at timestamptz,
  primary key (repository_id, number)
);
create unique index git_pull_request_open on git_pull_request (repository_id, source_branch, target_branch) where state = 'open';
create index git_pull_request_untold on git_pull_request (tell_at) where untold is not null;

-- A merge that is under way: the commit that the target branch is about to get. Says what a moved branch means that is found after a crash.
create table git_pull_request_merge (
  -- Two merges at once may make the very same commit: each has its own row.
  id text primary key,
  merge_sha text not null,
  repository_id text not null,
  number int not null,
  head_sha text not null,
  actor text not null,
  foreign key (repository_id, number) references git_pull_request on delete cascade
);
create index git_pull_request_merge_of on git_pull_request_merge (repository_id, number);

-- What people say about a pull request; with a verdict it is a review of the commit.
create table git_pull_request_comment (
  id text primary key,
  repository_id text not null,
  number int not null,
  author text not null,
  body text not null,
  verdict text check (verdict in ('approved', 'changes_requested')),
  head_sha text not null,
  created_at timestamptz not null,
  foreign key (repository_id, number) references git_pull_request on delete cascade
);
create index git_pull_request_comment_of on git_pull_request_comment (repository_id, number, created_at);
