-- roll_over_credits: what is left of a period's allowance goes into the next one, up to `p_cap`, and is good for one
-- more period. Only allowances roll over; packs, rewards and rollovers themselves do not. What had expired before the
-- renewal was told counts as well, so a late renewal takes nothing away; if even the new period is nearly over by
-- then, the user has 72 hours. What was told or has come back after the period's end, and may be used for 72 hours
-- for that reason, rolls over like the rest.
--
-- The new grants carry the payment of those they come from: a refund finds them (apply_reversals).
-- core/credits.ts `rollOver` is the same rule as a pure function.
-- Locks: the wallet row. Idempotent: an allowance rolls over once. A second allowance of the period (an upgrade that
-- was told late) may follow the first one; the cap is for all of them together.
-- Returns {"outcome": "rolled_over" | "already_rolled_over" | "nothing_left" | "not_due", "credits"}.
create or replace function roll_over_credits(
  p_user_id uuid,
  p_period_reference text,
  p_period_end timestamptz,
  p_cap bigint,
  p_next_period_reference text,
  p_expires_at timestamptz,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_key text := 'rollover:' || p_period_reference;
  v_wallet wallets;
  v_seq bigint;
  v_ids uuid[];
  v_before bigint;
  v_left credit_transfer[];
  v_gone bigint;
  v_rolled bigint;
begin
  select * into strict v_wallet from wallets where user_id = p_user_id for update;
  if p_now < p_period_end then
    return jsonb_build_object('outcome', 'not_due', 'credits', 0);
  end if;
  -- The allowances that have not rolled over yet, and what the others have taken of the cap.
  select array_agg(g.id) filter (where r.id is null), coalesce(sum(r.amount), 0) into v_ids, v_before
    from credit_grants g left join credit_grants r on r.user_id = g.user_id and r.rolled_over_from = g.id
    where g.user_id = p_user_id and g.period_reference = p_period_reference and g.source = 'allowance';

  -- One row per allowance of the period: `amount` rolls over; the transfer's accounts are filled in below.
  with allowances as (
    select g.id, g.issued_seq,
      g.available + coalesce((
        select sum(amount) from credit_entries e join credit_events v on v.user_id = e.user_id and v.seq = e.event_seq
        where e.user_id = g.user_id and e.grant_id = g.id and e.to_account = 'expired' and v.kind = 'expire'
      ), 0) as remaining
    from credit_grants g
    where g.user_id = p_user_id and g.id = any (v_ids)
  ), slices as (
    select id, issued_seq,
      greatest(0, least(remaining, p_cap - v_before - (sum(remaining) over (order by issued_seq, id) - remaining)))::bigint as rolled
    from allowances
  )
  select array_agg(row(id, 'issued', 'available', rolled)::credit_transfer order by issued_seq, id)
      filter (where rolled > 0),
    coalesce(sum(rolled), 0)
    into v_left, v_rolled from slices;
  if v_rolled = 0 then
    return jsonb_build_object(
      'outcome', case when v_before > 0 then 'already_rolled_over' else 'nothing_left' end, 'credits', 0
    );
  end if;
  select coalesce(sum(available), 0) into v_gone from credit_grants
    where user_id = p_user_id and id = any (v_ids);

  v_seq := v_wallet.seq + 1;
  if v_before > 0 then
    v_key := v_key || ':' || v_seq;
  end if;
  insert into credit_grants (
    user_id, id, source, category, amount, available, priority, effective_at, expires_at, cost_basis_cents,
    currency, payment_reference, period_reference, rolled_over_from, frozen_since, issued_seq, created_at
  ) select g.user_id, md5('rollover:' || g.id)::uuid, 'rollover', g.category, l.amount, l.amount, g.priority, p_now,
      greatest(p_expires_at, p_now + interval '72 hours'), g.cost_basis_cents * l.amount / g.amount,
      g.currency, g.payment_reference, p_next_period_reference, g.id, g.frozen_since, v_seq, p_now
    from unnest(v_left) l join credit_grants g on g.user_id = p_user_id and g.id = l.grant_id;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, actor_kind, actor_id,
    available_change, available_after, held_after, owed_after, created_at
  ) values (
    p_user_id, v_seq, 'rollover', v_key, 'system', 'rollover',
    v_rolled - v_gone, v_wallet.available + v_rolled - v_gone, v_wallet.held, v_wallet.owed, p_now
  );
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select p_user_id, v_seq, row_number() over (order by part, issued_seq, id), id, amount,
      case when part = 1 then 'available' else 'issued' end::credit_account,
      case when part = 1 then 'expired' else 'available' end::credit_account
    from (
      select 1 as part, id, issued_seq, available as amount from credit_grants
      where user_id = p_user_id and id = any (v_ids) and available > 0
      union all
      select 2, id, issued_seq, amount from credit_grants where user_id = p_user_id and issued_seq = v_seq
    ) parts;
  update credit_grants set available = 0, expired = expired + available
    where user_id = p_user_id and id = any (v_ids) and available > 0;
  update wallets set available = available + v_rolled - v_gone, seq = v_seq, updated_at = p_now
    where user_id = p_user_id;

  -- The allowance may have been refunded or disputed before its remainder rolled over.
  perform apply_reversals(
    p_user_id, 'clawback:' || v_key, 'system', 'rollover', 'reversed before it rolled over', p_now
  );
  perform freeze_available(p_user_id, 'freeze:' || v_key, 'disputed before it rolled over', p_now);
  perform repay_debt(p_user_id, p_now);
  return jsonb_build_object('outcome', 'rolled_over', 'credits', v_rolled);
end
$$;
