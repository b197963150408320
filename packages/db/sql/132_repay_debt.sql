-- repay_debt: credits that arrive while the wallet owes some pay the debt first (available → spent in the new
-- grant, owed → reversed in the old ones, oldest first).
--
-- Locks: nothing; the caller holds the wallet row. Returns the event's number, or null when nothing was owed.
create or replace function repay_debt(p_user_id uuid, p_grant_id uuid, p_now timestamptz)
returns bigint language plpgsql as $$
declare
  v_transfers credit_transfer[];
begin
  with payer as (
    select id, available from credit_grants where user_id = p_user_id and id = p_grant_id
  ), debts as (
    select id, issued_seq,
      least(owed, greatest(0, (select available from payer) - (sum(owed) over (order by issued_seq, id) - owed)))::bigint as amount
    from credit_grants where user_id = p_user_id and owed > 0
  ), steps as (
    select 0::bigint as position, id, 'available'::credit_account as from_account, 'spent'::credit_account as to_account,
      (select coalesce(sum(amount), 0)::bigint from debts) as amount from payer
    union all
    select issued_seq, id, 'owed', 'reversed', amount from debts
  )
  select array_agg(row(id, from_account, to_account, amount)::credit_transfer order by position, id)
    into v_transfers from steps where amount > 0;
  return append_transfers(
    p_user_id, 'repayment', 'repayment:' || p_grant_id, null, 'system', 'ledger', null, v_transfers, p_now
  );
end
$$;
