import { creditEvents, creditGrants, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { importCredits } from "./import-credits.ts";

const { userWithCredits, workerContext, clock, newId } = useTestServices();
const importer = () => workerContext();

async function newUser() {
  const ctx = await userWithCredits(0);
  const [user] = await ctx.db.select().from(users).where(eq(users.id, ctx.actor.userId));
  return { ctx, email: user?.email ?? "" };
}
/** Lines as a file has them: text, numbered from 2. */
const file = (...rows: Record<string, string>[]) =>
  rows.map((values, index) => ({ line: index + 2, values }));
const row = (email: string, over: Record<string, string> = {}) => ({
  ...{ externalId: newId(), email, credits: "1200", category: "paid" },
  ...{ expiresAt: "", costBasisCents: "1900", note: "Bundle bought in May" },
  ...over,
});
const grantsOf = ({ db, actor }: ServiceContext<UserActor>) =>
  db.select().from(creditGrants).where(eq(creditGrants.userId, actor.userId));

test("a balance becomes a grant with its expiry, cost and note", async () => {
  const { ctx, email } = await newUser();
  const line = row(` ${email.toUpperCase()}`, { expiresAt: "2027-01-31" });
  const outcomes = await importCredits(importer(), file(line), {
    dryRun: false,
    requireVerifiedEmail: false,
  });

  expect(outcomes).toMatchObject([
    { line: 2, outcome: "granted", explanation: "1200 paid credits" },
  ]);
  expect(await walletOf(ctx)).toMatchObject({ available: 1_200 });
  expect(await grantsOf(ctx)).toMatchObject([
    {
      ...{ source: "migration", category: "paid", amount: 1_200, costBasisCents: 1_900 },
      expiresAt: new Date("2027-02-01T00:00:00Z"),
    },
  ]);
  const ofUser = eq(creditEvents.userId, ctx.actor.userId);
  expect(await ctx.db.select().from(creditEvents).where(ofUser)).toMatchObject([
    { idempotencyKey: `migration:${line.externalId}`, reason: "Bundle bought in May" },
  ]);
});

test("a file imported again, and four times at once, gives everything once", async () => {
  const people = await Promise.all(Array.from({ length: 5 }, newUser));
  const lines = file(...people.map(({ email }) => row(email)));
  const runs = await Promise.all(
    Array.from({ length: 4 }, () =>
      importCredits(importer(), lines, { dryRun: false, requireVerifiedEmail: false }),
    ),
  );
  runs.push(await importCredits(importer(), lines, { dryRun: false, requireVerifiedEmail: false }));

  const outcomes = runs.flat().map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "granted")).toHaveLength(5);
  expect(outcomes.filter((outcome) => outcome === "already_granted")).toHaveLength(20);
  for (const { ctx } of people) expect(await walletOf(ctx)).toMatchObject({ available: 1_200 });
});

test("a dry run says the same and changes nothing", async () => {
  const { ctx, email } = await newUser();
  const lines = file(row(email), row("nobody@example.com"));
  const outcomes = await importCredits(importer(), lines, {
    dryRun: true,
    requireVerifiedEmail: false,
  });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["would_be_granted", "would_wait"]);
  expect(await walletOf(ctx)).toMatchObject({ available: 0, seq: 0 });
});

test("what is wrong is told line by line, and the lines that are right are done", async () => {
  const { ctx, email } = await newUser();
  const good = row(email);
  const past = clock.now().toISOString();
  const bad: [Record<string, string>, RegExp][] = [
    [row("not an address"), /email: /],
    [row(email, { credits: "" }), /credits: must be a whole number/],
    [row(email, { credits: "12.5" }), /credits: must be a whole number/],
    [row(email, { credits: "1,200" }), /credits: must be a whole number/],
    [row(email, { credits: "-5" }), /credits: must be a whole number/],
    [row(email, { credits: "1e9" }), /credits: must be a whole number/],
    [row(email, { credits: "0" }), /credits: must be at least 1/],
    [row(email, { credits: "99999999999999999999" }), /credits: /],
    [row(email, { category: "free" }), /category: /],
    [row(email, { expiresAt: "31.01.2027" }), /expiresAt: must be empty, a day/],
    [row(email, { expiresAt: "2027-02-30" }), /expiresAt: must be empty, a day/],
    [row(email, { expiresAt: "9999-12-31" }), /expiresAt: must be empty, a day/],
    [row(email, { expiresAt: past }), /expiresAt: has passed/],
    [row(email, { costBasisCents: "19.00" }), /costBasisCents: must be a whole number/],
    [row(email, { externalId: "" }), /externalId: is missing/],
    [row(email, { externalId: good.externalId }), /externalId: stands in line 2 already/],
    [row(email, { credits: "x", category: "y" }), /credits: .*; category: /],
    [{ email }, /externalId: .*; credits: /],
  ];
  const lines = file(good, ...bad.map(([values]) => values));
  const outcomes = await importCredits(importer(), lines, {
    dryRun: false,
    requireVerifiedEmail: false,
  });

  expect(outcomes[0]).toMatchObject({ outcome: "granted" });
  for (const [index, [, explanation]] of bad.entries()) {
    const told = outcomes[index + 1];
    expect(told).toMatchObject({ line: index + 3, outcome: "failed" });
    expect(told?.explanation).toMatch(explanation);
  }
  expect(await walletOf(ctx)).toMatchObject({ available: 1_200, seq: 1 });
});

test("an id that was imported with another number or for somebody else is told, not granted beside the first", async () => {
  const [ann, bob] = [await newUser(), await newUser()];
  const line = row(ann.email);
  await importCredits(importer(), file(line), { dryRun: false, requireVerifiedEmail: false });

  const changed = await importCredits(importer(), file({ ...line, credits: "1300" }), {
    dryRun: false,
    requireVerifiedEmail: false,
  });
  expect(changed).toMatchObject([
    { outcome: "failed", explanation: "credits: was imported before with 1200; use an adjustment" },
  ]);
  const moved = await importCredits(importer(), file({ ...line, email: bob.email }), {
    dryRun: false,
    requireVerifiedEmail: false,
  });
  expect(moved).toMatchObject([{ outcome: "failed" }]);
  expect(await walletOf(bob.ctx)).toMatchObject({ available: 0 });
});

test("a balance that has run out since it was imported is still known as imported", async () => {
  const { email } = await newUser();
  const inAnHour = new Date(clock.now().getTime() + 3_600_000).toISOString();
  const lines = file(row(email, { expiresAt: inAnHour }));
  await importCredits(importer(), lines, { dryRun: false, requireVerifiedEmail: false });
  clock.advanceSeconds(7_200);
  expect(
    await importCredits(importer(), lines, { dryRun: false, requireVerifiedEmail: false }),
  ).toMatchObject([{ outcome: "already_granted" }]);
});
