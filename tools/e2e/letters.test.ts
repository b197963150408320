import { createMailQueue, type MailQueue } from "@tintype/services/mail/mail-queue";
import type { MailMessage } from "@tintype/services/mail/messages";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "./api-client.ts";
import { launchBrowser } from "./browser.ts";
import { Buyer } from "./buyer.ts";
import { lettersTo, type Mail } from "./letters.ts";
import { PATIENCE_MS } from "./open-page.ts";
import { photograph } from "./photos.ts";
import { newAccount, useStack } from "./stack.ts";
import { eventually } from "./stack-tools.ts";

// Every letter there is, in the language that no other walk reads, from the outbox to the catcher: what its reader sees.
const stack = useStack();
const account = newAccount();
let queue: MailQueue;
let browser: Browser;
let buyer: Buyer;
let mails: Mail[] = [];

const NOW = new Date().toISOString();
const payment = {
  productKind: "pack",
  ...{ productCode: "bundle_30m", paidCents: 1_900, paidAt: NOW },
} as const;
type Told = MailMessage extends infer Message
  ? Message extends MailMessage
    ? Omit<Message, "userId" | "to" | "locale" | "timeZone">
    : never
  : never;
const all = [
  { kind: "receipt", ...payment, credits: 1_800, paymentReference: "pi_gone", invoiceUrl: null },
  {
    kind: "receipt",
    ...payment,
    productKind: "top_up",
    credits: 1_800,
    paymentReference: "pi_gone",
    invoiceUrl: null,
  },
  { kind: "renewal", planCode: "creator", credits: 1_800, rolledOverCredits: 21, expiresAt: NOW },
  {
    kind: "payment_failed",
    ...{ amountDueCents: 66, attempts: 1, isPlan: false, nextAttemptAt: NOW, payUrl: null },
  },
  { kind: "payment_processing", amountDueCents: 1_900 },
  { kind: "refund", ...payment, refundedCents: 624, refundedInAllCents: 924 },
  { kind: "refund_failed", ...payment, failedCents: 624 },
  { kind: "dispute_opened", ...payment, disputedCents: 1_900 },
  {
    kind: "dispute_closed",
    ...payment,
    ...({ disputedCents: 1_900, outcome: "lost", isStillDisputed: true } as const),
  },
  {
    kind: "plan",
    change: "end_planned",
    ...{ planCode: "creator", otherPlanCode: null, periodEnd: NOW },
  },
  { kind: "low_balance", available: 7 },
  { kind: "overage_alert", percent: 80, usedCents: 1_600, limitCents: 2_000 },
  { kind: "top_up_declined", reason: "card_declined", priceCents: 1_900 },
  { kind: "credits_expire", expiring: [{ credits: 1_200, expiresAt: NOW }] },
  { kind: "password_reset" },
  { kind: "sign_in_attempts" },
  { kind: "verify_email" },
] satisfies Told[];
/** One may do without these, and each can be stopped by a press in the mail program or on a page of its own. */
const optional = [
  /на новый месяц$/,
  /^В кошельке осталось: /,
  /^Использовано 80\s% лимита сверх кошелька$/,
  /срок истекает/,
];

beforeAll(async () => {
  queue = await createMailQueue({
    databaseUrl: stack.env.DATABASE_URL ?? "",
    onError: (error) => {
      throw error;
    },
  });
  browser = await launchBrowser();
  buyer = await Buyer.open(stack, browser);
  await buyer.signUp(account);
  const client = await new ApiClient(stack.urls.app).signIn(account);
  const { id: userId } = await client.query<{ id: string }>("auth.me");
  const to = { userId, to: account.email, locale: "ru", timeZone: "Asia/Vladivostok" } as const;
  await stack.database.db.transaction(async (tx) => {
    for (const told of all) await queue.enqueue(tx, { ...told, ...to } as MailMessage);
  });
  mails = await eventually("all letters", 60_000, async () => {
    const found = await lettersTo(stack, account.email);
    return found.length > all.length ? found : undefined;
  });
});
afterAll(async () => {
  await queue?.close();
  await browser?.close();
});

const hrefsOf = ({ html }: Mail): string[] =>
  [...html.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));

