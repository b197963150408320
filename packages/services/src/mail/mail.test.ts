import type { BillingNews } from "@tintype/core/billing-news";
import "@tintype/local-cloud/testing";
import type { Email, EmailSender } from "@tintype/integrations/email/email";
import { createSmtpSender } from "@tintype/integrations/email/smtp";
import { expect, inject, test, vi } from "vitest";
import { resetPassword } from "../auth/reset-password.ts";
import { signUp } from "../auth/sign-up.ts";
import { useTestAuth } from "../auth/testing.ts";
import { startBoss } from "./mail-queue.ts";
import { type MailWorkerOptions, startMailWorker } from "./mail-worker.ts";
import type { MailMessage } from "./messages.ts";
import { postNews } from "./post-news.ts";
import { readStopLettersLink } from "./stop-letters-link.ts";
import { writeLetter } from "./write-letter.ts";

const { visitor, newEmail, parts, own, clock, userWithCredits } = useTestAuth();
const PUBLIC_URL = "https://studio.example";
const LINK_SECRET = "a secret that only these tests know";
const ADDRESS = "Tintype <hello@tintype.local>";

type FindDocument = MailWorkerOptions["findDocument"];
const noDocument: FindDocument = async () => null;

const startWorker = (
  sender: EmailSender,
  onError: (error: Error) => void,
  findDocument = noDocument,
) =>
  startMailWorker({
    databaseUrl: parts.database.url,
    db: parts.database.db,
    sender,
    publicUrl: PUBLIC_URL,
    linkSecret: LINK_SECRET,
    findDocument,
    now: clock.now,
    onError,
  });
/** Without the letter that greets whoever signs up. */
const newUser = async () => {
  const { userId } = (await userWithCredits(0)).actor;
  return { id: userId, email: `${userId}@example.com` };
};
type Inbox = { messages: { id: string }[] } | { id: string }[];
async function inboxOf(to: string): Promise<string[]> {
  const base = inject("smtp").inboxUrl;
  const answer = await fetch(`${base}/api/messages?to=${encodeURIComponent(to)}`);
  const inbox = (await answer.json()) as Inbox;
  return (Array.isArray(inbox) ? inbox : inbox.messages).map((each) => JSON.stringify(each));
}

test("a letter is sent if and only if its transaction commits; its link resets the password", async () => {
  const { db } = parts.database;
  const [kept, undone] = [await newUser(), await newUser()];
  const letter = (user: typeof kept) =>
    ({ kind: "password_reset", userId: user.id, to: user.email, locale: "ru" }) as const;
  const sender = createSmtpSender(inject("smtp").url, ADDRESS);
  const worker = await startWorker(sender, (error) => {
    throw error;
  });

  await db
    .transaction(async (tx) => {
      await own.mail.enqueue(tx, letter(undone));
      throw new Error("undone");
    })
    .catch(() => undefined);
  await db.transaction((tx) => own.mail.enqueue(tx, letter(kept)));

  const [message = ""] = await vi.waitFor(
    async () => {
      const found = await inboxOf(kept.email);
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 30_000, interval: 100 },
  );
  await worker.stop();
  sender.close();
  expect(message).toContain("Новый пароль");
  expect(await inboxOf(undone.email)).toHaveLength(0);
  const token = /studio\.example\/reset-password\?token=([\w-]+)/.exec(message)?.[1] ?? "";
  await resetPassword(visitor(), { token, password: "a new password" });
});

test("whoever signs up is greeted once; a receipt has its words, its sum and its link", async () => {
  const { db } = parts.database;
  const email = newEmail();
  const signing = { email, password: "a good password", locale: "ru" } as const;
  const { user } = await signUp(visitor(), signing);
  await expect(signUp(visitor(), signing)).rejects.toMatchObject({
    problem: { code: "email_taken" },
  });
  const receipt: BillingNews = {
    kind: "receipt",
    ...{ productKind: "pack", productCode: "bundle_30m", credits: 1_800 },
    ...{ paidCents: 1_050, paidAt: "2026-06-01T22:30:00Z", paymentReference: "pi_1" },
    invoiceUrl: "https://invoice.example/in_1",
  };
  await db.transaction((tx) => postNews({ mail: own.mail }, tx, user.id, [receipt]));
  const sender = createSmtpSender(inject("smtp").url, ADDRESS);
  const worker = await startWorker(sender, (error) => {
    throw error;
  });
  const found = await vi
    .waitFor(
      async () => {
        const inbox = await inboxOf(email);
        expect(inbox).toHaveLength(2);
        return inbox.join(" ");
      },
      { timeout: 30_000, interval: 100 },
    )
    .finally(async () => {
      await worker.stop();
      sender.close();
    });
  expect(found).toContain("Добро пожаловать в Tintype");
  expect(found).toContain("https://studio.example/studio");
  expect(found).toMatch(/Чек на 10,50.\$/);
  expect(found).toMatch(/1.800 кредитов/);
  expect(found).toContain("https://invoice.example/in_1");
});

