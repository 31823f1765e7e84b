-- Under which key a target was last altered: the same key may go on with what it has begun, another one's plan is stale.
create table rollout_effect (
  driver text not null,
  target text not null,
  key text not null,
  primary key (driver, target)
);
