import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { holdFirst } from "./hold-first.ts";
import { openPage } from "./open-page.ts";
import { type Account, newAccount, useStack } from "./stack.ts";

const stack = useStack();
const coffee = path.join(rootDir, "fixtures/coffee.png");
const account = newAccount();
const cards = {
  good: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  asks: "4000 0027 6000 3184",
};

let browser: Browser;
let page: Page;
const pageErrors: string[] = [];

const open = () => openPage(stack, browser, { errors: pageErrors });

beforeAll(async () => {
  browser = await launchBrowser();
  page = await open();
});
afterAll(() => browser?.close());

const button = (name: string | RegExp, on = page) => on.getByRole("button", { name });
const dialog = () => page.getByRole("dialog");
const heading = (name: string | RegExp, on = page) => on.getByRole("heading", { name });
const balance = () => page.getByTestId("balance").getAttribute("data-available");
const choose = (group: string, option: string) =>
  page
    .getByRole("group", { name: group })
    .locator("label")
    .filter({ hasText: option })
    .first()
    .click();

/** Fills in the provider's own page, as a person does. */
async function pay(number: string, on = page): Promise<void> {
  await on.waitForURL("**/c/pay/**");
  await on.getByLabel("Card number").fill(number);
  await on.getByLabel("Expiry").fill("12 / 34");
  await on.getByLabel("Security code").fill("123");
  await on.getByLabel("Name on card").fill("A Buyer");
  await on.getByRole("button", { name: /^(Pay|Subscribe)/ }).click();
}

async function signUp({ email, password }: Account, on = page): Promise<void> {
  await on.getByLabel("E-mail").fill(email);
  await on.getByLabel("Choose a password").fill(password);
  await on.getByRole("button", { name: "Create account" }).click();
}

test("whoever lacks credits is offered the pack that is enough, and finds the same draft after paying", async () => {
  await page.goto("/sign-up");
  await signUp(account);
  await page.waitForURL("**/studio");
  await page.locator('input[type="file"]').first().setInputFiles(coffee);
  await page.getByRole("img", { name: /^Chosen photo/ }).waitFor();
  await choose("Scene", "Marble");
  await choose("Quality", "HD");
  await choose("How many", "4");
  await page.getByLabel("In your words").fill("Late light from the left");
  await page.getByText("22 credits are missing").waitFor();

  await button("30 minutes for $19.00").click();
  await pay(cards.asks);
  // The bank asks the holder of this card.
  await page.waitForURL("**/authenticate/**");
  await button("Complete").click();
  await page.waitForURL("**/billing/return**");
  await heading("1,800 credits are in your wallet").waitFor();
  await expect.poll(balance).toBe("1810");

  await button("Back to your draft").click();
  await page.waitForURL("**/studio");
  await page.getByRole("img", { name: /^Chosen photo/ }).waitFor();
  expect(await page.getByLabel("In your words").inputValue()).toBe("Late light from the left");
  await expect.poll(() => button("Generate for 32 credits").isEnabled()).toBe(true);
});

test("a bank that says no in the middle leaves nothing behind, and nothing is charged", async () => {
  await page.goto("/pricing");
  await button("Buy 2 hours").click();
  await pay(cards.asks);
  await button("Fail").click();
  await page.waitForURL("**/c/pay/**");
  await page.getByRole("link", { name: /without paying/ }).click();
  await page.waitForURL("**/wallet");
  expect(await balance()).toBe("1810");
});

test("a visitor chooses a pack, makes an account, and pays after a card that was declined", async () => {
  const visitor = await open();
  await visitor.goto("/");
  await visitor.getByRole("link", { name: "What it costs" }).click();
  await visitor.getByRole("link", { name: "Buy 30 minutes" }).click();
  await visitor.waitForURL("**/sign-up**");
  await signUp(newAccount(), visitor);
  await visitor.waitForURL("**/pricing?choose=bundle_30m");
  await button("Go on to payment", visitor).click();

  await pay(cards.declined, visitor);
  await visitor.getByText("Your card was declined.").waitFor();
  await pay(cards.good, visitor);
  await heading("1,800 credits are in your wallet", visitor).waitFor();
  await button("See the wallet", visitor).click();
  await visitor.waitForURL("**/wallet");
  await visitor.getByText("1,800 of 1,800 left").waitFor();
  await visitor.close();
});