test("a mail server that fails is tried again, and the letter is sent once", async () => {
  const { db } = parts.database;
  const user = await newUser();
  const sent: string[] = [];
  const errors: string[] = [];
  let failures = 1;
  const flaky: EmailSender = {
    send: async ({ to }) => {
      if (failures-- > 0) throw new Error("mailbox busy");
      sent.push(to);
    },
    close: () => undefined,
  };
  const worker = await startWorker(flaky, (error) => errors.push(error.message));
  await db.transaction((tx) =>
    own.mail.enqueue(tx, { kind: "password_reset", userId: user.id, to: user.email, locale: "en" }),
  );

  await vi.waitFor(() => expect(errors).toEqual(["mailbox busy"]), { timeout: 30_000 });
  await retryNow();
  await vi.waitFor(() => expect(sent).toEqual([user.email]), { timeout: 30_000, interval: 100 });
  await worker.stop();
  expect(sent).toHaveLength(1);
});

test("a receipt that knows no invoice is given its document when it goes, and goes without one while nobody can say", async () => {
  const { db } = parts.database;
  const user = await newUser();
  const [sent, errors] = [[] as Email[], [] as Error[]];
  const sender: EmailSender = {
    send: async (mail) => void sent.push(mail),
    close: () => undefined,
  };
  const receipt = {
    kind: "receipt",
    productKind: "top_up",
    productCode: null,
    credits: 10,
  } as const;
  const paid = { paidCents: 900, paidAt: clock.now().toISOString() };
  const tell = (paymentReference: string, invoiceUrl: string | null) =>
    db.transaction((tx) =>
      postNews({ mail: own.mail }, tx, user.id, [
        { ...receipt, ...paid, paymentReference, invoiceUrl },
      ]),
    );
  const asked: string[] = [];
  const worker = await startWorker(
    sender,
    (error) => errors.push(error),
    async (payment) => {
      asked.push(payment);
      if (payment === "pi_away") throw new Error("the provider is away");
      return payment === "pi_none" ? null : `https://pay.example/receipts/${payment}`;
    },
  );
  const linkOf = async (payment: string, invoiceUrl: string | null = null) => {
    const before = sent.length;
    await tell(payment, invoiceUrl);
    await vi.waitFor(() => expect(sent).toHaveLength(before + 1), { timeout: 30_000 });
    return /(\S+)\n\nYou get this letter/.exec(sent.at(-1)?.text ?? "")?.[1];
  };
  expect(await linkOf("pi_1")).toBe("https://pay.example/receipts/pi_1");
  expect(await linkOf("pi_2", "https://pay.example/in_2")).toBe("https://pay.example/in_2");
  expect(await linkOf("pi_none")).toBe(`${PUBLIC_URL}/billing`);
  expect(errors).toEqual([]);
  expect(await linkOf("pi_away")).toBe(`${PUBLIC_URL}/billing`);
  expect(errors.map(({ cause }) => String(cause))).toEqual(["Error: the provider is away"]);
  expect(asked).toEqual(["pi_1", "pi_none", "pi_away"]);
  await worker.stop();
});

