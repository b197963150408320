-- is_in_scope: whether a job may use a grant of this origin, by what the user lets jobs use.
-- core/spend-scope.ts `isInScope` is the same rule; a property test holds them together. Locks: nothing.
create or replace function is_in_scope(p_scope spend_scope, p_source credit_source, p_category credit_category)
returns boolean language sql immutable parallel safe as $$
  select case p_scope
    when 'free' then p_category = 'promo'
    when 'included' then p_category = 'promo' or p_source in ('allowance', 'rollover')
    else true
  end
$$;

-- spend_scope_of: what the user lets jobs use; the default of whoever has chosen nothing. Locks: nothing.
create or replace function spend_scope_of(p_user_id uuid) returns spend_scope language sql stable as $$
  select coalesce((select spend_scope from user_preferences where user_id = p_user_id), 'all_and_overage')
$$;
