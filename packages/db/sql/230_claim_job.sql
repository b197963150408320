-- claim_job: gives a worker the next job, user by user in turn.
--
-- Locks: one lane (skipping those another worker is looking at), then that lane's first due job.
-- A lane whose user already has `p_concurrency` jobs in work is passed over without looking at its jobs.
-- Returns {"userId", "jobId", "attempt", "more"}, or null when there is nothing to do. "more": this user has
-- another job that is due; workers that looked meanwhile have passed over the locked lane and must look again.
create or replace function claim_job(
  p_worker_id text,
  p_concurrency integer,
  p_lease_seconds integer,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_user_id uuid;
  v_job generation_jobs;
  v_claimed jsonb;
begin
  select user_id into v_user_id from job_lanes
    where next_due_at <= p_now and processing < p_concurrency
    order by last_claimed_at limit 1
    for update skip locked;
  if not found then
    return null;
  end if;

  select * into v_job from generation_jobs
    where user_id = v_user_id and status = 'queued' and available_at <= p_now
    order by available_at, id limit 1
    for update skip locked;
  if found then
    update generation_jobs set
      status = 'processing', attempt = attempt + 1, worker_id = p_worker_id,
      lease_expires_at = p_now + make_interval(secs => p_lease_seconds),
      started_at = coalesce(started_at, p_now), progress = 0, stage = null, version = version + 1
    where user_id = v_user_id and id = v_job.id
    returning * into v_job;
    perform record_job_event(v_user_id, v_job.id, 'claimed', v_job.attempt, p_worker_id, null, p_now);
    v_claimed := jsonb_build_object('userId', v_user_id, 'jobId', v_job.id, 'attempt', v_job.attempt);
  end if;

  update job_lanes set last_claimed_at = p_now where user_id = v_user_id;
  perform refresh_job_lane(v_user_id);
  return v_claimed || (
    select jsonb_build_object('more', coalesce(next_due_at <= p_now and processing < p_concurrency, false))
    from job_lanes where user_id = v_user_id
  );
end
$$;
