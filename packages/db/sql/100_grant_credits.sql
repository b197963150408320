-- grant_credits: issues a bucket of credits to a user (issued → available).
--
-- Credits that arrive while the wallet owes some pay the debt first.
--
-- Locks: the wallet row. Idempotent: the same (user, idempotency key) again changes nothing.
-- Returns {"outcome": "granted" | "already_granted", "seq"}.
create or replace function grant_credits(
  p_user_id uuid,
  p_grant_id uuid,
  p_source credit_source,
  p_category credit_category,
  p_amount bigint,
  p_idempotency_key text,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_now timestamptz,
  p_expires_at timestamptz,
  p_priority smallint,
  p_cost_basis_cents bigint,
  p_currency text,
  p_payment_reference text,
  p_period_reference text,
  p_reason text
) returns jsonb language plpgsql as $$
declare
  v_wallet wallets;
  v_seq bigint;
begin
  insert into wallets (user_id, updated_at) values (p_user_id, p_now)
    on conflict (user_id) do nothing;
  select * into strict v_wallet from wallets where user_id = p_user_id for update;

  select seq into v_seq from credit_events
    where user_id = p_user_id and idempotency_key = p_idempotency_key;
  if found then
    return jsonb_build_object('outcome', 'already_granted', 'seq', v_seq);
  end if;

  v_seq := v_wallet.seq + 1;
  insert into credit_grants (
    user_id, id, source, category, amount, available, priority, effective_at, expires_at,
    cost_basis_cents, currency, payment_reference, period_reference, issued_seq, created_at
  ) values (
    p_user_id, p_grant_id, p_source, p_category, p_amount, p_amount, p_priority, p_now, p_expires_at,
    p_cost_basis_cents, p_currency, p_payment_reference, p_period_reference, v_seq, p_now
  );
  insert into credit_events (
    user_id, seq, kind, idempotency_key, actor_kind, actor_id, reason,
    available_change, available_after, held_after, owed_after, created_at
  ) values (
    p_user_id, v_seq, 'grant', p_idempotency_key, p_actor_kind, p_actor_id, p_reason,
    p_amount, v_wallet.available + p_amount, v_wallet.held, v_wallet.owed, p_now
  );
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    values (p_user_id, v_seq, 1, p_grant_id, p_amount, 'issued', 'available');
  update wallets
    set available = available + p_amount, seq = v_seq, updated_at = p_now
    where user_id = p_user_id;

  if v_wallet.owed > 0 then
    perform repay_debt(p_user_id, p_now);
  end if;
  return jsonb_build_object('outcome', 'granted', 'seq', v_seq);
end
$$;
