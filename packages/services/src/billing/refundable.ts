import type { PaymentDispute, PaymentKind } from "@tintype/core/billing";
import type { GrantState } from "@tintype/core/credits";
import { disputeOf, takenCentsOf } from "@tintype/core/payment-state";
import { type PooledGrant, withRolledOver } from "@tintype/core/pooled-reversal";
import { DomainError } from "@tintype/core/problems";
import type { RefundFacts } from "@tintype/core/refunds";
import type { Db, Tx } from "@tintype/db/client";
import { creditGrants, paidPeriods } from "@tintype/db/schema";
import { and, eq, inArray } from "drizzle-orm";
import { creditsToComeOf } from "./credits-to-come.ts";
import { findPayment, type KnownPayment } from "./payment-states.ts";

type GrantRow = typeof creditGrants.$inferSelect;

/** A payment with its credits, each origin with what has rolled over from it. */
export type Refundable = {
  payment: KnownPayment;
  facts: RefundFacts;
  grants: PooledGrant[];
  /** Credits of it that are still to come. */
  toCome: number;
  kind: PaymentKind;
  paidAt: Date;
  disputeStatus: PaymentDispute;
};

/** @throws DomainError payment_not_found (also for somebody else's) */
export async function getRefundable(
  tx: Tx | Db,
  userId: string,
  reference: string,
  now: Date,
): Promise<Refundable> {
  const payment = await findPayment(tx, userId, reference);
  const [refundable] = payment ? await withCredits(tx, userId, [payment], now) : [];
  if (refundable) return refundable;
  throw new DomainError({ code: "payment_not_found", paymentReference: reference });
}

/** All these payments with their credits, in two queries. */
export async function withCredits(
  tx: Tx | Db,
  userId: string,
  rows: readonly KnownPayment[],
  now: Date,
): Promise<Refundable[]> {
  if (rows.length === 0) return [];
  const references = rows.map(({ reference }) => reference);
  const grants = await tx
    .select()
    .from(creditGrants)
    .where(
      and(eq(creditGrants.userId, userId), inArray(creditGrants.paymentReference, references)),
    );
  const lines = await tx.select().from(paidPeriods).where(eq(paidPeriods.userId, userId));
  return rows.map((payment) => {
    const ofPayment = grants.filter((grant) => grant.paymentReference === payment.reference);
    const isLent = ({ source }: GrantRow) => source === "overage";
    const states = mergeRolledOver(
      ofPayment.filter((grant) => !isLent(grant)),
      now,
    );
    // What went beyond the wallet was paid for as far as it was used, and a refund takes nothing of it.
    const used = ofPayment.filter(isLent).map((row) => ({ ...stateOf(row, now), expired: 0 }));
    const toCome = creditsToComeOf(lines, payment.reference);
    const { kind, paidAt } = payment;
    const facts = factsOf(payment, [...states, ...used], toCome);
    return {
      payment,
      facts,
      toCome,
      grants: states,
      kind,
      paidAt,
      disputeStatus: disputeOf(payment),
    };
  });
}

function factsOf(
  payment: KnownPayment,
  grants: readonly GrantState[],
  toCome: number,
): RefundFacts {
  const sum = (pick: (grant: GrantState) => number) =>
    grants.reduce((total, grant) => total + pick(grant), 0);
  return {
    paidCents: payment.paidCents,
    // With what is on its way: its credits count as taken back, so its money must.
    reversedCents: takenCentsOf(payment),
    grantedCredits: toCome + sum(amountOf),
    unspentCredits: toCome + sum(({ available, frozen }) => available + frozen),
    reversedCredits: sum(({ reversed, owed }) => reversed + owed),
  };
}

const amountOf = (g: GrantState): number =>
  g.available + g.held + g.spent + g.expired + g.frozen + g.reversed + g.owed;

/** Each origin with what has rolled over from it. */
function mergeRolledOver(rows: readonly GrantRow[], now: Date): PooledGrant[] {
  const all = rows.map((row) => ({ ...row, ...stateOf(row, now) }));
  return all
    .filter(({ rolledOverFrom }) => rolledOverFrom === null)
    .map((origin) =>
      withRolledOver(
        origin,
        all.filter(({ rolledOverFrom }) => rolledOverFrom === origin.id),
      ),
    );
}

/** What is past its expiry is gone, even before the sweep has written it down. */
function stateOf(row: GrantRow, now: Date): GrantState {
  const { available, held, spent, expired, frozen, reversed, owed, reversalTarget } = row;
  const isOver = row.expiresAt !== null && row.expiresAt <= now;
  return {
    ...{ held, spent, frozen, reversed, owed, reversalTarget },
    available: isOver ? 0 : available,
    expired: isOver ? expired + available : expired,
  };
}