test("whatever a preference turns off can be stopped by mail programs, and nothing else; each link is its reader's", async () => {
  const user = await newUser();
  const [at, publicUrl] = [clock.now().toISOString(), PUBLIC_URL];
  const payment = { productKind: "pack", productCode: null, paidCents: 900, paidAt: at } as const;
  const to = { userId: user.id, to: user.email, locale: "ru", timeZone: "UTC" } as const;
  const plan = { planCode: "pro", credits: 1, rolledOverCredits: 0, expiresAt: at };
  const optional = [
    { kind: "credits_expire", expiring: [{ credits: 5, expiresAt: at }] },
    { kind: "overage_alert", percent: 80, usedCents: 80, limitCents: 100 },
    { kind: "low_balance", available: 7 },
    { kind: "renewal", ...plan },
  ] as const;
  const always = [
    { kind: "password_reset" },
    { kind: "sign_in_attempts" },
    { kind: "verify_email" },
    { kind: "welcome", credits: 1 },
    { kind: "payment_processing", amountDueCents: 1 },
    { kind: "top_up_declined", reason: "card_declined", priceCents: 900 },
    { kind: "receipt", ...payment, credits: 1, paymentReference: "pi_1", invoiceUrl: null },
    { kind: "refund", ...payment, refundedCents: 1, refundedInAllCents: 1 },
    { kind: "refund_failed", ...payment, failedCents: 1 },
    { kind: "dispute_opened", ...payment, disputedCents: 1 },
    ...[{ kind: "dispute_closed", ...payment, disputedCents: 1, outcome: "won" } as const].map(
      (closed) => ({ ...closed, isStillDisputed: false }),
    ),
    ...[{ kind: "payment_failed", amountDueCents: 1, attempts: 1 } as const].map((failed) => ({
      ...{ ...failed, isPlan: true, nextAttemptAt: null, payUrl: null },
    })),
    {
      kind: "plan",
      ...({ change: "kept", planCode: "pro", otherPlanCode: null, periodEnd: at } as const),
    },
  ] as const;
  // A kind that is in neither list does not compile.
  const all: Record<MailMessage["kind"], MailMessage> = Object.fromEntries(
    [...optional, ...always].map((message) => [message.kind, { ...message, ...to }]),
  ) as Record<(typeof optional | typeof always)[number]["kind"], MailMessage>;

  const wayOutOf = async (message: MailMessage, linkSecret: string | null) =>
    (await writeLetter({ db: parts.database.db, publicUrl, linkSecret, now: clock.now }, message))
      .unsubscribe;
  const stoppable: string[] = [];
  for (const message of Object.values(all)) {
    const wayOut = await wayOutOf(message, LINK_SECRET);
    if (!wayOut?.isOneClick) continue;
    stoppable.push(message.kind);
    const { origin, pathname, searchParams } = new URL(wayOut.url);
    expect([origin, pathname]).toEqual([PUBLIC_URL, "/unsubscribe"]);
    expect(searchParams.get("locale")).toBe("ru");
    expect(readStopLettersLink(LINK_SECRET, searchParams)).toBe(user.id);
    expect(readStopLettersLink(`${LINK_SECRET}.`, searchParams)).toBeNull();
    // Without a secret there is still the page for whoever signs in.
    expect(await wayOutOf(message, null)).toMatchObject({
      ...{ url: `${PUBLIC_URL}/settings`, isOneClick: false },
    });
  }
  expect(stoppable.toSorted()).toEqual(optional.map(({ kind }) => kind).toSorted());
});

test("a link that somebody waits for does not stand in line behind notices to many", async () => {
  const { db } = parts.database;
  const [sent, stoppable] = [[] as string[], [] as string[]];
  const sender: EmailSender = {
    send: async ({ to, unsubscribeUrl }) => {
      sent.push(to);
      if (unsubscribeUrl?.startsWith(`${PUBLIC_URL}/unsubscribe?`)) stoppable.push(to);
    },
    close: () => undefined,
  };
  const user = await newUser();
  const expiring = [{ credits: 5, expiresAt: clock.now().toISOString() }];
  const addressed = { userId: user.id, locale: "en" } as const;
  await db.transaction(async (tx) => {
    for (const to of ["notice-1", "notice-2"]) {
      const notice = { kind: "credits_expire", to, timeZone: "UTC", expiring } as const;
      await own.mail.enqueue(tx, { ...addressed, ...notice });
    }
    await own.mail.enqueue(tx, { ...addressed, kind: "password_reset", to: "waiting" });
  });
  const worker = await startWorker(sender, (error) => {
    throw error;
  });
  await vi.waitFor(() => expect(sent).toHaveLength(3), { timeout: 30_000, interval: 100 });
  await worker.stop();
  expect(sent[0]).toBe("waiting");
  expect(stoppable.toSorted()).toEqual(["notice-1", "notice-2"]);
});

/** Ends the wait before the second attempt, as the owner of the queue. */
async function retryNow(): Promise<void> {
  const boss = await startBoss({
    databaseUrl: parts.database.url,
    supervise: false,
    onError: (error) => {
      throw error;
    },
  });
  await vi.waitFor(async () => {
    const { rows } = await boss
      .getDb()
      .executeSql("update pgboss.job set start_after = now() where state = 'retry' returning id");
    expect(rows).toHaveLength(1);
  }, 30_000);
  await boss.stop({ graceful: false });
}
