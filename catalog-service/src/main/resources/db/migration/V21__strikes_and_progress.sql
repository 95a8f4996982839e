-- How far the attempts had come when the last strike was counted: who comes further starts counting anew.
alter table job add column struck_at_bytes bigint not null default 0;
