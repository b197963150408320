import { updateSettingsInput } from "@tintype/core/settings";
import { getSettings, updateSettings } from "@tintype/services/settings/settings";
import { router, userProcedure } from "../trpc.ts";

export const settingsRouter = router({
  get: userProcedure.query(({ ctx }) => getSettings(ctx)),
  update: userProcedure
    .input(updateSettingsInput)
    .mutation(({ ctx, input }) => updateSettings(ctx, input)),
});
