-- refresh_job_lane: recomputes whose turn it is for one user, from the jobs themselves, so the counters of a
-- lane can never drift.
--
-- Locks: the lane row, always last (lock order: job, wallet, lane). The lock is taken in a statement of its
-- own: under READ COMMITTED the next statement then sees what the previous holder committed.
create or replace function refresh_job_lane(p_user_id uuid) returns void language plpgsql as $$
begin
  perform from job_lanes where user_id = p_user_id for update;
  update job_lanes set
    next_due_at = (select min(available_at) from generation_jobs
      where user_id = p_user_id and status = 'queued'),
    processing = (select count(*) from generation_jobs
      where user_id = p_user_id and status = 'processing')
  where user_id = p_user_id;
end
$$;
