-- append_transfers: writes one event with these transfers and brings grants and wallet along. The one place where
-- an arbitrary set of moves is booked; hold, settle, grant and expire have their own, faster shapes.
--
-- Locks: nothing; the caller holds the wallet row. Returns the event's number, or null when nothing moves.
-- The checks of the tables refuse a transfer that an account cannot bear.
do $$
begin
  create type credit_transfer as (
    grant_id uuid, from_account credit_account, to_account credit_account, amount bigint
  );
exception when duplicate_object then null;
end
$$;

create or replace function append_transfers(
  p_user_id uuid,
  p_kind credit_event_kind,
  p_idempotency_key text,
  p_job_id uuid,
  p_actor_kind actor_kind,
  p_actor_id text,
  p_reason text,
  p_transfers credit_transfer[],
  p_now timestamptz
) returns bigint language plpgsql as $$
declare
  v_change record;
  v_seq bigint;
begin
  if coalesce(cardinality(p_transfers), 0) = 0 then
    return null;
  end if;
  select
    coalesce(sum(case when to_account = 'available' then amount when from_account = 'available' then -amount end), 0)::bigint as available,
    coalesce(sum(case when to_account = 'held' then amount when from_account = 'held' then -amount end), 0)::bigint as held,
    coalesce(sum(case when to_account = 'owed' then amount when from_account = 'owed' then -amount end), 0)::bigint as owed
  into v_change from unnest(p_transfers);

  update wallets set
    available = available + v_change.available, held = held + v_change.held, owed = owed + v_change.owed,
    seq = seq + 1, updated_at = p_now
  where user_id = p_user_id
  returning seq into strict v_seq;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, job_id, actor_kind, actor_id, reason,
    available_change, available_after, held_after, owed_after, created_at
  ) select user_id, v_seq, p_kind, p_idempotency_key, p_job_id, p_actor_kind, p_actor_id, p_reason,
    v_change.available, available, held, owed, p_now
  from wallets where user_id = p_user_id;

  with moves as (
    select grant_id, from_account as account, -amount as change from unnest(p_transfers)
    union all
    select grant_id, to_account, amount from unnest(p_transfers)
  ), changes as (
    select grant_id,
      coalesce(sum(change) filter (where account = 'available'), 0) as available,
      coalesce(sum(change) filter (where account = 'held'), 0) as held,
      coalesce(sum(change) filter (where account = 'spent'), 0) as spent,
      coalesce(sum(change) filter (where account = 'expired'), 0) as expired,
      coalesce(sum(change) filter (where account = 'frozen'), 0) as frozen,
      coalesce(sum(change) filter (where account = 'reversed'), 0) as reversed,
      coalesce(sum(change) filter (where account = 'owed'), 0) as owed
    from moves group by grant_id
  ), moved as (
    update credit_grants g set
      available = g.available + c.available, held = g.held + c.held, spent = g.spent + c.spent,
      expired = g.expired + c.expired, frozen = g.frozen + c.frozen,
      reversed = g.reversed + c.reversed, owed = g.owed + c.owed
    from changes c where g.user_id = p_user_id and g.id = c.grant_id
  )
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select p_user_id, v_seq, line, grant_id, amount, from_account, to_account
    from unnest(p_transfers) with ordinality as t (grant_id, from_account, to_account, amount, line);
  return v_seq;
end
$$;
