-- The third end of an attempt: nobody knows. A timeout is not a failure, the provider may still deliver, so the hold
-- stays while the provider is asked. reap_job gives the credits back at the job's deadline; a delivery after that is
-- the user's for nothing, and counted (services/jobs/count-deliveries-at-our-cost.ts).
--
-- Locks: job row, then wallet, then lane. The fence of an answer: the attempt, and `ask_provider_at` still set.

-- reconcile_job: a worker lost sight of its attempt. Returns 'reconciling' | 'lost'.
create or replace function reconcile_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_worker_id text,
  p_ask_after_seconds integer,
  p_now timestamptz
) returns text language plpgsql as $$
begin
  perform from lock_job_of_worker(p_user_id, p_job_id, p_attempt, p_worker_id);
  if not found then
    return 'lost';
  end if;
  update generation_jobs set
    status = 'reconciling', worker_id = null, lease_expires_at = null, version = version + 1,
    ask_provider_at = p_now + make_interval(secs => p_ask_after_seconds)
  where user_id = p_user_id and id = p_job_id;
  perform record_job_event(p_user_id, p_job_id, 'reconciling', p_attempt, p_worker_id, null, p_now);
  perform refresh_job_lane(p_user_id);
  return 'reconciling';
end
$$;

-- claim_unknown_job: the next job whose provider is to be asked, and when to ask again should nobody answer.
-- After `p_give_up_seconds` beyond its deadline a job is asked about no more; its credits are back long since.
-- Returns {"userId", "jobId", "attempt"} or null.
create or replace function claim_unknown_job(
  p_provider text,
  p_ask_again_seconds integer,
  p_give_up_seconds integer,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_job generation_jobs;
begin
  loop
    select * into v_job from generation_jobs
      where ask_provider_at <= p_now and provider = p_provider
      order by ask_provider_at limit 1
      for update skip locked;
    if not found then
      return null;
    end if;
    if v_job.deadline_at + make_interval(secs => p_give_up_seconds) > p_now then
      update generation_jobs set ask_provider_at = p_now + make_interval(secs => p_ask_again_seconds)
        where user_id = v_job.user_id and id = v_job.id;
      return jsonb_build_object('userId', v_job.user_id, 'jobId', v_job.id, 'attempt', v_job.attempt);
    end if;
    update generation_jobs set ask_provider_at = null
      where user_id = v_job.user_id and id = v_job.id;
  end loop;
end
$$;

create or replace function lock_unknown_job(p_user_id uuid, p_job_id uuid, p_attempt smallint)
returns setof generation_jobs language sql as $$
  select * from generation_jobs
  where user_id = p_user_id and id = p_job_id and attempt = p_attempt and ask_provider_at is not null
    and (status = 'reconciling' or (status = 'failed' and failure_code = 'deadline_exceeded'))
  for update
$$;

-- settle_unknown_job: the provider did deliver. In time it is charged as ever; after the deadline, when the credits
-- are back with the user, it is free. `failure_code` stays then and tells the two apart.
-- Returns {"outcome": "completed" | "delivered_free" | "lost", "absorbed": credits that are ours to bear}.
create or replace function settle_unknown_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_delivered_units integer,
  p_outputs jsonb,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from lock_unknown_job(p_user_id, p_job_id, p_attempt);
  if not found then
    return jsonb_build_object('outcome', 'lost');
  end if;
  update generation_jobs set ask_provider_at = null where user_id = p_user_id and id = p_job_id;

  if v_job.status = 'reconciling' then
    return deliver_job(v_job, p_delivered_units, p_outputs, 'reconciler', p_now);
  end if;
  perform keep_outputs(p_user_id, p_job_id, p_outputs, p_now);
  update generation_jobs set
    status = 'completed', delivered_units = p_delivered_units, finished_at = p_now, progress = 100,
    version = version + 1
  where user_id = p_user_id and id = p_job_id;
  perform record_job_event(p_user_id, p_job_id, 'completed', p_attempt, null, v_job.failure_code, p_now);
  return jsonb_build_object(
    'outcome', 'delivered_free',
    'absorbed', credits_for(p_delivered_units, v_job.milli_credits_per_unit, v_job.multiplier_percent)
  );
end
$$;

-- fail_unknown_job: the provider did not deliver, or the user no longer wants it (no failure code: the cancel fee).
-- Returns 'requeued' | 'failed' | 'cancelled' | 'lost'.
create or replace function fail_unknown_job(
  p_user_id uuid,
  p_job_id uuid,
  p_attempt smallint,
  p_failure_code generation_failure,
  p_retryable boolean,
  p_backoff_seconds integer,
  p_now timestamptz
) returns text language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from lock_unknown_job(p_user_id, p_job_id, p_attempt);
  if not found then
    return 'lost';
  end if;
  update generation_jobs set ask_provider_at = null where user_id = p_user_id and id = p_job_id;
  if v_job.status = 'failed' then
    return 'failed';
  end if;
  return end_attempt(v_job, p_failure_code, p_retryable, p_backoff_seconds, 'reconciler', p_now);
end
$$;
