import { historyInput } from "@tintype/core/jobs";
import { getBalance } from "@tintype/services/credits/get-balance";
import { listHistory } from "@tintype/services/credits/list-history";
import { router, userProcedure } from "../trpc.ts";

export const creditsRouter = router({
  balance: userProcedure.query(({ ctx }) => getBalance(ctx)),
  history: userProcedure.input(historyInput).query(({ ctx, input }) => listHistory(ctx, input)),
});
