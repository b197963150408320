import { createReferralCode, getReferrals } from "@tintype/services/rewards/referrals";
import { claimStreak, getStreak } from "@tintype/services/rewards/streak";
import { router, userProcedure } from "../trpc.ts";

export const rewardsRouter = router({
  referrals: userProcedure.query(({ ctx }) => getReferrals(ctx)),
  createReferralCode: userProcedure.mutation(({ ctx }) => createReferralCode(ctx)),
  streak: userProcedure.query(({ ctx }) => getStreak(ctx)),
  claimStreak: userProcedure.mutation(({ ctx }) => claimStreak(ctx)),
});
