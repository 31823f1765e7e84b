-- People and groups that a directory service or an identity provider tells of. The catalog shows them; what they give is decided by the operator.
create table directory_user (
  id uuid primary key default gen_random_uuid(),
  -- `scim`, or `oidc`.
  source text not null,
  external_id text,
  user_name text not null,
  display_name text,
  email text,
  is_active boolean not null default true,
  -- The whole resource as it was told, without what the columns say.
  resource jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index directory_user_name on directory_user (source, lower(user_name));

create table directory_group (
  id uuid primary key default gen_random_uuid(),
  source text not null,
  external_id text,
  display_name text not null,
  resource jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index directory_group_name on directory_group (source, lower(display_name));

create table directory_member (
  group_id uuid not null references directory_group (id) on delete cascade,
  user_id uuid not null references directory_user (id) on delete cascade,
  primary key (group_id, user_id)
);
create index directory_member_user on directory_member (user_id);

-- A sign-in that has been sent to the identity provider and not come back.
create table oidc_attempt (
  state_hash bytea primary key,
  verifier text not null,
  nonce text not null,
  return_to text not null,
  expires_at timestamptz not null
);
