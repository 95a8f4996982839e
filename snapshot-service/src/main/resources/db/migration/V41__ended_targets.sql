-- When nothing was left to be done for a target: what it replaced is gone, or it vanished. Absent until then.
alter table restore_target add column ended_at timestamptz;
update restore_target set ended_at = now()
where state = 'ABORTED' or (state = 'FINISHED' and (document::jsonb -> 'oldPaths') = '[]'::jsonb);
create index restore_target_open on restore_target (source) where ended_at is null;
create index restore_target_ended_at on restore_target (ended_at);
