-- cancel_job: the user's wish. Free and at once while queued; once a worker has the job, the wish is written
-- down and the worker ends it at its next heartbeat (≤ 1 s: the worker also listens). Of a job that is being
-- reconciled the provider is asked at once: what it has delivered is delivered, all else is cancelled.
--
-- Locks: job row, then wallet, then lane.
-- Returns 'cancelled' | 'requested' | 'already_ended' | 'not_found'.
create or replace function cancel_job(p_user_id uuid, p_job_id uuid, p_now timestamptz)
returns text language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from generation_jobs where user_id = p_user_id and id = p_job_id for update;
  if not found then
    return 'not_found';
  elsif v_job.status in ('completed', 'failed', 'cancelled') then
    return 'already_ended';
  elsif v_job.status = 'queued' then
    perform end_job(v_job, 'cancelled', 0, 0, null, 'user', p_user_id::text, p_now);
    return 'cancelled';
  end if;
  if v_job.cancel_requested_at is null then
    update generation_jobs set
      cancel_requested_at = p_now, version = version + 1,
      ask_provider_at = case when status = 'reconciling' then p_now end
      where user_id = p_user_id and id = p_job_id;
    perform record_job_event(
      p_user_id, p_job_id, 'cancel_requested', v_job.attempt, v_job.worker_id, null, p_now
    );
  end if;
  return 'requested';
end
$$;

-- cancel_and_describe_job: the same, and what the browser is told about the job then.
-- Returns {"outcome": as above} and, when it was cancelled or requested, what describe_job tells.
create or replace function cancel_and_describe_job(p_user_id uuid, p_job_id uuid, p_now timestamptz)
returns jsonb language plpgsql as $$
declare
  v_outcome constant text := cancel_job(p_user_id, p_job_id, p_now);
  v_job generation_jobs;
begin
  if v_outcome not in ('cancelled', 'requested') then
    return jsonb_build_object('outcome', v_outcome);
  end if;
  select * into strict v_job from generation_jobs where user_id = p_user_id and id = p_job_id;
  return jsonb_build_object('outcome', v_outcome) || describe_job(v_job);
end
$$;
