import "@tintype/local-cloud/testing";
import type { CreditSource } from "@tintype/core/credits";
import { noticeStep } from "@tintype/core/notices";
import { creditGrants, expiryNotices, subscriptions, users } from "@tintype/db/schema";
import { createSmtpSender } from "@tintype/integrations/email/smtp";
import { eq, sql } from "drizzle-orm";
import { expect, inject, test, vi } from "vitest";
import { useTestAuth } from "../auth/testing.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { startMailWorker } from "../mail/mail-worker.ts";
import type { CreditsExpireMessage, MailMessage } from "../mail/messages.ts";
import { updateSettings } from "../settings/settings.ts";
import { grantCredits } from "./grants.ts";
import { sendExpiryNotices } from "./send-expiry-notices.ts";

const services = useTestAuth();
const { userWithCredits, workerContext, clock, own, parts } = services;
const DAY = 24 * 3_600;
type User = ServiceContext<UserActor>;

/** A worker whose letters go into the real outbox, and are remembered. */
function teller() {
  const letters: MailMessage[] = [];
  const enqueue: ServiceContext["mail"]["enqueue"] = async (tx, message) => {
    letters.push(message);
    await own.mail.enqueue(tx, message);
  };
  const ctx = { ...workerContext(), mail: { enqueue } };
  return {
    tell: () => sendExpiryNotices(ctx),
    lettersTo: ({ actor }: User) =>
      letters
        .filter((letter): letter is CreditsExpireMessage => letter.kind === "credits_expire")
        .filter(({ userId }) => userId === actor.userId),
  };
}

let grants = 0;
async function grant(
  user: User,
  credits: number,
  inDays: number,
  { source = "purchase", lifeDays = 365 }: { source?: CreditSource; lifeDays?: number } = {},
): Promise<string> {
  grants += 1;
  const expires = clock.now().getTime() + inDays * DAY * 1_000;
  const grantId = services.newId();
  await grantCredits(user.db, {
    userId: user.actor.userId,
    grantId,
    source,
    category: source === "purchase" || source === "allowance" ? "paid" : "promo",
    amount: credits,
    idempotencyKey: `grant ${grants}`,
    now: new Date(Math.min(clock.now().getTime(), expires - lifeDays * DAY * 1_000)),
    expiresAt: new Date(expires),
    actor: { actorKind: "system", actorId: "test" },
  });
  return grantId;
}

const amounts = (letters: CreditsExpireMessage[]) =>
  letters.map(({ expiring }) => expiring.map(({ credits }) => credits));

// First, because the real queue sends one letter after the other and the stories below write many.
test("the letter arrives in the user's language and by their clock, with a way to get no more", async () => {
  const { tell } = teller();
  const user = await userWithCredits(0);
  const { userId } = user.actor;
  await user.db.update(users).set({ locale: "ru" }).where(eq(users.id, userId));
  await updateSettings(user, { timeZone: "Asia/Vladivostok" });
  const now = clock.now().getTime();
  const midday = (Math.floor(now / (DAY * 1_000)) + 5.5) * DAY * 1_000;
  await grant(user, 1_802, (midday - now) / (DAY * 1_000));
  await tell();

  const sender = createSmtpSender(inject("smtp").url, "Tintype <hello@tintype.local>");
  const worker = await startMailWorker({
    databaseUrl: parts.database.url,
    db: parts.database.db,
    sender,
    linkSecret: null,
    findDocument: async () => null,
    publicUrl: "https://studio.example",
    now: clock.now,
    onError: (error) => {
      throw error;
    },
  });
  const inbox = `${inject("smtp").inboxUrl}/api/messages?to=${encodeURIComponent(`${userId}@example.com`)}`;
  const arrived = async () => {
    const text = await (await fetch(inbox)).text();
    expect(text).toContain("кредита");
    return text;
  };
  const letter = await vi.waitFor(arrived, { timeout: 30_000, interval: 100 }).finally(async () => {
    await worker.stop();
    sender.close();
  });
  expect(letter).toMatch(/1.802 кредита: срок истекает \d+ \S+ \d{4}/);
  // Noon by Greenwich is ten in the evening there.
  expect(letter).toContain("22:00 (Asia/Vladivostok)");
  expect(letter).toContain("https://studio.example/wallet");
  expect(letter).toContain("https://studio.example/settings");
});

test("one letter lists all that is due, soonest first, and says it once", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  await grant(user, 500, 29);
  await grant(user, 40, 3);
  await grant(user, 60, 3);
  await grant(user, 7, 31);

  await tell();
  await tell();

  expect(amounts(lettersTo(user))).toEqual([[100, 500]]);
});

test("each step is told once: at 30 days, at 7, at 1, and never after the expiry", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  await grant(user, 500, 40);
  const told: number[] = [];
  for (let day = 40; day >= -1; day -= 1) {
    await tell();
    if (lettersTo(user).length > told.length) told.push(day);
    clock.advanceSeconds(DAY);
  }
  expect(told).toEqual([30, 7, 1]);
});

