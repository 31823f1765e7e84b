-- The event log: append-only, hash-chained, without gaps. Appended to by event_append() alone.
create table event (
  sequence bigint primary key,
  at timestamptz not null,
  type text not null,
  subject text not null,
  actor text not null,
  -- json, not jsonb: the text stays as it was hashed, and every JSON string is accepted.
  data json not null,
  hash text not null
);
create index event_by_subject on event (subject, sequence);
create index event_by_type on event (type text_pattern_ops, sequence);

create table event_head (
  is_only boolean primary key default true check (is_only),
  sequence bigint not null,
  hash text not null
);
insert into event_head (sequence, hash) values (0, repeat('0', 64));

create function event_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger event_is_append_only before update or delete or truncate on event for each statement execute function event_refuse();
create trigger event_head_stays before delete or truncate on event_head for each statement execute function event_refuse();

-- Holding the head row until the transaction ends makes the chain one line, and the sequence gapless: a rollback gives its numbers back.
create function event_append(types text[], subjects text[], actors text[], ats timestamptz[], datas text[], bodies text[]) returns bigint language plpgsql as $$
declare
  head event_head%rowtype;
begin
  select * into strict head from event_head for update;
  for i in 1 .. cardinality(types) loop
    head.sequence := head.sequence + 1;
    head.hash := encode(sha256(convert_to(head.hash || E'\n' || head.sequence || E'\n' || bodies[i], 'UTF8')), 'hex');
    insert into event (sequence, at, type, subject, actor, data, hash)
      values (head.sequence, ats[i], types[i], subjects[i], actors[i], datas[i]::json, head.hash);
  end loop;
  update event_head set sequence = head.sequence, hash = head.hash;
  perform pg_notify('fairway_event', head.sequence::text);
  return head.sequence;
end $$;
