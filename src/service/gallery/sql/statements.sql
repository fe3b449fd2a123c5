-- audit.ts: insertAuditEntry
insert into audit_entries (actor, action, collection_id, subject_id, count, digest)
  values ($1::uuid, $2, $3::integer, $4::uuid, $5, $6::bytea);

-- audit.ts: selectAuditEntries
select id::text as id, at, actor, action, collection_id as "collectionId", subject_id as "subjectId", count, digest
  from audit_entries where $1::bigint is null or audit_entries.id < $1::bigint
  order by audit_entries.id desc limit $2;

-- audit.ts: deleteAuditEntries
with gone as (delete from audit_entries where at < $1 returning 1)
  select count(*)::integer as count from gone;

-- backup.ts: freezeSnapshot
set transaction isolation level repeatable read;

-- backup.ts: selectRows
declare backup no scroll cursor for select to_json(VALUE)::text as row from VALUE;
fetch VALUE from backup;
close backup;

-- backup.ts: insertRows
insert into VALUE overriding system value select * from json_populate_recordset(null::VALUE, $1::text::json);

-- backup.ts: continueCounting
select setval(pg_get_serial_sequence('collections', 'id'), (select coalesce(max(id), 0) + 1 from collections), false);
select setval(pg_get_serial_sequence('audit_entries', 'id'), (select coalesce(max(id), 0) + 1 from audit_entries), false);

-- backup.ts: hasGallery
select to_regclass('schema_migrations') is not null as "isThere";

-- backup.ts: selectUnsound
select problem from (
    select 'a digest of a source does not have 32 bytes' as problem
      where exists (select from templates where octet_length(source_digest) <> 32)
    union all select 'a hash of a key does not have 32 bytes'
      where exists (select from api_keys where octet_length(secret_hash) <> 32)
    union all select 'an embedding does not have the size of its collection'
      where exists (select from templates join collections on collections.id = collection_id
        where vector_dims(embedding) <> size)
    union all select 'an embedding does not have unit length'
      where exists (select from templates where abs(vector_norm(embedding) - 1) > 1e-3)
    union all select 'a template has another model than its collection'
      where exists (select from templates join collections on collections.id = collection_id
        where templates.model <> collections.model)
    union all select 'the templates of a collection are not as many as it says'
      where exists (select from collections where template_count <>
        (select count(*) from templates where collection_id = collections.id))
    union all select 'the details of a person are not a JSON object'
      where exists (select from subjects where jsonb_typeof(metadata) <> 'object')
    union all select 'a name is empty or too long'
      where exists (select from subjects where length(name) not between 1 and 300)
  ) as problems;

-- calibrations.ts: upsertCalibration
insert into calibrations
    (model, far, threshold, threshold_low, threshold_high, genuine_count, impostor_count, sources)
  values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
  on conflict (model, far) do update set
    threshold = excluded.threshold, threshold_low = excluded.threshold_low, threshold_high = excluded.threshold_high,
    genuine_count = excluded.genuine_count, impostor_count = excluded.impostor_count, sources = excluded.sources,
    created_at = now();

-- calibrations.ts: selectCalibrations
select model, far, threshold, threshold_low as "thresholdLow", threshold_high as "thresholdHigh",
    genuine_count as "genuineCount", impostor_count as "impostorCount", sources, created_at as "createdAt"
  from calibrations where model = $1 order by far;

-- collections.ts: insertCollection
insert into collections (name, model, size) values ($1, $2, $3)
     on conflict (name) do nothing
     returning
  id, name, model, size, is_indexed as "isIndexed", template_count as "templateCount", created_at as "createdAt";

-- collections.ts: selectCollection
select
  id, name, model, size, is_indexed as "isIndexed", template_count as "templateCount", created_at as "createdAt" from collections where name = $1;

-- collections.ts: selectCollections
select
  id, name, model, size, is_indexed as "isIndexed", template_count as "templateCount", created_at as "createdAt" from collections order by name;

-- collections.ts: deleteCollection
select count(*)::integer as count from subjects where collection_id = $1;
delete from collections where id = $1;

-- collections.ts: setIndexed
update collections set is_indexed = $2 where id = $1;

-- collections.ts: clearIndexed
update collections set is_indexed = false where is_indexed returning name;

