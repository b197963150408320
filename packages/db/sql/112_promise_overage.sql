-- overage_cents_for: what the part of a job that the wallet cannot pay costs, in cents, rounded up once: the job's
-- price in dollars (seed 000) times 1.5 times the missing share of its credits. core/billing.ts `overageCentsFor` is
-- the same sum.
create or replace function overage_cents_for(
  p_missing bigint, p_credits bigint, p_units integer, p_base_price_micros bigint, p_multiplier_percent integer
) returns bigint language sql immutable parallel safe as $$
  select ceil(
    p_units::numeric * p_base_price_micros * p_multiplier_percent * 150 * p_missing / (10000::numeric * 10000 * p_credits)
  )::bigint
$$;

-- overage_plan_month: the plan that runs and when its month began. A year's plan is counted in months as well, like its
-- allowance: the limit is one month's, and nobody waits a year for a bill. core/periods.ts `monthOf` is the same rule.
create or replace function overage_plan_month(p_user_id uuid, p_now timestamptz)
returns table (reference text, starts_at timestamptz) language sql stable as $$
  select plan.reference, max(month.starts_at)
  from (
    select s.reference, s.period_start, s.interval from subscriptions s
    where s.user_id = p_user_id and s.status <> 'cancelled' and s.period_start <= p_now and s.period_end > p_now
    order by s.state_at desc limit 1
  ) plan cross join lateral (
    -- Counted from the first day each time, so 31 January is followed by 28 February and 31 March.
    select (plan.period_start at time zone 'UTC' + make_interval(months => index)) at time zone 'UTC' as starts_at
    from generate_series(0, case plan.interval when 'year' then 11 else 0 end) index
  ) month
  where month.starts_at <= p_now
  group by plan.reference
$$;

-- overage_period_of: the name of the month whose limit counts: one of the user's plan, or the calendar's (UTC) without.
create or replace function overage_period_of(p_user_id uuid, p_now timestamptz) returns text language sql stable as $$
  select coalesce(
    (
      select reference || ' ' || to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD')
      from overage_plan_month(p_user_id, p_now)
    ),
    to_char(p_now at time zone 'UTC', 'YYYY-MM')
  )
$$;

-- overage_period_start: when that month began.
create or replace function overage_period_start(p_user_id uuid, p_now timestamptz) returns timestamptz
language sql stable as $$
  select coalesce(
    (select starts_at from overage_plan_month(p_user_id, p_now)),
    date_trunc('month', p_now, 'UTC')
  )
$$;

-- overage_used_cents: what has been billed and promised since then. By time and not by the name that was written
-- down: a renewal that is told late and a plan that ends change the name, and must not open a second limit.
create or replace function overage_used_cents(p_user_id uuid, p_now timestamptz) returns bigint language sql stable as $$
  select coalesce(sum(coalesce(billed_cents, held_cents)), 0)::bigint from overage_charges
  where user_id = p_user_id and created_at >= overage_period_start(p_user_id, p_now)
$$;

-- unpaid_overage_cents: what was asked for in vain: an invoice that was not paid, or a payment that was disputed. Null
-- for nothing.
create or replace function unpaid_overage_cents(p_user_id uuid) returns bigint language sql stable as $$
  select sum(b.amount_cents)::bigint
  from overage_bills b
  where b.user_id = p_user_id
    and ((b.paid_at is null and b.failed_at is not null) or exists (
      select from disputes d
      where d.user_id = b.user_id and d.payment_reference = b.payment_reference and d.status in ('open', 'lost')
    ))
$$;

-- is_overage_disputed: of that, a payment which was disputed. It ends when the bank says so, and not by paying.
create or replace function is_overage_disputed(p_user_id uuid) returns boolean language sql stable as $$
  select exists (
    select from overage_bills b
    join disputes d on d.user_id = b.user_id and d.payment_reference = b.payment_reference
    where b.user_id = p_user_id and d.status in ('open', 'lost')
  )
