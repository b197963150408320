import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { Buyer, cards } from "./buyer.ts";
import { useStack } from "./stack.ts";

// The life of one plan as its owner sees it, month after month. After each step the books balance and equal those of
// Stripe's emulator, which counts by itself.

const stack = useStack();
let browser: Browser;
let buyer: Buyer;

beforeAll(async () => {
  browser = await launchBrowser();
  buyer = await Buyer.open(stack, browser);
});
afterAll(() => browser?.close());
afterEach(() => buyer.booksEqual());

const text = (words: string | RegExp) => buyer.page.getByText(words).first();

test("subscribed: a month is paid, and the page says when the next one is", async () => {
  await buyer.signUp();
  await buyer.subscribe("Creator");
  await text("Creator, $29.00 a month").waitFor();
  await text(/Renews on/).waitFor();
  await expect.poll(buyer.balance).toBe(1_810);
});

test("renewed: the next month is paid, and what was left has gone on into it", async () => {
  await buyer.waitDays(31.2);
  await text(/Renews on/).waitFor();
  await expect.poll(() => buyer.page.locator("#invoices-list tbody tr").count()).toBe(2);
  await expect.poll(buyer.balance).toBe(10 + 1_800 + 1_800);
});

test("a renewal that fails takes nothing away, says what is wrong and offers two ways out", async () => {
  await buyer.saveCard(cards.declinesLater);
  await buyer.waitDays(31.2);
  await text("The payment of $29.00 did not go through").waitFor();
});

test("a new card in the portal and the unpaid invoice itself bring the plan back", async () => {
  await buyer.saveCard(cards.good, "Use another card");
  await text("The payment of $29.00 did not go through").waitFor();
  await buyer.page.getByRole("link", { name: "Pay $29.00" }).click();
  await buyer.page.waitForURL("**/invoices/**");
  await buyer.enterCard(cards.good);
  await buyer.button("Pay $29.00").click();
  await text("paid").waitFor();
  await buyer.booksEqual();
  await buyer.page.goto("/billing");
  await text(/Renews on/).waitFor();
  expect(await text("did not go through").count()).toBe(0);
  await expect.poll(buyer.balance).toBe(10 + 1_800 + 1_800);
});

test("a larger plan begins at once, and the next bill is its own", async () => {
  await buyer.button("Change plan").click();
  await buyer.choose("New plan", "Pro");
  await buyer.button(/^Pay \$\d\d\.\d\d and switch$/).click();
  await text("Your plan is now Pro").waitFor();
  await text(/^\$79.00 on /).waitFor();
  await expect.poll(buyer.balance).toBeGreaterThan(3_610 + 4_000);
});

test("a smaller plan that was planned begins with the next month, at its own price", async () => {
  await buyer.button("Change plan").click();
  await buyer.choose("New plan", "Creator");
  await buyer.button(/^Switch on /).click();
  await text(/Becomes Creator on/).waitFor();
  await buyer.waitDays(31.2);
  await text("Creator, $29.00 a month").waitFor();
  await text(/Renews on/).waitFor();
  await text(/^\$29.00 on /).waitFor();
  // The new month's, and of the larger plan's what a smaller one lets through.
  await expect.poll(buyer.balance).toBe(10 + 1_800 + 1_800);
});

test("a paused plan costs nothing and brings nothing, until it goes on with a new month", async () => {
  await buyer.button("Pause plan").click();
  await buyer
    .dialog()
    .getByText(/^Then there are no bills/)
    .waitFor();
  await buyer.dialog().getByRole("button", { name: "Pause plan" }).click();
  await text("There is no next bill.").waitFor();
  await text("As this month is paid, nothing is charged today.").waitFor();
  await buyer.waitDays(31.2);
  await expect.poll(buyer.balance).toBe(10);
  await buyer.button("Resume for $29.00").click();
  await text("Your plan goes on").waitFor();
  await text(/^\$29.00 on /).waitFor();
  await expect.poll(buyer.balance).toBe(10 + 1_800);
});

test("a cancelled plan runs to the end of what is paid, and then there is none", async () => {
  await buyer.button("Cancel plan").click();
  await buyer.dialog().getByRole("button", { name: "Cancel plan" }).click();
  await text(/^Your plan ends on/).waitFor();
  await buyer.waitDays(31.2);
  await text("You have no plan.").waitFor();
  await expect.poll(buyer.balance).toBe(10);
});

test("a plan that stays unpaid after every attempt is lost, and the page says why", async () => {
  await buyer.subscribe("Creator");
  await buyer.saveCard(cards.declinesLater);
  await buyer.waitDays(31.2);
  await text("did not go through").waitFor();
  await buyer.waitDays(16);
  await text("You have no plan.").waitFor();
});

test("no page threw an error on the way", () => {
  expect(buyer.errors).toEqual([]);
});
