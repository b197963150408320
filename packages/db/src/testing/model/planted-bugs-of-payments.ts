import { type PlantedBug, sql } from "./planted-bugs.ts";

/** Also of rollover, overage and promo codes. */
export const bugsOfPayments: PlantedBug[] = [
  {
    name: "the target of a refund is rounded up",
    edits: [
      sql(
        "090_credits_for.sql",
        "select p_granted * least(p_reversed_cents, p_paid_cents) / greatest(p_paid_cents, 1)",
        "select (p_granted * least(p_reversed_cents, p_paid_cents) + p_paid_cents - 1) / greatest(p_paid_cents, 1)",
      ),
    ],
  },
  {
    name: "a refund is taken back a second time with every telling",
    edits: [
      sql(
        "130_reverse_payment.sql",
        "reversal_target - reversed - debt_kept(g) as wanted from credit_grants g\n    where user_id = p_user_id and (reversal_target <> reversed + owed or owed > 0)",
        "reversal_target as wanted from credit_grants g\n    where user_id = p_user_id and reversal_target > 0",
      ),
    ],
  },
  {
    name: "months that are still to come give nothing of a refund",
    edits: [sql("130_reverse_payment.sql", ") - p_credits_to_come),", ")),")],
  },
  {
    name: "one month of a payment makes a debt while another has credits",
    edits: [
      sql(
        "130_reverse_payment.sql",
        "(order by level, issued_seq desc, id desc)",
        "(order by issued_seq desc, id desc, level)",
      ),
    ],
  },
  {
    name: "what has rolled over is there, and gone as well",
    edits: [sql("130_reverse_payment.sql", "sum(expired - amount)", "sum(expired)")],
  },
  {
    name: "what a job gives back to one month spares another no debt",
    edits: [
      sql("130_reverse_payment.sql", "having sum(reversal_target) > 0 and", "having false and"),
    ],
  },
  {
    name: "what comes back to a disputed payment is not frozen",
    edits: [
      sql(
        "120_settle_hold.sql",
        "perform freeze_available(p_user_id, 'freeze:' || p_job_id, 'disputed while a job held it', p_now);",
        "",
      ),
    ],
  },
  {
    name: "a debt stays beside other credits when a payment is reversed",
    edits: [
      sql(
        "130_reverse_payment.sql",
        "perform repay_debt(p_user_id, p_now);\n  return v_seq;",
        "return v_seq;",
      ),
    ],
  },
  {
    name: "a debt stays beside credits that are no longer frozen",
    edits: [sql("131_freeze_payment.sql", "perform repay_debt(p_user_id, p_now);", "")],
  },
  {
    name: "a debt stays beside credits that a job gives back",
    edits: [
      sql("120_settle_hold.sql", "if v_is_reversed or v_wallet.owed > 0 then", "if false then"),
    ],
  },
  {
    name: "a debt that had grown stays although what is gone covers it",
    edits: [
      sql(
        "130_reverse_payment.sql",
        "p_grant.reversed - p_grant.available\n    - p_grant.frozen - p_grant.expired - p_grant.held",
        "p_grant.reversed",
      ),
    ],
  },
  {
    name: "a debt is paid by nothing",
    edits: [sql("132_repay_debt.sql", "coalesce(sum(available), 0)", "sum(available)")],
  },
  {
    name: "credits roll over without a cap",
    edits: [
      sql(
        "133_roll_over_credits.sql",
        "least(remaining, p_cap - v_before - (sum(remaining) over (order by issued_seq, id) - remaining))",
        "remaining",
      ),
    ],
  },
  {
    name: "a period rolls over as often as it is told",
    edits: [
      sql(
        "133_roll_over_credits.sql",
        "select array_agg(g.id) filter (where r.id is null)",
        "select array_agg(g.id)",
      ),
      sql("133_roll_over_credits.sql", "md5('rollover:' || g.id)::uuid", "gen_random_uuid()"),
    ],
    statements: ["drop index credit_grants_rolled_over_once"],
  },
  {
    name: "the limit of overage is not looked at",
    edits: [sql("112_promise_overage.sql", "if v_used + p_cents > v_limit then", "if false then")],
  },
  {
    name: "overage in flight does not count against the limit",
    edits: [
      sql(
        "112_promise_overage.sql",
        "coalesce(sum(coalesce(billed_cents, held_cents)), 0)",
        "coalesce(sum(billed_cents), 0)",
      ),
    ],
  },
  {
    name: "overage is billed in full although less was delivered",
    edits: [
      sql(
        "112_promise_overage.sql",
        "(c.held_cents * g.spent + c.credits - 1) / c.credits",
        "c.held_cents",
      ),
    ],
  },
  {
    name: "the budget of a promo code is read, then written",
    edits: [
      sql(
        "140_redeem_promo_code.sql",
        "and redeemed < budget\n",
        "and (select c.redeemed < c.budget from promo_codes c where c.code = p_code)\n",
      ),
    ],
    statements: ["alter table promo_codes drop constraint promo_codes_within_budget"],
  },
  {
    name: "a promo code can be redeemed by one user again and again",
    edits: [
      sql("140_redeem_promo_code.sql", "  if found then\n", "  if false then\n"),
      sql(
        "140_redeem_promo_code.sql",
        "v_code.credits, v_key, 'user'",
        "v_code.credits, v_key || p_now || random(), 'user'",
      ),
      sql(
        "140_redeem_promo_code.sql",
        "p_user_id, p_grant_id, 'promo'",
        "p_user_id, gen_random_uuid(), 'promo'",
      ),
    ],
  },
  {
    name: "an admin takes more than there is",
    edits: [sql("134_take_credits.sql", "if v_usable < p_amount then", "if v_usable = 0 then")],
  },
  {
    name: "more is charged than was held",
    edits: [sql("245_deliver_job.sql", "least(v_delivered, p_job.credits)", "v_delivered")],
  },
  {
    name: "all that was held is charged, whatever was delivered",
    edits: [sql("245_deliver_job.sql", "least(v_delivered, p_job.credits)", "p_job.credits")],
  },
  {
    name: "a late delivery is charged a second time",
    edits: [
      sql(
        "280_reconcile_job.sql",
        "if v_job.status = 'reconciling' then\n    return deliver_job",
        "if true then\n    return deliver_job",
      ),
    ],
  },
  {
    name: "a cancelled job costs its fee before anybody has begun",
    edits: [
      sql(
        "260_cancel_job.sql",
        "perform end_job(v_job, 'cancelled', 0, 0,",
        "perform end_job(v_job, 'cancelled', floor(v_job.credits * v_job.cancel_fee_percent / 100.0)::bigint, 0,",
      ),
    ],
  },
];
