import { demoAccounts } from "@tintype/services/demo-accounts";
import type { Browser, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ApiClient } from "./api-client.ts";
import { delivered, stripeApi } from "./books.ts";
import { launchBrowser } from "./browser.ts";
import { Buyer, cards } from "./buyer.ts";
import { type Account, useStack } from "./stack.ts";

// The life of one plan as its owner sees it, month after month. After each step the books balance and equal those of
// Stripe's emulator, which counts by itself.

const CRON_SECRET = "an outside clock has this secret";
const stack = useStack({ CRON_SECRET });
let browser: Browser;
let buyer: Buyer;
let account: Account;

beforeAll(async () => {
  browser = await launchBrowser();
  buyer = await Buyer.open(stack, browser);
});
afterAll(() => browser?.close());
afterEach(() => buyer.booksEqual());

/** From Creator to Pro; after some minutes of the month it is a cent less. */
const AT_ONCE = /^Pay \$(50\.00|49\.\d\d) and switch$/;
const others: Buyer[] = [];
/** Somebody else, with cookies of their own. */
async function another(): Promise<Buyer> {
  const next = await Buyer.open(stack, browser);
  others.push(next);
  await next.signUp();
  return next;
}
const text = (words: string | RegExp) => buyer.page.getByText(words).first();

test("subscribed: a month is paid, and the page says when the next one is", async () => {
  account = await buyer.signUp();
  await buyer.subscribe("Creator");
  await text("Creator, $29.00 a month").waitFor();
  await text(/Renews on/).waitFor();
  await expect.poll(buyer.balance).toBe(1_810);
});

test("renewal without a gap: seconds after the old month the new one is paid, and what was left has gone on into it", async () => {
  const client = new ApiClient(stack.urls.app);
  await client.signIn(account);
  const { periodEnd } = await client.query<{ periodEnd: string }>("billing.subscription");
  const renewedAt = Date.parse(periodEnd);
  await buyer.waitUntil(renewedAt + 2_000);
  await expect.poll(buyer.balance, { timeout: 20_000 }).toBe(10 + 1_800 + 1_800);
  // The provider itself would have left the invoice alone for an hour.
  expect(buyer.now() - renewedAt).toBeLessThan(10 * 60_000);
  await delivered(stack);
  await buyer.page.goto("/billing");
  await text(/Renews on/).waitFor();
  expect(await text("Your renewal is being paid").count()).toBe(0);
  await expect.poll(() => buyer.page.locator("#invoices-list tbody tr").count()).toBe(2);
});

test("a renewal that fails leaves what no plan has brought, says what is wrong and offers two ways out", async () => {
  await buyer.saveCard(cards.declinesLater);
  await buyer.waitDays(31.2);
  await text("The payment of $29.00 did not go through").waitFor();
  await buyer.page.getByRole("link", { name: "Pay $29.00" }).waitFor();
  await buyer.button("Use another card").waitFor();
  await text(/As soon as it is paid the new credits come, with what was left/).waitFor();
  await expect.poll(buyer.balance).toBe(10);
});

test("a new card in the portal and the unpaid invoice itself bring the plan back", async () => {
  await buyer.saveCard(cards.good, "Use another card");
  await text("The payment of $29.00 did not go through").waitFor();
  await buyer.page.getByRole("link", { name: "Pay $29.00" }).click();
  await buyer.page.waitForURL("**/invoices/**");
  await buyer.enterCard(cards.good);
  await buyer.button("Pay $29.00").click();
  await text(/· paid$/).waitFor();
  await buyer.booksEqual();
  await buyer.page.goto("/billing");
  await text(/Renews on/).waitFor();
  expect(await text("did not go through").count()).toBe(0);
  await expect.poll(buyer.balance).toBe(10 + 1_800 + 1_800);
});

test("a larger plan begins at once, and the next bill is its own", async () => {
  await buyer.button("Change plan").click();
  await buyer.choose("New plan", "Pro");
  const coming = buyer.dialog().getByText(/^\+[\d,]+$/);
  const credits = Number(((await coming.textContent()) ?? "").replace(/\D/g, ""));
  await buyer.button(/^Pay \$\d\d\.\d\d and switch$/).click();
  await text("Your plan is now Pro").waitFor();
  await text(/^\$79.00 on /).waitFor();
  expect(credits).toBeGreaterThan(4_000);
  await expect.poll(buyer.balance).toBe(3_610 + credits);
});

test("a smaller plan that was planned begins with the next month, at its own price", async () => {
  await buyer.button("Change plan").click();
  await buyer.choose("New plan", "Creator");
  await buyer.button(/^Switch on /).click();
  await text(/Becomes Creator on/).waitFor();
  // What was answered has the focus, not the button that opened the dialog a second time.
  const answer = buyer.page.locator('[role="status"]:focus');
  await answer.getByText(/^Creator begins on/).waitFor();
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
  await text(/Resuming before that day costs nothing/).waitFor();
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
  await text(/because its payment did not go through/).waitFor();
});

