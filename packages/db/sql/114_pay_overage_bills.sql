-- pay_overage_bills: bills for overage were paid. Their charges, and the grants that lent the credits, take the payment's
-- name, so that a dispute about it finds what was used for it (set_overage_lost). Paid is final.
--
-- Locks: nothing; the caller holds the wallet row. Returns how many bills were not known to be paid.
create or replace function pay_overage_bills(
  p_user_id uuid, p_bill_ids uuid[], p_payment_reference text, p_paid_at timestamptz
) returns integer language plpgsql as $$
declare
  v_ids uuid[];
begin
  with paid as (
    -- The webhook may be faster than the answer to whoever placed the bill: then there is nothing left to ask either.
    update overage_bills set
      paid_at = p_paid_at, payment_reference = p_payment_reference, failed_at = null, next_attempt_at = null,
      last_error = null
    where user_id = p_user_id and id = any (p_bill_ids) and paid_at is null
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_ids from paid;
  update overage_charges set payment_reference = p_payment_reference
    where user_id = p_user_id and bill_id = any (v_ids);
  update credit_grants g set payment_reference = p_payment_reference
    from overage_charges c
    where c.user_id = p_user_id and c.bill_id = any (v_ids) and g.user_id = c.user_id and g.id = c.grant_id;
  return cardinality(v_ids);
end
$$;
