-- settle_hold: ends a job's hold: `p_capture` credits are spent (held → spent), the rest goes back
-- (held → available), taken from the END of the allocation so that the most durable credits return.
--
-- Locks: the wallet row; the caller holds the job row (lock order: job, then wallet).
-- One key for both endings: a hold ends exactly once; a second call raises unique_violation.
-- A hold pins its grants past their expiry. What comes back after it: our failure or the provider's (the actor
-- is the system) gives it 72 more hours; the user's own cancel lets it expire, in an event of its own.
-- What was promised beyond the wallet (overage) is never given back to be used: what is not captured expires.
-- core/credits.ts `settle` and `expiryAfterRelease` are the same rules as pure functions.
create or replace function settle_hold(
  p_user_id uuid,
  p_job_id uuid,
  p_hold_seq bigint,
  p_capture bigint,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_wallet wallets;
  v_held bigint;
  v_released bigint;
  v_seq bigint;
  v_is_reversed boolean;
  -- What promise_overage has lent to this job. Credits of another promise may be here, given back after a dispute.
  v_overage_id uuid := md5('overage:' || p_job_id)::uuid;
  v_overage_until timestamptz;
begin
  select * into strict v_wallet from wallets where user_id = p_user_id for update;
  if exists (
    select from credit_grants where user_id = p_user_id and available > 0 and expires_at <= p_now
  ) then
    -- First, or what has run out beside the hold would be given more time together with it.
    perform expire_credits(p_user_id, p_now);
    select * into strict v_wallet from wallets where user_id = p_user_id;
  end if;
  select coalesce(sum(amount), 0) into v_held from credit_entries
    where user_id = p_user_id and event_seq = p_hold_seq and from_account = 'available' and to_account = 'held';
  if p_capture < 0 or p_capture > v_held then
    raise exception 'capture of % is outside the hold of %', p_capture, v_held;
  end if;
  v_released := v_held - p_capture;
  v_seq := v_wallet.seq + 1;

  update wallets
    set available = available + v_released, held = held - v_held, seq = v_seq, updated_at = p_now
    where user_id = p_user_id;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, job_id, actor_kind, actor_id, reason,
    available_change, available_after, held_after, owed_after, created_at
  ) values (
    p_user_id, v_seq, (case when p_capture > 0 then 'capture' else 'release' end)::credit_event_kind,
    'settle:' || p_job_id, p_job_id, p_actor_kind, p_actor_id, p_reason,
    v_released, v_wallet.available + v_released, v_wallet.held - v_held, v_wallet.owed, p_now
  );

  with slices as (
    select grant_id, amount, line,
      greatest(0, least(amount, p_capture - (sum(amount) over (order by line) - amount))) as captured
    from credit_entries
    where user_id = p_user_id and event_seq = p_hold_seq
  ), moved as (
    update credit_grants g
      set held = g.held - s.amount,
          spent = g.spent + s.captured,
          available = g.available + s.amount - s.captured,
          expires_at = case
            when s.captured < s.amount and g.expires_at <= p_now and p_actor_kind = 'system' and g.id <> v_overage_id
              then p_now + interval '72 hours'
            else g.expires_at
          end
      from slices s where g.user_id = p_user_id and g.id = s.grant_id
  ), transfers as (
    select grant_id, captured as amount, 'spent'::credit_account as to_account, line as position
      from slices where captured > 0
    union all
    select grant_id, amount - captured, 'available', -line
      from slices where captured < amount
  )
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select p_user_id, v_seq, row_number() over (order by to_account = 'available', position),
      grant_id, amount, 'held', to_account
    from transfers;

  with touched as (
    select id, payment_reference, expires_at, frozen_since, reversal_target, reversed from credit_grants
    where user_id = p_user_id
      and id in (select grant_id from credit_entries where user_id = p_user_id and event_seq = p_hold_seq)
  )
  select coalesce(bool_or(t.reversal_target > t.reversed or t.frozen_since is not null or exists (
        select from credit_grants g where g.user_id = p_user_id and g.payment_reference = t.payment_reference
          and g.reversal_target > g.reversed
      )), false),
      max(t.expires_at) filter (where t.id = v_overage_id)
    into v_is_reversed, v_overage_until
    from touched t;
  -- A payment that was reversed or disputed while the job held its credits gets its due now, from whichever of its
  -- grants: what one gives back may spare another a debt.
  if v_is_reversed then
    perform apply_reversals(
      p_user_id, 'clawback:' || p_job_id, 'system', 'settlement', 'reversed while a job held it', p_now
    );
    perform freeze_available(p_user_id, 'freeze:' || p_job_id, 'disputed while a job held it', p_now);
  end if;
  if v_overage_until is not null then
    perform settle_overage(p_user_id, p_job_id, p_now);
  end if;
  if v_released > 0 and (p_actor_kind = 'user' or v_overage_until is not null) then
    -- Not before its own end, even when this process's clock is behind the one that promised it.
    perform expire_credits(p_user_id, greatest(p_now, v_overage_until));
  end if;
  if v_is_reversed or v_wallet.owed > 0 then
    perform repay_debt(p_user_id, p_now);
  end if;
  return v_seq;
end
$$;
