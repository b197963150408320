import { adminRouter } from "./routers/admin.ts";
import { assetsRouter } from "./routers/assets.ts";
import { authRouter } from "./routers/auth.ts";
import { billingRouter } from "./routers/billing.ts";
import { catalogueRouter } from "./routers/catalogue.ts";
import { creditsRouter } from "./routers/credits.ts";
import { jobsRouter } from "./routers/jobs.ts";
import { rewardsRouter } from "./routers/rewards.ts";
import { settingsRouter } from "./routers/settings.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  auth: authRouter,
  billing: billingRouter,
  catalogue: catalogueRouter,
  credits: creditsRouter,
  assets: assetsRouter,
  jobs: jobsRouter,
  rewards: rewardsRouter,
  admin: adminRouter,
  settings: settingsRouter,
});
export type AppRouter = typeof appRouter;
