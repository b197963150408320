/** A mistake somebody could make, as an edit of the text: `find` stands in the file exactly once. */
export type Edit = { file: string; find: string; replace: string };
export type PlantedBug = {
  name: string;
  edits: Edit[];
  /** Statements beside the edits: a constraint that is missing. */
  statements?: string[];
};

const sql = (file: string, find: string, replace: string): Edit => ({
  file: `packages/db/sql/${file}`,
  find,
  replace,
});
const submitWithoutLock = sql(
  "220_submit_job.sql",
  "select * into v_wallet from wallets where user_id = p_user_id for update;",
  "select * into v_wallet from wallets where user_id = p_user_id;",
);
const noEventKey = "alter table credit_events drop constraint credit_events_idempotency_key";

/** The ones that everybody makes first; each `npm test` shows that they are found. */
export const commonBugs: PlantedBug[] = [
  {
    name: "read, then write: the balance is computed from what was read before",
    edits: [
      submitWithoutLock,
      sql(
        "110_hold_credits.sql",
        "set available = available - p_amount, held = held + p_amount, seq = seq + 1",
        "set available = (select w.available from wallets w where w.user_id = p_user_id) - p_amount, held = held + p_amount, seq = seq + 1",
      ),
    ],
  },
  { name: "the wallet is not locked when a job is submitted", edits: [submitWithoutLock] },
  {
    name: "no fence: a worker that lost its attempt still ends the job",
    edits: [
      sql(
        "250_work_on_job.sql",
        "where user_id = p_user_id and id = p_job_id and attempt = p_attempt\n    and worker_id = p_worker_id",
        "where user_id = p_user_id and id = p_job_id",
      ),
    ],
  },
  {
    name: "no unique key: the same grant comes twice",
    edits: [
      sql(
        "100_grant_credits.sql",
        "where user_id = p_user_id and idempotency_key = p_idempotency_key;\n  if found then",
        "where user_id = p_user_id and idempotency_key = p_idempotency_key;\n  if false then",
      ),
    ],
    statements: [noEventKey],
  },
  {
    name: "wrong order of release: the credits that expire first come back",
    edits: [
      sql(
        "120_settle_hold.sql",
        "(sum(amount) over (order by line) - amount)",
        "(sum(amount) over (order by line desc) - amount)",
      ),
    ],
  },
  {
    name: "the price is rounded in floating point",
    edits: [
      sql(
        "090_credits_for.sql",
        "select (p_units::bigint * p_milli_credits_per_unit * p_multiplier_percent + 99999) / 100000",
        "select ceil(p_units * (p_milli_credits_per_unit / 1000.0::float8) * (p_multiplier_percent / 100.0::float8))::bigint",
      ),
    ],
  },
];

/** All others; `npm run mutants` plants them one by one. */
export const otherBugs: PlantedBug[] = [
  {
    name: "the wallet is not locked when a hold is settled",
    edits: [
      sql(
        "120_settle_hold.sql",
        "select * into strict v_wallet from wallets where user_id = p_user_id for update;",
        "select * into strict v_wallet from wallets where user_id = p_user_id;",
      ),
    ],
  },
  {
    name: "the wallet is not locked when credits are granted",
    edits: [
      sql(
        "100_grant_credits.sql",
        "select * into strict v_wallet from wallets where user_id = p_user_id for update;",
        "select * into strict v_wallet from wallets where user_id = p_user_id;",
      ),
    ],
  },
  {
    name: "the wallet is not locked when a payment is reversed",
    edits: [
      sql(
        "130_reverse_payment.sql",
        "perform from wallets where user_id = p_user_id for update;",
        "",
      ),
    ],
  },
  {
    name: "half a fence: the attempt does not count",
    edits: [
      sql(
        "250_work_on_job.sql",
        "and attempt = p_attempt\n    and worker_id",
        "\n    and worker_id",
      ),
    ],
  },
  {
    name: "half a fence: the worker does not count",
    edits: [sql("250_work_on_job.sql", "and worker_id = p_worker_id and status", "and status")],
  },
  {
    name: "a hold ends twice: no fence by status, no key for both endings",
    edits: [
      sql("250_work_on_job.sql", "and worker_id = p_worker_id and status = 'processing'", ""),
      sql(
        "120_settle_hold.sql",
        "'settle:' || p_job_id, p_job_id",
        "'settle:' || p_job_id || ':' || v_seq, p_job_id",
      ),
    ],
  },
  {
    name: "a reused job id is not compared with the first request",
    edits: [
      sql("220_submit_job.sql", "case when v_hash = p_request_hash then", "case when true then"),
    ],
  },
  {
    name: "wrong burn order: credits without an end go first",
    edits: [sql("110_hold_credits.sql", "expires_at nulls last", "expires_at nulls first")],
  },
  {
    name: "wrong burn order: what was paid for goes before what was a present",
    edits: [sql("110_hold_credits.sql", "(category = 'paid')", "(category = 'promo')")],
  },
  {
    name: "expiry is not looked at",
    edits: [
      sql("110_hold_credits.sql", "and (expires_at is null or expires_at > p_now)", ""),
      sql("110_hold_credits.sql", "perform expire_credits(p_user_id, p_now);", "null;"),
    ],
  },
  {
    name: "what ran out beside a hold gets more time with it",
    edits: [
      sql(
        "120_settle_hold.sql",
        "perform expire_credits(p_user_id, p_now);\n    select * into strict v_wallet",
        "select * into strict v_wallet",
      ),
    ],
  },
  {
    name: "what came back too late through our fault is lost",
    edits: [sql("120_settle_hold.sql", "p_now + interval '72 hours'", "g.expires_at")],
  },
  {
    name: "a debt does not keep from spending",
    edits: [sql("220_submit_job.sql", "if v_wallet.owed > 0 then", "if false then")],
  },
  {
    name: "new credits do not pay the debt",
    edits: [sql("100_grant_credits.sql", "if v_wallet.owed > 0 then", "if false then")],
  },
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
        "select *, reversal_target - reversed - owed as wanted from credit_grants\n    where user_id = p_user_id and reversal_target <> reversed + owed",
        "select *, reversal_target as wanted from credit_grants\n    where user_id = p_user_id and reversal_target > 0",
      ),
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
    name: "credits roll over without a cap",
    edits: [
      sql(
        "133_roll_over_credits.sql",
        "least(remaining, p_cap - (sum(remaining) over (order by issued_seq, id) - remaining))",
        "remaining",
      ),
    ],
  },
  {
    name: "a period rolls over as often as it is told",
    edits: [
      sql(
        "133_roll_over_credits.sql",
        "if exists (select from credit_events where user_id = p_user_id and idempotency_key = v_key) then",
        "if false then",
      ),
      sql("133_roll_over_credits.sql", "md5('rollover:' || g.id)::uuid", "gen_random_uuid()"),
      sql("133_roll_over_credits.sql", "'rollover', v_key,", "'rollover', v_key || v_seq,"),
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
    name: "a late delivery is charged a second time",
    edits: [
      sql(
        "280_reconcile_job.sql",
        "if v_job.status = 'reconciling' then\n    perform end_job",
        "if true then\n    perform end_job",
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
