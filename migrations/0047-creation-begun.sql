-- Requests that can not be repeated harmlessly, noted before they are sent: one that was cut off may have been done, and is told so instead of sent again.
-- `request` counts the requests of an effect; `outputs` is what those before it said. The row goes when the effect is noted as done.
create table creation_begun (
  task_id text not null,
  effect_id text not null,
  attempt text not null,
  request integer not null,
  -- False: the requests before this number are done, and this one is known not to be.
  is_open boolean not null,
  outputs jsonb not null,
  begun_at timestamptz not null default now(),
  primary key (task_id, effect_id)
);
