-- credits_for: what so many units cost, rounded up once for the whole job; core/catalogue.ts `creditsFor` is the
-- same sum. Rates in thousandths of a credit and in hundredths.
create or replace function credits_for(
  p_units integer, p_milli_credits_per_unit integer, p_multiplier_percent integer
) returns bigint language sql immutable parallel safe as $$
  select (p_units::bigint * p_milli_credits_per_unit * p_multiplier_percent + 99999) / 100000
$$;

-- reversal_target_of: `granted × reversed / paid`, rounded down, never more than was granted; core/credits.ts
-- `reversalTargetOf` is the same sum.
create or replace function reversal_target_of(
  p_granted bigint, p_reversed_cents bigint, p_paid_cents bigint
) returns bigint language sql immutable parallel safe as $$
  select p_granted * least(p_reversed_cents, p_paid_cents) / greatest(p_paid_cents, 1)
$$;
