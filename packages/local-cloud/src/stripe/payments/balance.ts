import type { Stripe } from "stripe";
import type { World } from "../core/world.ts";

const FEE_PERCENT = 2.9;
const FEE_FIXED = 30;
/** What a dispute costs, in the smallest unit. */
export const DISPUTE_FEE = 1_500;

export const chargeFee = (amount: number) => Math.round((amount * FEE_PERCENT) / 100) + FEE_FIXED;

type Movement = {
  amount: number;
  fee: number;
  currency: string;
  source: string;
  type: Stripe.BalanceTransaction["type"];
  category: string;
  description: string | null;
};

/** A movement of our balance at Stripe: what a customer paid, got back or disputed. */
export function moveBalance(world: World, movement: Movement): Stripe.BalanceTransaction {
  const { amount, fee, currency, source, type, category, description } = movement;
  const created = world.now();
  const transaction: Stripe.BalanceTransaction = {
    id: world.id("txn"),
    object: "balance_transaction",
    amount,
    available_on: created,
    balance_type: "payments",
    created,
    currency,
    description,
    exchange_rate: null,
    fee,
    fee_details: fee
      ? [
          {
            amount: fee,
            application: null,
            currency,
            description: "Stripe processing fees",
            type: "stripe_fee",
          },
        ]
      : [],
    net: amount - fee,
    reporting_category: category,
    source,
    status: "available",
    type,
  };
  world.store.put("balance_transaction", transaction);
  return transaction;
}
