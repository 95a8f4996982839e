-- Jobs the catalog has spoken its last word about. What comes late for them (a slow request of a dead attempt) opens nothing.
create table ended_job (
    job uuid primary key,
    ended_at timestamptz not null
);
create index ended_job_at on ended_job (ended_at);

create index checkpoint_vault on checkpoint (vault);
