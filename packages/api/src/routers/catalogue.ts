import { getCatalogue } from "@tintype/services/catalogue/get-catalogue";
import { publicProcedure, router } from "../trpc.ts";

export const catalogueRouter = router({
  get: publicProcedure.query(({ ctx }) => getCatalogue(ctx)),
});
