import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { JobView } from "@tintype/core/jobs";
import { sql } from "drizzle-orm";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { startAnother } from "./another-program.ts";
import { ApiClient } from "./api-client.ts";
import { expectBooksEqual } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { cards, fillCard, signUp, subjectsTo } from "./buyer.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

// What is bought and billed though nobody stands at a checkout: overage in mid-job, and automatic purchases.
const stack = useStack();
const account = newAccount();
let browser: Browser;
let page: Page;
let client: ApiClient;
let userId = "";
const workers: ChildProcess[] = [];
const letters = ["Welcome to Tintype"];

beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    baseURL: stack.urls.app,
  });
  page.setDefaultTimeout(20_000);
  await signUp(page, account);
  client = await new ApiClient(stack.urls.app).signIn(account);
  ({ id: userId } = await client.query<{ id: string }>("auth.me"));
});
afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await browser?.close();
});
afterEach(async () => {
  await expectBooksEqual(stack);
  expect(await subjectsTo(stack, account.email, letters.length)).toEqual(letters);
});

const button = (name: string | RegExp) => page.getByRole("button", { name });
const available = () => page.getByTestId("balance").getAttribute("data-available");
const soon = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000 });
const overage = () => page.locator("form", { hasText: "Beyond the wallet" });
const topUp = () => page.locator("form", { hasText: "Automatic purchase" });

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

/** On the provider's page for cards, which is open; leads back to ours. */
async function saveCard(number: string): Promise<void> {
  await page.waitForURL("**/p/session/**");
  await page.getByText("Add a card").click();
  await fillCard(page, number);
  await button("Save card").click();
  await page.getByText(`ending in ${number.slice(-4)}`).waitFor();
  const other = page.locator("li", { hasText: `ending in ${number.slice(-4)}` });
  if (await other.getByRole("button", { name: "Make default" }).count()) {
    await other.getByRole("button", { name: "Make default" }).click();
    await other.getByText("default").first().waitFor();
  }
  await page.getByRole("link", { name: /Back/ }).click();
  await page.waitForURL("**/billing");
}

test("without a saved card nothing may be spent in one's absence, and the way to one is beside the words", async () => {
  await page.goto("/billing");
  await overage().getByLabel("At most each period").fill("1");
  await overage().getByRole("button", { name: "Allow" }).click();
  await overage().getByRole("button", { name: "Open the customer portal" }).waitFor();
  await photograph(page, "limits-no-card");
  await overage().getByRole("button", { name: "Open the customer portal" }).click();
  await saveCard(cards.good);
  await overage().getByLabel("At most each period").fill("1");
  await overage().getByRole("button", { name: "Allow" }).click();
  await overage().getByText("$0.00 of $1.00 used so far in this period").waitFor();
});

test("a job that costs more than the wallet holds goes on beyond it, in dollars within the limit", async () => {
  const job = await makePictures(4);
  expect(job.chargedCredits).toBe(32);
  await page.goto("/billing");
  await overage()
    .getByText(/^\$0\.(5|6|7)\d of \$1\.00 used/)
    .waitFor();
  await photograph(page, "billing-overage");
  await page.goto("/wallet");
  await soon(available).toBe("0");
  await page.getByRole("link", { name: "Added beyond the wallet" }).click();
  await page.getByRole("dialog").getByText("is billed only if it is used").waitFor();
  await photograph(page, "receipt-overage", false);
});

test("when its period is over it is one invoice, paid with the saved card", async () => {
  // The period is the calendar's month: what was used is moved into the one before.
  await stack.database.db.execute(
    sql`update overage_charges set created_at = created_at - interval '40 days' where user_id = ${userId}`,
  );
  workers.push(await startAnother(stack, "worker"));
  letters.push("Your receipt for $0.5");
  await page.goto("/billing");
  await page.getByText("Use beyond the wallet").first().waitFor();
  await photograph(page, "billing-overage-paid");
});

test("no page threw an error on the way", () => undefined);
