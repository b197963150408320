import { randomUUID } from "node:crypto";
import type { Locale } from "@tintype/core/auth";
import type { Db, Tx } from "@tintype/db/client";
import { stripeCustomers, users } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { and, eq, isNull } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";

type Context = Pick<ServiceContext<UserActor>, "db" | "actor" | "now">;
export type Buyer = { id: string; email: string; locale: Locale };

export async function readBuyer({ db, actor }: Context): Promise<Buyer> {
  const [buyer] = await db
    .select({ id: users.id, email: users.email, locale: users.locale })
    .from(users)
    .where(eq(users.id, actor.userId));
  if (!buyer) throw new Error(`the user ${actor.userId} has a session and no account`);
  return buyer;
}

/** @returns null for somebody who has never been at the checkout */
export async function findCustomer({
  db,
  actor,
}: {
  db: Db | Tx;
  actor: UserActor;
}): Promise<string | null> {
  const [row] = await db
    .select({ customerId: stripeCustomers.customerId })
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, actor.userId));
  return row?.customerId ?? null;
}

/**
 * Asks the provider something for the buyer's customer. One whom it does not know (deleted while we were not told, or
 * of the account whose keys were here before) is replaced, once. @param ask null: the customer is not known
 */
export async function askForCustomer<T>(
  ctx: Context,
  payments: PaymentProvider,
  buyer: Buyer,
  ask: (customer: string) => Promise<T | null>,
): Promise<T> {
  const known = await ensureCustomer(ctx, payments, buyer);
  const answer = await ask(known);
  if (answer !== null) return answer;
  await ctx.db
    .delete(stripeCustomers)
    .where(and(eq(stripeCustomers.userId, buyer.id), eq(stripeCustomers.customerId, known)));
  const second = await ask(await ensureCustomer(ctx, payments, buyer));
  if (second === null) throw new Error(`the provider does not know the customer it has just made`);
  return second;
}

/**
 * The buyer's customer at the provider, made on the first purchase. Reserve, commit, ask, write down: whoever asks at
 * the same moment sends the same request id, and the provider makes one customer of them.
 */
export async function ensureCustomer(
  ctx: Context,
  payments: PaymentProvider,
  buyer: Buyer,
): Promise<string> {
  const known = await findCustomer(ctx);
  if (known) return known;
  const { db } = ctx;
  await db
    .insert(stripeCustomers)
    .values({ userId: buyer.id, requestId: randomUUID(), createdAt: ctx.now() })
    .onConflictDoNothing({ target: stripeCustomers.userId });
  const ofBuyer = eq(stripeCustomers.userId, buyer.id);
  const [reserved] = await db
    .select({ requestId: stripeCustomers.requestId })
    .from(stripeCustomers)
    .where(ofBuyer);
  if (!reserved) throw new Error(`the customer of ${buyer.id} was deleted while it was made`);
  const { requestId } = reserved;
  const customerId = await payments.createCustomer(buyer, requestId);
  await db
    .update(stripeCustomers)
    .set({ customerId })
    .where(
      and(ofBuyer, eq(stripeCustomers.requestId, requestId), isNull(stripeCustomers.customerId)),
    );
  return customerId;
}
