import { randomUUID } from "node:crypto";
import type { Tx } from "@tintype/db/client";
import * as functions from "@tintype/db/reward-functions";
import { getRewards } from "../catalogue/catalogue.ts";

export type ReferralPayment = {
  userId: string;
  reference: string;
  paidCents: number;
  /** Whether any payment of this user has not been taken back whole, by refunds and lost disputes together. */
  anyStands: boolean;
};

/**
 * A step, to be called for every news of a payment after `lockPaymentWallets`, in whatever order the news come: the
 * first payment of somebody invited rewards the one who invited them, and when all they ever paid is taken back, so is
 * the reward. A state, so telling it again changes nothing.
 */
export async function applyReferral(tx: Tx, payment: ReferralPayment, now: Date): Promise<void> {
  const { userId, reference, paidCents, anyStands } = payment;
  if (paidCents <= 0) return;
  const { referralCredits: credits } = await getRewards(tx);
  const grantId = randomUUID();
  const reward = { userId, paymentReference: reference, grantId, credits, now };
  // Sent together, in this order: the reward is made before it is held back.
  await Promise.all([
    functions.rewardReferral(tx, reward),
    functions.holdReferralReward(tx, { userId, stands: anyStands, now }),
  ]);
}

/** A step: call it before anything else locks a wallet in a transaction about a payment of this user. */
export const lockPaymentWallets = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  await functions.lockPaymentWallets(tx, { userId, now });
};
