-- Hypervisor connections. credentials: sealed with the service's key; unused until a driver needs one.
create table source (
    id uuid primary key,
    name text not null unique,
    uri text not null,
    driver text not null,
    scratch_pool text,
    scratch_limit_bytes bigint,
    nbd text not null,
    state text not null,
    detail text,
    credentials bytea,
    created_at timestamptz not null
);

-- Frozen views, one row per moment; document is the whole record.
create table frozen_view (
    moment uuid primary key,
    job uuid not null,
    source uuid not null references source (id),
    vm text not null,
    phase text not null,
    created_at timestamptz not null,
    document text not null
);
create index frozen_view_job on frozen_view (job);
-- A job has one live view, and so has a VM: libvirt runs one backup job per domain.
create unique index frozen_view_live on frozen_view (job) where phase in ('OPENING', 'OPEN');
create unique index frozen_view_live_vm on frozen_view (source, vm) where phase in ('OPENING', 'OPEN');

create table checkpoint (
    moment uuid primary key,
    job uuid not null,
    source uuid not null references source (id),
    vm text not null,
    vault uuid not null,
    point uuid not null,
    name text not null,
    state text not null,
    created_at timestamptz not null
);
create index checkpoint_line on checkpoint (source, vm, vault);

create table restore_target (
    job uuid primary key,
    source uuid not null,
    state text not null,
    document text not null
);

create table vm_snapshot (
    id uuid primary key,
    source uuid not null references source (id),
    vm text not null,
    name text not null,
    parent uuid references vm_snapshot (id),
    created_at timestamptz not null,
    document text not null,
    unique (source, vm, name)
);
