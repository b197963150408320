import { randomUUID } from "node:crypto";
import type {
  BillingCatalogue,
  CheckoutStatus,
  InvoiceView,
  StartedCheckout,
  SubscriptionView,
} from "@tintype/core/billing-inputs";
import { expect, test } from "vitest";
import { ApiClient } from "./api-client.ts";
import { emulator, expectBooksEqual } from "./books.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();

/** Without a browser: the provider's page answers, and its emulator's control pays in the buyer's place. */
async function buy(client: ApiClient, kind: "pack" | "plan", code: string): Promise<string> {
  const order = { kind, code, returnTo: "/studio", requestId: randomUUID() };
  const { sessionId, url } = await client.mutate<StartedCheckout>("billing.startCheckout", order);
  expect((await fetch(url)).status).toBe(200);
  await emulator(stack, "pay-checkout", { session: sessionId, number: "4242 4242 4242 4242" });
  await expectBooksEqual(stack);
  return sessionId;
}

test("a pack and a plan are bought as a newcomer does, with a test card, and the webhook brings the credits", async () => {
  const client = await new ApiClient(stack.urls.app).signUp(newAccount());
  const { packs, isOpen } = await client.query<BillingCatalogue>("billing.catalogue");
  expect(isOpen).toBe(true);
  const [pack] = packs;
  if (!pack) throw new Error("nothing is on sale");
  const sessionId = await buy(client, "pack", pack.code);
  const status = await client.query<CheckoutStatus>("billing.checkoutStatus", { sessionId });
  expect(status).toEqual({ status: "paid", credits: pack.credits });
  await buy(client, "plan", "creator");
  const plan = await client.query<SubscriptionView>("billing.subscription");
  expect(plan).toMatchObject({ plan: { code: "creator" }, status: "active" });
  expect(plan.nextBill?.amountCents).toBe(2_900);
  const balance = await client.query<{ available: number }>("credits.balance");
  // Ten came as a welcome.
  expect(balance.available).toBe(10 + pack.credits + 1_800);
  const { items } = await client.query<{ items: InvoiceView[] }>("billing.invoices", {});
  expect(items.map(({ totalCents }) => totalCents).toSorted()).toEqual([pack.priceCents, 2_900]);
  const [receipt] = items;
  expect((await fetch(receipt?.url ?? "")).status).toBe(200);
  expect(stack.log("server")).toContain('"outcome":"applied"');
});
