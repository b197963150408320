/** A mistake somebody could make, as an edit of the text: `find` stands in the file exactly once. */
export type Edit = { file: string; find: string; replace: string };
export type PlantedBug = {
  name: string;
  edits: Edit[];
  /** Statements beside the edits: a constraint that is missing. */
  statements?: string[];
};

/** An edit of one of the SQL functions. */
export const sql = (file: string, find: string, replace: string): Edit => ({
  file: `packages/db/sql/${file}`,
  find,
  replace,
});
const submitWithoutLock = sql(
  "220_submit_job.sql",
  "select owed into v_owed from wallets where user_id = p_user_id for update;",
  "select owed into v_owed from wallets where user_id = p_user_id;",
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
