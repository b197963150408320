import { type PlantedBug, sql } from "./planted-bugs.ts";

export const bugsOfHolds: PlantedBug[] = [
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
      sql(
        "220_submit_job.sql",
        "if v_others.request_hash = p_request_hash then",
        "if v_others.request_hash is not null then",
      ),
    ],
  },
  {
    name: "the user's other jobs are looked at before the wallet is locked",
    edits: [
      sql(
        "220_submit_job.sql",
        "select owed into v_owed from wallets where user_id = p_user_id for update;",
        "select owed into v_owed from wallets where user_id = p_user_id;",
      ),
      sql(
        "220_submit_job.sql",
        "if v_others.request_hash = p_request_hash then",
        "perform from wallets where user_id = p_user_id for update;\n  if v_others.request_hash = p_request_hash then",
      ),
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
      sql(
        "110_hold_credits.sql",
        "exit when not found or v_expires_at <= p_now;",
        "exit when not found;",
      ),
      sql(
        "110_hold_credits.sql",
        "exit when v_expires_at is null or v_expires_at > p_now;",
        "exit;",
      ),
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
    edits: [sql("220_submit_job.sql", "if v_owed > 0 then", "if false then")],
  },
  {
    name: "new credits do not pay the debt",
    edits: [sql("100_grant_credits.sql", "if v_wallet.owed > 0 then", "if false then")],
  },
];
