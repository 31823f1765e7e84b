-- A task is found by the change of any of its attempts.
create index creation_task_attempts on creation_task using gin (attempts jsonb_path_ops);
