-- hold_credits: sets credits aside for a job (available → held), in burn order.
--
-- Locks: nothing; the caller holds the wallet row (submit_job takes it first).
-- Burn order: priority, soonest expiry (none last), promo before paid, lower cost basis, oldest, id.
-- Returns the new event's sequence number, or null when the usable credits are not enough (nothing held).
-- Credits that have run out since the last sweep are expired first, so the history says where they went.
-- core/credits.ts `allocate` is the same rule as a pure function; a property test holds them together.
create or replace function hold_credits(
  p_user_id uuid,
  p_job_id uuid,
  p_amount bigint,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_grant record;
  v_missing bigint := p_amount;
  v_slice bigint;
  v_ids uuid[] := '{}';
  v_amounts bigint[] := '{}';
  v_seq bigint;
begin
  if exists (
    select from credit_grants where user_id = p_user_id and available > 0 and expires_at <= p_now
  ) then
    perform expire_credits(p_user_id, p_now);
  end if;

  for v_grant in
    select id, available from credit_grants
    where user_id = p_user_id and available > 0
      and effective_at <= p_now and (expires_at is null or expires_at > p_now)
    order by priority, expires_at nulls last, (category = 'paid'), cost_basis_cents, issued_seq, id
  loop
    exit when v_missing = 0;
    v_slice := least(v_missing, v_grant.available);
    v_ids := v_ids || v_grant.id;
    v_amounts := v_amounts || v_slice;
    v_missing := v_missing - v_slice;
  end loop;
  if v_missing > 0 then
    return null;
  end if;

  update wallets
    set available = available - p_amount, held = held + p_amount, seq = seq + 1, updated_at = p_now
    where user_id = p_user_id
    returning seq into strict v_seq;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, job_id, actor_kind, actor_id,
    available_change, available_after, held_after, owed_after, created_at
  ) select user_id, v_seq, 'hold', 'hold:' || p_job_id, p_job_id, p_actor_kind, p_actor_id,
    -p_amount, available, held, owed, p_now
  from wallets where user_id = p_user_id;

  with taken as (
    select * from unnest(v_ids, v_amounts) with ordinality as t (grant_id, amount, line)
  ), moved as (
    update credit_grants g
      set available = g.available - t.amount, held = g.held + t.amount
      from taken t where g.user_id = p_user_id and g.id = t.grant_id
  )
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select p_user_id, v_seq, line, grant_id, amount, 'available', 'held' from taken;
  return v_seq;
end
$$;
