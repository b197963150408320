-- hold_credits: sets credits aside for a job (available → held), in burn order.
--
-- Locks: nothing; the caller holds the wallet row (submit_job takes it first).
-- Burn order: priority, soonest expiry (none last), promo before paid, lower cost basis, oldest, id.
-- Only grants that the user lets jobs use (is_in_scope) are taken.
-- Returns the new event's sequence number, or null when the usable credits are not enough (nothing held).
-- Credits that have run out since the last sweep are expired first, so the history says where they went.
-- core/credits.ts `allocate` over `bucketsInScope` is the same rule as a pure function; a property test holds them together.
create or replace function hold_credits(
  p_user_id uuid,
  p_job_id uuid,
  p_amount bigint,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_scope spend_scope := spend_scope_of(p_user_id);
  v_grant_id uuid;
  v_in_grant bigint;
  v_expires_at timestamptz;
  v_missing bigint;
  v_slice bigint;
  v_ids uuid[];
  v_amounts bigint[];
  v_available bigint;
  v_held bigint;
  v_owed bigint;
  v_seq bigint;
begin
  loop
    v_missing := p_amount;
    v_ids := '{}';
    v_amounts := '{}';
    -- Grant by grant, for nearly always the first one pays all: a cursor over them would cost more than its work.
    while v_missing > 0 loop
      select id, available, expires_at into v_grant_id, v_in_grant, v_expires_at from credit_grants
        where user_id = p_user_id and available > 0
          and (expires_at <= p_now or (effective_at <= p_now and is_in_scope(v_scope, source, category)))
        order by (expires_at <= p_now) is true desc,
          priority, expires_at nulls last, (category = 'paid'), cost_basis_cents, issued_seq, id
        offset cardinality(v_ids) limit 1;
      -- What has run out comes first, so one look tells.
      exit when not found or v_expires_at <= p_now;
      v_slice := least(v_missing, v_in_grant);
      v_ids := v_ids || v_grant_id;
      v_amounts := v_amounts || v_slice;
      v_missing := v_missing - v_slice;
    end loop;
    exit when v_expires_at is null or v_expires_at > p_now;
    perform expire_credits(p_user_id, p_now);
  end loop;
  if v_missing > 0 then
    return null;
  end if;

  update wallets
    set available = available - p_amount, held = held + p_amount, seq = seq + 1, updated_at = p_now
    where user_id = p_user_id
    returning available, held, owed, seq into strict v_available, v_held, v_owed, v_seq;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, job_id, actor_kind, actor_id,
    available_change, available_after, held_after, owed_after, created_at
  ) values (
    p_user_id, v_seq, 'hold', 'hold:' || p_job_id, p_job_id, p_actor_kind, p_actor_id,
    -p_amount, v_available, v_held, v_owed, p_now
  );

  -- Nearly always one grant, so a statement by primary key each is cheaper than one join for all.
  for v_line in 1..cardinality(v_ids) loop
    update credit_grants
      set available = available - v_amounts[v_line], held = held + v_amounts[v_line]
      where user_id = p_user_id and id = v_ids[v_line];
    insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
      values (p_user_id, v_seq, v_line, v_ids[v_line], v_amounts[v_line], 'available', 'held');
  end loop;
  return v_seq;
end
$$;
