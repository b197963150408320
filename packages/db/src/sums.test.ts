import { overageCentsFor } from "@tintype/core/billing";
import { creditsFor } from "@tintype/core/catalogue";
import { reversalTargetOf } from "@tintype/core/credits";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
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
