-- The calls a worker makes about the job it has. Each carries the fence (job, attempt, worker, processing):
-- a worker that lost its lease is told 'lost' and changes nothing.
--
-- Locks: job row, then wallet, then lane.

create or replace function lock_job_of_worker(
  p_user_id uuid, p_job_id uuid, p_attempt smallint, p_worker_id text
) returns setof generation_jobs language sql as $$
  select * from generation_jobs
  where user_id = p_user_id and id = p_job_id and attempt = p_attempt
    and worker_id = p_worker_id and status = 'processing'
  for update
$$;

-- heartbeat_job: renews the lease and reports progress. Returns 'ok' | 'cancel' (the user asked) | 'lost'.
create or replace function heartbeat_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_worker_id text,
  p_lease_seconds integer,
  p_progress smallint,
  p_stage progress_stage,
  p_now timestamptz
) returns text language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from lock_job_of_worker(p_user_id, p_job_id, p_attempt, p_worker_id);
  if not found then
    return 'lost';
  end if;
  update generation_jobs set
    lease_expires_at = p_now + make_interval(secs => p_lease_seconds),
    version = version + (progress <> p_progress or stage is distinct from p_stage)::integer,
    progress = p_progress, stage = p_stage
  where user_id = p_user_id and id = p_job_id;
  return case when v_job.cancel_requested_at is null then 'ok' else 'cancel' end;
end
$$;

-- complete_job: the worker has delivered (deliver_job). Returns what that says, or {"outcome": "lost"}.
create or replace function complete_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_worker_id text,
  p_delivered_units integer,
  p_outputs jsonb,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from lock_job_of_worker(p_user_id, p_job_id, p_attempt, p_worker_id);
  if not found then
    return jsonb_build_object('outcome', 'lost');
  end if;
  return deliver_job(v_job, p_delivered_units, p_outputs, p_worker_id, p_now);
end
$$;

-- fail_job: one attempt failed. Tries again later when that can help and attempts are left, else gives all back.
-- A job whose user asked to cancel ends as cancelled instead. A worker that is told to stop says 'worker_lost'
-- itself: that is not the job's fault, so the attempt does not count. Returns 'requeued' | 'failed' | 'cancelled' | 'lost'.
create or replace function fail_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_worker_id text,
  p_failure_code generation_failure,
  p_retryable boolean,
  p_backoff_seconds integer,
  p_now timestamptz
) returns text language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from lock_job_of_worker(p_user_id, p_job_id, p_attempt, p_worker_id);
  if not found then
    return 'lost';
  end if;
  if p_failure_code = 'worker_lost' then
    update generation_jobs set max_attempts = max_attempts + 1
      where user_id = p_user_id and id = p_job_id
      returning * into v_job;
  end if;
  return end_attempt(v_job, p_failure_code, p_retryable, p_backoff_seconds, p_worker_id, p_now);
end
$$;

-- end_attempt: what follows a failed or silent attempt. The caller holds the job row.
-- The cancel fee is for work that the user's wish cut short: no failure code. An attempt that failed by
-- itself, or whose worker died, costs nothing.
create or replace function end_attempt(
  p_job generation_jobs,
  p_failure_code generation_failure,
  p_retryable boolean,
  p_backoff_seconds integer,
  p_actor_id text,
  p_now timestamptz
) returns text language plpgsql as $$
begin
  if p_job.cancel_requested_at is not null then
    perform end_job(
      p_job, 'cancelled',
      case when p_failure_code is null
        then floor(p_job.credits * p_job.cancel_fee_percent / 100.0)::bigint else 0 end,
      0, null,
      'user', p_job.user_id::text, p_now
    );
    return 'cancelled';
  end if;
  if p_retryable and p_job.attempt < p_job.max_attempts then
    perform requeue_job(
      p_job, p_failure_code,
      p_now + make_interval(secs => p_backoff_seconds * (1 << least(p_job.attempt - 1, 5))), p_now
    );
    return 'requeued';
  end if;
  perform end_job(
    p_job, 'failed', 0, 0, coalesce(p_failure_code, 'provider_failed'), 'system', p_actor_id, p_now
  );
  return 'failed';
end
$$;
