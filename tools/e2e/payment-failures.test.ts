import { randomUUID } from "node:crypto";
import type { StartedCheckout } from "@tintype/core/billing-inputs";
import { freePort } from "@tintype/local-cloud/ports";
import { sql } from "drizzle-orm";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type AnotherProgram, pidOf, startAnother } from "./another-program.ts";
import { ApiClient } from "./api-client.ts";
import { delivered, emulator, expectBooksEqual } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { Buyer, cards } from "./buyer.ts";
import { PATIENCE_MS } from "./open-page.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";
import { openWeakLine, type WeakLine } from "./weak-line.ts";

// What a buyer sees when something breaks between the button and the credits. The pages come from a second server whose
// line to the payment provider can be cut; webhooks go to the stack's own, which can be killed.
const stack = useStack();
const account = newAccount();
const PACK = "30 minutes";
const CREDITS = 1_800;
let line: WeakLine;
const programs: AnotherProgram[] = [];
let shopServer: AnotherProgram;
let browser: Browser;
let buyer: Buyer;
let page: Page;
let client: ApiClient;
let shop = "";

beforeAll(async () => {
  line = await openWeakLine(stack.env.STRIPE_API_BASE ?? "");
  const port = String(await freePort());
  shop = `http://localhost:${port}`;
  const address = { PUBLIC_URL: shop, WEB_ORIGIN: shop, STRIPE_API_BASE: line.url };
  shopServer = await startAnother(stack, "server", { port, ...address });
  programs.push(shopServer);
  browser = await launchBrowser();
  buyer = await Buyer.open({ ...stack, urls: { ...stack.urls, app: shop } }, browser);
  page = buyer.page;
  await buyer.signUp(account);
  client = await new ApiClient(shop).signIn(account);
});
afterAll(async () => {
  await browser?.close();
  for (const program of programs) program.kill("SIGKILL");
  await line?.close();
});
afterEach(async () => {
  line.setDown(false);
  await emulator(stack, "resume-deliveries");
  await expectBooksEqual(stack);
});

const heading = (name: string | RegExp) => buyer.heading(name).waitFor();

/** How many checkouts there are at the provider, as its own API lists them. */
async function countCheckouts(): Promise<number> {
  const { STRIPE_API_BASE, STRIPE_SECRET_KEY } = stack.env;
  const headers = { authorization: `Bearer ${STRIPE_SECRET_KEY}` };
  const answer = await fetch(`${STRIPE_API_BASE}/v1/checkout/sessions?limit=100`, { headers });
  return ((await answer.json()) as { data: unknown[] }).data.length;
}

const startCheckout = (): Promise<StartedCheckout> =>
  client.mutate<StartedCheckout>("billing.startCheckout", {
    ...{ kind: "pack", code: "bundle_30m", returnTo: "/billing", requestId: randomUUID() },
  });

test("a double click is one checkout; who comes back with the browser's button can buy again, and pays once", async () => {
  await page.goto("/pricing?returnTo=/billing");
  await buyer.button(`Buy ${PACK}`).dblclick();
  await page.waitForURL("**/c/pay/**");
  expect(await countCheckouts()).toBe(1);
  await page.goBack();
  await page.waitForURL("**/pricing**");
  await expect.poll(() => buyer.button(`Buy ${PACK}`).isEnabled()).toBe(true);
  await buyer.button(`Buy ${PACK}`).click();
  await buyer.pay(cards.good);
  await heading(/are in your wallet$/);
  await expect.poll(buyer.balance).toBe(10 + CREDITS);
  // Back at the provider's page of the purchase: it is paid and asks for nothing.
  await page.goBack();
  await page.waitForURL("**/c/pay/**");
  expect(await buyer.button(/^Pay/).count()).toBe(0);
});

