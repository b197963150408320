import { webhookEvents } from "@tintype/db/schema";
import { isNull } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { balanceOf } from "./billing-story.ts";
import { type Buyer, type Delivery, signed, useStripeDesk } from "./stripe-desk.ts";

const CONNECTIONS = 8;
const DUPLICATES = 0.2;
const { deliveries: wanted } = inject("webhookFlood");
const { desk, buyer, buy, overhear, deliver, findViolations } = useStripeDesk({
  maxConnections: CONNECTIONS,
});

/** What a buyer does, and what he has afterwards, whatever order we hear of it in. */
const stories: { name: string; available: number; live: (ctx: Buyer) => Promise<unknown> }[] = [
  { name: "pack", available: 1_800, live: (ctx) => buyPack(ctx) },
  { name: "plan", available: 100, live: (ctx) => buy(ctx, "plan", "small") },
  {
    name: "refunded in part",
    available: 1_350,
    live: async (ctx) => refund(await buyPack(ctx), 475),
  },
  { name: "refunded", available: 0, live: async (ctx) => refund(await buyPack(ctx), null) },
  { name: "disputed", available: 0, live: async (ctx) => void (await dispute(ctx)) },
  { name: "dispute won", available: 1_800, live: async (ctx) => (await dispute(ctx))("won") },
  { name: "dispute lost", available: 0, live: async (ctx) => (await dispute(ctx))("lost") },
];

async function buyPack(ctx: Buyer): Promise<string> {
  const checkout = await desk.payments.findCheckout(await buy(ctx, "pack", "bundle_30m"));
  if (!checkout?.payment) throw new Error("nothing was paid");
  return checkout.payment;
}

const refund = (payment: string, amountCents: number | null) =>
  desk.payments.refund({ payment, amountCents, idempotencyKey: `r:${payment}`, note: "asked for" });

async function dispute(ctx: Buyer) {
  const { id } = desk.stripe.controls.dispute(await buyPack(ctx));
  return (outcome: "won" | "lost") => desk.stripe.controls.closeDispute(id, outcome);
}

/** The same disorder in every run. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let left = result.length - 1; left > 0; left -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (left + 1);
    [result[left], result[other]] = [result[other] as T, result[left] as T];
  }
  return result;
}

/** A fifth is told twice, everything in disorder. */
function disorder(deliveries: readonly Delivery[]): Delivery[] {
  const mixed = shuffled(deliveries, 20_261_121);
  const again = mixed.slice(0, Math.round(mixed.length * DUPLICATES));
  return shuffled([...mixed, ...again], 7);
}

test(`${wanted} webhooks, a fifth of them twice, in random order over ${CONNECTIONS} connections: every balance is exact`, {
  timeout: 20_000 + wanted * 60,
}, async ({ annotate }) => {
  const buyers: { ctx: Buyer; name: string; available: number }[] = [];
  const heard: Delivery[] = [];
  while (heard.length < wanted / (1 + DUPLICATES)) {
    for (const { live, ...story } of stories) {
      const ctx = await buyer();
      heard.push(...(await overhear(() => live(ctx))));
      buyers.push({ ctx, ...story });
    }
  }
  const flood = disorder(heard);
  const began = performance.now();
  const statuses = new Map<number, number>();
  const senders = Array.from({ length: CONNECTIONS }, async () => {
    for (let next = flood.pop(); next; next = flood.pop()) {
      // Signed when it is sent: a long flood would outlive its signatures.
      const status = await deliver(signed(next.body));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  await Promise.all(senders);
  const seconds = (performance.now() - began) / 1_000;
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  await annotate(`${total} deliveries, ${buyers.length} buyers: ${Math.round(total / seconds)}/s`);

  expect([...statuses.keys()]).toEqual([200]);
  expect(total).toBeGreaterThanOrEqual(wanted);
  const balances = await Promise.all(
    buyers.map(async ({ ctx, name }) => `${name}: ${(await balanceOf(ctx))?.available}`),
  );
  expect(balances).toEqual(buyers.map(({ name, available }) => `${name}: ${available}`));
  expect(
    await desk.context().db.select().from(webhookEvents).where(isNull(webhookEvents.processedAt)),
  ).toEqual([]);
  expect(await findViolations()).toEqual([]);
});
