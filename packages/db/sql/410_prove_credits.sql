-- prove_credits: THE rules of the books (design: invariants I1 to I5), for some users, exactly.
--
-- `p_continue` false reads the whole history; true goes on from the user's row in credit_checks and reads only the
-- events after it. Then the grants are compared in sum and by print, and only jobs of the new events are looked at.
-- Returns, per user: the row that credit_checks should hold if all is well, how many events were read, and the
-- violations [{invariant, subject, expected, actual}].
-- Locks: nothing. One statement, so it sees one moment even while credits move.
create or replace function prove_credits(p_user_ids uuid[], p_continue boolean)
returns table (proof credit_checks, events_checked bigint, violations jsonb)
language sql stable as $$
  with scope as (
    select w.user_id, w.seq as wallet_seq, coalesce(c.checked_seq, 0) as start_seq,
      coalesce(c.available, 0) as start_available, coalesce(c.held, 0) as start_held, coalesce(c.owed, 0) as start_owed,
      coalesce(c.grants_print, 0) as start_print
    from wallets w left join credit_checks c on p_continue and c.user_id = w.user_id
    where w.user_id = any (p_user_ids)
  ), accounts as (
    select account, array_position(enum_range(null::credit_account), account) as position
    from unnest(enum_range(null::credit_account)) account
  ), new_events as materialized (
    select e.* from scope s join credit_events e on e.user_id = s.user_id and e.seq > s.start_seq
  ), new_entries as materialized (
    select e.* from scope s join credit_entries e on e.user_id = s.user_id and e.event_seq > s.start_seq
  ), moves as materialized (
    select user_id, event_seq, grant_id, account, signed from new_entries
    cross join lateral (values (to_account, amount), (from_account, -amount)) side (account, signed)

  -- What each account and grant should hold.
  ), before as (
    select c.user_id, b.account, b.amount from credit_checks c cross join lateral (values
      ('issued'::credit_account, c.issued), ('available', c.available), ('held', c.held), ('spent', c.spent),
      ('expired', c.expired), ('frozen', c.frozen), ('reversed', c.reversed), ('owed', c.owed)) b (account, amount)
    where p_continue and c.user_id = any (p_user_ids)
  ), sums as materialized (
    select s.user_id, a.account, coalesce(b.amount, 0) + coalesce(m.amount, 0) as amount
    from scope s cross join accounts a left join before b using (user_id, account)
    left join (select user_id, account, sum(signed) as amount from moves group by 1, 2) m using (user_id, account)
  ), prints as (
    select s.user_id, s.start_print + coalesce(m.print, 0) as print from scope s left join (
      select user_id, sum(signed * uuid_hash_extended(grant_id, position)::numeric) as print
      from moves join accounts using (account) group by 1
    ) m using (user_id)
  ), columns as materialized (
    select g.user_id, g.id as grant_id, c.account, c.amount
    from credit_grants g cross join lateral (values
      ('issued'::credit_account, -g.amount), ('available', g.available), ('held', g.held), ('spent', g.spent),
      ('expired', g.expired), ('frozen', g.frozen), ('reversed', g.reversed), ('owed', g.owed)) c (account, amount)
    where g.user_id = any (p_user_ids)
  ), balances as (
    select w.user_id, b.account, b.amount from wallets w cross join lateral (values
      ('available'::credit_account, w.available), ('held', w.held), ('owed', w.owed)) b (account, amount)
    where w.user_id = any (p_user_ids)

  -- The chain of events.
  ), deltas as (
    select user_id, event_seq,
      coalesce(sum(signed) filter (where account = 'available'), 0) as available,
      coalesce(sum(signed) filter (where account = 'held'), 0) as held,
      coalesce(sum(signed) filter (where account = 'owed'), 0) as owed
    from moves group by 1, 2
  ), chain as (
    select e.user_id, e.seq, lag(e.seq, 1, s.start_seq) over history + 1 as seq_expected,
      e.available_change, coalesce(d.available, 0) as change_expected,
      e.available_after, lag(e.available_after, 1, s.start_available) over history + coalesce(d.available, 0) as available_expected,
      e.held_after, lag(e.held_after, 1, s.start_held) over history + coalesce(d.held, 0) as held_expected,
      e.owed_after, lag(e.owed_after, 1, s.start_owed) over history + coalesce(d.owed, 0) as owed_expected
    from new_events e join scope s using (user_id)
    left join deltas d on d.user_id = e.user_id and d.event_seq = e.seq
    window history as (partition by e.user_id order by e.seq)

  -- The jobs these events are about.
  ), looked_at as (
    select j.user_id, j.id, j.status, j.credits, j.hold_seq, j.settle_seq, j.charged_credits
    from generation_jobs j where not p_continue and j.user_id = any (p_user_ids)
    union all
    select j.user_id, j.id, j.status, j.credits, j.hold_seq, j.settle_seq, j.charged_credits
    from (select distinct user_id, job_id from new_events where p_continue) e
    join generation_jobs j on j.user_id = e.user_id and j.id = e.job_id
  ), jobs as (
    select j.*, j.status in ('completed', 'failed', 'cancelled') as ended, e.holds, e.settlements, h.taken, c.charged
    from looked_at j
    cross join lateral (
      select coalesce(array_agg(seq) filter (where kind = 'hold'), '{}') as holds,
        coalesce(array_agg(seq) filter (where kind in ('capture', 'release')), '{}') as settlements
      from credit_events where user_id = j.user_id and job_id = j.id
    ) e cross join lateral (
      select coalesce(sum(amount), 0) as taken from credit_entries
      where user_id = j.user_id and event_seq = j.hold_seq and from_account = 'available' and to_account = 'held'
    ) h cross join lateral (
      select coalesce(sum(amount), 0) as charged from credit_entries
      where user_id = j.user_id and event_seq = j.settle_seq and from_account = 'held' and to_account = 'spent'
    ) c

  ), found (user_id, invariant, subject, expected, actual) as materialized (
    select user_id, 'I1 wallet differs from its entries', 'wallet.' || account, s.amount::text, b.amount::text
    from balances b join sums s using (user_id, account) where b.amount <> s.amount
    union all
    select user_id, 'I1 grant differs from its entries', format('grant %s.%s', grant_id, account),
      coalesce(m.amount, 0)::text, coalesce(c.amount, 0)::text
    from columns c full join (
      select user_id, grant_id, account, sum(signed) as amount from moves group by 1, 2, 3
    ) m using (user_id, grant_id, account)
    where not p_continue and coalesce(m.amount, 0) <> coalesce(c.amount, 0)
    union all
    select s.user_id, 'I1 grants differ from their entries', 'grants.' || s.account, s.amount::text, coalesce(c.amount, 0)::text
    from sums s left join (select user_id, account, sum(amount) as amount from columns group by 1, 2) c using (user_id, account)
    where p_continue and s.amount <> coalesce(c.amount, 0)
    union all
    select p.user_id, 'I1 the wrong grant has moved', 'grants', p.print::text, c.print::text
    from prints p left join (
      select user_id, sum(amount * uuid_hash_extended(grant_id, position)::numeric) as print
      from columns join accounts using (account) group by 1
    ) c using (user_id) where p_continue and p.print <> coalesce(c.print, 0)
    union all
    select user_id, 'I2 less than nothing', format('grant %s.%s', grant_id, account), '>= 0', amount::text
    from columns where account <> 'issued' and amount < 0
    union all
    select user_id, 'I2 less than nothing', 'wallet.' || account, '>= 0', amount::text from balances where amount < 0
    union all
    select user_id, 'I2 less than nothing', 'event ' || seq, '>= 0', least(available_after, held_after, owed_after)::text
    from chain where least(available_after, held_after, owed_after) < 0
    union all
    select b.user_id, 'I3 held differs from the open holds', 'wallet.held', coalesce(o.credits, 0)::text, b.amount::text
    from balances b left join (
      select user_id, sum(credits) as credits from generation_jobs
      where user_id = any (p_user_ids) and status in ('queued', 'processing', 'reconciling') group by 1
    ) o using (user_id) where b.account = 'held' and b.amount <> coalesce(o.credits, 0)
    union all
    select user_id, 'I4 gap in the sequence', 'event ' || seq, seq_expected::text, seq::text
    from chain where seq <> seq_expected
    union all
    select c.user_id, 'I4 broken balance chain', format('event %s.%s', seq, v.name), v.expected::text, v.actual::text
    from chain c cross join lateral (values
      ('available_change', change_expected, available_change::numeric), ('available_after', available_expected, available_after),
      ('held_after', held_expected, held_after), ('owed_after', owed_expected, owed_after)) v (name, expected, actual)
    where v.expected <> v.actual
    union all
    select s.user_id, 'I4 wallet version is not the newest event', 'wallet.seq', coalesce(e.seq, s.start_seq)::text, s.wallet_seq::text
    from scope s left join (select user_id, max(seq) as seq from new_events group by 1) e using (user_id)
    where s.wallet_seq <> coalesce(e.seq, s.start_seq)
    union all
    select user_id, 'I5 not exactly one hold', 'job ' || id, array[hold_seq]::text, holds::text
    from jobs where holds <> array[hold_seq]
    union all
    select user_id, 'I5 not exactly one settlement when ended, none before', 'job ' || id,
      (case when ended then array[settle_seq] else '{}' end)::text, settlements::text
    from jobs where settlements <> case when ended then array[settle_seq] else '{}' end
    union all
    select user_id, 'I5 held credits differ from the price', 'job ' || id, credits::text, taken::text
    from jobs where credits <> taken
    union all
    select user_id, 'I5 charged credits differ from what was spent', 'job ' || id, charged_credits::text, charged::text
    from jobs where charged_credits <> charged
    union all
    select e.user_id, 'I5 hold or settlement without a job', 'event ' || e.seq, e.job_id::text, null
    from new_events e where e.kind in ('hold', 'capture', 'release') and not exists (
      select from generation_jobs j where j.user_id = e.user_id and j.id = e.job_id)
  ), pivot as (
    select user_id,
      max(amount) filter (where account = 'issued') as issued, max(amount) filter (where account = 'available') as available,
      max(amount) filter (where account = 'held') as held, max(amount) filter (where account = 'spent') as spent,
      max(amount) filter (where account = 'expired') as expired, max(amount) filter (where account = 'frozen') as frozen,
      max(amount) filter (where account = 'reversed') as reversed, max(amount) filter (where account = 'owed') as owed
    from sums group by 1
  )
  select row(
      s.user_id, s.wallet_seq, v.issued, v.available, v.held, v.spent, v.expired, v.frozen, v.reversed, v.owed, p.print
    )::credit_checks,
    coalesce(e.events, 0), coalesce(f.violations, '[]')
  from scope s join pivot v using (user_id) join prints p using (user_id)
  left join (select user_id, count(*) as events from new_events group by 1) e using (user_id)
  left join (
    select user_id, jsonb_agg(jsonb_build_object(
      'invariant', invariant, 'subject', subject, 'expected', expected, 'actual', actual) order by invariant, subject) as violations
    from found group by 1
  ) f using (user_id)
$$;
