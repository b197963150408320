-- What must hold of the queue when no transaction is open. Each row is a violation; no row = all is well.
-- The rules of the books are in sql/410_prove_credits.sql; `findViolations` asks both.
select 'I8 lane differs from its jobs' as violation, l.user_id, format('%s/%s', l.processing, l.next_due_at) as subject
from job_lanes l
where l.processing <> (select count(*) from generation_jobs j where j.user_id = l.user_id and j.status = 'processing')
  or l.next_due_at is distinct from (select min(available_at) from generation_jobs j where j.user_id = l.user_id and j.status = 'queued')
