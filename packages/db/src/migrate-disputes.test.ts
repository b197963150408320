import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { useHalfMigrated } from "./testing/half-migrated.ts";

/** The migration that gave each dispute a row of its own, over what the time before it has left. */
const APART = "0013_tell_disputes_of_one_payment_apart.sql";
const { own, migrateUpTo, apply } = useHalfMigrated();

test("a payment's one dispute becomes a row: by the inbox under its name, else under the payment's", async () => {
  const { sql } = own;
  await migrateUpTo(APART);
  const [userId, day] = [randomUUID(), (n: number) => `2026-06-0${n}T00:00:00Z`];
  await sql`insert into users (id, email, password_hash, role, locale, created_at)
    values (${userId}, 'a@example.com', 'x', 'user', 'en', ${day(1)})`;
  await sql`insert into wallets (user_id, updated_at) values (${userId}, ${day(1)})`;
  for (const [reference, status, cents] of [
    ...[["pi_two", "won", 400] as const, ["pi_forgotten", "lost", 300] as const],
    ["pi_never", "none", 0] as const,
  ]) {
    await sql`insert into payments (user_id, reference, kind, paid_cents, currency, dispute_status, disputed_cents,
        dispute_at, paid_at, updated_at)
      values (${userId}, ${reference}, 'pack', 1000, 'usd', ${status}, ${cents}, ${day(4)}, ${day(1)}, ${day(5)})`;
  }
  // Two disputes on one payment, which had hidden each other, and an inquiry, which is none.
  for (const [at, id, status, amount] of [
    [2, "dp_a", "needs_response", 300] as const,
    [3, "dp_b", "needs_response", 400] as const,
    [4, "dp_b", "won", 400] as const,
    [4, "dp_c", "warning_needs_response", 100] as const,
  ]) {
    const object = { id, status, amount, payment_intent: "pi_two" };
    await sql`insert into webhook_events (id, type, payload, occurred_at, received_at, processed_at, outcome)
      values (${`evt_${at}_${id}`}, 'charge.dispute.updated', ${sql.json({ data: { object } })}, ${day(at)}, ${day(at)},
        ${day(at)}, 'applied')`;
  }

  await apply(APART);
  const rows =
    await sql`select reference, payment_reference, disputed_cents::int as cents, status::text, state_at
    from disputes order by reference`;
  expect(
    rows.map((row) => ({ ...row, state_at: row.state_at.toISOString().slice(0, 10) })),
  ).toEqual([
    {
      reference: "dp_a",
      payment_reference: "pi_two",
      cents: 300,
      status: "open",
      state_at: "2026-06-02",
    },
    {
      reference: "dp_b",
      payment_reference: "pi_two",
      cents: 400,
      status: "won",
      state_at: "2026-06-04",
    },
    {
      ...{ reference: "of pi_forgotten", payment_reference: "pi_forgotten", cents: 300 },
      ...{ status: "lost", state_at: "2026-06-04" },
    },
  ]);
});
