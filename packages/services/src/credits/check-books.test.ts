import { advisoryLocks } from "@tintype/db/advisory-locks";
import { connect } from "@tintype/db/client";
import { consistencyRuns } from "@tintype/db/schema";
import { desc, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { useTestServices } from "../testing.ts";
import { checkBooks, getBooksStatus, isFullProofDue } from "./check-books.ts";

const { clock, parts, userWithCredits, workerContext } = useTestServices();
const newestRun = async () => {
  const runs = await parts.database.db
    .select()
    .from(consistencyRuns)
    .orderBy(desc(consistencyRuns.id));
  return runs[0];
};

test("a proof is recorded with what it read and found, and the whole is due again after a day", async () => {
  const ctx = workerContext();
  expect(await getBooksStatus(ctx)).toBeNull();
  expect(await isFullProofDue(ctx)).toBe(true);
  await userWithCredits(10);
  expect(await checkBooks(ctx, "incremental")).toEqual({ eventsChecked: 1, violations: [] });
  expect(await checkBooks(ctx, "full")).toEqual({ eventsChecked: 1, violations: [] });
  expect(await newestRun()).toMatchObject({
    kind: "full",
    eventsChecked: 1,
    violations: 0,
    details: [],
  });
  expect(await getBooksStatus(ctx)).toEqual({ balanced: true, checkedAt: clock.now() });
  expect(await isFullProofDue(ctx)).toBe(false);
  clock.advanceSeconds(86_400);
  expect(await isFullProofDue(ctx)).toBe(true);
});

test("what does not balance is reported, recorded, and cleared by the next proof after the repair", async () => {
  const ctx = workerContext();
  const { userId } = (await userWithCredits(10)).actor;
  const change = (by: number) =>
    parts.database.db.execute(
      sql`update wallets set available = available + ${by} where user_id = ${userId}::uuid`,
    );
  await change(3);
  for (const kind of ["incremental", "full"] as const) {
    const check = await checkBooks(ctx, kind);
    expect(check?.violations).toContainEqual(
      expect.objectContaining({
        userId,
        subject: "wallet.available",
        expected: "10",
        actual: "13",
      }),
    );
    expect(await newestRun()).toMatchObject({ kind, violations: check?.violations.length });
    expect(await getBooksStatus(ctx)).toMatchObject({ balanced: false });
  }
  await change(-3);
  clock.advanceSeconds(60);
  await checkBooks(ctx, "incremental");
  await checkBooks(ctx, "full");
  expect(await getBooksStatus(ctx)).toEqual({ balanced: true, checkedAt: clock.now() });
});

test("one process proves at a time; the other does not wait for it", async () => {
  const other = connect(parts.database.url);
  try {
    await other.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.books})`);
      expect(await checkBooks(workerContext(), "full")).toBeNull();
    });
  } finally {
    await other.close();
  }
});
