-- debt_kept: how much of a grant's debt stays: what neither its unspent credits nor those that are gone or held can give.
-- What is taken may grow and shrink again, and the debt must be the same as if it had never been more. core/credits.ts
-- `debtKept` is the same rule.
create or replace function debt_kept(p_grant credit_grants) returns bigint language sql immutable parallel safe as $$
  select least(p_grant.owed, greatest(0, p_grant.reversal_target - p_grant.reversed - p_grant.available
    - p_grant.frozen - p_grant.expired - p_grant.held))
$$;

-- rolled_over_target: how much of a reversal falls on what has rolled over from a grant: what the grant itself could
-- not give because it has expired there. core/credits.ts `rolledOverTarget` is the same rule.
create or replace function rolled_over_target(p_from credit_grants, p_rolled bigint)
returns bigint language sql immutable parallel safe as $$
  select greatest(0, least(
    p_rolled, p_from.reversal_target - p_from.reversed - debt_kept(p_from) - p_from.available - p_from.frozen
  ))
$$;

-- pool_reversal: divides what a reversed payment takes among its grants: anything unspent first, then what jobs hold,
-- then what is gone, and only then what was spent; of each the newest first. What has been taken already counts as
-- unspent, so the answer is the same whatever was taken before. Each origin counts together with what has rolled over
-- from it. core/pooled-reversal.ts `poolReversal` is the same rule.
--
-- The targets add up to `p_total`, so they themselves remember it. Locks: nothing; the caller holds the wallet row.
create or replace function pool_reversal(
  p_user_id uuid, p_payment_reference text, p_total bigint, p_now timestamptz
) returns void language sql as $$
  with origins as (
    select o.id, o.issued_seq,
      o.reversed + o.available + o.frozen + coalesce(r.unspent, 0) as unspent,
      o.held + coalesce(r.held, 0) as held,
      o.expired + coalesce(r.expired, 0) as expired,
      o.spent + o.owed + coalesce(r.used, 0) as used
    from credit_grants o left join (
      select rolled_over_from, sum(reversed + available + frozen) as unspent, sum(held) as held,
        sum(expired - amount) as expired, sum(spent + owed) as used
      from credit_grants
      where user_id = p_user_id and payment_reference = p_payment_reference and rolled_over_from is not null
      group by rolled_over_from
    ) r on r.rolled_over_from = o.id
    where o.user_id = p_user_id and o.payment_reference = p_payment_reference and o.rolled_over_from is null
      and o.source <> 'overage'
  ), levels as (
    select id, issued_seq, level, amount from origins
      cross join lateral (values (1, unspent), (2, held), (3, expired), (4, used)) l (level, amount)
  ), fills as (
    select id, greatest(0, least(amount, p_total - (sum(amount) over pool - amount))) as fill from levels
    window pool as (order by level, issued_seq desc, id desc)
  ), targets as (
    select id, sum(fill)::bigint as target from fills group by id
  )
  update credit_grants g set
    reversal_target = t.target,
    expires_at = case
      when g.expires_at <= p_now and g.reversed > 0 and t.target < g.reversed + g.owed then p_now + interval '72 hours'
      else g.expires_at
    end
  from targets t
  where g.user_id = p_user_id and g.id = t.id and g.reversal_target <> t.target
$$;

