-- reserve_overage_bill: puts everything the user owes for overage of periods that are over on one bill. The provider is
-- asked afterwards, outside of any transaction, under the bill's id; a charge that names a bill is never asked for again.
--
-- Locks: the wallet row, so that two schedules make one bill and a settlement is seen whole or not at all. Whoever comes
-- second while it is held passes it by. p_min_cents: less than this waits for more (a provider takes no smaller sums).
-- Returns {"outcome": …}: reserved {cents} · nothing_due · busy
create or replace function reserve_overage_bill(
  p_user_id uuid, p_bill_id uuid, p_min_cents bigint, p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_before timestamptz := overage_period_start(p_user_id, p_now);
  v_cents bigint;
begin
  perform from wallets where user_id = p_user_id for update skip locked;
  if not found then
    return jsonb_build_object('outcome', 'busy');
  end if;
  select sum(billed_cents) into v_cents from overage_charges
    where user_id = p_user_id and bill_id is null and billed_cents > 0 and created_at < v_before;
  if v_cents is null or v_cents < p_min_cents then
    return jsonb_build_object('outcome', 'nothing_due');
  end if;
  insert into overage_bills (user_id, id, amount_cents, created_at, next_attempt_at)
    values (p_user_id, p_bill_id, v_cents, p_now, p_now);
  update overage_charges set bill_id = p_bill_id
    where user_id = p_user_id and bill_id is null and billed_cents > 0 and created_at < v_before;
  return jsonb_build_object('outcome', 'reserved', 'cents', v_cents);
end
$$;
