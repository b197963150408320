import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emulator } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { openPage } from "./open-page.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();
const account = newAccount();
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  page = await openPage(stack, browser);
});
afterAll(() => browser?.close());

const button = (name: string | RegExp) => page.getByRole("button", { name });
const balance = () => page.getByTestId("balance").getAttribute("data-available");

test("a pack that was bought by mistake is taken back by its buyer, and the credits follow the money", async () => {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Choose a password").fill(account.password);
  await button("Create account").click();
  await page.waitForURL("**/studio");
  await page.goto("/pricing");
  await button("Buy 30 minutes").click();
  await page.waitForURL("**/c/pay/**");
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Name on card").fill("A Buyer");
  await button(/^Pay/).click();
  await page.getByRole("heading", { name: "1,800 credits are in your wallet" }).waitFor();

  await page.goto("/billing");
  await button("Refund 30 minutes").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("$19.00 goes back to the card").waitFor();
  await emulator(stack, "pause-deliveries");
  await dialog.getByRole("button", { name: "Refund", exact: true }).click();
  await page.getByText("The refund is on its way").waitFor();
  await expect.poll(balance).toBe("10");
  // The credits have gone with the order; what is told of the money shows by itself.
  await page.getByText("$19.00 on its way back").waitFor();
  await photograph(page, "refund-pending");
  await emulator(stack, "resume-deliveries");
  await page.getByText("$19.00 refunded").waitFor();
  expect(await button("Refund 30 minutes").count()).toBe(0);
});
