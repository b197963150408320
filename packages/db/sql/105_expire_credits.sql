-- expire_credits: writes down that credits have run out (available → expired), as one event for all grants of
-- the user that are due: never a silent zero. What a job holds stays held; a hold pins its grants past expiry.
--
-- Locks: the wallet row. Called by the sweep, and by hold and settle before they look at the grants.
-- Idempotent by nature: what has expired is no longer available. Returns how many credits expired.
create or replace function expire_credits(p_user_id uuid, p_now timestamptz)
returns bigint language plpgsql as $$
declare
  v_wallet wallets;
  v_amount bigint;
  v_seq bigint;
begin
  select * into v_wallet from wallets where user_id = p_user_id for update;
  select coalesce(sum(available), 0) into v_amount from credit_grants
    where user_id = p_user_id and available > 0 and expires_at <= p_now;
  if v_amount = 0 then
    return 0;
  end if;

  v_seq := v_wallet.seq + 1;
  update wallets
    set available = available - v_amount, seq = v_seq, updated_at = p_now
    where user_id = p_user_id;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, actor_kind, actor_id,
    available_change, available_after, held_after, owed_after, created_at
  ) values (
    p_user_id, v_seq, 'expire', 'expire:' || v_seq, 'system', 'expiry',
    -v_amount, v_wallet.available - v_amount, v_wallet.held, v_wallet.owed, p_now
  );

  with due as (
    select id, available as amount, row_number() over (order by expires_at, issued_seq, id) as line
    from credit_grants
    where user_id = p_user_id and available > 0 and expires_at <= p_now
  ), moved as (
    update credit_grants g
      set available = 0, expired = g.expired + due.amount
      from due where g.user_id = p_user_id and g.id = due.id
  )
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select p_user_id, v_seq, line, id, amount, 'available', 'expired' from due;
  return v_amount;
end
$$;