test("a year is paid at once and brings its credits month by month; whoever shows the secret has it done now", async () => {
  const yearly = await another();
  await yearly.subscribe("Creator Annual");
  await yearly.page.getByText("Creator Annual, $290.00 a year").waitFor();
  expect(await yearly.button("Pause plan").count()).toBe(0);
  await yearly.waitDays(31.2);
  const rollOver = (authorization: string) =>
    fetch(`${stack.urls.api}/cron/rollover`, { method: "POST", headers: { authorization } });
  expect((await rollOver("")).status).toBe(401);
  expect((await rollOver("Bearer somebody else")).status).toBe(401);
  expect((await rollOver(`Bearer ${CRON_SECRET}`)).status).toBe(200);
  expect(await (await rollOver(`Bearer ${CRON_SECRET}`)).json()).toEqual({
    ...{ granted: 0, rolledOver: 0 },
  });
  const admin = await new ApiClient(stack.urls.app).signIn(demoAccounts.admin);
  expect(await admin.mutate("admin.rollOver")).toEqual({ granted: 0, rolledOver: 0 });
  await expect.poll(yearly.balance).toBe(10 + 1_800 + 1_800);

  // By the month again, but not before the year is over.
  await yearly.button("Change plan").click();
  await yearly.choose("How you pay", "Monthly");
  await yearly.choose("New plan", "Agency");
  await yearly.dialog().getByText("Until then you keep Creator Annual").waitFor();
  await yearly.button(/^Switch on /).click();
  await yearly.page.getByText(/Becomes Agency on/).waitFor();
  // A larger year takes its place, at once and for the months that are left.
  await yearly.button("Change plan").click();
  await yearly.choose("How you pay", "Yearly");
  await yearly.choose("New plan", "Pro Annual");
  await yearly.dialog().getByText("the change to Agency that was planned").waitFor();
  await yearly.button(/^Pay \$4\d\d\.\d\d and switch$/).click();
  await yearly.page.getByText("Your plan is now Pro Annual").waitFor();
  await yearly.page.getByText(/Becomes/).waitFor({ state: "detached" });
  await expect.poll(yearly.balance).toBeGreaterThan(8_000);
});

test("a bank that asks about a larger plan is answered on the invoice, and the planned end is taken back with it", async () => {
  const asked = await another();
  await asked.subscribe("Creator");
  await asked.saveCard(cards.asks);
  await asked.button("Cancel plan").click();
  await asked.dialog().getByRole("button", { name: "Cancel plan" }).click();
  await asked.page.getByText(/^Your plan ends on/).waitFor();
  await asked.button("Change plan").click();
  await asked.choose("New plan", "Pro");
  await asked.dialog().getByText("with this change it goes on").waitFor();
  await asked.button(AT_ONCE).click();
  await asked.page.waitForURL("**/invoices/**");
  await asked.booksEqual();
  await asked.enterCard(cards.asks);
  await asked.button(/^Pay \$/).click();
  await asked.button("Complete").click();
  await asked.page.getByText(/· paid$/).waitFor();
  await asked.booksEqual();
  await asked.page.goto("/billing");
  await asked.page.getByText("Pro, $79.00 a month").waitFor();
});

test("in two tabs only one plan can be bought, and what was left unpaid can be begun again", async () => {
  const one = await another();
  await one.page.goto("/pricing?returnTo=/billing");
  await one.button("Subscribe to Creator").click();
  await one.page.waitForURL("**/c/pay/**");
  const left = one.page.url();
  await one.subscribe("Pro");
  await one.page.getByText("Pro, $79.00 a month").waitFor();
  await one.page.goto(left);
  await one.page.getByText("This page has expired.").waitFor();
});

test("a plan that the operator ends at Stripe is gone here too, and so is that of a customer who is deleted there", async () => {
  const ended = await another();
  await ended.subscribe("Creator");
  type Plans = { data: { id: string; customer: string }[] };
  const { data } = await stripeApi<Plans>(stack, "GET", "/v1/subscriptions?limit=1");
  const [plan] = data;
  await stripeApi(stack, "DELETE", `/v1/subscriptions/${plan?.id}`);
  await ended.booksEqual();
  await ended.page.reload();
  await ended.page.getByText(/Creator ended on/).waitFor();
  await ended.subscribe("Pro");
  await stripeApi(stack, "DELETE", `/v1/customers/${plan?.customer}`);
  await delivered(stack);
  await ended.page.reload();
  await ended.page.getByText(/Pro ended on/).waitFor();
});

test("a fast second press on Redeem, Claim or Cancel plan is the same press: no refusal is shown over what was done", async () => {
  const hasty = await another();
  const code = "TWICE-BY-A-FAST-HAND";
  const admin = await new ApiClient(stack.urls.app).signIn(demoAccounts.admin);
  await admin.mutate("admin.createPromoCode", { code, credits: 25, budget: 10, note: "a test" });
  const sent: string[] = [];
  hasty.page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (request.method() === "POST")
      sent.push(...(/(redeem|claim|cancel)/.exec(path) ?? []).slice(1));
  });
  /** Both clicks are through before React has drawn anything. */
  const pressTwice = (button: Locator) =>
    button.evaluate((element: HTMLElement) => {
      element.click();
      element.click();
    });
  await hasty.page.goto("/rewards");
  await hasty.page.getByLabel("Promo code").fill(code);
  await pressTwice(hasty.button("Redeem"));
  await hasty.page.getByText("You got 25 credits").waitFor();
  await pressTwice(hasty.button(/^Collect/));
  await hasty.page.getByText("You have been here 1 day in a row.").waitFor();
  expect(await hasty.page.getByRole("alert").count()).toBe(0);
  await expect.poll(hasty.balance).toBe(10 + 25 + 1);

  await hasty.subscribe("Creator");
  await hasty.button("Cancel plan").click();
  await pressTwice(hasty.dialog().getByRole("button", { name: "Cancel plan" }));
  await hasty.page.getByText(/^Your plan ends on/).waitFor();
  expect(await hasty.page.getByRole("alert").count()).toBe(0);
  expect(sent).toEqual(["redeem", "claim", "cancel"]);
});

test("no page threw an error on the way", () => {
  expect([buyer, ...others].flatMap(({ errors }) => errors)).toEqual([]);
});
