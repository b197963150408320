import { randomUUID } from "node:crypto";
import { overageCentsFor } from "@tintype/core/billing";
import { creditsFor } from "@tintype/core/catalogue";
import { reversalTargetOf } from "@tintype/core/credits";
import { addMonths, monthIndexAt, monthOf } from "@tintype/core/periods";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { subscriptions, users, wallets } from "./schema/index.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

test("the database charges what core quotes, to the credit, whatever must be rounded", async () => {
  const rates = { milliCreditsPerUnit: fc.integer({ min: 1, max: 30_000 }) };
  const price = fc.record({ ...rates, multiplierPercent: fc.integer({ min: 1, max: 500 }) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 3_600 }), price, async (units, row) => {
      const [answer] = await database.db.execute<{ credits: string }>(
        sql`select credits_for(${units}::integer, ${row.milliCreditsPerUnit}::integer, ${row.multiplierPercent}::integer) as credits`,
      );
      expect(Number(answer?.credits)).toBe(creditsFor(units, { unit: "second", ...row }));
    }),
  );
});

test("the database takes back as much of a reversed payment as core says", async () => {
  const cents = fc.integer({ min: 0, max: 50_000 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40_000 }),
      cents,
      cents,
      async (granted, reversed, paid) => {
        const [answer] = await database.db.execute<{ target: string }>(
          sql`select reversal_target_of(${granted}::bigint, ${reversed}::bigint, ${paid}::bigint) as target`,
        );
        expect(Number(answer?.target)).toBe(reversalTargetOf(granted, reversed, paid));
      },
    ),
  );
});

test("the database asks for as many cents beyond the wallet as core quotes, whatever must be rounded", async () => {
  const price = fc.record({
    units: fc.integer({ min: 1, max: 3_600 }),
    basePriceMicros: fc.integer({ min: 0, max: 2_000_000 }),
    multiplierPercent: fc.integer({ min: 1, max: 500 }),
  });
  await fc.assert(
    fc.asyncProperty(
      price,
      fc.integer({ min: 1, max: 50_000 }),
      fc.integer({ min: 1, max: 50_000 }),
      async (row, credits, part) => {
        const missing = Math.min(part, credits);
        const [answer] = await database.db.execute<{ cents: string }>(
          sql`select overage_cents_for(${missing}::bigint, ${credits}::bigint, ${row.units}::integer, ${row.basePriceMicros}::bigint, ${row.multiplierPercent}::integer) as cents`,
        );
        expect(Number(answer?.cents)).toBe(overageCentsFor(missing, credits, row));
      },
    ),
  );
});

test("the limit beyond the wallet is a month's, of a year's plan too, and its months are those of the allowance", async () => {
  const { db } = database;
  const [userId, at] = [randomUUID(), new Date("2026-01-01T00:00:00Z")];
  await db.insert(users).values({ id: userId, email: `${userId}@example.com`, createdAt: at });
  await db.insert(wallets).values({ userId, updatedAt: at });
  await db.insert(subscriptions).values({
    ...{ userId, reference: "sub_1", planCode: "p", interval: "year", status: "active" },
    ...{ periodStart: at, periodEnd: addMonths(at, 12), stateAt: at, createdAt: at, updatedAt: at },
  });
  // Whole seconds, as the provider counts; ends of months come often.
  const starts = fc.oneof(
    fc.constantFrom("2026-01-31T12:00:00Z", "2028-02-29T00:00:00Z", "2025-08-31T23:59:59Z"),
    fc.integer({ min: 0, max: 100_000_000 }).map((second) => at.getTime() + second * 1_000),
  );
  await fc.assert(
    fc.asyncProperty(
      starts,
      fc.nat({ max: 9_999 }).map((part) => part / 10_000),
      async (start, share) => {
        const period = { start: new Date(start), end: addMonths(new Date(start), 12) };
        const length = period.end.getTime() - period.start.getTime();
        const now = new Date(period.start.getTime() + Math.floor(length * share));
        await db
          .update(subscriptions)
          .set({ periodStart: period.start, periodEnd: period.end })
          .where(eq(subscriptions.userId, userId));
        const [row] = await db.execute<{ start: string; name: string }>(
          sql`select overage_period_start(${userId}::uuid, ${now.toISOString()}::timestamptz) as start,
          overage_period_of(${userId}::uuid, ${now.toISOString()}::timestamptz) as name`,
        );
        const month = monthOf(period, 12, monthIndexAt(period, 12, now));
        expect(new Date(row?.start ?? 0).toISOString()).toBe(month.start.toISOString());
        expect(row?.name).toBe(`sub_1 ${month.start.toISOString().slice(0, 10)}`);
      },
    ),
  );
});
