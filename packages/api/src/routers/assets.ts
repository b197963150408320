import {
  assetIdInput,
  createUploadInput,
  deleteAssetsInput,
  listAssetsInput,
} from "@tintype/core/assets";
import { confirmUpload } from "@tintype/services/assets/confirm-upload";
import { createUpload } from "@tintype/services/assets/create-upload";
import { deleteAssets } from "@tintype/services/assets/delete-assets";
import { getAsset, listAssets } from "@tintype/services/assets/list-assets";
import { router, userProcedure } from "../trpc.ts";

export const assetsRouter = router({
  createUpload: userProcedure
    .input(createUploadInput)
    .mutation(({ ctx, input }) => createUpload(ctx, input)),
  confirmUpload: userProcedure
    .input(assetIdInput)
    .mutation(({ ctx, input, signal }) => confirmUpload(ctx, input, signal)),
  get: userProcedure.input(assetIdInput).query(({ ctx, input }) => getAsset(ctx, input)),
  list: userProcedure.input(listAssetsInput).query(({ ctx, input }) => listAssets(ctx, input)),
  delete: userProcedure
    .input(deleteAssetsInput)
    .mutation(({ ctx, input }) => deleteAssets(ctx, input)),
});
