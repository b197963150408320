import { readFile } from "node:fs/promises";
import path from "node:path";
import type { JobView } from "@tintype/core/jobs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { openPage, signIn } from "./open-page.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

const stack = useStack();
const account = newAccount();
let browser: Browser;
let page: Page;
let jobId = "";
/** Where this browser believes to be. It is another one than the last only if midnight passes there on the way. */
let firstDay = "";
const pageErrors: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  page = await openPage(stack, browser, { timezoneId: "Asia/Kathmandu", errors: pageErrors });
});
afterAll(() => browser?.close());

const today = () => page.evaluate(() => new Date().toLocaleDateString("sv-SE"));
const lines = () => page.locator("#history tbody tr");
const dialog = () => page.getByRole("dialog");
const show = (group: string) =>
  page.getByRole("navigation", { name: "Show" }).getByRole("link", { name: group }).click();

test("the wallet of somebody new shows the welcome gift and what will be here", async () => {
  firstDay = await today();
  await new ApiClient(stack.urls.app).signUp(account);
  await page.goto("/sign-in?from=%2Fhistory");
  await signIn(page, account);
  // The old address leads to the new one.
  await page.waitForURL("**/wallet");
  await page.getByRole("heading", { level: 1, name: "Wallet" }).waitFor();
  await page.getByText("10 of 10 left").waitFor();
  await page.getByText("After your first whole day here").waitFor();
  await page.getByRole("link", { name: "Credits received" }).waitFor();
  expect(await lines().count()).toBe(1);
});

test("a picture that is made elsewhere appears in the open wallet by itself", async () => {
  const client = await new ApiClient(stack.urls.app).signIn(account);
  const photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
  const asset = await client.upload(photo, "image/png", "coffee.png");
  jobId = (await client.generate(asset.id, { kind: "image", scene: "marble" })).id;
  await eventually("a picture", 120_000, async () => {
    const { status } = await client.query<JobView>("jobs.get", { jobId });
    return status === "completed" || undefined;
  });
  await expect.poll(() => lines().count()).toBe(3);
  await page.getByText("5 of 10 left").waitFor();
  await expect.poll(() => page.getByTestId("wallet-available").textContent()).toBe("5");
});

test("a line opens its receipt, which leads to the other steps and to where the credits came from", async () => {
  await page.getByRole("link", { name: "Spent", exact: true }).last().click();
  await page.waitForURL("**/wallet/receipts/3");
  await dialog().getByText("1 picture of 1").waitFor();
  await dialog().getByText("set aside → spent").waitFor();

  await dialog().getByRole("link", { name: "Set aside for a job" }).click();
  await page.waitForURL("**/wallet/receipts/2");
  await dialog().getByText("available → set aside").waitFor();

  await dialog()
    .getByRole("link", { name: /^Welcome gift/ })
    .click();
  await page.waitForURL("**/wallet/receipts/1");
  await dialog().getByText("Where they are today").waitFor();
  await dialog().getByText("new → available").waitFor();

  await dialog().getByRole("button", { name: "Close" }).click();
  await page.waitForURL("**/wallet");
});

test("the receipt of the job is one press from its card, at its old address too", async () => {
  await page.goto(`/history/${jobId}`);
  await page.waitForURL(`**/wallet/jobs/${jobId}`);
  await dialog().getByText("The price on the button").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("filters stand in the address, survive a reload and a receipt, and can be taken away", async () => {
  await page.goto("/wallet");
  await show("Spent");
  await page.waitForURL("**/wallet?kind=spent");
  await expect.poll(() => lines().count()).toBe(1);
  await page.reload();
  await expect.poll(() => lines().count()).toBe(1);
  await lines().first().getByRole("link").click();
  await page.waitForURL("**/wallet/receipts/3?kind=spent");
  // The address is there before the receipt that the key is for.
  await dialog().getByText("set aside → spent").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL("**/wallet?kind=spent");

  await page.getByLabel("To", { exact: true }).fill("2020-01-31");
  await page.getByText("Nothing of this kind").waitFor();
  await page.getByRole("link", { name: "Show everything" }).click();
  await page.waitForURL((url) => url.search === "");
  await expect.poll(() => lines().count()).toBe(3);

  const lastDay = await today();
  await page.getByLabel("From", { exact: true }).fill(firstDay);
  await page.getByLabel("To", { exact: true }).fill(lastDay);
  await page.waitForURL(`**/wallet?from=${firstDay}&to=${lastDay}`);
  await expect.poll(() => lines().count()).toBe(3);
});

test("filters that are changed faster than the page follows add up, and a field keeps what is typed", async () => {
  await page.goto("/wallet");
  await expect.poll(() => lines().count()).toBe(3);
  // In one turn of the browser's loop: no page can have followed the first change when the second is made.
  const kept = await page.locator("#history").evaluate((section) => {
    const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
    const days = ["2020-01-31", "2099-12-31"];
    const fields = [...section.querySelectorAll<HTMLInputElement>('input[type="date"]')];
    for (const [index, field] of fields.entries()) {
      setValue?.call(field, days[index]);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const links = [...section.querySelectorAll("a")];
    links.find(({ textContent }) => textContent === "Spent")?.click();
    return fields.map(({ value }) => value);
  });
  expect(kept).toEqual(["2020-01-31", "2099-12-31"]);
  await page.waitForURL("**/wallet?from=2020-01-31&to=2099-12-31&kind=spent");
  await expect.poll(() => lines().count()).toBe(1);

  // By the keyboard a year goes through 0002, 0020 and 0202.
  await page.goto("/wallet");
  await page.getByLabel("To", { exact: true }).focus();
  await page.keyboard.type("01312020");
  await page.waitForURL("**/wallet?to=2020-01-31");
  expect(await page.getByLabel("To", { exact: true }).inputValue()).toBe("2020-01-31");
  await page.getByText("Nothing of this kind").waitFor();
});

test("a receipt whose closing is pressed twice leads back once", async () => {
  await page.goto("/studio");
  await page.goto("/wallet");
  await lines().first().getByRole("link").click();
  await page.waitForURL("**/wallet/receipts/*");
  const receipt = page.url();
  const close = dialog().getByRole("button", { name: "Close" });
  await close.evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await dialog().waitFor({ state: "detached" });
  await lines().first().waitFor();
  expect(new URL(page.url()).pathname).toBe("/wallet");
  // A second step back may still be loading and count already: the step forward would end here instead.
  await page.goForward();
  await dialog().getByText("set aside → spent").waitFor();
  expect(page.url()).toBe(receipt);
});

test("the file has what the page shows", async () => {
  await page.goto("/wallet?kind=added");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^tintype-credits-\d{4}-\d\d-\d\d\.csv$/);
  const file = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  expect(file).toHaveLength(2);
  expect(file[1]).toContain("Credits received,10,0,10,0,0,Welcome gift");
  expect(new URL(page.url()).pathname).toBe("/wallet");
});

test("what was spent today is in the chart, for those who cannot see it as a table", async () => {
  await page.goto("/wallet");
  await page.getByText("As a table").click();
  await page.getByRole("row", { name: /^Today/ }).waitFor();
  // Newest first; in the second only if midnight has passed there since.
  const cells = await page.locator("figure tbody td").allTextContents();
  expect(cells.slice(0, 2)).toContain("5");
});

test("a receipt that does not exist says so", async () => {
  for (const address of ["/wallet/receipts/999", "/wallet/receipts/nonsense"]) {
    await page.goto(address);
    await dialog().getByText("This does not exist").waitFor();
  }
});

test("no page threw an error on the way", () => {
  expect(pageErrors).toEqual([]);
});
