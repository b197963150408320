import { historyInput } from "@tintype/core/jobs";
import { redeemPromoCodeInput } from "@tintype/core/rewards";
import { getBalance } from "@tintype/services/credits/get-balance";
import { listHistory } from "@tintype/services/credits/list-history";
import { redeemPromoCode } from "@tintype/services/rewards/redeem-promo-code";
import { router, userProcedure } from "../trpc.ts";

export const creditsRouter = router({
  balance: userProcedure.query(({ ctx }) => getBalance(ctx)),
  history: userProcedure.input(historyInput).query(({ ctx, input }) => listHistory(ctx, input)),
  redeemPromoCode: userProcedure
    .input(redeemPromoCodeInput)
    .mutation(({ ctx, input }) => redeemPromoCode(ctx, input)),
});
