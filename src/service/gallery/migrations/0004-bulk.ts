/**
 * Less work for each template that is added. One foreign key says what two did, and more: a template's subject is there, and is
 * of the template's collection. Rows up to a page in size stay as they are; by default, PostgreSQL first tries to compress
 * those beyond 2 kB, which embeddings and sealed bytes never yield to.
 */
export const bulk = {
  version: 4,
  name: "bulk",
  sql: `
    alter table subjects add unique (id, collection_id);
    alter table templates
      drop constraint templates_collection_id_fkey,
      drop constraint templates_subject_id_fkey,
      add foreign key (subject_id, collection_id) references subjects (id, collection_id) on delete cascade;
    alter table templates set (toast_tuple_target = 8160);
  `,
} as const;
