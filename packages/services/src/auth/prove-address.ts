import type { Tx } from "@tintype/db/client";
import { referrals, type UserRow, users } from "@tintype/db/schema";
import { and, eq, isNull } from "drizzle-orm";
import { readPayments } from "../billing/payment-states.ts";
import { stands } from "../billing/payments.ts";
import { getRewards } from "../catalogue/catalogue.ts";
import type { ServiceContext } from "../context.ts";
import { redeemClaims } from "../credits/claims.ts";
import { applyReferral } from "../rewards/referral-rewards.ts";
import { welcome } from "../rewards/welcome.ts";

type Context = Pick<ServiceContext, "mail" | "now">;

/**
 * A step: the address is the user's own, so all that waited for it is given, once, however many links are opened at
 * the same time. The caller has locked the wallets (`lockPaymentWallets`) and then the user's row, in this order,
 * as news of a payment and an import do: whichever comes second sees what the first has done.
 * @param user as it was before
 */
export async function proveAddress({ mail, now }: Context, tx: Tx, user: UserRow): Promise<void> {
  const { id: userId, email } = user;
  await tx
    .update(users)
    .set({ verifiedEmail: email, awaitsVerification: false })
    .where(eq(users.id, userId));
  if (user.verifiedEmail !== email) await redeemClaims(tx, { userId, email }, now());
  if (!user.awaitsVerification) return;

  const rewards = await getRewards(tx);
  const { isNewHere } = await welcome(tx, user, rewards, now());
  if (isNewHere) await rewardEarnedReferral(tx, userId, now());
  else await forgetReferral(tx, userId);
  const credits = isNewHere ? rewards.welcomeCredits : 0;
  await mail.enqueue(tx, { kind: "welcome", userId, to: email, locale: user.locale, credits });
}

/** They may have paid before they confirmed their address. The first payment is the one that counts. */
async function rewardEarnedReferral(tx: Tx, userId: string, now: Date): Promise<void> {
  const payments = [...(await readPayments(tx, userId)).values()];
  const [first] = payments
    .filter(({ paidCents }) => paidCents > 0)
    .toSorted((a, b) => a.paidAt.getTime() - b.paidAt.getTime());
  if (!first) return;
  const { reference, paidCents } = first;
  const anyStands = payments.some(stands);
  await applyReferral(tx, { userId, reference, paidCents, anyStands }, now);
}

/** Another account of the same person was confirmed meanwhile: nobody new was brought. */
async function forgetReferral(tx: Tx, userId: string): Promise<void> {
  await tx
    .delete(referrals)
    .where(and(eq(referrals.refereeId, userId), isNull(referrals.rewardedAt)));
}
