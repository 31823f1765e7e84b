-- Who may sign in. People come from the catalog; an account is made for one on the first credential.
create table account (
  principal text primary key check (principal ~ '^(user|service|agent):[a-z0-9._-]+/[a-z0-9._-]+$'),
  kind text not null check (kind in ('person', 'service', 'agent')),
  display_name text not null,
  is_administrator boolean not null default false check (not is_administrator or kind = 'person'),
  created_at timestamptz not null
);

-- Of every credential only the SHA-256 is kept.
create table api_token (
  id text primary key,
  hash bytea not null unique,
  principal text not null references account,
  name text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  issued_by text not null,
  issued_with text,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_token_by_principal on api_token (principal, created_at);

create table session (
  id text primary key,
  hash bytea not null unique,
  principal text not null references account,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz
);

create table login_link (
  id text primary key,
  hash bytea not null unique,
  principal text not null references account,
  issued_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
