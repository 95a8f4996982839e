-- What a vault's chain of manifests is compared with. Absent in rows of before.
alter table restore_point add column manifest_hash text check (manifest_hash ~ '^[0-9a-f]{64}$');