test("a provider that cannot be reached: the page says so, loses nothing, and the button works again", async () => {
  await page.goto("/pricing?returnTo=/billing");
  await page.setViewportSize({ width: 390, height: 844 });
  line.setDown(true);
  await buyer.button(`Buy ${PACK}`).click();
  const problem = page.getByText("Payments cannot be reached at the moment");
  await problem.waitFor();
  // On a phone the button is far below where it is told.
  await expect.poll(async () => (await problem.boundingBox())?.y).toBeGreaterThan(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await photograph(page, "pricing-provider-away");
  await expect.poll(() => buyer.button(`Buy ${PACK}`).isEnabled()).toBe(true);
  await page.goto("/billing");
  // What our own books know is shown, whoever else is away.
  await page.locator("#payments-list").getByText(PACK).waitFor();
  await page.getByText("the saved card is not known at the moment").waitFor();
  await photograph(page, "billing-provider-away");
  line.setDown(false);
  await page.getByRole("region", { name: "Payment method" }).getByText("Try again").click();
  await page.getByText("No card is saved.").waitFor();
  await page.goto("/pricing?returnTo=/billing");
  await buyer.button(`Buy ${PACK}`).click();
  await page.waitForURL("**/c/pay/**");
  expect(shopServer.log()).toContain("listening");
  expect(shopServer.log()).not.toContain("unexpected error");
});

test("news that is late: the page stops waiting, says what will happen, and shows it when it does", async () => {
  await emulator(stack, "pause-deliveries");
  const { sessionId } = await startCheckout();
  await emulator(stack, "pay-checkout", { session: sessionId, number: cards.good });
  await page.clock.install();
  await page.goto(`/billing/return?session=${sessionId}&returnTo=/billing`);
  await heading("Payment received, adding your credits…");
  await photograph(page, "return-pending");
  await page.clock.fastForward(61_000);
  await heading("Payment received, the credits are on their way");
  await page.getByText("the credits come by themselves").waitFor();
  expect(await page.locator(".mantine-Loader-root").count()).toBe(0);
  await photograph(page, "return-late");
  await emulator(stack, "resume-deliveries");
  await delivered(stack);
  await page.clock.fastForward(20_000);
  await heading(/are in your wallet$/);
  await page.clock.resume();
});

test("a provider that is away while one comes back from paying: never 'nothing was charged', and it ends well by itself", async () => {
  const { sessionId } = await startCheckout();
  await emulator(stack, "pay-checkout", { session: sessionId, number: cards.good });
  line.setDown(true);
  await page.goto(`/billing/return?session=${sessionId}&returnTo=/billing`);
  await heading("We cannot look up your payment right now");
  await page.getByText("If you have paid, your credits come by themselves").waitFor();
  expect(await page.getByText("Nothing was charged").count()).toBe(0);
  await photograph(page, "return-provider-away");
  line.setDown(false);
  await heading(/are in your wallet$/);
});

test("a checkout that is not one's own, or none at all, tells nothing and leads on", async () => {
  const { sessionId } = await startCheckout();
  const stranger = await Buyer.open({ ...stack, urls: { ...stack.urls, app: shop } }, browser);
  await stranger.page.goto(`/billing/return?session=${sessionId}`);
  // Whoever is signed out signs in first and finds the page again.
  await stranger.page.waitForURL("**/sign-in**");
  await stranger.signUp();
  for (const session of [sessionId, "cs_test_unknown", "nonsense"]) {
    await stranger.page.goto(`/billing/return?session=${session}`);
    await stranger.page.getByText("This purchase is not known").waitFor();
    expect(await stranger.page.getByText(/\d credits are in your wallet/).count()).toBe(0);
  }
  await photograph(stranger.page, "return-foreign");
  await stranger.page.getByRole("link", { name: "Billing" }).click();
  await stranger.page.waitForURL("**/billing");
  expect(stranger.errors).toEqual([]);
  await stranger.page.close();
});

test("a server that is killed between the webhook and its answer: told again to the next one, booked once", async () => {
  const before = (await client.query<{ available: number }>("credits.balance")).available;
  const { sessionId } = await startCheckout();
  const { port } = new URL(stack.urls.api);
  const { id: userId } = await client.query<{ id: string }>("auth.me");
  await stack.database.db.transaction(async (tx) => {
    await tx.execute(sql`select from wallets where user_id = ${userId} for update`);
    await emulator(stack, "pay-checkout", { session: sessionId, number: cards.good });
    await eventually("the webhook is being booked", PATIENCE_MS, async () => {
      const [row] = await tx.execute<{ waiting: boolean }>(
        sql`select exists (select from pg_locks where not granted) as waiting`,
      );
      return row?.waiting ? true : undefined;
    });
    process.kill(await pidOf("server", port), "SIGKILL");
  });
  await page.goto(`/billing/return?session=${sessionId}&returnTo=/billing`);
  await heading("Payment received, adding your credits…");
  programs.push(await startAnother(stack, "server", { port }));
  await heading(/are in your wallet$/);
  await delivered(stack);
  await expect.poll(buyer.balance).toBe(before + CREDITS);
});

test("no page threw an error on the way", () => {
  expect(buyer.errors).toEqual([]);
});