-- collections.ts: nextRevision
update collections set revision = revision + 1 where id = $1 returning revision, model;

-- collections.ts: updateModel
update collections set model = $2, size = $3, is_indexed = false where id = $1;

-- collections.ts: addToTemplateCount
update collections set template_count = template_count + $2 where id = $1;

-- encryption.ts: selectKeyIds
select id from encryption_keys;

-- encryption.ts: insertKeyId
insert into encryption_keys (id) values ($1) on conflict do nothing;

-- encryption.ts: deleteOtherKeyIds
delete from encryption_keys where id <> $1;

-- encryption.ts: selectUnsealedTemplates
select id, vector_send(embedding) as plain, sealed from templates
  where sealed is null or substring(sealed from 1 for 4) <> $1 limit $2 for update;

-- encryption.ts: updateSealedTemplates
update templates set embedding = null, sealed = given.sealed
  from unnest($1::uuid[], $2::bytea[]) as given (id, sealed) where templates.id = given.id;

-- encryption.ts: selectUnsealedThumbnails
select template_id as id, case when not is_sealed then image end as plain, case when is_sealed then image end as sealed
  from thumbnails where not is_sealed or substring(image from 1 for 4) <> $1 limit $2 for update;

-- encryption.ts: updateSealedThumbnails
update thumbnails set image = given.sealed, is_sealed = true
  from unnest($1::uuid[], $2::bytea[]) as given (id, sealed) where template_id = given.id;

-- keys.ts: insertKey
insert into api_keys (id, name, secret_hash, scopes, expires_at) values ($1, $2, $3, $4::text[], $5)
  returning id, name, scopes, expires_at as "expiresAt", created_at as "createdAt";

-- keys.ts: selectKey
select id, name, scopes, expires_at as "expiresAt", created_at as "createdAt", secret_hash as "secretHash", coalesce(expires_at <= now(), false) as "isExpired"
  from api_keys where id = $1;

-- keys.ts: selectKeys
select id, name, scopes, expires_at as "expiresAt", created_at as "createdAt" from api_keys order by created_at, id;

-- keys.ts: deleteKey
delete from api_keys where id = $1 returning id;

-- reembed.ts: selectKeptImages
select id, image, is_sealed as "isSealed" from templates join thumbnails on template_id = id
  where collection_id = $1 and ($2::uuid is null or id > $2::uuid) order by id limit $3;

-- reembed.ts: selectWithoutImage
select id from templates
  where collection_id = $1 and not exists (select from thumbnails where template_id = templates.id);

-- reembed.ts: updateEmbeddings
update templates set embedding = given.embedding, sealed = given.sealed, model = $1, revision = $2
  from unnest($3::uuid[], $4::vector[], $5::bytea[]) as given (id, embedding, sealed) where templates.id = given.id;

-- reembed.ts: deleteTemplates
delete from templates where id = any($1::uuid[]) returning subject_id as "subjectId";

-- reembed.ts: selectWithoutTemplates
select name from subjects where id = any($1::uuid[])
  and not exists (select from templates where subject_id = subjects.id) order by name collate "C";