test("every one is written twice, as a page and as text, with the same links, in the reader's language", () => {
  expect(mails).toHaveLength(all.length + 1);
  expect(mails.find(({ subject }) => subject.startsWith("Чек"))?.text).toContain("30 минут");
  expect(new Set(mails.map(({ subject }) => subject)).size).toBeGreaterThan(all.length - 1);
  // The welcome was written before, in the language of the account.
  for (const mail of mails.filter(({ subject }) => subject !== "Welcome to Tintype")) {
    expect(mail.subject).toMatch(/[а-яё]/i);
    expect(mail.html).toContain('lang="ru"');
    expect(mail.text).toMatch(/^Здравствуйте!/);
    expect(`${mail.subject} ${mail.text}`).not.toMatch(/undefined|null|NaN|\[object/);
    for (const href of hrefsOf(mail)) expect(mail.text).toContain(href);
  }
});

const wayOutOf = (mail: Mail) =>
  hrefsOf(mail).find((href) => new URL(href).pathname === "/unsubscribe");

test("those that one may do without say how to get no more of them, to people and to programs, and the others do not", () => {
  const withWayOut = mails.filter((mail) => wayOutOf(mail) !== undefined);
  const subjects = withWayOut.map(({ subject }) => subject);
  expect(subjects).toHaveLength(optional.length);
  for (const subject of optional) expect(subjects).toContainEqual(expect.stringMatching(subject));
  for (const mail of mails) {
    const link = wayOutOf(mail);
    expect(mail.headers["list-unsubscribe"]).toBe(link && `<${link}>`);
    expect(mail.headers["list-unsubscribe-post"]).toBe(link && "List-Unsubscribe=One-Click");
  }
});

test("no link is dead, and none leads nowhere in particular", async () => {
  const links = new Set(mails.flatMap(hrefsOf));
  expect(links.size).toBeGreaterThan(3);
  for (const link of links) {
    expect(new URL(link).origin).toBe(new URL(stack.urls.app).origin);
    await buyer.page.goto(link);
    await buyer.page.locator("h1").first().waitFor();
    expect(await buyer.page.getByText("There is nothing at this address").count(), link).toBe(0);
    const { hash } = new URL(link);
    if (hash) await buyer.page.locator(hash).first().waitFor();
  }
});

test("the way out asks first, works for whoever is not signed in, and is seen in the settings", async () => {
  const link = mails.flatMap((mail) => wayOutOf(mail) ?? [])[0] ?? "";
  const stranger = await browser.newPage();
  await stranger.goto(link);
  const title = stranger.getByRole("heading", { level: 1 });
  expect(await title.textContent()).toBe("Больше не присылать таких писем?");
  await photograph(stranger, "stop-letters");
  await buyer.page.goto(`${stack.urls.app}/settings`);
  const letters = buyer.page.getByRole("switch", { name: "E-mail notifications" });
  await eventually(
    "the switch shows what is kept",
    PATIENCE_MS,
    async () => (await letters.isChecked()) || undefined,
  );

  await stranger.getByRole("button", { name: "Не присылать" }).click();
  await stranger.getByRole("heading", { name: "Такие письма больше не придут" }).waitFor();
  await photograph(stranger, "stop-letters-done");
  await stranger.goto(link.replace(/signature=.{4}/, "signature=AAAA"));
  await stranger.getByRole("heading", { name: "Ссылка не работает" }).waitFor();
  await photograph(stranger, "stop-letters-not-ours");
  await stranger.close();

  await buyer.page.reload();
  await letters.and(buyer.page.locator(":enabled")).waitFor();
  expect(await letters.isChecked()).toBe(false);
});

test("nothing sticks out at the side, on a desk and on a phone", async () => {
  const reader = await browser.newPage();
  for (const [index, mail] of mails.entries()) {
    await reader.setContent(mail.html);
    for (const width of [640, 390]) {
      await reader.setViewportSize({ width, height: 700 });
      // A new width is there a moment before the page is laid out for it.
      const fits = (wanted: number) =>
        innerWidth === wanted && document.documentElement.scrollWidth <= wanted;
      await eventually(
        `"${mail.subject}" fits into ${width}`,
        PATIENCE_MS,
        async () => (await reader.evaluate(fits, width)) || undefined,
      );
    }
    await photograph(reader, `letter-${index}`);
  }
  await reader.close();
});
