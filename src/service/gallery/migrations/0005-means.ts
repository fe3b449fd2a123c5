/**
 * Means of people's templates. A search scores a person by the nearest template or by the mean of all of them,
 * whichever is nearer. The mean itself is not stored: no vector has to follow each enrollment, deletion, merge and
 * change of key, and none outlives the photographs that it was computed from. One number a person is enough, the length
 * of the sum of the templates (`sql/search.ts`); it is null for people with one template, and for sealed templates.
 */
export const means = {
  version: 5,
  name: "means",
  sql: `
    alter table subjects add column sum_length double precision;
    update subjects set sum_length = given.sum_length
    from (
      select subject_id, nullif(vector_norm(avg(embedding)) * count(*), 0) as sum_length
      from templates where sealed is null group by subject_id having count(*) > 1
    ) as given
    where subjects.id = given.subject_id;
    create index on subjects (collection_id) where sum_length is not null or expires_at is not null;
  `,
} as const;