-- search.ts: selectNearest
select subjects.id as "subjectId", subjects.name as subject, nearest.id as "templateId",
    ranked.score, ranked.score > ranked.best as "isMean"
  from (
    select near.subject_id, near.best, greatest(near.best, coalesce(near.total / noted.sum_length, near.best)) as score
    from (
      select subject_id, max(score) as best, sum(score) as total
      from (select subject_id, -(embedding <#> $1) as score from templates where templates.collection_id = $2 and exists (select from collections where id = $2 and model = $4) offset 0) as scored
      group by subject_id
    ) as near
    left join (
      select id, sum_length, expires_at from subjects
      where collection_id = $2 and (sum_length is not null or expires_at is not null)
    ) as noted on noted.id = near.subject_id
    where noted.expires_at is null or noted.expires_at > now()
    order by score desc, near.subject_id limit $3
  ) as ranked
  join subjects on subjects.id = ranked.subject_id
  cross join lateral (
    select id from templates where subject_id = ranked.subject_id order by embedding <#> $1, id limit 1
  ) as nearest
  order by ranked.score desc, nearest.id;

-- search.ts: selectNearestByIndex
select subject_id as "subjectId" from templates
  where collection_id = VALUE
    and exists (select from collections where id = VALUE and model = $3)
  order by embedding::VALUE <#> $1::vector::VALUE limit $2;
select subjects.id as "subjectId", subjects.name as subject, nearest.id as "templateId",
    ranked.score, ranked.score > ranked.best as "isMean"
  from (
    select near.subject_id, near.best, greatest(near.best, coalesce(near.total / noted.sum_length, near.best)) as score
    from (
      select subject_id, max(score) as best, sum(score) as total
      from (select subject_id, -(embedding <#> $1) as score from templates where templates.subject_id = any($4::uuid[]) and templates.collection_id = $2 offset 0) as scored
      group by subject_id
    ) as near
    left join (
      select id, sum_length, expires_at from subjects
      where collection_id = $2 and (sum_length is not null or expires_at is not null)
    ) as noted on noted.id = near.subject_id
    where noted.expires_at is null or noted.expires_at > now()
    order by score desc, near.subject_id limit $3
  ) as ranked
  join subjects on subjects.id = ranked.subject_id
  cross join lateral (
    select id from templates where subject_id = ranked.subject_id order by embedding <#> $1, id limit 1
  ) as nearest
  order by ranked.score desc, nearest.id;

-- search.ts: selectNamed
select id as "subjectId", name as subject, coalesce(expires_at <= now(), false) as "isExpired"
  from subjects where id = any($1::uuid[]);

-- subjects.ts: insertSubjects
insert into subjects (id, collection_id, name)
  select id, $1, name from unnest($2::uuid[], $3::text[]) as given (id, name);

-- subjects.ts: selectSubjectIds
select id, name from subjects where collection_id = $1 and name = any($2::text[]);

-- subjects.ts: selectSubject
select id, name, consent, expires_at as "expiresAt", metadata::text as metadata, created_at as "createdAt",
    (select count(*)::integer from templates where subject_id = subjects.id) as "templateCount",
    (select templates.id from templates join thumbnails on template_id = templates.id
     where subject_id = subjects.id order by templates.created_at, templates.id limit 1) as "thumbnailId"
  from subjects where collection_id = $1 and name = $2;

-- subjects.ts: selectSubjects
select id, name, consent, expires_at as "expiresAt", metadata::text as metadata, created_at as "createdAt",
    (select count(*)::integer from templates where subject_id = subjects.id) as "templateCount",
    (select templates.id from templates join thumbnails on template_id = templates.id
     where subject_id = subjects.id order by templates.created_at, templates.id limit 1) as "thumbnailId"
  from subjects where collection_id = $1 and name collate "C" > $2 order by name collate "C" limit $3;

-- subjects.ts: updateSubject
update subjects set
    name = coalesce($2, name),
    consent = case when $3 then $4 else consent end,
    expires_at = case when $5 then $6::timestamptz else expires_at end,
    metadata = coalesce($7::jsonb, metadata)
  where id = $1;

-- subjects.ts: deleteSubject
delete from subjects where id = $1;

-- subjects.ts: selectTemplatesToDelete
select id, exists (select from thumbnails where template_id = templates.id) as "hasThumbnail"
  from templates where subject_id = $1 order by id;

-- subjects.ts: moveTemplates
update templates set subject_id = $2, revision = $3
  where subject_id = $1 and (source_digest is null or not exists (
    select from templates as kept where kept.subject_id = $2 and kept.source_digest = templates.source_digest))
  returning id;

-- subjects.ts: selectExpired
select subjects.id, collection_id as "collectionId", collections.name as collection
  from subjects join collections on collections.id = collection_id
  where expires_at <= now() order by expires_at limit $1;

-- subjects.ts: isExpired
select from subjects where id = $1 and expires_at <= now();

-- sum-lengths.ts: updateSumLengths
update subjects set sum_length = given.sum_length
     from (select id, (
  select case when count(*) > 1 then nullif(vector_norm(avg(embedding)) * count(*), 0) end
  from templates where subject_id = subjects.id and sealed is null) as sum_length from subjects where id = any($1::uuid[])) as given
     where subjects.id = given.id and subjects.sum_length is distinct from given.sum_length;

-- sum-lengths.ts: updateSumLengthsOf
update subjects set sum_length = given.sum_length
     from (select id, (
  select case when count(*) > 1 then nullif(vector_norm(avg(embedding)) * count(*), 0) end
  from templates where subject_id = subjects.id and sealed is null) as sum_length from subjects where collection_id = $1) as given
     where subjects.id = given.id and subjects.sum_length is distinct from given.sum_length;

-- sum-lengths.ts: clearSumLengths
update subjects set sum_length = null where sum_length is not null;

-- template-index.ts: createIndex
drop index if exists templates_hnsw_VALUE;
create index concurrently templates_hnsw_VALUE on templates
  using hnsw ((embedding::VALUE) halfvec_ip_ops) with (m = 24, ef_construction = 128) where collection_id = VALUE;

-- template-index.ts: dropIndex
drop index if exists templates_hnsw_VALUE;

-- templates.ts: insertTemplates
copy templates (collection_id, model, revision, id, subject_id, embedding, sealed, quality, source_digest) from stdin (format binary);

-- templates.ts: insertThumbnails
insert into thumbnails (template_id, image, is_sealed) select *, $3::boolean from unnest($1::uuid[], $2::bytea[]);

-- templates.ts: selectEnrolledSources
select given.ordinal::integer as ordinal, templates.id
  from unnest($2::text[], $3::bytea[]) with ordinality as given (name, digest, ordinal)
  join subjects on subjects.collection_id = $1 and subjects.name = given.name
  join templates on templates.subject_id = subjects.id and templates.source_digest = given.digest;

-- templates.ts: selectTemplates
select id, model, quality, source_digest as "sourceDigest", created_at as "createdAt",
    exists (select from thumbnails where template_id = templates.id) as "hasThumbnail"
  from templates where subject_id = $1 order by created_at, id;

-- templates.ts: selectThumbnail
select image, is_sealed as "isSealed" from thumbnails join templates on templates.id = template_id
  where collection_id = $1 and template_id = $2;

-- templates.ts: selectOwner
select subjects.name from templates join subjects on subjects.id = subject_id
  where templates.collection_id = $1 and templates.id = $2;

-- templates.ts: deleteTemplate
delete from templates where collection_id = $1 and id = $2 returning subject_id as "subjectId";

-- templates.ts: countTemplates
select count(*)::integer as count from templates where subject_id = $1;

-- templates.ts: selectEmbeddings
select id, subject_id as "subjectId", vector_send(embedding) as plain, sealed from templates
  where collection_id = $1 and revision > $2 and revision <= $3 and ($4::uuid is null or id > $4::uuid)
  order by id limit $5;

-- templates.ts: selectTemplateIds
select id from templates where collection_id = $1;

-- templates.ts: selectVersion
select revision, template_count as "templateCount" from collections where id = $1 and model = $2;

-- transfer.ts: selectSubjectsToExport
select id, name, consent, to_json(expires_at)#>>'{}' as "expiresAt", metadata::text as metadata,
    to_json(created_at)#>>'{}' as "createdAt"
  from subjects where collection_id = $1 and ($2::uuid is null or id > $2::uuid) order by id limit $3;

-- transfer.ts: selectTemplatesToExport
select id, subject_id as "subjectId", vector_send(embedding) as plain, sealed, quality,
    source_digest as "sourceDigest", image as thumbnail, is_sealed as "isThumbnailSealed",
    to_json(created_at)#>>'{}' as "createdAt"
  from templates left join thumbnails on template_id = id
  where collection_id = $1 and ($2::uuid is null or id > $2::uuid) order by id limit $3;

-- transfer.ts: insertExportedSubjects
insert into subjects (id, collection_id, name, consent, expires_at, metadata, created_at)
  select id, $1, name, consent, expires_at, metadata::jsonb, created_at
  from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[])
    as given (id, name, consent, expires_at, metadata, created_at);

-- transfer.ts: updateCreationTimes
update templates set created_at = given.created_at
  from unnest($1::uuid[], $2::timestamptz[]) as given (id, created_at) where templates.id = given.id;

-- transfer.ts: areTaken
select from VALUE where id = any($1::uuid[]) limit 1;
