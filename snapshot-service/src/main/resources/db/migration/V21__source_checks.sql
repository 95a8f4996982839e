-- Checks that run: everything they make on a hypervisor is named after the id, so that a row suffices to take it away.
create table source_check (
    id uuid primary key,
    source uuid not null references source (id) on delete cascade
);
