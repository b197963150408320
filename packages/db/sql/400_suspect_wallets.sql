-- suspect_wallets: one fast pass over the whole books that finds where to look. The rules themselves, row by row,
-- are in prove_credits; this is a sieve before it. Clean books give no suspect, ever.
--
-- Users are thrown into 1,024 buckets. Each rule says that sums over two tables agree, so that adding up is enough:
-- nothing is sorted and no event is joined. For the sum to see WHICH row an amount belongs to, each amount is
-- multiplied by a weight hashed from the row's key (user and sequence number, or grant), so that two errors do not
-- cancel out. The balance chain telescopes: the sum over events of after(n) * (w(n) - w(n+1)), plus the wallet's
-- balance * w(seq+1), is the sum over entries of w(n) * change(n); a constant added to every balance shows gaps.
-- An error is overlooked with a chance of about one in a million, and the next run draws other weights (`p_salt`).
--
-- Locks: nothing; one statement, so it sees one moment. Balances above 2^31 credits raise "bigint out of range".
-- plpgsql, because only there may a function's query use parallel workers; it must then not be "parallel safe".
create or replace function suspect_wallets(p_salt bigint) returns setof uuid
language plpgsql stable
set work_mem = '64MB' set jit = off set max_parallel_workers_per_gather = 2
set parallel_setup_cost = 0 set parallel_tuple_cost = 0 as $$
declare
  -- Weights of 20 bits and coefficients of 11, so that a product with a balance fits a bigint.
  v_mask constant bigint := 1048575;
  c_held constant bigint := 1 + (hashint4extended(1, p_salt) & 2047);
  c_owed constant bigint := 1 + (hashint4extended(2, p_salt) & 2047);
  c_gap constant bigint := 1 + (hashint4extended(3, p_salt) & 2047);
  c_change constant bigint := 1 + (hashint4extended(4, p_salt) & 2047);
  c_taken constant bigint := 1 + (hashint4extended(5, p_salt) & 2047);
begin
  return query
  with flows as (
    select uuid_hash(user_id) & 1023 as bucket, from_account, to_account,
      sum(amount * (uuid_hash_extended(grant_id, p_salt) & v_mask)) as by_grant,
      sum(amount * (uuid_hash_extended(user_id, p_salt + event_seq) & v_mask)) as by_event
    from credit_entries group by 1, 2, 3
  ), accounts as (
    select account, (hashenumextended(account, p_salt) & v_mask)::numeric as weight,
      case account when 'available' then 1 + c_change when 'held' then c_held when 'owed' then c_owed else 0 end as in_chain
    from unnest(enum_range(null::credit_account)) account
  ), parts (bucket, grants, chain, jobs, charges, wallets, held, lowest) as (
    select bucket,
      sum(by_grant * (t.weight - f.weight)),
      -sum(by_event * (t.in_chain - f.in_chain)),
      0,
      sum(by_event * case
        when (from_account, to_account) = ('available', 'held') then c_taken
        when (from_account, to_account) = ('held', 'spent') then 1 else 0 end),
      0, 0, 0
    from flows join accounts f on f.account = from_account join accounts t on t.account = to_account
    group by 1
    union all
    select uuid_hash(user_id) & 1023, 0,
      sum((available_after + c_held * held_after + c_owed * owed_after + c_gap + c_change * available_change)
          * (uuid_hash_extended(user_id, p_salt + seq) & v_mask)
        - (available_after + c_held * held_after + c_owed * owed_after + c_gap)
          * (uuid_hash_extended(user_id, p_salt + seq + 1) & v_mask)),
      coalesce(sum(uuid_hash_extended(job_id, p_salt + 2 * seq + (kind = 'hold')::integer) >> 2)
        filter (where kind in ('hold', 'capture', 'release')), 0),
      0, 0, 0, min(least(available_after, held_after, owed_after))
    from credit_events group by 1
    union all
    select uuid_hash(user_id) & 1023, 0, 0,
      -sum((uuid_hash_extended(id, p_salt + 2 * hold_seq + 1) >> 2)
        + case when status in ('completed', 'failed', 'cancelled')
          then uuid_hash_extended(id, p_salt + 2 * coalesce(settle_seq, 0)) >> 2 else 0 end),
      -sum(c_taken * credits * (uuid_hash_extended(user_id, p_salt + hold_seq) & v_mask)
        + coalesce(charged_credits * (uuid_hash_extended(user_id, p_salt + settle_seq) & v_mask), 0)),
      0,
      sum(case when status in ('queued', 'processing', 'reconciling')
        then credits * (uuid_hash_extended(user_id, p_salt) & v_mask) else 0 end),
      0
    from generation_jobs group by 1
    union all
    select bucket,
      -sum(column_sums.amount * weight), 0, 0, 0,
      sum(column_sums.by_user), 0, min(column_sums.lowest)
    from (
      select uuid_hash(user_id) & 1023 as bucket,
        sum(-amount * w) as issued, sum(available * w) as available, sum(held * w) as held, sum(spent * w) as spent,
        sum(expired * w) as expired, sum(frozen * w) as frozen, sum(reversed * w) as reversed, sum(owed * w) as owed,
        sum((available + c_held * held + c_owed * owed) * (uuid_hash_extended(user_id, p_salt) & v_mask)) as by_user,
        min(least(available, held, spent, expired, frozen, reversed, owed)) as lowest
      from credit_grants, lateral (select uuid_hash_extended(id, p_salt) & v_mask as w) weights
      group by 1
    ) g cross join lateral (values
      ('issued'::credit_account, issued, by_user, lowest), ('available', available, 0, 0), ('held', held, 0, 0),
      ('spent', spent, 0, 0), ('expired', expired, 0, 0), ('frozen', frozen, 0, 0), ('reversed', reversed, 0, 0),
      ('owed', owed, 0, 0)
    ) column_sums (account, amount, by_user, lowest) join accounts using (account)
    group by 1
    union all
    select uuid_hash(user_id) & 1023, 0,
      sum((available + c_held * held + c_owed * owed + c_gap) * (uuid_hash_extended(user_id, p_salt + seq + 1) & v_mask)
        - c_gap * (uuid_hash_extended(user_id, p_salt + 1) & v_mask)),
      0, 0,
      -sum((available + c_held * held + c_owed * owed) * (uuid_hash_extended(user_id, p_salt) & v_mask)),
      -sum(held * (uuid_hash_extended(user_id, p_salt) & v_mask)),
      min(least(available, held, owed))
    from wallets group by 1
  ), suspicious as (
    select bucket from parts group by bucket
    having sum(parts.grants) <> 0 or sum(parts.chain) <> 0 or sum(parts.jobs) <> 0 or sum(parts.charges) <> 0
      or sum(parts.wallets) <> 0 or sum(parts.held) <> 0 or min(parts.lowest) < 0
  )
  select w.user_id from wallets w where uuid_hash(w.user_id) & 1023 in (select bucket from suspicious);
end
$$;
