/**
 * API keys, the audit trail, and calibrations.
 *
 * Audit entries hold ids alone, and refer to rows that may be gone: a deletion leaves no name, embedding or image
 * behind, but the fact that it happened remains. Calibrations belong to a model, not to a collection.
 */
export const operation = {
  version: 2,
  name: "operation",
  sql: `
    create table api_keys (
      id uuid primary key,
      name text not null,
      secret_hash bytea not null,
      scopes text[] not null check (scopes <@ array['read', 'enroll', 'admin']),
      expires_at timestamptz,
      created_at timestamptz not null default now()
    );

    create table audit_entries (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      actor uuid,
      action text not null,
      collection_id integer,
      subject_id uuid,
      count integer not null,
      digest bytea
    );
    create index on audit_entries (at);

    create table calibrations (
      model text not null,
      far double precision not null check (far > 0 and far < 1),
      threshold double precision not null,
      threshold_low double precision not null,
      threshold_high double precision not null,
      genuine_count integer not null,
      impostor_count integer not null,
      created_at timestamptz not null default now(),
      primary key (model, far)
    );
  `,
} as const;
