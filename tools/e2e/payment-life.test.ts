import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { JobView } from "@tintype/core/jobs";
import type { PaymentView, RefundPreview } from "@tintype/core/refunds";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { delivered, emulator } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { Buyer, cards } from "./buyer.ts";
import { subjectsTo } from "./letters.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

const stack = useStack();
const account = newAccount();
const operator = { email: "admin@tintype.local", password: "admin-admin-admin" };
const PACK = "30 minutes";
const CREDITS = 1_800;

let browser: Browser;
let buyer: Buyer;
let page: Page;
let admin: ApiClient;
let client: ApiClient;
let userId = "";
let dispute = "";
/** What has come by letter so far, oldest first: every step names what it adds, and nothing else may come. */
const letters = ["Welcome to Tintype"];

beforeAll(async () => {
  browser = await launchBrowser();
  buyer = await Buyer.open(stack, browser);
  page = buyer.page;
  await buyer.signUp(account);
  admin = await new ApiClient(stack.urls.app).signIn(operator);
  client = await new ApiClient(stack.urls.app).signIn(account);
  ({ id: userId } = await client.query<{ id: string }>("auth.me"));
});
afterAll(() => browser?.close());
afterEach(async () => {
  await buyer.booksEqual();
  expect(await subjectsTo(stack, account.email, letters.length)).toEqual(letters);
});

const payments = () => page.locator("#payments-list tbody tr");
const newest = () => payments().first();
const note = (text: string | RegExp) => page.getByText(text).first().waitFor();

async function newestPayment(): Promise<PaymentView> {
  const { items } = await client.query<{ items: PaymentView[] }>("billing.payments", {});
  const [payment] = items;
  if (!payment) throw new Error("nothing has been paid");
  return payment;
}

/** By the operator; what is given back is what the preview says, or the sum that is named. */
async function refund(paymentReference: string, asked?: number): Promise<RefundPreview> {
  const of = { userId, paymentReference };
  const preview = await admin.query<RefundPreview>("admin.previewRefund", {
    ...of,
    ...(asked !== undefined && { cents: asked }),
  });
  await admin.mutate("admin.refund", {
    ...of,
    ...{ cents: preview.cents, requestId: randomUUID(), reason: "asked for by letter" },
  });
  await delivered(stack);
  return preview;
}

/** Pictures of 8 credits each. */
async function makePictures(count: number): Promise<number> {
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "coffee.png");
  const job = await client.generate(asset.id, {
    ...{ kind: "image", qualityTier: "hd", count },
  });
  const done = await eventually("a picture", 60_000, async () => {
    const state = await client.query<JobView>("jobs.get", { jobId: job.id });
    return state.status === "completed" ? state : undefined;
  });
  return done.chargedCredits ?? 0;
}

test("a pack is bought: wallet, payments, invoices and a receipt say the same", async () => {
  await buyer.buyPack(PACK);
  await photograph(page, "return-paid");
  letters.push("Your receipt for $19.00");
  await buyer.button("Billing").click();
  await newest().getByText(PACK).waitFor();
  await newest().getByText("$19.00").waitFor();
  await expect.poll(() => page.locator("#invoices-list tbody tr").count()).toBe(1);
  await photograph(page, "billing-bought");
  await page.goto("/wallet");
  await note(`${CREDITS.toLocaleString("en")} of ${CREDITS.toLocaleString("en")} left`);
  await photograph(page, "wallet-bought");
  await page.getByRole("link", { name: "Credits received" }).first().click();
  await buyer.dialog().getByText("Bought credits").first().waitFor();
  await photograph(page, "receipt-bought", false);
});

test("the operator gives back what is unspent: the preview's credits leave, the rest stays", async () => {
  expect(await makePictures(2)).toBe(16);
  const { reference } = await newestPayment();
  // Ten came as a gift and went first.
  const preview = await refund(reference, 500);
  expect(preview).toMatchObject({ cents: 500, takenCredits: 473, owedCredits: 0 });
  letters.push("$5.00 refunded");
  await page.goto("/billing");
  await newest().getByText("$5.00 refunded").waitFor();
  await photograph(page, "billing-refunded-partly");
  await page.goto("/wallet");
  await expect.poll(buyer.balance).toBe(CREDITS - 6 - 473);
  await note("Taken back: payment returned");
  await photograph(page, "wallet-refunded-partly");
});

test("the operator gives back all of it: what was spent is owed, and the next purchase pays that first", async () => {
  const { reference } = await newestPayment();
  const preview = await refund(reference, 1_400);
  expect(preview).toMatchObject({ owedCredits: 6, leftCents: 1_400 });
  letters.push("$14.00 refunded");
  await page.goto("/billing");
  await newest().getByText("$19.00 refunded").waitFor();
  await page.goto("/wallet");
  await note("6 credits are owed");
  await photograph(page, "wallet-owed");
  await expect.poll(buyer.balance).toBe(0);

  await buyer.buyPack(PACK);
  letters.push("Your receipt for $19.00");
  await page.goto("/wallet");
  await expect.poll(buyer.balance).toBe(CREDITS - 6);
  await note("Debt paid");
  expect(await page.getByText("credits are owed").count()).toBe(0);
});

