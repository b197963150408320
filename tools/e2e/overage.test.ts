import { randomUUID } from "node:crypto";
import path from "node:path";
import type { StartedCheckout } from "@tintype/core/billing-inputs";
import type { GenerationSettings } from "@tintype/core/generation";
import type { Quote } from "@tintype/core/jobs";
import { overageCharges } from "@tintype/db/schema";
import { asc } from "drizzle-orm";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { delivered, emulator, saveCard } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { openPage, signIn } from "./open-page.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();
const account = newAccount();
const coffee = path.join(rootDir, "fixtures/coffee.png");
/** What is set up in the studio below: 32 credits, of which a newcomer has 10. */
const settings: Partial<GenerationSettings> = { kind: "image", qualityTier: "hd", count: 4 };
const words = "Late light from the left";

let browser: Browser;
let page: Page;
let client: ApiClient;
const pageErrors: string[] = [];

beforeAll(async () => {
  client = await new ApiClient(stack.urls.app).signUp(account);
  await saveCard(client);
  await client.mutate("billing.updatePreferences", { overageLimitCents: 2_000 });
  browser = await launchBrowser();
  const viewport = { width: 1280, height: 1_000 };
  page = await openPage(stack, browser, { viewport, errors: pageErrors });
});
afterAll(() => browser?.close());

const button = (name: string | RegExp) => page.getByRole("button", { name });
const link = (name: string | RegExp) => page.getByRole("link", { name });
const generate = () => page.locator("#generate");
const choose = (group: string, option: string) =>
  page
    .getByRole("group", { name: group })
    .locator("label")
    .filter({ hasText: option })
    .first()
    .click();
const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;
const charges = () =>
  stack.database.db.select().from(overageCharges).orderBy(asc(overageCharges.createdAt));

async function overageOf(of = settings) {
  const { overage } = await client.query<Quote>("jobs.quote", { settings: of });
  if (!overage) throw new Error("nothing would go beyond the wallet");
  return overage;
}

/** What the page knows of prices stays as it is, until the returned function is called. */
async function withOldPrices(): Promise<() => Promise<void>> {
  const waiting: (() => void)[] = [];
  await page.route("**/trpc/**jobs.quote**", async (route) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await route.continue().catch(() => undefined);
  });
  return async () => {
    await page.unroute("**/trpc/**jobs.quote**");
    for (const go of waiting) go();
  };
}

test("what a job costs beyond the wallet is on its button, with what the limit has room for", async () => {
  await page.goto("/sign-in");
  await signIn(page, account);
  await page.waitForURL("**/studio");
  await page.locator('input[type="file"]').first().setInputFiles(coffee);
  await page.getByRole("img", { name: /^Chosen photo/ }).waitFor();
  await choose("Quality", "HD");
  await choose("How many", "4");
  await page.getByLabel("In your words").fill(words);
  const { cents } = await overageOf();
  await button(`Generate for 10 credits + ${dollars(cents)}`).waitFor();
  await page.getByText(`22 credits go beyond your wallet: ${dollars(cents)}`).waitFor();
  await page.getByText("$0.00 of your $20.00 for this period is used or set aside").waitFor();
  expect(await generate().isEnabled()).toBe(true);
});

test("a job that has become dearer since is not begun: the new sum is said, and the draft is still there", async () => {
  const { cents } = await overageOf();
  const release = await withOldPrices();
  const photo = await client.query<{ items: { id: string }[] }>("assets.list", { kind: "upload" });
  // Another tab is faster and takes 5 of the 10 credits.
  await client.generate(photo.items[0]?.id ?? "", { kind: "image" });
  await button(`Generate for 10 credits + ${dollars(cents)}`).click();
  const now = await overageOf();
  expect(now.cents).toBeGreaterThan(cents);
  await page.getByText("The extra cost has changed").waitFor();
  await page
    .getByText(
      `You agreed to ${dollars(cents)} beyond your wallet; it would be ${dollars(now.cents)}`,
    )
    .waitFor();
  expect(await charges()).toEqual([]);
  // One note says both, so that on a phone the form behind the bar can still be seen.
  await page.getByRole("alert").getByText("22 credits go beyond your wallet").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  const bar = page.locator("div", { has: generate() }).last();
  await expect.poll(async () => (await bar.boundingBox())?.height).toBeLessThan(350);
  await page.setViewportSize({ width: 1280, height: 1_000 });
  expect(await page.getByLabel("In your words").inputValue()).toBe(words);

  await release();
  await button(`Generate for 5 credits + ${dollars(now.cents)}`).waitFor();
});

