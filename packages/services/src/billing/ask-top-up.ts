import { payments as paymentRows, topUps, userPreferences } from "@tintype/db/schema";
import type { TopUpResult } from "@tintype/integrations/payments/payments";
import { and, eq, inArray, lte } from "drizzle-orm";
import { listPlansAndPacks } from "../catalogue/catalogue.ts";
import type { SystemActor } from "../context.ts";
import { readAddressee } from "../mail/addressee.ts";
import { ensureCustomer, readBuyer } from "./customers.ts";
import { lockWallet } from "./lock-wallet.ts";
import type { PaymentContext } from "./payment-context.ts";
import { nextAttempt } from "./retry-delay.ts";

type Context = PaymentContext<SystemActor>;
type TopUpRow = typeof topUps.$inferSelect;

/**
 * Asks the provider for the money of a purchase that is written down, or what became of it. The answer brings no
 * credits: those come with the webhook. @returns false when somebody else is asking
 */
export async function askTopUp(ctx: Context, id: string): Promise<boolean> {
  const now = ctx.now();
  const row = await claim(ctx, id, now);
  if (!row) return false;
  await record(ctx, row, await ask(ctx, row));
  return true;
}

/** Whoever asks has it for half a minute or more, and a crash only makes it wait for that long. */
async function claim({ db }: Context, id: string, now: Date): Promise<TopUpRow | null> {
  const [due] = await db.select().from(topUps).where(eq(topUps.id, id));
  if (!due?.nextAttemptAt) return null;
  const [row] = await db
    .update(topUps)
    .set({ attempts: due.attempts + 1, nextAttemptAt: nextAttempt(now, due.attempts) })
    .where(
      and(eq(topUps.id, id), eq(topUps.attempts, due.attempts), lte(topUps.nextAttemptAt, now)),
    )
    .returning();
  return row ?? null;
}

async function ask(ctx: Context, row: TopUpRow): Promise<TopUpResult> {
  const { payments, db, now } = ctx;
  if (!payments) throw new Error("the payment provider vanished in the middle of a round");
  const { userId, id, packCode: code, credits, priceCents } = row;
  const user = { db, now, actor: { kind: "user", userId, role: "user" } as const };
  const buyer = await readBuyer(user);
  const customer = await ensureCustomer(user, payments, buyer);
  const { packs } = await listPlansAndPacks(db);
  // What was reserved is what is bought, whatever the catalogue has become since.
  const name = packs.find((pack) => pack.code === code)?.name ?? code;
  const pack = { code, name, credits, priceCents, currency: "usd" as const };
  const isWanted = await isTurnedOn(ctx, userId);
  return payments.topUp({ id, user: buyer, customer, pack, isWanted });
}

/** Asked last: the provider may have been away for hours, and the user has thought better of it. */
async function isTurnedOn({ db }: Context, userId: string): Promise<boolean> {
  const [row] = await db
    .select({ enabledAt: userPreferences.topUpEnabledAt })
    .from(userPreferences)
    .where(eq(userPreferences.userId, userId));
  return row !== undefined && row.enabledAt !== null;
}

/** Under the wallet's lock, which the webhook takes as well: whichever comes second sees the other. */
async function record(ctx: Context, row: TopUpRow, result: TopUpResult): Promise<void> {
  const now = ctx.now();
  const isMine = and(
    eq(topUps.userId, row.userId),
    eq(topUps.id, row.id),
    inArray(topUps.status, ["asking", "charged"]),
  );
  const { payment: paymentReference } = result;
  await ctx.db.transaction(async (tx) => {
    await lockWallet(tx, row.userId, now);
    if (result.status === "declined") {
      const { reason } = result;
      const declined = await tx
        .update(topUps)
        .set({ status: "declined", reason, paymentReference, nextAttemptAt: null, updatedAt: now })
        .where(isMine)
        .returning({ id: topUps.id });
      if (declined.length === 0 || reason === "turned_off") return;
      const { wantsNotices: _, ...addressee } = await readAddressee(tx, row.userId);
      const { priceCents } = row;
      await ctx.mail.enqueue(tx, { kind: "top_up_declined", ...addressee, reason, priceCents });
      return;
    }
    const [booked] = await tx
      .select({ reference: paymentRows.reference })
      .from(paymentRows)
      .where(and(eq(paymentRows.userId, row.userId), eq(paymentRows.reference, result.payment)));
    // A bank's transfer may still be refused: it is asked for again. What has succeeded waits for its webhook only.
    const settled = booked || result.status === "succeeded" ? { nextAttemptAt: null } : {};
    const status = booked ? "paid" : "charged";
    await tx
      .update(topUps)
      .set({ status, paymentReference, updatedAt: now, ...settled })
      .where(isMine);
  });
  ctx.signals.userChanged(row.userId);
}