test("a plan is subscribed to, and its page says what comes next", async () => {
  await page.goto("/pricing?returnTo=/billing");
  await button("Subscribe to Creator").click();
  await pay(cards.good);
  await heading("1,800 credits are in your wallet").waitFor();
  await button("Billing").click();
  await page.waitForURL("**/billing");
  await page.getByText("Creator, $29.00 a month").waitFor();
  await page.getByText(/1,800 credits each month. Renews on/).waitFor();
  await page.getByText(/^\$29.00 on /).waitFor();
  await expect.poll(() => page.locator("#invoices-list tbody tr").count()).toBe(2);
  await expect.poll(balance).toBe("3610");
});

test("a larger plan costs what its preview said, and brings its credits at once", async () => {
  await button("Change plan").click();
  await choose("New plan", "Pro");
  await dialog().getByText("At once", { exact: true }).waitFor();
  // After some minutes of the month it is a cent less.
  const pay = button(/^Pay \$(50\.00|49\.\d\d) and switch$/);
  const [, price = ""] = /(\$\d+\.\d\d)/.exec((await pay.textContent()) ?? "") ?? [];
  await pay.click();
  await page.getByText("Your plan is now Pro").waitFor();
  await page.getByText("Pro, $79.00 a month").waitFor();
  await page.getByRole("cell", { name: price }).first().waitFor();
  // 5,400 for a whole month; some seconds of it have passed.
  await expect.poll(async () => Number(await balance())).toBeGreaterThan(9_000);
});

test("a smaller plan begins when the paid period is over, and can be taken back until then", async () => {
  await page.goto("/pricing");
  await button("Switch to Creator").click();
  await dialog().getByText("$0.00").waitFor();
  await dialog().getByText("Until then you keep Pro and its credits.").waitFor();
  await button(/^Switch on /).click();
  await dialog().waitFor({ state: "detached" });
  await page.getByText(/^Creator begins on/).waitFor();
  await page.goto("/billing");
  await page.getByText(/Becomes Creator on/).waitFor();
  await button("Stay with Pro").click();
  await page.getByText("Your plan goes on").waitFor();
  await page.getByText(/Renews on/).waitFor();
});

