-- billing_state_of_user: a digest of what the user's billing pages show from our own books. It changes when a payment,
-- bill, plan, dispute, automatic purchase or setting does, whether or not credits move with it.
--
-- Locks: nothing. In the user's scope like balance_of_user, and one round trip like it. Payments grow without end, so they
-- are summed up; of the others a user has few. A bill's tries are left out: they show nowhere.
create or replace function billing_state_of_user(p_user_id uuid)
returns jsonb language plpgsql set role = 'tintype_user' as $$
declare
  v_caller text := coalesce(current_setting('app.user_id', true), '');
  v_setting text;
  v_state text;
begin
  v_setting := set_config('app.user_id', p_user_id::text, true);
  select md5(string_agg(part, ';' order by part)) into v_state from (
    select 'payments ' || row(count(*), max(updated_at), sum(paid_cents), sum(refunded_cents), sum(refund_ordered_cents),
      max(refund_ordered_at))::text as part
    from payments where user_id = p_user_id
    union all
    select 'disputes ' || row(reference, payment_reference, disputed_cents, status)::text
    from disputes where user_id = p_user_id
    union all
    select 'plans ' || row(reference, plan_code, "interval", status, period_start, period_end, cancel_at_period_end,
      next_plan_code)::text
    from subscriptions where user_id = p_user_id
    union all
    select 'periods ' || row(count(*), max(created_at))::text from paid_periods where user_id = p_user_id
    union all
    select 'failed ' || row(invoice_reference, amount_due_cents, retry_count, next_retry_at, pay_url, processing_at,
      resolved_at)::text
    from failed_payments where user_id = p_user_id
    union all
    select 'overage ' || row(id, amount_cents, invoice_reference, failed_at, paid_at)::text
    from overage_bills where user_id = p_user_id
    union all
    select 'top-ups ' || row(status, count(*), max(updated_at))::text
    from top_ups where user_id = p_user_id group by status
    union all
    select 'preferences ' || updated_at::text from user_preferences where user_id = p_user_id
  ) parts;
  v_setting := set_config('app.user_id', v_caller, true);
  return to_jsonb(v_state);
end
$$;
