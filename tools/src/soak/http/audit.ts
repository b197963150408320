import { connect } from "@tintype/db/client";
import { findViolations } from "@tintype/db/testing";
import postgres from "postgres";
import { userId } from "../../bench/requests.ts";
import { findOverspent } from "../audit.ts";
import { type Account, endowmentOf, FILLED } from "./person.ts";

const PROOF_TIMEOUT_MS = 600_000;

export type Verdict = {
  /** Changes that their users were told are done; of choices and totals only the last state is known. */
  acknowledged: number;
  /** Acknowledged, and not there exactly once as it was said. */
  lost: string[];
  /** There, although it was refused or never asked for. */
  uninvited: string[];
  overspent: string[];
  /** All of them, and what the books themselves say. */
  problems: string[];
};

/** Holds what every user was told against the database. Everything that was asked for must be certain by now. */
export async function audit(databaseUrl: string, accounts: readonly Account[]): Promise<Verdict> {
  const owner = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const connection = connect(databaseUrl, {
    maxConnections: 2,
    statementTimeoutMs: PROOF_TIMEOUT_MS,
  });
  try {
    const found = new Set<string>();
    for (const read of [readUploads, readJobs, readMoves, readPayments, readChoices, readTotals]) {
      for (const line of await read(owner)) found.add(line);
    }
    const told = new Set(accounts.flatMap(linesOf));
    const lost = [...told].filter((line) => !found.has(line)).map((line) => `lost: ${line}`);
    const uninvited = [...found]
      .filter((line) => !told.has(line))
      .map((line) => `nobody was told: ${line}`);
    const overspent = await findOverspent(owner);
    const violations = await findViolations(connection);
    return {
      ...{ lost, uninvited, overspent },
      acknowledged: accounts.reduce((sum, account) => sum + changesOf(account), 0),
      problems: [...lost, ...uninvited, ...overspent, ...violations],
    };
  } finally {
    await connection.close();
    await owner.end({ timeout: 5 });
  }
}

const done = (fates: Account["jobs"]) => Object.keys(fates).filter((id) => fates[id] === "done");

function changesOf({ uploads, jobs, cancelled, moves, payments }: Account): number {
  const given = Object.keys(moves).length + Object.keys(payments).length;
  return done(uploads).length + done(jobs).length + cancelled.length + given;
}

/** Everything that this user was told, one line each, as the queries below tell it. */
export function linesOf(account: Account): string[] {
  const user = userId(account.n);
  const { credits, uploads, jobs, cancelled, moves, payments, choices } = account;
  const ended = new Set(cancelled);
  const { locale, emailNotifications, timeZone } = choices;
  return [
    ...done(uploads).map((id) => `upload ${user} ${id}`),
    ...done(jobs).map((id) => `job ${user} ${id} ${ended.has(id) ? "cancelled" : "queued"}`),
    ...Object.entries(moves).map(([key, amount]) => `move ${user} ${key} ${amount}`),
    ...Object.entries(payments).map(([key, amount]) => `payment ${user} ${key} ${amount}`),
    `choices ${user} ${locale} ${emailNotifications} ${timeZone}`,
    `total ${user} ${FILLED + endowmentOf(account.n) + credits}`,
  ];
}

type Read = (owner: postgres.Sql) => Promise<string[]>;
const lines = (rows: { line: string }[]): string[] => rows.map(({ line }) => line);

const readUploads: Read = async (owner) =>
  lines(
    await owner`
    select format('upload %s %s', user_id, id) as line from assets where status = 'pending'`,
  );

const readJobs: Read = async (owner) =>
  lines(
    await owner`
    select format('job %s %s %s', user_id, id, status) as line from generation_jobs`,
  );

/** Each key with all that its events have issued: what was booked twice has another sum. */
const readMoves: Read = async (owner) =>
  lines(
    await owner`
    select format('move %s %s %s', user_id, idempotency_key, sum(available_change)) as line
    from credit_events where idempotency_key ~ '^(adjustment|promo):'
    group by user_id, idempotency_key`,
  );

const readPayments: Read = async (owner) =>
  lines(
    await owner`
    select format('payment %s %s %s', user_id, payment_reference, sum(amount)) as line
    from credit_grants where payment_reference is not null
    group by user_id, payment_reference`,
  );

const readChoices: Read = async (owner) =>
  lines(
    await owner`
    select format('choices %s %s %s %s', u.id, u.locale,
      case when coalesce(p.email_notifications, true) then 'true' else 'false' end,
      coalesce(p.time_zone, 'UTC')) as line
    from users u left join user_preferences p on p.user_id = u.id where u.role = 'user'`,
  );

const readTotals: Read = async (owner) =>
  lines(
    await owner`
    select format('total %s %s', w.user_id, w.available + w.held) as line
    from wallets w join users u on u.id = w.user_id where u.role = 'user'`,
  );
