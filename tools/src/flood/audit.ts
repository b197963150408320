import { connect } from "@tintype/db/client";
import { findViolations } from "@tintype/db/testing";
import type { RunningStripe } from "@tintype/local-cloud/stripe";
import postgres from "postgres";
import type { Buyer } from "./stories.ts";

/** Five grants of ten million each: `bench.fill`. */
const CREDITS_BEFORE = 50_000_000;
const PROOF_TIMEOUT_MS = 600_000;

type Books = ReturnType<RunningStripe["controls"]["books"]>;

/**
 * Holds our books against the emulator's own: what somebody may spend is what was promised for the money, less the
 * share of it that went back. And nothing waits, nothing was granted twice, and every sum of the ledger is right.
 * @param told how many different events were sent
 * @returns what is wrong, in words; empty when all is well
 */
export async function audit(
  databaseUrl: string,
  buyers: readonly Buyer[],
  books: Books,
  told: number,
): Promise<string[]> {
  const owner = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const connection = connect(databaseUrl, {
    maxConnections: 2,
    statementTimeoutMs: PROOF_TIMEOUT_MS,
  });
  try {
    return [
      ...(await compareWallets(owner, buyers, books)),
      ...(await compareMoney(owner, buyers, books)),
      ...(await comparePlans(owner, buyers)),
      ...(await countGrants(owner, buyers.length)),
      ...(await checkInbox(owner, told)),
      ...(await findViolations(connection)),
    ];
  } finally {
    await connection.close();
    await owner.end({ timeout: 5 });
  }
}

/** @returns credits that somebody with these books may spend, as `design/credits.md` has it: rounded down when taken */
function expectedOf({ credits }: Buyer, book: Books[number] | undefined): number {
  if (!book) return CREDITS_BEFORE;
  const reversed = Math.min(book.paid, book.refunded + book.disputed);
  return CREDITS_BEFORE + credits - Math.floor((credits * reversed) / book.paid);
}

async function compareWallets(owner: postgres.Sql, buyers: readonly Buyer[], books: Books) {
  const byCustomer = new Map(books.map((book) => [book.customer, book]));
  const wallets = await owner<{ user_id: string; available: string; rest: string }[]>`
    select user_id, available, held + owed as rest from wallets`;
  const byUser = new Map(wallets.map((wallet) => [wallet.user_id, wallet]));
  return buyers.flatMap((buyer) => {
    const expected = expectedOf(buyer, byCustomer.get(buyer.customer));
    const { available, rest } = byUser.get(buyer.userId) ?? { available: "none", rest: "0" };
    const isRight = Number(available) === expected && Number(rest) === 0;
    const what = `${available} available and ${rest} held or owed, not ${expected}`;
    return isRight ? [] : [`wallet of ${buyer.userId} (${buyer.story}): ${what}`];
  });
}

async function compareMoney(owner: postgres.Sql, buyers: readonly Buyer[], books: Books) {
  const userOf = new Map(buyers.map(({ customer, userId }) => [customer, userId]));
  const rows = await owner<{ user_id: string; paid: string; refunded: string }[]>`
    select user_id, sum(paid_cents) as paid, sum(refunded_cents) as refunded from payments group by user_id`;
  const line = (user: unknown, paid: unknown, refunded: unknown) =>
    `${user}: ${paid} cents paid, ${refunded} refunded`;
  const ours = new Set(rows.map((row) => line(row.user_id, row.paid, row.refunded)));
  const theirs = new Set(
    books.map((book) => line(userOf.get(book.customer ?? ""), book.paid, book.refunded)),
  );
  return [
    ...[...ours].filter((each) => !theirs.has(each)).map((each) => `only we say ${each}`),
    ...[...theirs].filter((each) => !ours.has(each)).map((each) => `only Stripe says ${each}`),
  ];
}

async function comparePlans(owner: postgres.Sql, buyers: readonly Buyer[]) {
  const rows = await owner<{ reference: string; status: string; ends: boolean }[]>`
    select reference, status, cancel_at_period_end as ends from subscriptions`;
  const line = (reference: string, status: string, ends: boolean) =>
    `${reference} is ${status} and ${ends ? "ends" : "goes on"}`;
  const ours = new Set(rows.map(({ reference, status, ends }) => line(reference, status, ends)));
  const theirs = buyers.flatMap(({ plan }) =>
    plan ? [line(plan.id, plan.status, plan.cancel_at_period_end)] : [],
  );
  return theirs.filter((each) => !ours.has(each)).map((each) => `only Stripe says ${each}`);
}

async function countGrants(owner: postgres.Sql, payments: number) {
  const grants = await owner<{ payment_reference: string; count: number }[]>`
    select payment_reference, count(*)::integer as count from credit_grants
    where payment_reference is not null group by payment_reference`;
  const twice = grants.filter(({ count }) => count !== 1);
  const missing = grants.length === payments ? [] : [`${grants.length} of ${payments} granted`];
  return [
    ...twice.map(({ payment_reference, count }) => `${payment_reference}: granted ${count} times`),
    ...missing,
  ];
}

async function checkInbox(owner: postgres.Sql, told: number) {
  const waiting = await owner<{ id: string; type: string; last_error: string | null }[]>`
    select id, type, last_error from webhook_events where processed_at is null`;
  const [row] = await owner<{ count: number }[]>`
    select count(*)::integer as count from webhook_events where outcome in ('applied', 'ignored')`;
  const booked = row?.count ?? 0;
  return [
    ...waiting.map(({ id, type, last_error }) => `${id} (${type}) waits: ${last_error}`),
    ...(booked === told ? [] : [`${booked} of ${told} events are booked or ignored`]),
  ];
}
