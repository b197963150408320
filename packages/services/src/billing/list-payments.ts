import type { Page } from "@tintype/core/assets";
import { SELF_REFUND_DAYS } from "@tintype/core/billing";
import {
  leftCentsOf,
  type PaymentsInput,
  type PaymentView,
  selfRefundProblem,
} from "@tintype/core/refunds";
import type { Tx } from "@tintype/db/client";
import { packs, payments, plans } from "@tintype/db/schema";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { invalidCursor, toPage } from "../keyset.ts";
import { readAsUser } from "../read-as-user.ts";
import { withDisputes } from "./payment-states.ts";
import { type Refundable, withCredits } from "./refundable.ts";

const CURSOR = /^(\d{1,13})_(\S{1,200})$/;
const DAY_MS = 86_400_000;

/** What the user has paid, newest first, and what of it can be taken back today. */
export async function listPayments(
  ctx: ServiceContext<UserActor>,
  { cursor, limit }: PaymentsInput,
): Promise<Page<PaymentView>> {
  const { userId } = ctx.actor;
  const now = ctx.now();
  const { rows, refundables, names } = await readAsUser(ctx, async (tx) => {
    const found = await tx
      .select()
      .from(payments)
      .where(and(eq(payments.userId, userId), cursor === undefined ? undefined : behind(cursor)))
      .orderBy(desc(payments.paidAt), desc(payments.reference))
      .limit(limit + 1);
    const shown = await withDisputes(tx, userId, found.slice(0, limit));
    return {
      rows: found,
      refundables: await withCredits(tx, userId, shown, now),
      names: await namesOf(tx, shown),
    };
  });
  const items = refundables.map((refundable) => viewOf(refundable, names, now));
  return toPage(rows, limit, (row) => `${row.paidAt.getTime()}_${row.reference}`, items);
}

function viewOf(refundable: Refundable, names: Map<string, string>, now: Date): PaymentView {
  const { payment, facts, kind, paidAt, disputeStatus } = refundable;
  const { reference, productCode, paidCents, refundedCents, refundAt } = payment;
  const pendingRefundCents = Math.max(0, (payment.refundOrderedCents ?? 0) - refundedCents);
  const isRefundable = selfRefundProblem(refundable, now) === null;
  const until = new Date(paidAt.getTime() + SELF_REFUND_DAYS * DAY_MS);
  return {
    ...{ reference, kind, paidCents, paidAt, refundedCents, disputeStatus },
    pendingRefundCents,
    hasRefundFailed: refundAt !== null && refundedCents === 0 && pendingRefundCents === 0,
    productName: productCode === null ? null : (names.get(productCode) ?? null),
    refundableCents: isRefundable ? leftCentsOf(facts) : 0,
    refundableUntil: isRefundable ? until : null,
  };
}

async function namesOf(
  tx: Tx,
  rows: readonly { productCode: string | null }[],
): Promise<Map<string, string>> {
  const codes = rows.flatMap(({ productCode }) => productCode ?? []);
  if (codes.length === 0) return new Map();
  const pack = { code: packs.code, name: packs.name };
  const plan = { code: plans.code, name: plans.name };
  const found = [
    ...(await tx.select(pack).from(packs).where(inArray(packs.code, codes))),
    ...(await tx.select(plan).from(plans).where(inArray(plans.code, codes))),
  ];
  return new Map(found.map(({ code, name }) => [code, name]));
}

function behind(cursor: string) {
  const [, time, reference] = CURSOR.exec(cursor) ?? [];
  if (!time || !reference) throw invalidCursor();
  const at = new Date(Number(time)).toISOString();
  return sql`(${payments.paidAt}, ${payments.reference}) < (${at}::timestamptz, ${reference})`;
}
