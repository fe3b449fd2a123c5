/**
 * Encryption of embeddings and thumbnails. A template has either an embedding that the database can compare, or a
 * sealed one that it cannot read. `encryption_keys` holds the ids of the keys in use, so that a gallery is never opened
 * without one of them.
 */
export const encryption = {
  version: 3,
  name: "encryption",
  sql: `
    alter table templates alter column embedding drop not null;
    alter table templates add column sealed bytea;
    alter table templates alter column sealed set storage external;
    alter table templates add check (num_nonnulls(embedding, sealed) = 1);
    alter table thumbnails add column is_sealed boolean not null default false;

    create table encryption_keys (
      id bytea primary key,
      created_at timestamptz not null default now()
    );
  `,
} as const;
