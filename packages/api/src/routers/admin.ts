import {
  adjustCreditsInput,
  adminUserInput,
  compensateUserInput,
} from "@tintype/core/admin-credits";
import { listWebhookEventsInput, replayWebhookEventInput } from "@tintype/core/billing-inputs";
import { previewRefundInput, refundInput } from "@tintype/core/refunds";
import { createPromoCodeInput, listPromoCodesInput, promoCodeInput } from "@tintype/core/rewards";
import { adjustCredits, compensateUser } from "@tintype/services/admin/adjust-credits";
import {
  createPromoCode,
  disablePromoCode,
  listPromoCodes,
} from "@tintype/services/admin/promo-codes";
import { previewRefund, refundPayment } from "@tintype/services/admin/refund-payment";
import { syncUser, validateUser } from "@tintype/services/admin/user-credits";
import { listWebhookEvents, replayWebhookEvent } from "@tintype/services/admin/webhook-events";
import { rollOverDue } from "@tintype/services/billing/roll-over-due";
import { adminProcedure, router } from "../trpc.ts";

export const adminRouter = router({
  adjustCredits: adminProcedure
    .input(adjustCreditsInput)
    .mutation(({ ctx, input }) => adjustCredits(ctx, input)),
  compensate: adminProcedure
    .input(compensateUserInput)
    .mutation(({ ctx, input }) => compensateUser(ctx, input)),
  createPromoCode: adminProcedure
    .input(createPromoCodeInput)
    .mutation(({ ctx, input }) => createPromoCode(ctx, input)),
  disablePromoCode: adminProcedure
    .input(promoCodeInput)
    .mutation(({ ctx, input }) => disablePromoCode(ctx, input)),
  listPromoCodes: adminProcedure
    .input(listPromoCodesInput)
    .query(({ ctx, input }) => listPromoCodes(ctx, input)),
  listWebhookEvents: adminProcedure
    .input(listWebhookEventsInput)
    .query(({ ctx, input }) => listWebhookEvents(ctx, input)),
  previewRefund: adminProcedure
    .input(previewRefundInput)
    .query(({ ctx, input }) => previewRefund(ctx, input)),
  refund: adminProcedure.input(refundInput).mutation(({ ctx, input }) => refundPayment(ctx, input)),
  replayWebhookEvent: adminProcedure
    .input(replayWebhookEventInput)
    .mutation(({ ctx, input }) => replayWebhookEvent(ctx, input)),
  rollOver: adminProcedure.mutation(({ ctx }) => rollOverDue(ctx)),
  validateUserCredits: adminProcedure
    .input(adminUserInput)
    .query(({ ctx, input }) => validateUser(ctx, input)),
  syncUserCredits: adminProcedure
    .input(adminUserInput)
    .mutation(({ ctx, input }) => syncUser(ctx, input)),
});
