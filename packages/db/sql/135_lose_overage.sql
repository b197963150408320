-- set_overage_lost: how much of a payment for overage the bank has taken back in disputes, in cents. What went beyond the
-- wallet was used before it was paid, so that share of it becomes a debt; won again, it does not. A refund is a present
-- of ours and moves none of these credits (set_payment_reversed passes them by). A state, like the payment's.
--
-- What was lent and not used has expired and was never billed: it counts as gone, and the share is that of what was used.
-- Locks: the wallet row. Returns the event's number, or null when nothing had to move.
create or replace function set_overage_lost(
  p_user_id uuid,
  p_payment_reference text,
  p_lost_cents bigint,
  p_paid_cents bigint,
  p_idempotency_key text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_seq bigint;
begin
  perform from wallets where user_id = p_user_id for update;
  select seq into v_seq from credit_events
    where user_id = p_user_id and idempotency_key = p_idempotency_key;
  if found then
    return v_seq;
  end if;
  perform expire_credits(p_user_id, p_now);
  update credit_grants g set
    reversal_target = case when l.lost > 0 then l.unused + l.lost else 0 end,
    expires_at = case
      when g.expires_at <= p_now and g.reversed > 0 and l.lost < g.reversed + g.owed then p_now + interval '72 hours'
      else g.expires_at
    end,
    -- What the user has paid back and gets again is like any other credit: used before it runs out, not last.
    priority = case when g.reversed > 0 and l.lost < g.reversed + g.owed then 50 else g.priority end
  from (
    select grant_id, credits - captured_credits as unused,
      reversal_target_of(captured_credits, p_lost_cents, p_paid_cents) as lost
    from overage_charges
    where user_id = p_user_id and payment_reference = p_payment_reference and captured_credits > 0
  ) l
  where g.user_id = p_user_id and g.id = l.grant_id;
  if not found then
    return null;
  end if;
  v_seq := apply_reversals(p_user_id, p_idempotency_key, 'system', 'billing', p_reason, p_now);
  perform freeze_available(p_user_id, 'freeze:' || p_idempotency_key, 'the payment is still disputed', p_now);
  perform repay_debt(p_user_id, p_now);
  return v_seq;
end
$$;
