-- record_job_event: appends to a job's trail. The caller holds the job row, so the number has no race.
create or replace function record_job_event(
  p_user_id uuid,
  p_job_id uuid,
  p_kind job_event_kind,
  p_attempt smallint,
  p_worker_id text,
  p_failure_code generation_failure,
  p_now timestamptz
) returns void language sql as $$
  insert into job_events (user_id, job_id, seq, kind, attempt, worker_id, failure_code, created_at)
  select p_user_id, p_job_id, coalesce(max(seq), 0) + 1, p_kind, p_attempt, p_worker_id, p_failure_code, p_now
  from job_events where user_id = p_user_id and job_id = p_job_id
$$;
