-- A job that failed or was cancelled after an attempt that may have committed is looked at once more before it ends.
alter table job
    -- Whether an attempt may have made the point or the VM without the catalog knowing.
    add column doubtful      boolean not null default false,
    -- How it ends when the look finds nothing.
    add column ending        text check (ending in ('FAILED', 'CANCELLED')),
    -- Until when it is looked.
    add column look_until    timestamptz,
    -- Who leased it, by the token's name.
    add column lease_subject text,
    add check ((ending is null) = (look_until is null));
