import "@tintype/local-cloud/testing";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { dice } from "../soak/dice.ts";
import { disorder } from "./disorder.ts";
import { readOptions } from "./options.ts";
import { buyersFor, compareBooks, flood } from "./run.ts";
import { openScene, type Scene } from "./scene.ts";
import type { Buyer } from "./stories.ts";

const START_TIMEOUT_MS = 60_000;
const options = readOptions(["--deliveries", "200"]);
let scene: Scene;
let buyers: Buyer[];
let owner: postgres.Sql;

beforeAll(async () => {
  scene = await openScene(buyersFor(options), inject("postgresUrl"));
  owner = postgres(scene.database.url, { max: 1, onnotice: () => undefined });
}, START_TIMEOUT_MS);
afterAll(async () => {
  await owner?.end({ timeout: 5 });
  await scene?.stop();
});

test(
  "a flood over our real server: every balance equals Stripe's own books",
  async () => {
    const lines: string[] = [];
    const signal = new AbortController().signal;
    const done = await flood(scene, options, (line) => lines.push(line), signal);
    buyers = done.buyers;
    expect(done.deliveries).toBeGreaterThanOrEqual(200);
    expect(done.deliveries - done.events).toBeGreaterThanOrEqual(40);
    expect(new Set(buyers.map(({ story }) => story)).size).toBe(10);
    expect(await compareBooks(scene, buyers)).toEqual([]);
    expect(lines.join()).toContain(`${done.deliveries} deliveries in`);
  },
  START_TIMEOUT_MS,
);

test("the audit finds what is wrong in a wallet, in the money, in a plan, in the inbox, and what was granted twice", async () => {
  const [buyer] = buyers;
  if (!buyer) throw new Error("nobody has bought anything");
  const { userId } = buyer;
  const problemsAfter = async (change: postgres.PendingQuery<postgres.Row[]>, back: string) => {
    await change;
    const found = (await compareBooks(scene, buyers)).join("\n");
    await owner.unsafe(back);
    return found;
  };
  const move = (by: number) =>
    `update wallets set available = available + ${by} where user_id = '${userId}'`;
  expect(await problemsAfter(owner.unsafe(move(1)), move(-1))).toContain(`wallet of ${userId}`);
  const pay = (by: number) =>
    `update payments set refunded_cents = refunded_cents + ${by} where user_id = '${userId}'`;
  const money = await problemsAfter(owner.unsafe(pay(1)), pay(-1));
  expect(money).toMatch(/only we say.*1 refunded/);
  expect(money).toMatch(/only Stripe says.*0 refunded/);
  const turn = "update subscriptions set cancel_at_period_end = not cancel_at_period_end";
  const plans = await problemsAfter(owner.unsafe(turn), turn);
  expect(plans).toMatch(/only Stripe says sub_\w+ is active and ends/);
  const name = "payment_reference is not null";
  const first = `select payment_reference from credit_grants where ${name} order by 1 limit 1`;
  const twice = await problemsAfter(
    owner.unsafe(
      `update credit_grants set payment_reference = (${first}) where user_id = '${userId}' and issued_seq = 1`,
    ),
    `update credit_grants set payment_reference = null where user_id = '${userId}' and issued_seq = 1`,
  );
  expect(twice).toContain("granted 2 times");
  const inbox = await problemsAfter(
    owner.unsafe(
      `update webhook_events set processed_at = null, outcome = null, last_error = 'why' where type = 'invoice.paid'`,
    ),
    `update webhook_events set processed_at = now(), outcome = 'applied', last_error = null where type = 'invoice.paid'`,
  );
  expect(inbox).toContain("(invoice.paid) waits: why");
  expect(inbox).toMatch(/\d+ of \d+ events are booked or ignored/);
  expect(await compareBooks(scene, buyers)).toEqual([]);
});

test("the same seed is the same disorder, with as many second ones as asked for", () => {
  const bodies = Array.from({ length: 80 }, (_, index) => `event ${index}`);
  const mixed = disorder(bodies, 20, dice(1));
  expect(mixed).toHaveLength(100);
  expect(new Set(mixed)).toEqual(new Set(bodies));
  expect(mixed).toEqual(disorder(bodies, 20, dice(1)));
  expect(mixed).not.toEqual(disorder(bodies, 20, dice(2)));
  expect(mixed.toSorted()).not.toEqual(mixed);
});

test("options have defaults, and what makes no sense is refused in words", () => {
  expect(readOptions([])).toEqual({
    ...{ deliveries: 10_000, duplicates: 20, connections: 8, seed: 1 },
  });
  expect(() => readOptions(["--deliveries", "many"])).toThrow("from 1 to 1000000");
  expect(() => readOptions(["--duplicates", "60"])).toThrow("from 0 to 50");
});
