import { connect } from "@tintype/db/client";
import { findViolations } from "@tintype/db/testing";
import type { Answer } from "@tintype/db/testing/model/operation";
import type { ModelUser } from "@tintype/db/testing/model/perform-on-job";
import postgres from "postgres";
import { type Asked, readJournal } from "./journal.ts";

const ROWS_AT_ONCE = 5_000;
const PROOF_TIMEOUT_MS = 600_000;

export type Verdict = {
  acknowledged: number;
  overspent: number;
  lost: number;
  /** What is wrong, in words; empty when all is well. */
  problems: string[];
};

/** What an acknowledged call promises about the ledger. Fields that are null promise nothing. */
type Promised = {
  userId: string;
  /** An event with this key is there, once; its number and what it issued, where known. */
  key: string | null;
  seq: number | null;
  issued: number | null;
  /** The job is there, or has ended so. */
  jobId: string | null;
  job: string | null;
};

/** Holds every journal against the ledger, and the ledger against its own rules. */
export async function audit(
  databaseUrl: string,
  journals: readonly string[],
  users: readonly ModelUser[],
): Promise<Verdict> {
  const owner = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const connection = connect(databaseUrl, {
    maxConnections: 2,
    statementTimeoutMs: PROOF_TIMEOUT_MS,
  });
  const problems: string[] = [];
  let acknowledged = 0;
  try {
    await owner`
      create unlogged table soak_promises (
        user_id uuid, key text, seq bigint, issued bigint, job_id uuid, job text
      )`;
    let rows: Promised[] = [];
    for (const journal of journals) {
      for await (const line of readJournal(journal)) {
        if ("wrong" in line) problems.push(line.wrong);
        else if (line.answer !== undefined) {
          acknowledged += 1;
          rows.push(promiseOf(line.asked, line.answer, users));
        }
        if (rows.length >= ROWS_AT_ONCE) {
          await insert(owner, rows);
          rows = [];
        }
      }
    }
    await insert(owner, rows);
    const missing = await owner<{ broken: string }[]>`${owner.unsafe(LOST)}`;
    const overspent = await findOverspent(owner);
    problems.push(...missing.map(({ broken }) => broken), ...overspent);
    problems.push(...(await findViolations(connection)));
    return { acknowledged, overspent: overspent.length, lost: missing.length, problems };
  } finally {
    await connection.close();
    await owner.end({ timeout: 5 });
  }
}

/** @returns who has spent or holds more than they may, in words */
export async function findOverspent(owner: postgres.Sql): Promise<string[]> {
  const rows = await owner<{ broken: string }[]>`${owner.unsafe(OVERSPENT)}`;
  return rows.map(({ broken }) => broken);
}

function promiseOf(
  { user, operation }: Asked,
  answer: Answer,
  users: readonly ModelUser[],
): Promised {
  const nothing = { key: null, seq: null, issued: null, jobId: null, job: null };
  const promised = { ...nothing, userId: users[user]?.userId ?? "" };
  const outcome = typeof answer === "object" ? answer?.outcome : answer;
  const number = (answer as { seq?: unknown } | null)?.seq;
  const seq = typeof number === "number" ? number : null;
  switch (operation.do) {
    case "grant":
      return { ...promised, key: operation.key, seq, issued: operation.amount };
    case "take":
      return seq === null ? promised : { ...promised, key: operation.key, seq };
    case "redeem":
      return /redeemed$/.test(String(outcome)) ? { ...promised, key: operation.key } : promised;
    case "reverse":
    case "freeze":
    case "unfreeze":
      return typeof answer === "number"
        ? { ...promised, key: operation.key, seq: answer }
        : promised;
    case "submit": {
      const isThere = outcome === "created" || outcome === "existing";
      // What was refused may be asked for again, and be granted then.
      return isThere ? { ...promised, jobId: operation.jobId, job: "there" } : promised;
    }
    case "complete":
    case "fail":
    case "cancel":
      return /^(completed|failed|cancelled)$/.test(String(outcome))
        ? { ...promised, jobId: operation.jobId, job: String(outcome) }
        : promised;
    default:
      return promised;
  }
}

async function insert(owner: postgres.Sql, rows: readonly Promised[]): Promise<void> {
  if (rows.length === 0) return;
  await owner`
    insert into soak_promises
    select * from jsonb_to_recordset(${owner.json(rows.map(({ userId, jobId, ...rest }) => ({ ...rest, user_id: userId, job_id: jobId })))})
      as t (user_id uuid, key text, seq bigint, issued bigint, job_id uuid, job text)
    where key is not null or job_id is not null`;
}

/** Acknowledged, and not in the ledger exactly once as it was said. */
const LOST = `
  select format('lost: %s %s %s', p.user_id, p.key, p.issued) as broken
  from soak_promises p left join credit_events e on e.user_id = p.user_id and e.idempotency_key = p.key
  where p.key is not null
  group by p.user_id, p.key, p.seq, p.issued
  having count(distinct e.seq) <> 1
    or bool_or(p.seq is not null and e.seq <> p.seq)
    or bool_or(p.issued is not null and p.issued <> (
      select coalesce(sum(amount), 0) from credit_entries n
      where n.user_id = e.user_id and n.event_seq = e.seq and n.from_account = 'issued'))
  union all
  select format('lost: job %s of %s is %s, not %s', p.job_id, p.user_id, coalesce(j.status::text, 'absent'), p.job)
  from soak_promises p left join generation_jobs j on j.user_id = p.user_id and j.id = p.job_id
  where p.job_id is not null and not case p.job
    when 'there' then j.id is not null
    else j.status::text = p.job
  end`;

/** Nobody has spent or holds more than was issued to them, nor more overage than they have allowed. */
const OVERSPENT = `
  select format('overspent: %s', w.user_id) as broken
  from wallets w left join lateral (
    select sum(amount) as issued, sum(spent) as spent from credit_grants g where g.user_id = w.user_id
  ) g on true
  where w.available < 0 or w.held < 0 or w.owed < 0 or coalesce(g.spent, 0) + w.held > coalesce(g.issued, 0)
  union all
  select format('overspent: %s beyond the limit of overage', c.user_id)
  from overage_charges c join user_preferences p using (user_id)
  group by c.user_id, c.period_reference, p.overage_limit_cents
  having sum(coalesce(c.billed_cents, c.held_cents)) > p.overage_limit_cents
  union all
  select format('overspent: code %s', p.code) from promo_codes p
  where p.redeemed > p.budget or p.redeemed <> (
    select count(*) from credit_events e where e.idempotency_key like 'promo:' || p.code || ':%')`;
