-- Jobs that a worker has, numbered, for the measurement of settling: each can be completed once.
create sequence bench.next_to_settle;
create table bench.to_settle (n bigint primary key, user_id uuid not null, job_id uuid not null);

-- Gives `p_jobs` waiting jobs to a worker, as claim_job would one by one.
create or replace procedure bench.prepare_settling(p_jobs integer, p_now timestamptz) language plpgsql as $$
begin
  truncate bench.to_settle;
  perform setval('bench.next_to_settle', 1, false);
  insert into bench.to_settle
    select row_number() over (order by id), user_id, id from (
      select user_id, id from generation_jobs where status = 'queued' order by id desc limit p_jobs
    ) waiting;
  update generation_jobs j set status = 'processing', attempt = 1, worker_id = 'bench',
      lease_expires_at = p_now + interval '1 hour'
    from bench.to_settle s where j.user_id = s.user_id and j.id = s.job_id;
  analyze bench.to_settle;
end
$$;

-- Completes the next of them. Null when there is none left.
create or replace function bench.settle_next() returns text language plpgsql as $$
declare
  -- Taken first: inside the where clause it would be drawn anew for every row.
  v_n constant bigint := nextval('bench.next_to_settle');
  v_job bench.to_settle;
begin
  select * into v_job from bench.to_settle where n = v_n;
  if not found then
    return null;
  end if;
  return complete_job(v_job.user_id, v_job.job_id, 1::smallint, 'bench', 1, '[]', now())->>'outcome';
end
$$;
