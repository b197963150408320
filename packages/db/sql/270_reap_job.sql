-- reap_job: looks after one job that nobody else will: past its deadline, or its worker went silent.
-- One job a call, so that no transaction ever holds the wallets of two users.
--
-- Locks: job row (skipping those in somebody's hands), then wallet, then lane.
-- `p_blameless_until`: until then the database was away. A lease that had lapsed by then could not be renewed, so the
-- attempt does not count.
-- `p_skip`: jobs that proved impossible a moment ago; one of them must not keep all others from their refund.
-- Returns {"userId", "jobId", "outcome": "requeued" | "failed" | "cancelled"}, with "stuck" and an "error" for
-- a job that could not be ended, or null when all is well.
-- From the time before that.
drop function if exists reap_job(uuid[], timestamptz);

-- The last parameter has a default for workers of the version before, which may still run.
create or replace function reap_job(
  p_skip uuid[], p_now timestamptz, p_blameless_until timestamptz default null
) returns jsonb language plpgsql as $$
declare
  v_job generation_jobs;
  v_outcome text;
  v_error text;
  v_is_late boolean;
begin
  select * into v_job from generation_jobs
    where status in ('queued', 'processing', 'reconciling') and deadline_at <= p_now
      and id <> all (p_skip)
    order by deadline_at limit 1 for update skip locked;
  v_is_late := found;
  if not v_is_late then
    select * into v_job from generation_jobs
      where status = 'processing' and lease_expires_at <= p_now and id <> all (p_skip)
      order by lease_expires_at limit 1 for update skip locked;
    if not found then
      return null;
    end if;
  end if;

  begin
    if v_is_late then
      perform end_job(v_job, 'failed', 0, 0, 'deadline_exceeded', 'system', 'reaper', p_now);
      v_outcome := 'failed';
    else
      if v_job.lease_expires_at <= p_blameless_until then
        update generation_jobs set max_attempts = max_attempts + 1
          where user_id = v_job.user_id and id = v_job.id
          returning * into v_job;
      end if;
      -- No pause before the next attempt: the user has waited for the lease already.
      v_outcome := end_attempt(v_job, 'worker_lost', true, 0, 'reaper', p_now);
    end if;
  exception when others then
    v_outcome := 'stuck';
    v_error := sqlerrm;
  end;
  return jsonb_build_object(
    'userId', v_job.user_id, 'jobId', v_job.id, 'outcome', v_outcome, 'error', v_error
  );
end
$$;
