-- take_credits: an admin takes credits out of a wallet (available → expired: gone without having been used, so that
-- a later refund of their payment finds them gone and no debt arises), in burn order or from one grant only.
--
-- Locks: the wallet row. Idempotent: the same (user, idempotency key) again changes nothing.
-- Returns {"outcome": "taken" | "already_taken", "seq"} or {"outcome": "insufficient_credits", "available"}: then
-- nothing was taken.
create or replace function take_credits(
  p_user_id uuid,
  p_grant_id uuid,
  p_amount bigint,
  p_idempotency_key text,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_reason text,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_seq bigint;
  v_usable bigint;
  v_transfers credit_transfer[];
begin
  perform from wallets where user_id = p_user_id for update;
  select seq into v_seq from credit_events where user_id = p_user_id and idempotency_key = p_idempotency_key;
  if found then
    return jsonb_build_object('outcome', 'already_taken', 'seq', v_seq);
  end if;
  perform expire_credits(p_user_id, p_now);

  with usable as (
    select id, available,
      sum(available) over burn as running, row_number() over burn as position
    from credit_grants
    where user_id = p_user_id and available > 0 and (p_grant_id is null or id = p_grant_id)
    window burn as (
      order by priority, expires_at nulls last, (category = 'paid'), cost_basis_cents, issued_seq, id
    )
  )
  select coalesce(sum(available), 0),
    array_agg(
      row(id, 'available', 'expired', least(available, p_amount - (running - available)))::credit_transfer
      order by position
    ) filter (where running - available < p_amount)
  into v_usable, v_transfers from usable;
  if v_usable < p_amount then
    return jsonb_build_object('outcome', 'insufficient_credits', 'available', v_usable);
  end if;
  v_seq := append_transfers(
    p_user_id, 'adjustment', p_idempotency_key, null, p_actor_kind, p_actor_id, p_reason, v_transfers, p_now
  );
  return jsonb_build_object('outcome', 'taken', 'seq', v_seq);
end
$$;
