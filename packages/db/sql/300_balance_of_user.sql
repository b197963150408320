-- balance_of_user: what the user may spend, what is set aside, and the version to compare states by.
--
-- Locks: nothing. The hottest read there is, so it enters the user's scope by itself: one round trip instead of the
-- three of a transaction around it. The caller's role and user are given back.
-- Returns {"available", "held", "owed", "version"}, or null when the user has no wallet. What has expired is not
-- available although the wallet still counts it.
create or replace function balance_of_user(p_user_id uuid, p_now timestamptz)
returns jsonb language plpgsql set role = 'tintype_user' as $$
declare
  v_caller text := coalesce(current_setting('app.user_id', true), '');
  v_scope text;
  v_balance jsonb;
begin
  -- An assignment, which plpgsql evaluates without the machinery of a query.
  v_scope := set_config('app.user_id', p_user_id::text, true);
  select jsonb_build_object(
    'available', w.available - (
      select coalesce(sum(g.available), 0) from credit_grants g
      where g.user_id = w.user_id and g.available > 0 and g.expires_at <= p_now
    ),
    'held', w.held, 'owed', w.owed, 'version', w.seq
  ) into v_balance
  from wallets w where w.user_id = p_user_id;
  -- Not a SET of the function like the role: for a setting of our own that takes a superuser.
  v_scope := set_config('app.user_id', v_caller, true);
  return v_balance;
end
$$;
