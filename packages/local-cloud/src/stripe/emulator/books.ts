import type { Stripe } from "stripe";
import { idOf, idOrNull, type World } from "../core/world.ts";

/** What went back and forth between a customer and us, in the smallest unit of one currency. */
export type Book = {
  customer: string | null;
  currency: string;
  paid: number;
  refunded: number;
  /** Taken by disputes that are open or lost. */
  disputed: number;
  /** paid − refunded − disputed. */
  net: number;
};

/** The emulator's own sums, from the movements of its balance, for a ledger to be compared with. */
export function booksOf(world: World): Book[] {
  const books = new Map<string, Book>();
  for (const movement of world.store.all("balance_transaction")) {
    const charge = chargeOf(world, idOrNull(movement.source as string | null) ?? "");
    if (!charge) continue;
    const customer = idOrNull(charge.customer);
    const key = `${customer} ${movement.currency}`;
    const book = books.get(key) ?? emptyBook(customer, movement.currency);
    books.set(key, book);
    if (movement.type === "refund" || movement.type === "refund_failure")
      book.refunded -= movement.amount;
    else if (movement.type === "adjustment") book.disputed -= movement.amount;
    else book.paid += movement.amount;
    book.net += movement.amount;
  }
  return [...books.values()];
}

const emptyBook = (customer: string | null, currency: string): Book => ({
  customer,
  currency,
  paid: 0,
  refunded: 0,
  disputed: 0,
  net: 0,
});

function chargeOf(world: World, source: string): Stripe.Charge | undefined {
  const refund = world.store.get("refund", source);
  const dispute = world.store.get("dispute", source);
  const id = refund ? idOrNull(refund.charge) : dispute ? idOf(dispute.charge) : source;
  return id ? world.store.get("charge", id) : undefined;
}
