/**
 * Collections, their subjects, and the subjects' templates.
 *
 * The program generates the ids of subjects and templates, so that rows of a batch can refer to each other before they
 * are written. `revision` counts the changes of a collection, and a template carries the revision that added it.
 * Embeddings have no fixed size, since one table serves all collections; they stay in the row (`storage main`), where a
 * scan reads them five times as fast as from the side table to which PostgreSQL would move values above 2 kB.
 * Thumbnails have their own table, so that a scan does not read them.
 */
export const templates = {
  version: 1,
  name: "templates",
  sql: `
    create table collections (
      id integer generated always as identity primary key,
      name text not null unique,
      model text not null,
      size integer not null check (size between 1 and 4000),
      revision integer not null default 0,
      template_count integer not null default 0,
      is_indexed boolean not null default false,
      created_at timestamptz not null default now()
    );

    create table subjects (
      id uuid primary key,
      collection_id integer not null references collections on delete cascade,
      name text not null,
      consent text,
      expires_at timestamptz,
      metadata jsonb not null default '{}',
      created_at timestamptz not null default now(),
      unique (collection_id, name)
    );
    create index on subjects (expires_at) where expires_at is not null;

    create table templates (
      id uuid primary key,
      collection_id integer not null references collections on delete cascade,
      subject_id uuid not null references subjects on delete cascade,
      embedding vector not null,
      model text not null,
      quality real,
      source_digest bytea,
      revision integer not null,
      created_at timestamptz not null default now(),
      unique (subject_id, source_digest)
    );
    alter table templates alter column embedding set storage main;
    create index on templates (collection_id, revision);

    create table thumbnails (
      template_id uuid primary key references templates on delete cascade,
      image bytea not null
    );
  `,
} as const;
