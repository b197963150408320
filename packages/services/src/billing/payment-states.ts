import type { DisputeState, PaymentState } from "@tintype/core/payment-state";
import type { Db, Tx } from "@tintype/db/client";
import { disputes, payments } from "@tintype/db/schema";
import { and, asc, eq, inArray } from "drizzle-orm";

/** What is known of a payment, with the provider's name for it. */
export type KnownPayment = PaymentState & { reference: string };

type PaymentRow = typeof payments.$inferSelect;

/** Everything a user has paid, by the provider's names. */
export async function readPayments(
  tx: Tx | Db,
  userId: string,
): Promise<Map<string, KnownPayment>> {
  // Sent together: one round trip.
  const [rows, found] = await Promise.all([
    tx
      .select()
      .from(payments)
      .where(eq(payments.userId, userId))
      .prepare("payments_of_user")
      .execute(),
    tx
      .select()
      .from(disputes)
      .where(eq(disputes.userId, userId))
      .orderBy(asc(disputes.reference))
      .prepare("disputes_of_user")
      .execute(),
  ]);
  return new Map(joined(rows, found).map((payment) => [payment.reference, payment]));
}

export async function findPayment(
  tx: Tx | Db,
  userId: string,
  reference: string,
): Promise<KnownPayment | undefined> {
  const rows = await tx
    .select()
    .from(payments)
    .where(and(eq(payments.userId, userId), eq(payments.reference, reference)))
    .prepare("payment_of_user")
    .execute();
  return (await withDisputes(tx, userId, rows))[0];
}

/** All these payments of one user with their disputes, in one query. */
export async function withDisputes(
  tx: Tx | Db,
  userId: string,
  rows: readonly PaymentRow[],
): Promise<KnownPayment[]> {
  if (rows.length === 0) return [];
  const references = rows.map(({ reference }) => reference);
  const found = await tx
    .select()
    .from(disputes)
    .where(and(eq(disputes.userId, userId), inArray(disputes.paymentReference, references)))
    .orderBy(asc(disputes.reference));
  return joined(rows, found);
}

const joined = (
  rows: readonly PaymentRow[],
  found: readonly (typeof disputes.$inferSelect)[],
): KnownPayment[] =>
  rows.map((row) => ({
    ...{ reference: row.reference, kind: row.kind, productCode: row.productCode },
    ...{ paidCents: row.paidCents, paidAt: row.paidAt },
    ...{ refundedCents: row.refundedCents, refundAt: row.refundAt },
    ...{ refundOrderedCents: row.refundOrderedCents, refundOrderedAt: row.refundOrderedAt },
    refundToldAt: row.refundToldAt,
    disputes: found
      .filter(({ paymentReference }) => paymentReference === row.reference)
      .map(({ reference, disputedCents, status, stateAt }) => ({
        ...{ reference, disputedCents, status, stateAt },
      })),
  }));

/** Writes down what is known of a payment, and of those of its disputes that have changed. */
export async function writePayment(
  tx: Tx,
  userId: string,
  {
    reference,
    before,
    after,
  }: { reference: string; before: PaymentState | undefined; after: PaymentState },
  now: Date,
): Promise<void> {
  const { disputes: told, ...facts } = after;
  const row = { ...facts, userId, reference, currency: "usd", updatedAt: now };
  await tx
    .insert(payments)
    .values(row)
    .onConflictDoUpdate({ target: [payments.userId, payments.reference], set: row })
    .prepare("write_payment")
    .execute();
  for (const dispute of told) {
    if (!before?.disputes.includes(dispute))
      await writeDispute(tx, userId, reference, dispute, now);
  }
}

async function writeDispute(
  tx: Tx,
  userId: string,
  paymentReference: string,
  dispute: DisputeState,
  now: Date,
): Promise<void> {
  const row = { ...dispute, userId, paymentReference, updatedAt: now };
  await tx
    .insert(disputes)
    .values(row)
    .onConflictDoUpdate({ target: [disputes.userId, disputes.reference], set: row })
    .prepare("write_dispute")
    .execute();
}
