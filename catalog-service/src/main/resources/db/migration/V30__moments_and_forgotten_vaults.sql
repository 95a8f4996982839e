-- What a message says beside its kind: the moment that was committed, or the vault that is forgotten, which is no job's.
alter table outbox alter column job drop not null;
alter table outbox add column moment uuid;
alter table outbox add column vault uuid;
alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
    check (kind in ('SETTLE_COMMITTED', 'SETTLE_ABANDONED', 'ABORT_TARGET', 'FORGET_LINE'));
alter table outbox add constraint outbox_about check ((kind = 'FORGET_LINE') = (vault is not null)
    and (kind = 'FORGET_LINE') = (job is null));
