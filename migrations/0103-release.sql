create table release_counter (
  component text primary key,
  last int not null
);

create table release (
  id text primary key,
  component text not null,
  version int not null check (version > 0),
  repository text not null,
  commit text not null,
  commit_message text not null,
  digest text not null,
  run_id text not null,
  score_text text not null,
  score jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  quarantine_reason text,
  quarantined_at timestamptz,
  quarantined_by text,
  unique (component, version),
  unique (component, digest, commit),
  check ((quarantine_reason is null) = (quarantined_at is null) and (quarantine_reason is null) = (quarantined_by is null))
);
create index release_newest on release (created_at desc, id desc);

-- A release is what was tested and approved: nothing of it changes but whether it may be deployed.
create function release_is_immutable() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'release % can not be deleted', old.id using errcode = 'restrict_violation';
  end if;
  if (to_jsonb(new) - 'quarantine_reason' - 'quarantined_at' - 'quarantined_by')
     is distinct from (to_jsonb(old) - 'quarantine_reason' - 'quarantined_at' - 'quarantined_by') then
    raise exception 'release % is immutable', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger release_immutable before update or delete on release for each row execute function release_is_immutable();
create function release_is_not_truncated() returns trigger language plpgsql as $$
begin
  raise exception 'releases can not be deleted' using errcode = 'restrict_violation';
end
$$;
create trigger release_not_truncated before truncate on release execute function release_is_not_truncated();
