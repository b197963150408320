import { randomUUID } from "node:crypto";
import type { CardPlace } from "@tintype/core/billing-inputs";
import { stripeCustomers, webhookEvents } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { updateBillingPreferences } from "../src/billing/preferences.ts";
import { getSavedCard, saveCard } from "../src/billing/saved-card.ts";
import { buyTopUps } from "../src/billing/top-up.ts";
import { mailbox, stripeApi } from "./saved-cards.ts";
import { type Buyer, CARD, useStripeDesk } from "./stripe-desk.ts";

const { desk, buyer, buy, settled, grantedTo } = useStripeDesk();

const ask = (ctx: Buyer, place: CardPlace = "top-up", requestId: string = randomUUID()) =>
  saveCard(ctx, { place, requestId });
/** Goes through the page of a card with nothing to buy. */
async function leaveCard(ctx: Buyer, number = CARD.number): Promise<void> {
  const { sessionId } = await ask(ctx);
  desk.stripe.controls.payCheckout(sessionId, { ...CARD, number });
  await settled();
}
const topUp = (ctx: Buyer) =>
  updateBillingPreferences(ctx, {
    topUp: {
      ...{ enabled: true, thresholdCredits: 10, packCode: "bundle_30m" },
      monthlyCapCents: 5_000,
    },
  });
const missing = { problem: { code: "payment_method_missing" } };

test("without a card nothing that pays by itself can be turned on, and nobody is made a customer by asking", async () => {
  const ctx = await buyer();
  await expect(topUp(ctx)).rejects.toMatchObject(missing);
  await expect(updateBillingPreferences(ctx, { overageLimitCents: 500 })).rejects.toMatchObject(
    missing,
  );
  expect(await getSavedCard(ctx)).toBeNull();
  const customers = await ctx.db
    .select()
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, ctx.actor.userId));
  expect(customers).toEqual([]);
});

test("a card that is left without a purchase can be used for what is turned on afterwards", async () => {
  const ctx = await buyer();
  await leaveCard(ctx);
  expect(await getSavedCard(ctx)).toEqual({
    ...{ brand: "visa", last4: "4242", expires: { month: 12, year: 2040 } },
  });
  expect(await grantedTo(ctx)).toBe(0);
  expect((await topUp(ctx)).topUp.enabled).toBe(true);
  await buyTopUps({ ...desk.context(), mail: mailbox().mail });
  await settled();
  expect(await grantedTo(ctx)).toBe(1_800);
});

test("a pack leaves a card only if its buyer ticks the box, and that card can pay later", async () => {
  const ctx = await buyer();
  await buy(ctx, "pack", "bundle_30m");
  expect(await getSavedCard(ctx)).toBeNull();
  await expect(topUp(ctx)).rejects.toMatchObject(missing);

  await buy(ctx, "pack", "bundle_30m", { saveCard: true });
  expect(await getSavedCard(ctx)).toMatchObject({ brand: "visa", last4: "4242" });
  expect((await topUp(ctx)).topUp.enabled).toBe(true);
});

test("the page of a card leads back to where it was asked for; pressed twice it is one page", async () => {
  const ctx = await buyer();
  const requestId = randomUUID();
  const pages = await Promise.all([1, 2, 3].map(() => ask(ctx, "overage", requestId)));
  const [page] = pages;
  expect(new Set(pages.map(({ url }) => url)).size).toBe(1);
  expect((await ask(ctx, "overage")).url, "pressed again later").not.toBe(page?.url);
  await expect(ask(ctx, "top-up", requestId)).rejects.toMatchObject({
    problem: { code: "request_id_reused" },
  });
  type Session = { success_url: string; cancel_url: string; mode: string };
  const path = `/v1/checkout/sessions/${page?.sessionId}`;
  const session = await stripeApi(desk.stripe)<Session>("GET", path);
  const { publicUrl } = ctx.config;
  expect(session).toMatchObject({
    mode: "setup",
    success_url: `${publicUrl}/billing?card=saved#overage`,
    cancel_url: `${publicUrl}/billing#overage`,
  });
});

test("news of a saved card is no purchase: it is kept and means nothing", async () => {
  const ctx = await buyer();
  const ignored = async () => {
    const rows = await ctx.db
      .select({ outcome: webhookEvents.outcome })
      .from(webhookEvents)
      .where(eq(webhookEvents.type, "checkout.session.completed"));
    return rows.filter(({ outcome }) => outcome === "ignored").length;
  };
  const before = await ignored();
  await leaveCard(ctx);
  expect(await ignored()).toBe(before + 1);
  expect(await grantedTo(ctx)).toBe(0);
});