test("a cancel says first what it means, keeps what is paid for, and can be taken back", async () => {
  await button("Cancel plan").click();
  await dialog().getByText("Packs and gifts stay in your wallet.").waitFor();
  await dialog()
    .getByText(/^Then what is left of the plan's credits expires/)
    .waitFor();
  await dialog().getByRole("button", { name: "Cancel plan" }).click();
  await page.getByText(/^Your plan ends on/).waitFor();
  await page.getByText("There is no next bill.").waitFor();
  await button("Keep my plan").click();
  await page.getByText("Your plan goes on").waitFor();
  await page.getByText(/^\$79.00 on /).waitFor();
});

test("spending without being there has limits in dollars, which are kept and can be taken away", async () => {
  const overage = page.locator("form", { hasText: "Beyond the wallet" });
  await overage.getByLabel("At most each period").fill("lots");
  await overage.getByRole("button", { name: "Allow" }).click();
  await overage.getByText("An amount in dollars, $1,000.00 at most").waitFor();
  await overage.getByLabel("At most each period").fill("20,50");
  const held = await holdFirst(page, "**/trpc/billing.updatePreferences**");
  await overage.getByRole("button", { name: "Allow" }).click();
  // Who has changed their mind by then does not type it twice.
  await overage.getByLabel("At most each period").fill("30");
  held.release();
  await overage.getByText("$0.00 of $20.50 used or set aside in this period").waitFor();
  expect(await overage.getByLabel("At most each period").inputValue()).toBe("30");
  await page.unroute("**/trpc/billing.updatePreferences**");
  expect(await page.getByRole("radio", { name: /^Beyond/ }).isChecked()).toBe(true);
  // A reload would take back what is still on its way.
  const kept = page.waitForResponse((response) => response.url().includes("updatePreferences"));
  await choose("Credits that jobs may use", "Gifts and plan");
  await kept;
  await page.reload();
  await expect
    .poll(() => page.getByRole("radio", { name: /^Gifts and plan/ }).isChecked())
    .toBe(true);
  await overage.getByLabel("At most each period").fill("lots");
  await overage.getByRole("button", { name: "Save" }).click();
  await overage.getByText("An amount in dollars, $1,000.00 at most").waitFor();
  await overage.getByRole("button", { name: "Turn off" }).click();
  await overage.getByRole("button", { name: "Allow" }).waitFor();
  expect(await overage.getByText("An amount in dollars, $1,000.00 at most").count()).toBe(0);

  const topUp = page.locator("form", { hasText: "Automatic purchase" });
  await topUp.getByLabel("At most each month").fill("5");
  await topUp.getByRole("button", { name: "Turn on" }).click();
  await topUp.getByText("From $19.00 to $1,000.00").waitFor();
  await topUp.getByLabel("At most each month").fill("40");
  // Who hears the button hears what pressing it costs.
  const turnOn = topUp.getByRole("button", { name: "Turn on" });
  const threshold = topUp.getByLabel("When fewer than (credits)");
  const usual = await threshold.inputValue();
  await threshold.fill("100000");
  await topUp.getByText(/is bought at once\.$/).waitFor();
  const told = await turnOn.evaluate(
    (button) => document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent,
  );
  expect(told).toMatch(/for \$19\.00 is bought at once\.$/);
  await threshold.fill(usual);
  await topUp.getByRole("button", { name: "Turn on" }).click();
  await topUp.getByText("$0.00 of $40.00 bought this month.").waitFor();
  await topUp.getByRole("button", { name: "Turn off" }).click();
  await topUp.getByRole("button", { name: "Turn on" }).waitFor();
});

test("every receipt can be seen, and comes as a PDF", async () => {
  const [view, pdf] = await Promise.all(
    ["View", "PDF"].map((text) =>
      page.locator("#invoices-list tbody a", { hasText: text }).first().getAttribute("href"),
    ),
  );
  expect((await fetch(view ?? "")).status).toBe(200);
  const file = await fetch(pdf ?? "");
  expect(file.headers.get("content-type")).toBe("application/pdf");
});

test("cards are kept at the payment provider, which leads back", async () => {
  await button("Open the customer portal").click();
  await page.waitForURL((url) => url.origin !== stack.urls.app);
  await page.getByRole("link", { name: /Back|Return/ }).click();
  await page.waitForURL("**/billing");
});

test("news that takes its time is waited for, and after a minute nobody has to", async () => {
  const client = await new ApiClient(stack.urls.app).signIn(account);
  const { sessionId } = await client.mutate<{ sessionId: string }>("billing.startCheckout", {
    ...{ kind: "pack", code: "bundle_30m", returnTo: "/studio" },
    requestId: crypto.randomUUID(),
  });
  await page.clock.install();
  let isHeldBack = true;
  await page.route("**/trpc/**billing.checkoutStatus**", async (route) => {
    const response = await route.fetch();
    const told = await response.text();
    const body = isHeldBack ? told.replace('"status":"open"', '"status":"pending"') : told;
    await route.fulfill({ response, body });
  });
  await page.goto(`/billing/return?session=${sessionId}&returnTo=/studio`);
  await heading("Payment received, adding your credits…").waitFor();
  await page.clock.fastForward(61_000);
  await heading("Payment received, the credits are on their way").waitFor();

  isHeldBack = false;
  await page.clock.fastForward(20_000);
  await heading("Nothing has been paid yet").waitFor();
  await button("Back to your draft").waitFor();
  // The page goes on asking: an answer that is just being changed is nobody's any more.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("where nothing is sold, the pages say why and offer nothing to press", async () => {
  const closed = await open();
  await closed.goto("/sign-up");
  await signUp(newAccount(), closed);
  await closed.waitForURL("**/studio");
  await closed.route("**/trpc/**billing.catalogue**", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('"isOpen":true', '"isOpen":false');
    await route.fulfill({ response, body });
  });
  await closed.goto("/pricing");
  await closed.getByText("Nothing is sold here at the moment").waitFor();
  expect(await button(/^(Buy|Subscribe)/, closed).count()).toBe(0);
  await closed.close();
});

test("no page threw an error on the way", () => {
  expect(pageErrors).toEqual([]);
});
