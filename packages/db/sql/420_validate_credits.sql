-- validate_user_credits: one user's whole history against all rules. One row per violation, none when clean.
create or replace function validate_user_credits(p_user_id uuid)
returns table (invariant text, user_id uuid, subject text, expected text, actual text)
language sql stable as $$
  select v.invariant, p_user_id, v.subject, v.expected, v.actual
  from prove_credits(array[p_user_id], false) p,
    jsonb_to_recordset(p.violations) v (invariant text, subject text, expected text, actual text)
$$;

-- validate_credits_consistency: the whole books. One row per violation, none when they balance.
-- A sieve reads everything once (suspect_wallets), and what it holds back is proved row by row (prove_credits);
-- I10 is a sum over all users. Stable: all of it sees the one moment of the calling statement. Locks nothing.
create or replace function validate_credits_consistency()
returns table (invariant text, user_id uuid, subject text, expected text, actual text)
language plpgsql stable as $$
declare
  v_suspects uuid[];
begin
  v_suspects := array(select suspect_wallets((random() * 1000000000)::bigint));
  return query
    select v.invariant, (p.proof).user_id, v.subject, v.expected, v.actual
    from prove_credits(v_suspects, false) p,
      jsonb_to_recordset(p.violations) v (invariant text, subject text, expected text, actual text);
  return query
    select 'I10 issued differs from where it is', null::uuid, 'all users', g.issued::text, (w.total + g.total)::text
    from (
      select coalesce(sum(amount), 0) as issued, coalesce(sum(spent + expired + frozen + reversed), 0) as total
      from credit_grants
    ) g, (select coalesce(sum(available + held + owed), 0) as total from wallets) w
    where g.issued <> w.total + g.total;
end
$$;
