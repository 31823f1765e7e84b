-- Of an attempt whose plan failed in a step: what ran before it, by the attempt's change. Others tell it from their plans.
alter table creation_task add column ran jsonb not null default '{}';
