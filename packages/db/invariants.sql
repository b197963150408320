-- What must hold at every moment when no transaction is open. Each row is a violation; no row = the books balance.
-- I1 entries add up to grants and wallets · I3 held = open holds · I4 gap-free sequence and balance chain
-- I5 one hold a job and, when it has ended, exactly one settlement · I8 lanes agree with the jobs
with sums as (
  select e.user_id, e.grant_id,
    coalesce(sum(amount) filter (where to_account = 'available'), 0) - coalesce(sum(amount) filter (where from_account = 'available'), 0) as available,
    coalesce(sum(amount) filter (where to_account = 'held'), 0) - coalesce(sum(amount) filter (where from_account = 'held'), 0) as held,
    coalesce(sum(amount) filter (where to_account = 'spent'), 0) - coalesce(sum(amount) filter (where from_account = 'spent'), 0) as spent,
    coalesce(sum(amount) filter (where to_account = 'owed'), 0) - coalesce(sum(amount) filter (where from_account = 'owed'), 0) as owed,
    coalesce(sum(amount) filter (where from_account = 'issued'), 0) as issued
  from credit_entries e group by 1, 2
), wallet_sums as (
  select user_id, sum(available) as available, sum(held) as held, sum(owed) as owed from sums group by 1
), chain as (
  select user_id, seq, available_after, available_change,
    lag(seq, 1, 0::bigint) over w as seq_before,
    lag(available_after, 1, 0::bigint) over w as available_before
  from credit_events window w as (partition by user_id order by seq)
)
select 'I1 grant differs from its entries' as violation, g.user_id, g.id::text as subject
from credit_grants g left join sums s on s.user_id = g.user_id and s.grant_id = g.id
where (g.amount, g.available, g.held, g.spent, g.owed)
  is distinct from (s.issued, s.available, s.held, s.spent, s.owed)
union all
select 'I1 wallet differs from its entries', w.user_id, format('%s/%s/%s', w.available, w.held, w.owed)
from wallets w left join wallet_sums s using (user_id)
where (w.available, w.held, w.owed)
  is distinct from (coalesce(s.available, 0), coalesce(s.held, 0), coalesce(s.owed, 0))
union all
select 'I3 held differs from the open holds', w.user_id, w.held::text
from wallets w
where w.held <> (select coalesce(sum(credits), 0) from generation_jobs j
  where j.user_id = w.user_id and j.status in ('queued', 'processing', 'reconciling'))
union all
select 'I4 gap in the sequence or broken balance chain', user_id, seq::text from chain
where seq <> seq_before + 1 or available_after <> available_before + available_change
union all
select 'I4 wallet version is not the newest event', w.user_id, w.seq::text from wallets w
where w.seq <> (select coalesce(max(seq), 0) from credit_events e where e.user_id = w.user_id)
union all
select 'I5 a job without exactly one hold, or ended without exactly one settlement', j.user_id, j.id::text
from generation_jobs j
where (select count(*) from credit_events e where e.user_id = j.user_id and e.job_id = j.id and e.kind = 'hold') <> 1
  or (select count(*) from credit_events e where e.user_id = j.user_id and e.job_id = j.id and e.kind in ('capture', 'release'))
    <> (j.status in ('completed', 'failed', 'cancelled'))::integer
union all
select 'I5 charged credits differ from what was spent', j.user_id, j.id::text
from generation_jobs j
where j.charged_credits is not null and j.charged_credits <> (
  select coalesce(sum(e.amount), 0) from credit_entries e
  where e.user_id = j.user_id and e.event_seq = j.settle_seq and e.to_account = 'spent')
union all
select 'I8 lane differs from its jobs', l.user_id, format('%s/%s', l.processing, l.next_due_at)
from job_lanes l
where l.processing <> (select count(*) from generation_jobs j where j.user_id = l.user_id and j.status = 'processing')
  or l.next_due_at is distinct from (select min(available_at) from generation_jobs j where j.user_id = l.user_id and j.status = 'queued')
