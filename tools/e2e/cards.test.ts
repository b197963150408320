import type { BillingPreferences } from "@tintype/core/billing-preferences";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { openPage, signIn } from "./open-page.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();
const account = newAccount();
let browser: Browser;
let page: Page;
let client: ApiClient;
const pageErrors: string[] = [];

beforeAll(async () => {
  client = await new ApiClient(stack.urls.app).signUp(account);
  browser = await launchBrowser();
  page = await openPage(stack, browser, { errors: pageErrors });
});
afterAll(() => browser?.close());

const button = (name: string | RegExp) => page.getByRole("button", { name });
const overage = () => page.locator("#overage");
const topUp = () => page.locator("#top-up");
const topUpIsOn = async () => {
  const preferences = await client.query<BillingPreferences>("billing.preferences");
  return preferences.topUp.enabled;
};

/** Fills in the provider's own page, as a person does. */
async function giveCard(): Promise<void> {
  await page.waitForURL("**/c/pay/**");
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Name on card").fill("A Buyer");
  await page.getByRole("button", { name: /^(Pay|Save)/ }).click();
}

async function buyPack(): Promise<void> {
  await page.goto("/pricing?returnTo=/billing");
  await button("Buy 30 minutes").click();
  await page.waitForURL("**/c/pay/**");
}

test("whoever allows spending without a card is asked for one, and turns back to what was typed", async () => {
  await page.goto("/sign-in?from=%2Fbilling");
  await signIn(page, account);
  await page.waitForURL("**/billing");
  await page.getByText("No card is saved. Packs need none").waitFor();
  await overage().getByLabel("At most each period").fill("12.50");
  await overage().getByRole("button", { name: "Allow" }).click();
  await overage().getByText("No card is saved yet").waitFor();
  await overage().getByRole("button", { name: "Add a card" }).click();
  await page.waitForURL("**/c/pay/**");
  await page.getByText("Nothing is charged now.").waitFor();
  await page.getByRole("link", { name: "Back without saving" }).click();
  await page.waitForURL("**/billing#overage");
  const typed = overage().getByLabel("At most each period");
  await typed.waitFor();
  expect(await typed.inputValue()).toBe("12.50");
  await page.getByText("No card is saved. Packs need none").waitFor();
  expect(await page.getByText(/^Visa .* is saved/).count()).toBe(0);
});

test("a pack keeps its card only if the buyer ticks the box, and that turns nothing on", async () => {
  await buyPack();
  const box = page.getByRole("checkbox", { name: /^Save my payment information/ });
  expect(await box.isChecked()).toBe(false);
  await giveCard();
  await button("Billing").click();
  await page.waitForURL("**/billing");
  await page.getByText("No card is saved. Packs need none").waitFor();

  await buyPack();
  await box.check();
  await giveCard();
  await button("Billing").click();
  await page.getByText("Visa ending in 4242, valid until 12/34").waitFor();
  expect(await topUpIsOn()).toBe(false);
});

test("the receipt of bought credits leads to their payment", async () => {
  await page.goto("/wallet/receipts/2");
  await page.getByRole("link", { name: "The payment and its invoice" }).click();
  await page.waitForURL("**/billing#payments");
  await page.getByRole("heading", { name: "Payments" }).waitFor();
  await page.getByRole("cell", { name: "30 minutes" }).first().waitFor();
});

test("the automatic purchase leads to a card and back to its own settings, and is not on before one says so", async () => {
  const other = newAccount();
  client = await new ApiClient(stack.urls.app).signUp(other);
  await page.context().clearCookies();
  await page.goto("/sign-in?from=%2Fbilling");
  await signIn(page, other);
  await page.waitForURL("**/billing");
  await topUp().getByLabel("When fewer than").fill("25");
  await topUp().getByLabel("At most each month").fill("40");
  await topUp().getByRole("button", { name: "Turn on" }).click();
  await topUp().getByRole("button", { name: "Add a card" }).click();
  await giveCard();
  await page.waitForURL("**/billing?card=saved#top-up");
  await topUp().getByText("Visa ending in 4242 is saved").waitFor();
  expect(await topUp().getByLabel("When fewer than").inputValue()).toBe("25");
  expect(await topUp().getByLabel("At most each month").inputValue()).toBe("40");
  expect(await topUpIsOn()).toBe(false);

  await topUp().getByRole("button", { name: "Turn on" }).click();
  await topUp().getByText("of $40.00 bought this month.").waitFor();
  expect(await topUpIsOn()).toBe(true);
  expect(await topUp().getByText("is saved").count()).toBe(0);
});

test("no page threw an error on the way", () => {
  expect(pageErrors).toEqual([]);
});
