-- Deletions that are done: a later attempt of the same job finds its own success.
create table deleted_snapshot (
    job uuid primary key,
    deleted_at timestamptz not null
);

-- VMs that were off and were started paused for a snapshot; run is the hypervisor's number of that run.
create table woken_vm (
    source uuid not null references source (id) on delete cascade,
    vm text not null,
    run integer,
    primary key (source, vm)
);
