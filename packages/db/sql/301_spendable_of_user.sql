-- spendable_of_user: what a job of this user may use now, what the user's own switch keeps from it, and whether something
-- asked for beyond the wallet, or the plan itself, is unpaid. One round trip, in the user's scope like balance_of_user.
--
-- Locks: nothing. Returns {"available", "excluded", "scope", "unpaid", "isOverageDisputed", "isPlanPastDue"}; `unpaid` in
-- cents or null.
create or replace function spendable_of_user(p_user_id uuid, p_now timestamptz)
returns jsonb language plpgsql set role = 'tintype_user' as $$
declare
  v_caller text := coalesce(current_setting('app.user_id', true), '');
  v_setting text;
  v_scope spend_scope;
  v_spendable jsonb;
begin
  v_setting := set_config('app.user_id', p_user_id::text, true);
  v_scope := spend_scope_of(p_user_id);
  select jsonb_build_object(
    'available', coalesce(sum(available) filter (where is_in_scope(v_scope, source, category)), 0),
    'excluded', coalesce(sum(available) filter (where not is_in_scope(v_scope, source, category)), 0),
    'scope', v_scope, 'unpaid', unpaid_overage_cents(p_user_id),
    'isOverageDisputed', is_overage_disputed(p_user_id), 'isPlanPastDue', is_plan_past_due(p_user_id)
  ) into v_spendable
  from credit_grants
  where user_id = p_user_id and available > 0
    and effective_at <= p_now and (expires_at is null or expires_at > p_now);
  v_setting := set_config('app.user_id', v_caller, true);
  return v_spendable;
end
$$;
