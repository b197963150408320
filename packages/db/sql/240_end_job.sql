-- end_job: brings a job to its end and settles its hold with it.
--
-- Locks: wallet, then lane; the caller holds the job row and has checked that the job has not ended.
create or replace function end_job(
  p_job generation_jobs,
  p_status job_status,
  p_charged bigint,
  p_delivered_units integer,
  p_failure_code generation_failure,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_now timestamptz
) returns void language plpgsql as $$
declare
  v_seq bigint;
begin
  v_seq := settle_hold(
    p_job.user_id, p_job.id, p_job.hold_seq, p_charged, p_actor_kind, p_actor_id,
    coalesce(p_failure_code::text, p_status::text), p_now
  );
  update generation_jobs set
    status = p_status, charged_credits = p_charged, delivered_units = p_delivered_units,
    settle_seq = v_seq, failure_code = p_failure_code, finished_at = p_now,
    worker_id = null, lease_expires_at = null, version = version + 1,
    progress = case when p_status = 'completed' then 100 else progress end
  where user_id = p_job.user_id and id = p_job.id;
  perform record_job_event(
    p_job.user_id, p_job.id, p_status::text::job_event_kind, p_job.attempt, p_job.worker_id,
    p_failure_code, p_now
  );
  perform refresh_job_lane(p_job.user_id);
end
$$;

-- requeue_job: another attempt later. Locks: lane; the caller holds the job row.
create or replace function requeue_job(
  p_job generation_jobs,
  p_failure_code generation_failure,
  p_available_at timestamptz,
  p_now timestamptz
) returns void language plpgsql as $$
begin
  update generation_jobs set
    status = 'queued', available_at = p_available_at, worker_id = null, lease_expires_at = null,
    progress = 0, stage = null, version = version + 1
  where user_id = p_job.user_id and id = p_job.id;
  perform record_job_event(
    p_job.user_id, p_job.id, 'requeued', p_job.attempt, p_job.worker_id, p_failure_code, p_now
  );
  perform refresh_job_lane(p_job.user_id);
end
$$;
