-- How often a location was asked to be read: a reading that began before the last asking is followed by another.
alter table location add column requests integer not null default 0;