test("credits first seen five days before get the letter of seven days, and not that of thirty as well", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  const grantId = await grant(user, 500, 5);
  await tell();
  await tell();
  expect(lettersTo(user)).toHaveLength(1);
  const noted = user.db.select().from(expiryNotices).where(eq(expiryNotices.grantId, grantId));
  expect(await noted).toMatchObject([{ days: 7 }]);
});

test("credits whose expiry was moved are told about anew", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  const grantId = await grant(user, 5, 0.5);
  await tell();
  const later = new Date(clock.now().getTime() + 20 * DAY * 1_000);
  await user.db.update(creditGrants).set({ expiresAt: later }).where(eq(creditGrants.id, grantId));
  await tell();
  expect(lettersTo(user).map(({ expiring }) => new Date(expiring[0]?.expiresAt ?? 0))).toEqual([
    expect.any(Date),
    later,
  ]);
});

test("nothing is said of rewards, of what is spent, of what has expired or lasts, nor of short-lived grants", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(100);
  await grant(user, 10, 3, { source: "streak" });
  await grant(user, 20, 30, { lifeDays: 31 });
  const spent = await grant(user, 30, 3);
  await user.db
    .update(creditGrants)
    .set({ available: 0, spent: 30 })
    .where(eq(creditGrants.id, spent));
  await tell();
  expect(lettersTo(user)).toEqual([]);
  // The books of this user are wrong by our own hand; put back before they are proved.
  await user.db
    .update(creditGrants)
    .set({ available: 30, spent: 0 })
    .where(eq(creditGrants.id, spent));
});

test("an allowance is announced only when no next period will take it over", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  const { userId } = user.actor;
  await grant(user, 1_800, 5, { source: "allowance", lifeDays: 30 });
  const now = clock.now();
  await user.db.insert(subscriptions).values({
    userId,
    reference: `sub_${userId}`,
    planCode: "creator",
    interval: "month",
    status: "active",
    periodStart: new Date(now.getTime() - 25 * DAY * 1_000),
    periodEnd: new Date(now.getTime() + 5 * DAY * 1_000),
    stateAt: now,
    createdAt: now,
    updatedAt: now,
  });
  await tell();
  expect(lettersTo(user)).toEqual([]);

  await user.db
    .update(subscriptions)
    .set({ cancelAtPeriodEnd: true })
    .where(eq(subscriptions.userId, userId));
  await tell();
  expect(amounts(lettersTo(user))).toEqual([[1_800]]);
});

test("ten workers at once send one letter", async () => {
  const users = await Promise.all(Array.from({ length: 5 }, () => userWithCredits(0)));
  for (const user of users) {
    await grant(user, 100, 6);
    await grant(user, 200, 25);
  }
  const tellers = Array.from({ length: 10 }, teller);
  const told = await Promise.all(tellers.map(({ tell }) => tell()));
  expect(told.reduce((sum, users) => sum + users, 0)).toBe(5);
  for (const user of users) {
    expect(amounts(tellers.flatMap(({ lettersTo }) => lettersTo(user)))).toEqual([[100, 200]]);
  }
});

test("a letter that did not get into the outbox was not said, and is said by the next round", async () => {
  const user = await userWithCredits(0);
  await grant(user, 100, 6);
  const broken = { enqueue: () => Promise.reject(new Error("no outbox")) };
  await expect(sendExpiryNotices({ ...workerContext(), mail: broken })).rejects.toThrow(
    "1 of 1 users failed",
  );

  const { tell, lettersTo } = teller();
  await tell();
  expect(amounts(lettersTo(user))).toEqual([[100]]);
});

test("who wants no letters gets none; who wants them again gets what is due then", async () => {
  const { tell, lettersTo } = teller();
  const user = await userWithCredits(0);
  expect(await updateSettings(user, { emailNotifications: false })).toEqual({
    emailNotifications: false,
    timeZone: "UTC",
  });
  await grant(user, 100, 29);
  await tell();
  clock.advanceSeconds(25 * DAY);
  await tell();
  expect(lettersTo(user)).toEqual([]);

  await updateSettings(user, { emailNotifications: true });
  await tell();
  await tell();
  expect(amounts(lettersTo(user))).toEqual([[100]]);
});

test("the database and the pure rule agree on every step", async () => {
  const user = await userWithCredits(0);
  const now = clock.now().getTime();
  const lives = [0.5, 1, 2, 13, 14, 15, 30, 31, 59, 60, 365];
  const lefts = [0.01, 0.5, 1, 1.01, 6.9, 7, 7.1, 14, 29.9, 30, 30.1];
  const expected: Record<string, number> = {};
  for (const life of lives) {
    for (const left of lefts.filter((days) => days <= life)) {
      const id = await grant(user, 1, left, { lifeDays: life });
      const expires = now + left * DAY * 1_000;
      const step = noticeStep(expires - life * DAY * 1_000, expires, now);
      if (step !== null) expected[id] = step;
    }
  }
  const due = await user.db.execute<{ grant_id: string; days: number }>(
    sql`select grant_id, days from due_expiry_notices(${user.actor.userId}, ${new Date(now).toISOString()}::timestamptz)`,
  );
  expect(Object.fromEntries(due.map(({ grant_id, days }) => [grant_id, days]))).toEqual(expected);
  expect(new Set(Object.values(expected))).toEqual(new Set([1, 7, 30]));
});
