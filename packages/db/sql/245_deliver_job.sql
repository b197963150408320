-- keep_outputs: the files of a delivery become the user's.
-- `p_outputs`: [{id, bucket, objectKey, thumbnailKey, contentType, byteSize, width, height, durationMs, fileName}]
create or replace function keep_outputs(p_user_id uuid, p_job_id uuid, p_outputs jsonb, p_now timestamptz)
returns void language sql as $$
  insert into assets (
    user_id, id, kind, status, bucket, object_key, thumbnail_key, content_type, byte_size,
    width, height, duration_ms, file_name, job_id, position, created_at
  )
  select p_user_id, (o->>'id')::uuid, 'output', 'ready', (o->>'bucket')::bucket, o->>'objectKey',
    o->>'thumbnailKey', o->>'contentType', (o->>'byteSize')::bigint, (o->>'width')::integer,
    (o->>'height')::integer, (o->>'durationMs')::integer, o->>'fileName', p_job_id, position - 1, p_now
  from jsonb_array_elements(p_outputs) with ordinality as t (o, position)
$$;

-- deliver_job: stores the outputs and charges what was delivered, never more than was held: the one end of a job that
-- costs something, whoever tells it.
--
-- Locks: wallet, then lane; the caller holds the job row and has checked its fence.
-- Returns {"outcome": "completed", "absorbed": credits delivered beyond the hold, which are ours}.
create or replace function deliver_job(
  p_job generation_jobs,
  p_delivered_units integer,
  p_outputs jsonb,
  p_actor_id text,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_delivered bigint := credits_for(p_delivered_units, p_job.milli_credits_per_unit, p_job.multiplier_percent);
begin
  perform keep_outputs(p_job.user_id, p_job.id, p_outputs, p_now);
  perform end_job(
    p_job, 'completed', least(v_delivered, p_job.credits), p_delivered_units, null, 'system', p_actor_id, p_now
  );
  return jsonb_build_object('outcome', 'completed', 'absorbed', greatest(0, v_delivered - p_job.credits));
end
$$;
