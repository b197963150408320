import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { expect, test } from "vitest";
import { useHalfMigrated } from "./testing/half-migrated.ts";

/** The migration that took refund orders out of the queue. */
const RECORDED = "0019_record_refund_orders.sql";
const { own, migrateUpTo, apply } = useHalfMigrated();
const day = (n: number) => `2026-06-0${n}T00:00:00.000Z`;
const userId = randomUUID();

async function pay(sql: postgres.Sql, reference: string, refunded: number, ordered: number | null) {
  await sql`insert into payments (user_id, reference, kind, paid_cents, currency, refunded_cents, refund_ordered_cents,
      refund_ordered_at, paid_at, updated_at)
    values (${userId}, ${reference}, 'pack', 1000, 'usd', ${refunded}, ${ordered}, ${ordered && day(3)}, ${day(1)}, ${day(1)})`;
}

test("orders leave the queue with their states; a promise whose order was lost waits until its key has expired", async () => {
  const { sql } = own;
  await migrateUpTo(RECORDED);
  await sql`insert into users (id, email, password_hash, role, locale, created_at)
    values (${userId}, 'a@example.com', 'x', 'user', 'en', ${day(1)})`;
  await sql`insert into wallets (user_id, updated_at) values (${userId}, ${day(1)})`;
  await pay(sql, "pi_waits", 100, 800);
  await pay(sql, "pi_lost", 200, 500);
  await pay(sql, "pi_told", 300, null);
  await sql`create schema pgboss`;
  await sql`create table pgboss.job (id uuid, name text, data jsonb, state text)`;
  const queue = async (state: string, paymentReference: string, order: object, name = "refund") => {
    const data = { userId, paymentReference, orderedBy: "admin", note: "a favour", ...order };
    const id = randomUUID();
    await sql`insert into pgboss.job values (${id}, ${name}, ${sql.json(data)}, ${state})`;
    return id;
  };
  const earlier = { refundedAfterCents: 600, orderedAt: day(2) };
  const accepted = { cents: 500, refundedAfterCents: 600, orderedAt: day(2) };
  const waiting = { cents: 200, refundedAfterCents: 800, orderedAt: day(3), earlier };
  const ids = {
    accepted: await queue("completed", "pi_waits", accepted),
    waiting: await queue("retry", "pi_waits", waiting),
    refused: await queue("cancelled", "pi_told", { ...accepted, cents: 100 }),
  };
  await queue("created", "pi_waits", accepted, "mail");
  await queue("created", "pi_of_nobody", accepted);

  await apply(RECORDED);
  const rows =
    await sql`select request_id as id, payment_reference as payment, state::text, cents::int,
      refunded_after_cents::int as after, earlier_refunded_after_cents::int as earlier, ordered_at as at,
      next_attempt_at as next
    from refund_orders order by payment_reference, ordered_at`;
  const plain = rows.map(({ id, at, next, ...row }) => ({
    ...row,
    id: Object.entries(ids).find(([, known]) => known === id)?.[0] ?? "new",
    at: at.toISOString(),
    isAsked: next !== null,
  }));
  expect(plain).toEqual([
    {
      ...{ id: "new", payment: "pi_lost", state: "ordered", cents: 300, after: 500 },
      ...{ earlier: null, at: day(3), isAsked: true },
    },
    {
      ...{ id: "refused", payment: "pi_told", state: "refused", cents: 100, after: 600 },
      ...{ earlier: null, at: day(2), isAsked: false },
    },
    {
      ...{ id: "accepted", payment: "pi_waits", state: "accepted", cents: 500, after: 600 },
      ...{ earlier: null, at: day(2), isAsked: false },
    },
    {
      ...{ id: "waiting", payment: "pi_waits", state: "ordered", cents: 200, after: 800 },
      ...{ earlier: 600, at: day(3), isAsked: true },
    },
  ]);
  const lost = rows.find(({ payment }) => payment === "pi_lost");
  expect(lost?.next.getTime()).toBe(new Date(day(3)).getTime() + 21 * 3_600_000);
});
