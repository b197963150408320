-- freeze_available: what a dispute keeps from being used (available → frozen), for grants that are frozen already
-- and have got something back from a job. Locks: nothing; the caller holds the wallet row.
create or replace function freeze_available(
  p_user_id uuid,
  p_idempotency_key text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_transfers credit_transfer[];
begin
  select array_agg(row(id, 'available', 'frozen', available)::credit_transfer order by issued_seq, id)
    into v_transfers from credit_grants
    where user_id = p_user_id and frozen_since is not null and available > 0;
  return append_transfers(
    p_user_id, 'freeze', p_idempotency_key, null, 'system', 'dispute', p_reason, v_transfers, p_now
  );
end
$$;

-- freeze_payment / unfreeze_payment: a dispute about a payment opens or is decided. State, not difference: asking
-- again changes nothing. What ran out while it was frozen may be used for 72 hours more.
--
-- Locks: the wallet row. Return the event's number, or null when nothing had to move.
create or replace function freeze_payment(
  p_user_id uuid,
  p_payment_reference text,
  p_idempotency_key text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
begin
  perform from wallets where user_id = p_user_id for update;
  if exists (select from credit_events where user_id = p_user_id and idempotency_key = p_idempotency_key) then
    return null;
  end if;
  perform expire_credits(p_user_id, p_now);
  update credit_grants set frozen_since = coalesce(frozen_since, p_now)
    where user_id = p_user_id and payment_reference = p_payment_reference;
  return freeze_available(p_user_id, p_idempotency_key, p_reason, p_now);
end
$$;

create or replace function unfreeze_payment(
  p_user_id uuid,
  p_payment_reference text,
  p_idempotency_key text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_transfers credit_transfer[];
  v_seq bigint;
begin
  perform from wallets where user_id = p_user_id for update;
  if exists (select from credit_events where user_id = p_user_id and idempotency_key = p_idempotency_key) then
    return null;
  end if;
  select array_agg(row(id, 'frozen', 'available', frozen)::credit_transfer order by issued_seq, id)
    into v_transfers from credit_grants
    where user_id = p_user_id and payment_reference = p_payment_reference and frozen > 0;
  update credit_grants set
    frozen_since = null,
    expires_at = case when expires_at <= p_now and frozen > 0 then p_now + interval '72 hours' else expires_at end
  where user_id = p_user_id and payment_reference = p_payment_reference;
  v_seq := append_transfers(
    p_user_id, 'unfreeze', p_idempotency_key, null, 'system', 'dispute', p_reason, v_transfers, p_now
  );
  perform repay_debt(p_user_id, p_now);
  return v_seq;
end
$$;