test("a dispute is opened: its credits are frozen, and every page says which and why", async () => {
  const { reference } = await newestPayment();
  const { id } = await emulator<{ id: string }>(stack, "dispute", { payment: reference });
  dispute = id;
  letters.push("A payment of yours is disputed");
  await page.goto("/billing");
  await newest().getByText("Disputed: its credits are frozen").waitFor();
  await note(/^The payment of \$19.00 from .* is being disputed$/);
  expect(await newest().getByRole("button").count()).toBe(0);
  await photograph(page, "billing-disputed");
  await page.goto("/wallet");
  await note("1,794 credits are frozen");
  await expect.poll(buyer.balance).toBe(0);
  await photograph(page, "wallet-disputed");
});

test("the dispute ends for the payment: the credits are back, and what is unspent can still be refunded", async () => {
  await emulator(stack, "close-dispute", { dispute, outcome: "won" });
  letters.push("The dispute is over: your credits are back");
  // The open page hears of it by itself.
  await expect.poll(buyer.balance).toBe(CREDITS - 6);
  await expect.poll(() => page.getByText("credits are frozen").count()).toBe(0);
  await photograph(page, "wallet-dispute-won");
  const disputes = page.waitForResponse((answer) => answer.url().includes("billing.openDisputes"));
  await page.goto("/billing");
  await newest().getByText("Dispute closed: the payment stands").waitFor();
  expect(await (await disputes).finished()).toBeNull();
  await photograph(page, "billing-dispute-won");
  const preview = await refund((await newestPayment()).reference);
  // $19.00 × 1,794 of 1,800, rounded down; so are the credits that go for it.
  expect(preview).toMatchObject({ cents: 1_893, takenCredits: 1_793, owedCredits: 0 });
  letters.push("$18.93 refunded");
  await expect.poll(buyer.balance).toBe(1);
  // Before its answer nothing is disputed either: by now the page has shown what came after it.
  expect(await page.getByText("is being disputed").count()).toBe(0);
});

test("a dispute that ends against the payment: the credits are gone, and what was spent is owed, which the pages explain", async () => {
  await buyer.buyPack(PACK);
  letters.push("Your receipt for $19.00");
  expect(await makePictures(1)).toBe(8);
  const { reference } = await newestPayment();
  const { id } = await emulator<{ id: string }>(stack, "dispute", { payment: reference });
  await emulator(stack, "close-dispute", { dispute: id, outcome: "lost" });
  letters.push("A payment of yours is disputed", "The dispute is over: the payment was taken back");
  await page.goto("/wallet");
  await note("7 credits are owed");
  await expect.poll(buyer.balance).toBe(0);
  await photograph(page, "wallet-dispute-lost");
  await page.goto("/billing");
  await newest().getByText("Dispute closed: your bank gave the money back").waitFor();
  await photograph(page, "billing-dispute-lost");
  await page.goto("/studio");
  await page.locator("h1").first().waitFor();
  await photograph(page, "studio-owed");
});

test("a refund that the bank sends back: the credits return, and the buyer hears of it", async () => {
  const other = await Buyer.open(stack, browser);
  const { email } = await other.signUp();
  await other.buyPack(PACK, cards.refundFails);
  await other.page.goto("/billing");
  await other.button(`Refund ${PACK}`).click();
  await other.dialog().getByText("$19.00 goes back to the card").waitFor();
  await photograph(other.page, "refund-dialog", false);
  // Whoever thinks better of it is back at the button.
  await other.page.keyboard.press("Escape");
  await other.dialog().waitFor({ state: "detached" });
  const giveBack = other.button(`Refund ${PACK}`);
  await expect
    .poll(() => giveBack.evaluate((button) => button === document.activeElement))
    .toBe(true);
  await giveBack.click();
  await other.dialog().getByRole("button", { name: "Refund" }).click();
  const payment = other.page.locator("#payments-list tbody tr");
  await payment.getByText("Refund failed: your bank sent it back").waitFor();
  expect(await other.page.getByText("The refund is on its way").count()).toBe(0);
  await expect.poll(other.balance).toBe(10 + CREDITS);
  await photograph(other.page, "billing-refund-failed");
  const subjects = await subjectsTo(stack, email, 4);
  expect(subjects).toEqual([
    ...["Welcome to Tintype", "Your receipt for $19.00", "$19.00 refunded"],
    "Your refund of $19.00 could not be paid out",
  ]);
  expect(other.errors).toEqual([]);
  await other.page.close();
});

test("no page threw an error on the way", () => {
  expect(buyer.errors).toEqual([]);
});
