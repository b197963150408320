-- repay_debt: credits that may be spent and a debt never stand beside each other, or a job would wait although there is
-- something to pay with. Asked for after whatever makes one or the other: credits that arrive, come back or are no
-- longer frozen, and what is taken back of a payment. Those that would be used first pay first (available → spent), the
-- oldest debt is paid first (owed → reversed). What has run out pays nothing. core/debt.ts `repayments` is the same rule.
--
-- Locks: nothing; the caller holds the wallet row. Returns the event's number, or null when nothing moved.
drop function if exists repay_debt(uuid, uuid, timestamptz);

create or replace function repay_debt(p_user_id uuid, p_now timestamptz)
returns bigint language plpgsql as $$
declare
  v_owed bigint;
  v_seq bigint;
  v_total bigint;
  v_transfers credit_transfer[];
begin
  select owed, seq + 1 into v_owed, v_seq from wallets where user_id = p_user_id and owed > 0;
  if not found then
    return null;
  end if;
  select least(v_owed, coalesce(sum(available), 0)) into v_total from credit_grants
    where user_id = p_user_id and available > 0 and (expires_at is null or expires_at > p_now);

  with payers as (
    select id, available, sum(available) over burn - available as before, row_number() over burn as position
    from credit_grants
    where user_id = p_user_id and available > 0 and (expires_at is null or expires_at > p_now)
    window burn as (
      order by priority, expires_at nulls last, (category = 'paid'), cost_basis_cents, issued_seq, id
    )
  ), debts as (
    select id, owed, sum(owed) over age - owed as before, row_number() over age as position
    from credit_grants
    where user_id = p_user_id and owed > 0
    window age as (order by issued_seq, id)
  ), steps as (
    select 1 as part, position, id, 'available'::credit_account as from_account, 'spent'::credit_account as to_account,
      least(available, v_total - before)::bigint as amount
    from payers
    union all
    select 2, position, id, 'owed', 'reversed', least(owed, v_total - before)::bigint from debts
  )
  select array_agg(row(id, from_account, to_account, amount)::credit_transfer order by part, position)
    into v_transfers from steps where amount > 0;
  return append_transfers(
    p_user_id, 'repayment', 'repayment:' || v_seq, null, 'system', 'ledger', null, v_transfers, p_now
  );
end
$$;
