import { creditReceiptInput, historyInput } from "@tintype/core/history";
import { redeemPromoCodeInput } from "@tintype/core/rewards";
import { walletInput } from "@tintype/core/wallet";
import { getBalance } from "@tintype/services/credits/get-balance";
import { getCreditReceipt } from "@tintype/services/credits/get-credit-receipt";
import { getWallet } from "@tintype/services/credits/get-wallet";
import { listHistory } from "@tintype/services/credits/list-history";
import { redeemPromoCode } from "@tintype/services/rewards/redeem-promo-code";
import { router, userProcedure } from "../trpc.ts";

export const creditsRouter = router({
  balance: userProcedure.query(({ ctx }) => getBalance(ctx)),
  wallet: userProcedure.input(walletInput).query(({ ctx, input }) => getWallet(ctx, input)),
  history: userProcedure.input(historyInput).query(({ ctx, input }) => listHistory(ctx, input)),
  redeemPromoCode: userProcedure
    .input(redeemPromoCodeInput)
    .mutation(({ ctx, input }) => redeemPromoCode(ctx, input)),
  receipt: userProcedure
    .input(creditReceiptInput)
    .query(({ ctx, input }) => getCreditReceipt(ctx, input)),
});
