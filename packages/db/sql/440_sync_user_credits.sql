-- sync_user_credits: rebuilds what is derived, the wallet and the running columns of the grants, from the entries.
-- Events and entries are never touched: a mistake in them is corrected by another event.
--
-- Locks: the wallet row. Raises when the entries themselves say something impossible (less than nothing).
-- Returns what was changed, one row per value; none when all was right.
create or replace function sync_user_credits(p_user_id uuid)
returns table (subject text, value_before bigint, value_after bigint) language plpgsql as $$
begin
  perform from wallets w where w.user_id = p_user_id for update;

  return query
  with moves as (
    select grant_id, account, sum(signed) as amount from credit_entries cross join lateral (
      values (to_account, amount), (from_account, -amount)) side (account, signed)
    where user_id = p_user_id group by 1, 2
  ), truth as (
    select g as was, g.id,
      coalesce(sum(m.amount) filter (where account = 'available'), 0)::bigint as available,
      coalesce(sum(m.amount) filter (where account = 'held'), 0)::bigint as held,
      coalesce(sum(m.amount) filter (where account = 'spent'), 0)::bigint as spent,
      coalesce(sum(m.amount) filter (where account = 'expired'), 0)::bigint as expired,
      coalesce(sum(m.amount) filter (where account = 'frozen'), 0)::bigint as frozen,
      coalesce(sum(m.amount) filter (where account = 'reversed'), 0)::bigint as reversed,
      coalesce(sum(m.amount) filter (where account = 'owed'), 0)::bigint as owed,
      coalesce(-sum(m.amount) filter (where account = 'issued'), 0)::bigint as amount
    from credit_grants g left join moves m on m.grant_id = g.id
    where g.user_id = p_user_id group by g.user_id, g.id
  ), repaired as (
    update credit_grants g set available = t.available, held = t.held, spent = t.spent, expired = t.expired,
      frozen = t.frozen, reversed = t.reversed, owed = t.owed, amount = t.amount
    from truth t where g.user_id = p_user_id and g.id = t.id
      and (g.available, g.held, g.spent, g.expired, g.frozen, g.reversed, g.owed, g.amount)
        <> (t.available, t.held, t.spent, t.expired, t.frozen, t.reversed, t.owed, t.amount)
    returning t.*
  )
  select format('grant %s.%s', r.id, c.name), c.old, c.new from repaired r cross join lateral (values
    ('available', (r.was).available, r.available), ('held', (r.was).held, r.held), ('spent', (r.was).spent, r.spent),
    ('expired', (r.was).expired, r.expired), ('frozen', (r.was).frozen, r.frozen),
    ('reversed', (r.was).reversed, r.reversed), ('owed', (r.was).owed, r.owed), ('amount', (r.was).amount, r.amount)
  ) c (name, old, new) where c.old <> c.new;

  return query
  with sums as (
    select coalesce(sum(g.available), 0)::bigint as available, coalesce(sum(g.held), 0)::bigint as held,
      coalesce(sum(g.owed), 0)::bigint as owed,
      (select coalesce(max(e.seq), 0) from credit_events e where e.user_id = p_user_id) as seq
    from credit_grants g where g.user_id = p_user_id
  ), truth as (
    select w as was, s.* from wallets w, sums s where w.user_id = p_user_id
  ), repaired as (
    update wallets w set available = t.available, held = t.held, owed = t.owed, seq = t.seq
    from truth t where w.user_id = p_user_id
      and (w.available, w.held, w.owed, w.seq) <> (t.available, t.held, t.owed, t.seq)
    returning t.*
  )
  select 'wallet.' || c.name, c.old, c.new from repaired r cross join lateral (values
    ('available', (r.was).available, r.available), ('held', (r.was).held, r.held),
    ('owed', (r.was).owed, r.owed), ('seq', (r.was).seq, r.seq)
  ) c (name, old, new) where c.old <> c.new;
end
$$;
