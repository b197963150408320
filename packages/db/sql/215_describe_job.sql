-- place_in_line: as services/jobs/queue-position.ts counts it, or null when the job does not wait or more than twenty
-- users do, or it is not among the user's first twenty: counting on would cost more than the submit itself, under the
-- lock of the wallet, and the stream tells a moment later.
--
-- Locks: nothing. Looks at all users' lanes, which is the service's right (decision 6).
create or replace function place_in_line(
  p_user_id uuid, p_job_id uuid, p_available_at timestamptz
) returns bigint language plpgsql as $$
declare
  v_place bigint;
  v_lanes bigint;
  v_ahead bigint;
begin
  select count(*) into v_place from (
    select from generation_jobs where user_id = p_user_id and status = 'queued'
      and (available_at, id) <= (p_available_at, p_job_id) limit 21
  ) mine;
  if v_place > 20 then
    return null;
  elsif v_place = 1 then
    select count(*), count(*) into v_lanes, v_ahead from (
      select from job_lanes where next_due_at is not null and user_id <> p_user_id limit 21
    ) others;
  else
    select count(*), coalesce(sum(queued), 0) into v_lanes, v_ahead from (
      select (
        select count(*) from (
          select from generation_jobs j where j.user_id = l.user_id and j.status = 'queued' limit v_place
        ) front
      ) as queued
      from job_lanes l where next_due_at is not null and user_id <> p_user_id limit 21
    ) others;
  end if;
  return case when v_lanes <= 20 then v_ahead + v_place end;
end
$$;

-- describe_job: what the browser is told about a job right after changing it, so that a repeated submit and a cancel
-- need no second round trip to look. (A submit that made a job tells less: its caller knows the rest.) Reads what
-- belongs to the job's own user, found by the user id of a row in the caller's hands, and the estimates of all.
--
-- Locks: nothing.
-- Returns {"job": the row, "files": its photo and results without deleted ones, in their order, "msPerUnit": the
-- estimate or null, "queuePosition": its place_in_line or null}.
create or replace function describe_job(p_job generation_jobs) returns jsonb language plpgsql as $$
declare
  v_files jsonb;
  v_ms_per_unit integer;
begin
  select jsonb_agg(to_jsonb(a) order by position) into v_files from assets a
    where user_id = p_job.user_id and (id = p_job.input_asset_id or job_id = p_job.id) and deleted_at is null;
  select ms_per_unit into v_ms_per_unit from generation_estimates
    where key = p_job.kind || '/' || (p_job.settings ->> 'modelTier') || '/' || (p_job.settings ->> 'qualityTier');
  return jsonb_build_object(
    'job', to_jsonb(p_job), 'files', coalesce(v_files, '[]'), 'msPerUnit', v_ms_per_unit,
    'queuePosition', case when p_job.status = 'queued' then place_in_line(p_job.user_id, p_job.id, p_job.available_at) end
  );
end
$$;
