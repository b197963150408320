import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { JobView } from "@tintype/core/jobs";
import { sql } from "drizzle-orm";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { type AnotherProgram, startAnother } from "./another-program.ts";
import { ApiClient } from "./api-client.ts";
import { stripeApi } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { Buyer, cards } from "./buyer.ts";
import { subjectsTo } from "./letters.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

// What is bought and billed though nobody stands at a checkout: overage in mid-job, and automatic purchases.
const stack = useStack();
const account = newAccount();
let browser: Browser;
let buyer: Buyer;
let page: Page;
let client: ApiClient;
let userId = "";
let worker: AnotherProgram | undefined;
/** All that have come so far: every step names what it adds, and nothing else may come. */
const letters = ["Welcome to Tintype"];

beforeAll(async () => {
  browser = await launchBrowser();
  buyer = await Buyer.open(stack, browser);
  page = buyer.page;
  await buyer.signUp(account);
  client = await new ApiClient(stack.urls.app).signIn(account);
  ({ id: userId } = await client.query<{ id: string }>("auth.me"));
});
afterAll(async () => {
  worker?.kill("SIGKILL");
  await browser?.close();
});
afterEach(async () => {
  await buyer.booksEqual();
  const came = await subjectsTo(stack, account.email, letters.length);
  expect(came.toSorted()).toEqual(letters.toSorted());
});

const overage = () => page.locator("#overage");
const topUp = () => page.locator("#top-up");

/** A worker does all that is scheduled when it starts, so nobody waits for the next round of the stack's own. */
async function doWhatIsDue(): Promise<void> {
  worker?.kill("SIGKILL");
  worker = await startAnother(stack, "worker");
}

/** A worker that is asked to stop ends the rounds it is in first. */
async function waitForTheRound(): Promise<void> {
  if (!worker) throw new Error("no worker has been started");
  const ended = once(worker, "exit");
  worker.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
}

/** How many charges were tried at the provider, whatever became of them. */
async function countCharges(): Promise<number> {
  const path = "/v1/payment_intents?limit=100";
  return (await stripeApi<{ data: unknown[] }>(stack, "GET", path)).data.length;
}

/** Pictures of 8 credits each. */
async function makePictures(count: number): Promise<JobView> {
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "coffee.png");
  const job = await client.generate(asset.id, { kind: "image", qualityTier: "hd", count });
  return eventually("pictures", 60_000, async () => {
    const state = await client.query<JobView>("jobs.get", { jobId: job.id });
    return state.status === "completed" ? state : undefined;
  });
}

const makeDefault = async (number: string) => {
  await buyer.button("Open the customer portal").last().click();
  const card = page.locator("li", { hasText: `ending in ${number.slice(-4)}` });
  await card.getByRole("button", { name: "Make default" }).click();
  await card.getByText("default", { exact: true }).waitFor();
  await page.getByRole("link", { name: /Back/ }).click();
  await page.waitForURL("**/billing");
};

test("with a saved card and a limit in dollars, jobs may go beyond the wallet", async () => {
  await page.goto("/billing");
  await buyer.saveCard(cards.good);
  await overage().getByLabel("At most each period").fill("1");
  await overage().getByRole("button", { name: "Allow" }).click();
  await overage().getByText("$0.00 of $1.00 used or set aside in this period").waitFor();
});

/** What /billing asks for that only the payment provider knows. */
const asksProvider = (request: Request) => /billing\.(subscription|invoices)/.test(request.url());

test("a job that costs more than the wallet holds goes on beyond it, in dollars within the limit", async () => {
  await page.getByText("There is no next bill.").waitFor();
  await page.getByText("No invoices yet.").waitFor();
  const asked: string[] = [];
  const count = (request: Request) => void (asksProvider(request) && asked.push(request.url()));
  page.on("request", count);
  const job = await makePictures(4);
  expect(job.chargedCredits).toBe(32);
  // The open page hears of it by itself.
  await overage().getByText("$0.66 of $1.00 used").waitFor();
  await page.getByText("Beyond the wallet: $0.66 so far. It is billed on").waitFor();
  await photograph(page, "billing-overage");
  // Not by its address: what the page would ask for after it has shown the news must have gone out.
  await page.getByRole("banner").getByRole("link", { name: "Wallet", exact: true }).click();
  await expect.poll(buyer.balance).toBe(0);
  await page.getByRole("link", { name: "Added beyond the wallet" }).click();
  await buyer.dialog().getByText("is billed only if it is used").waitFor();
  // That a job began and ended changes neither the plan's bill nor the invoices.
  page.off("request", count);
  expect(asked).toEqual([]);
  await photograph(page, "receipt-overage", false);
  letters.push("Your wallet is empty", "50% of your limit beyond the wallet is used");
  await doWhatIsDue();
});

test("when its period is over it is one invoice, paid with the saved card", async () => {
  // The period is the calendar's month: what was used is moved into the one before.
  await stack.database.db.execute(
    sql`update overage_charges set created_at = created_at - interval '40 days' where user_id = ${userId}`,
  );
  letters.push("Your receipt for $0.66");
  await doWhatIsDue();
  await subjectsTo(stack, account.email, letters.length);
  await page.goto("/billing");
  await page.locator("#payments-list").getByText("Use beyond the wallet").waitFor();
  await overage().getByText("$0.00 of $1.00 used").waitFor();
  await photograph(page, "billing-overage-paid");
});

test("an automatic purchase: turned on with a limit, bought at once, counted on the page", async () => {
  // A payment may change what only the provider knows: it is asked for again.
  const asked = page.waitForRequest(asksProvider);
  await topUp().getByLabel("At most each month").fill("40");
  await topUp()
    .getByText(/30 minutes for \$19.00 is bought at once/)
    .waitFor();
  await topUp().getByRole("button", { name: "Turn on" }).click();
  letters.push("Your receipt for $19.00");
  await asked;
  await expect.poll(buyer.balance).toBe(1_800);
  await topUp().getByText("$19.00 of $40.00 bought this month.").waitFor();
  await page.locator("#payments-list").getByText("30 minutes").waitFor();
  // It has a receipt and no invoice, and neither its missing number nor its date needs more room than a phone has.
  await page.getByRole("link", { name: /^View the receipt of / }).waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  const overhang = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(overhang).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });
  await photograph(page, "billing-topped-up");
});

test("a purchase that is declined is told in one letter, and nothing more is tried until it is turned on again", async () => {
  await buyer.button("Open the customer portal").last().click();
  await buyer.addCard(cards.declinesLater);
  await topUp().getByLabel("When fewer than").fill("3000");
  await topUp().getByLabel("At most each month").fill("100");
  await topUp().getByRole("button", { name: "Save" }).click();
  letters.push("Your automatic purchase was declined and is paused");
  await topUp().getByText("Paused: the last purchase did not go through").waitFor();
  await photograph(page, "billing-top-up-paused");
  // Another round tries nothing.
  const tried = await countCharges();
  expect(tried).toBeGreaterThan(0);
  await doWhatIsDue();
  await waitForTheRound();
  expect(await countCharges()).toBe(tried);
  expect(await buyer.balance()).toBe(1_800);

  await makeDefault(cards.good);
  await topUp().getByRole("button", { name: "Turn on" }).click();
  letters.push("Your receipt for $19.00");
  await expect.poll(buyer.balance).toBe(3_600);
  await topUp().getByText("$38.00 of $100.00 bought this month.").waitFor();
  expect(await topUp().getByText("Paused").count()).toBe(0);
});

test("no page threw an error on the way", () => {
  expect(buyer.errors).toEqual([]);
});
