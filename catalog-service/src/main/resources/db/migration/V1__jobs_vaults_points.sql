-- Vault records. Secrets are sealed (AES-256-GCM, bound to row and column): a copy of this database opens no vault.
create table vault (
    id          uuid primary key,
    name        text        not null unique,
    url         text        not null unique,
    format_id   text unique,
    state       text        not null check (state in ('adding', 'ok', 'failed', 'unreachable')),
    detail      text,
    access_key  bytea,
    secret_key  bytea,
    passphrase  bytea       not null,
    created_by  text        not null,
    created_at  timestamptz not null default now()
);

-- The queue. Every change of a running job carries its fencing number.
create table job (
    id               uuid primary key,
    seq              bigint generated always as identity unique,
    kind             text        not null,
    runner           text        not null,
    state            text        not null default 'QUEUED'
        check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    priority         integer     not null default 0,
    subject          text        not null,
    source           text,
    vm               text,
    vault            uuid,
    target_name      text,
    moves_data       boolean     not null,
    spec             jsonb       not null,
    exclusive_locks  text[]      not null default '{}',
    shared_locks     text[]      not null default '{}',
    idempotency_key  text,
    body_hash        text,
    created_by       text        not null,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    ended_at         timestamptz,
    version          bigint      not null default 0,
    fencing          bigint      not null default 0,
    lease_owner      text,
    lease_expires_at timestamptz,
    attempts         integer     not null default 0,
    strikes          integer     not null default 0,
    max_attempts     integer     not null,
    not_before       timestamptz not null default now(),
    cancel_requested boolean     not null default false,
    phase            text,
    done_bytes       bigint      not null default 0,
    total_bytes      bigint      not null default 0,
    progress_detail  text,
    bytes_per_second double precision,
    rate_bytes       bigint,
    rate_at          timestamptz,
    error_code       text,
    error            text,
    result           jsonb,
    check ((state = 'RUNNING') = (lease_expires_at is not null)),
    check ((state in ('SUCCEEDED', 'FAILED', 'CANCELLED')) = (ended_at is not null))
);
create unique index job_idempotency on job (created_by, idempotency_key) where idempotency_key is not null;
create unique index job_target_name on job (source, target_name)
    where target_name is not null and state in ('QUEUED', 'RUNNING');
create index job_queue on job (runner, priority desc, seq) where state = 'QUEUED';
create index job_running on job (lease_expires_at) where state = 'RUNNING';
create index job_vm on job (vm, seq);
create index job_state on job (state, seq);

create table job_attempt (
    job        uuid        not null references job (id),
    fencing    bigint      not null,
    number     integer     not null,
    instance   text        not null,
    started_at timestamptz not null default now(),
    ended_at   timestamptz,
    outcome    text check (outcome in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'RELEASED', 'EXPIRED')),
    error_code text,
    error      text,
    primary key (job, fencing)
);

-- Locks belong to the job, not to an attempt: taken with the first lease, kept between attempts, released at the end.
create table resource_lock (
    key       text        not null,
    job       uuid        not null references job (id),
    exclusive boolean     not null,
    taken_at  timestamptz not null default now(),
    primary key (key, job)
);
create unique index resource_lock_exclusive on resource_lock (key) where exclusive;
create index resource_lock_job on resource_lock (job);

create table restore_point (
    id            uuid primary key,
    seq           bigint generated always as identity unique,
    vault         uuid             not null references vault (id),
    source        text             not null,
    vm            text             not null,
    vm_name       text             not null,
    sequence      bigint           not null,
    kind          text             not null,
    base          uuid,
    consistency   text             not null,
    taken_at      timestamptz      not null,
    committed_at  timestamptz      not null,
    seconds       double precision not null,
    virtual_bytes bigint           not null,
    read_bytes    bigint           not null,
    new_bytes     bigint           not null,
    stored_bytes  bigint           not null,
    disks         jsonb            not null,
    notes         jsonb            not null,
    job           uuid             not null references job (id),
    unique (vault, vm, sequence)
);
create index restore_point_vm on restore_point (vm, seq);

-- What snapshot-service still has to be told. Written with the job's end, delivered at least once, in order per job.
create table outbox (
    id            bigint generated always as identity primary key,
    job           uuid        not null references job (id),
    kind          text        not null check (kind in ('SETTLE_COMMITTED', 'SETTLE_ABANDONED', 'ABORT_TARGET')),
    created_at    timestamptz not null default now(),
    tries         integer     not null default 0,
    not_before    timestamptz not null default now(),
    claim         uuid,
    claimed_until timestamptz,
    delivered_at  timestamptz,
    last_error    text
);
create index outbox_open on outbox (not_before) where delivered_at is null;

create table audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    actor      text        not null,
    action     text        not null,
    subject    text        not null,
    job        uuid,
    request_id text        not null,
    outcome    text        not null
);
