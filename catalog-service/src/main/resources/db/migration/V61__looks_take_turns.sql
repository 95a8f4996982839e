-- Whether an attempt only looked: a runner that looked last takes an ordinary job next.
alter table job_attempt add column look boolean not null default false;
create index job_attempt_instance on job_attempt (instance, started_at desc);