-- apply_reversals: brings every grant of a user to its reversal target; core/credits.ts `reversalTransfers` is
-- the same rule as a pure function. Called when a target changes and when a job that held such credits ends.
--
-- Locks: nothing; the caller holds the wallet row. Returns the event's number, or null when nothing had to move.
create or replace function apply_reversals(
  p_user_id uuid,
  p_idempotency_key text,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_reason text,
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_transfers credit_transfer[];
begin
  -- Which grant gives what may have changed since it was decided: a job has ended, something is there that was not.
  perform pool_reversal(p_user_id, payment_reference, sum(reversal_target)::bigint, p_now)
    from credit_grants
    where user_id = p_user_id and payment_reference is not null and rolled_over_from is null and source <> 'overage'
    group by payment_reference having sum(reversal_target) > 0 and count(*) > 1;

  update credit_grants g set
    reversal_target = rolled_over_target(o, g.amount),
    expires_at = case
      when g.expires_at <= p_now and g.reversed > 0 and rolled_over_target(o, g.amount) < g.reversed + g.owed
        then p_now + interval '72 hours'
      else g.expires_at
    end
  from credit_grants o
  where g.user_id = p_user_id and g.rolled_over_from is not null
    and o.user_id = p_user_id and o.id = g.rolled_over_from
    and g.reversal_target <> rolled_over_target(o, g.amount);

  with grants as (
    select g.*, debt_kept(g) as kept, reversal_target - reversed - debt_kept(g) as wanted from credit_grants g
    where user_id = p_user_id and (reversal_target <> reversed + owed or owed > 0)
  ), steps as (
    select id, issued_seq, 1 as step, 'available'::credit_account as from_account,
      'reversed'::credit_account as to_account, least(greatest(wanted, 0), available) as amount from grants
    union all
    select id, issued_seq, 2, 'frozen', 'reversed', least(greatest(wanted - available, 0), frozen) from grants
    union all
    select id, issued_seq, 3, 'spent', 'owed', greatest(0, wanted - available - frozen - expired - held) from grants
    union all
    select id, issued_seq, 4, 'owed', 'spent', owed - kept from grants
    union all
    select id, issued_seq, 5, 'reversed', 'available', greatest(0, -wanted) from grants
  )
  select array_agg(row(id, from_account, to_account, amount)::credit_transfer order by issued_seq, id, step)
    into v_transfers from steps where amount > 0;
  return append_transfers(
    p_user_id,
    (case when exists (select from unnest(v_transfers) where to_account in ('reversed', 'owed'))
      then 'clawback' else 'reinstate' end)::credit_event_kind,
    p_idempotency_key, null, p_actor_kind, p_actor_id, p_reason, v_transfers, p_now
  );
end
$$;

-- set_payment_reversed: how much of a payment has been taken back so far (refunds and lost disputes together, in
-- cents). A state, not a difference: told twice, or out of order with the newest state last, the end is the same.
-- More than before claws back, less gives back what is still to be had, with 72 hours to use it.
--
-- The share is that of all credits of the payment, of which `p_credits_to_come`, months of a year that have not been
-- granted, give first: what is there gives the rest (core/pooled-reversal.ts `pooledTargetOf`). To be told again with
-- each month that is granted.
--
-- Locks: the wallet row. Returns the event's number, or null when nothing had to move.
drop function if exists set_payment_reversed(uuid, text, bigint, bigint, text, actor_kind, text, text, timestamptz);

create or replace function set_payment_reversed(
  p_user_id uuid,
  p_payment_reference text,
  p_reversed_cents bigint,
  p_paid_cents bigint,
  p_idempotency_key text,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_reason text,
  p_now timestamptz,
  p_credits_to_come bigint default 0
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
  perform pool_reversal(
    p_user_id, p_payment_reference,
    greatest(0, reversal_target_of(
      coalesce(sum(amount), 0)::bigint + p_credits_to_come, p_reversed_cents, p_paid_cents
    ) - p_credits_to_come),
    p_now
  ) from credit_grants
    where user_id = p_user_id and payment_reference = p_payment_reference and rolled_over_from is null
      and source <> 'overage';
  v_seq := apply_reversals(
    p_user_id, p_idempotency_key, p_actor_kind, p_actor_id, p_reason, p_now
  );
  -- What came back to a payment that is still disputed must not be spent (found by ledger-model.test.ts).
  perform freeze_available(
    p_user_id, 'freeze:' || p_idempotency_key, 'the payment is still disputed', p_now
  );
  -- What has come back pays a debt, and a debt that has arisen is paid by what is there of other payments.
  perform repay_debt(p_user_id, p_now);
  return v_seq;
end
$$;