$$;

-- is_plan_past_due: the plan's own money has not come. What is lent beyond the wallet would be billed with a plan that
-- may end unpaid, so nothing is lent until it has.
create or replace function is_plan_past_due(p_user_id uuid) returns boolean language sql stable as $$
  select exists (select from subscriptions where user_id = p_user_id and status = 'past_due')
$$;

-- promise_overage: lets a job cost more than the wallet holds, within the limit the user has set for the period. The
-- missing credits become a grant of their own that only this job can use: it burns last, so it is given back first,
-- and what comes back expires at once (settle_hold). It is billed for what was captured, and only then.
--
-- Locks: nothing; the caller holds the wallet row, so billed + promised + this one never exceed the limit, whatever is
-- in flight. Returns {"outcome": …}: promised · no_overage (none allowed, none agreed to, or no price in dollars to bill)
--   overage_unpaid {cents} (an invoice for what was used before is not paid: no more credit until it is)
--   plan_past_due (the plan itself is not paid)
--   overage_changed {cents} (more than the user has agreed to) · overage_limit_reached {limit, used, cents}
create or replace function promise_overage(
  p_user_id uuid,
  p_job_id uuid,
  p_missing bigint,
  p_cents bigint,
  p_agreed_cents bigint,
  p_model_tier model_tier,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_limit bigint;
  v_scope spend_scope;
  v_unpaid bigint;
  v_period text;
  v_used bigint;
  v_grant_id uuid := md5('overage:' || p_job_id)::uuid;
begin
  select overage_limit_cents, spend_scope into v_limit, v_scope from user_preferences where user_id = p_user_id;
  if v_limit is null or v_scope <> 'all_and_overage' or p_agreed_cents = 0 or p_cents = 0 then
    return jsonb_build_object('outcome', 'no_overage');
  elsif p_cents > p_agreed_cents then
    return jsonb_build_object('outcome', 'overage_changed', 'cents', p_cents);
  end if;
  v_unpaid := unpaid_overage_cents(p_user_id);
  if v_unpaid is not null then
    return jsonb_build_object('outcome', 'overage_unpaid', 'cents', v_unpaid);
  elsif is_plan_past_due(p_user_id) then
    return jsonb_build_object('outcome', 'plan_past_due');
  end if;
  v_period := overage_period_of(p_user_id, p_now);
  v_used := overage_used_cents(p_user_id, p_now);
  if v_used + p_cents > v_limit then
    return jsonb_build_object('outcome', 'overage_limit_reached', 'limit', v_limit, 'used', v_used, 'cents', p_cents);
  end if;

  perform grant_credits(
    p_user_id, v_grant_id, 'overage', 'paid', p_missing, 'overage:' || p_job_id, 'user', p_user_id::text, p_now,
    p_now + interval '1 microsecond', 32767::smallint, p_cents, 'usd', null, v_period, null
  );
  insert into overage_charges (
    user_id, job_id, grant_id, period_reference, model_tier, credits, held_cents, created_at
  ) values (p_user_id, p_job_id, v_grant_id, v_period, p_model_tier, p_missing, p_cents, p_now);
  return jsonb_build_object('outcome', 'promised');
end
$$;

-- settle_overage: fixes what of a job's promise is billed: the captured share, rounded up, never more than promised.
-- core/billing.ts `billedOverageCents` is the same sum. Locks: nothing; the caller holds the wallet row.
create or replace function settle_overage(p_user_id uuid, p_job_id uuid, p_now timestamptz)
returns void language sql as $$
  update overage_charges c set
    captured_credits = g.spent,
    billed_cents = (c.held_cents * g.spent + c.credits - 1) / c.credits,
    settled_at = p_now
  from credit_grants g
  where c.user_id = p_user_id and c.job_id = p_job_id and g.user_id = c.user_id and g.id = c.grant_id
$$;