test("when the reply is lost the wallet is empty and all of it would cost more, but pressing again is the same job", async () => {
  const { cents } = await overageOf();
  await page.route(
    "**/trpc/jobs.submit**",
    async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
  await button(`Generate for 5 credits + ${dollars(cents)}`).click();
  await page.getByText("Sending the same thing twice never costs twice.").waitFor();
  const later = await overageOf();
  expect(later.cents).toBeGreaterThan(cents);
  const cards = page.getByTestId("job-card");
  const before = await cards.count();
  await button(`Generate for ${dollars(later.cents)}`).click();
  await page.getByText("Sending the same thing twice never costs twice.").waitFor({
    state: "detached",
  });
  expect(await cards.count()).toBeLessThanOrEqual(before + 1);
  await expect
    .poll(async () => (await charges()).map(({ heldCents }) => heldCents))
    .toEqual([cents]);
});

test("a limit that is reached meanwhile holds, and the way to raise it leads back to the same draft", async () => {
  const { cents, usedCents } = await overageOf();
  await button(`Generate for ${dollars(cents)}`).waitFor();
  const release = await withOldPrices();
  await client.mutate("billing.updatePreferences", { overageLimitCents: usedCents + 1 });
  await button(`Generate for ${dollars(cents)}`).click();
  await page.getByText("Your limit for spending beyond the wallet is reached").waitFor();
  await release();
  await expect.poll(() => generate().isDisabled()).toBe(true);
  expect(await charges()).toHaveLength(1);

  await link("Raise the limit").click();
  await page.waitForURL("**/billing#overage");
  const limit = page.getByLabel("At most each period");
  await expect.poll(() => limit.evaluate((field) => field === document.activeElement)).toBe(true);
  await limit.fill("40");
  await page.locator("#overage").getByRole("button", { name: "Save" }).click();
  await page.getByText(/of \$40.00 used or set aside in this period/).waitFor();
  // Set aside or used already, it is on the next bill.
  await page.getByText(/^Beyond the wallet: \$\d+\.\d\d so far/).waitFor();
  await page.getByRole("link", { name: "Studio" }).first().click();
  await page.waitForURL("**/studio");
  expect(await page.getByLabel("In your words").inputValue()).toBe(words);
  await expect.poll(() => generate().isEnabled()).toBe(true);
  await button(`Generate for ${dollars(cents)}`).waitFor();
});

test("before it is pressed a limit without room says so, with what is left of it", async () => {
  const { usedCents } = await overageOf();
  await client.mutate("billing.updatePreferences", { overageLimitCents: usedCents + 1 });
  await page.reload();
  await page.getByText("Your limit beyond the wallet is reached").waitFor();
  const limit = dollars(usedCents + 1);
  await page.getByText(`$0.01 of your ${limit} is left in this period`).waitFor();
  await button("30 minutes for $19.00").waitFor();
  expect(await generate().isDisabled()).toBe(true);
});

test("where the user's own setting keeps credits, no pack is offered but the way to the setting", async () => {
  const order = { kind: "pack", code: "bundle_30m", returnTo: "/studio", requestId: randomUUID() };
  const { sessionId, url } = await client.mutate<StartedCheckout>("billing.startCheckout", order);
  expect((await fetch(url)).status).toBe(200);
  await emulator(stack, "pay-checkout", { session: sessionId, number: "4242 4242 4242 4242" });
  await delivered(stack);
  await client.mutate("billing.updatePreferences", { spendScope: "free" });
  await page.reload();
  await page
    .getByText("You have 1,800 credits, but your setting lets only gifts be spent")
    .waitFor();
  expect(await generate().isDisabled()).toBe(true);
  expect(await button(/for \$/).count()).toBe(0);

  await link("Change the setting").click();
  await page.waitForURL("**/billing#spend-scope");
  await choose("Credits that jobs may use", "All credits");
  await page.goBack();
  await page.waitForURL("**/studio");
  await expect.poll(() => button("Generate for 32 credits").isEnabled()).toBe(true);
});

test("no page threw an error on the way", () => {
  expect(pageErrors).toEqual([]);
});
