import {
  changePlanInput,
  checkoutStatusInput,
  invoicesInput,
  openPortalInput,
  pauseInput,
  previewChangeInput,
  saveCardInput,
  startCheckoutInput,
  unpauseInput,
} from "@tintype/core/billing-inputs";
import { updateBillingPreferencesInput } from "@tintype/core/billing-preferences";
import { paymentsInput, requestRefundInput } from "@tintype/core/refunds";
import {
  cancelPlan,
  changePlan,
  previewChange,
  resumePlan,
} from "@tintype/services/billing/change-plan";
import { checkoutStatus } from "@tintype/services/billing/checkout-status";
import { getBillingCatalogue, getSubscription } from "@tintype/services/billing/get-subscription";
import { listInvoices } from "@tintype/services/billing/list-invoices";
import { listOpenDisputes } from "@tintype/services/billing/list-open-disputes";
import { listPayments } from "@tintype/services/billing/list-payments";
import { pausePlan, unpausePlan } from "@tintype/services/billing/pause-plan";
import {
  getBillingPreferences,
  updateBillingPreferences,
} from "@tintype/services/billing/preferences";
import { requestRefund } from "@tintype/services/billing/request-refund";
import { getSavedCard, saveCard } from "@tintype/services/billing/saved-card";
import { openPortal, startCheckout } from "@tintype/services/billing/start-checkout";
import { publicProcedure, router, userProcedure } from "../trpc.ts";

export const billingRouter = router({
  catalogue: publicProcedure.query(({ ctx }) => getBillingCatalogue(ctx)),
  startCheckout: userProcedure
    .input(startCheckoutInput)
    .mutation(({ ctx, input }) => startCheckout(ctx, input)),
  checkoutStatus: userProcedure
    .input(checkoutStatusInput)
    .query(({ ctx, input }) => checkoutStatus(ctx, input)),
  openPortal: userProcedure
    .input(openPortalInput)
    .mutation(({ ctx, input }) => openPortal(ctx, input)),
  card: userProcedure.query(({ ctx }) => getSavedCard(ctx)),
  saveCard: userProcedure.input(saveCardInput).mutation(({ ctx, input }) => saveCard(ctx, input)),
  invoices: userProcedure.input(invoicesInput).query(({ ctx, input }) => listInvoices(ctx, input)),
  subscription: userProcedure.query(({ ctx }) => getSubscription(ctx)),
  previewChange: userProcedure
    .input(previewChangeInput)
    .query(({ ctx, input }) => previewChange(ctx, input)),
  changePlan: userProcedure
    .input(changePlanInput)
    .mutation(({ ctx, input }) => changePlan(ctx, input)),
  preferences: userProcedure.query(({ ctx }) => getBillingPreferences(ctx)),
  updatePreferences: userProcedure
    .input(updateBillingPreferencesInput)
    .mutation(({ ctx, input }) => updateBillingPreferences(ctx, input)),
  payments: userProcedure.input(paymentsInput).query(({ ctx, input }) => listPayments(ctx, input)),
  openDisputes: userProcedure.query(({ ctx }) => listOpenDisputes(ctx)),
  requestRefund: userProcedure
    .input(requestRefundInput)
    .mutation(({ ctx, input }) => requestRefund(ctx, input)),
  cancel: userProcedure.mutation(({ ctx }) => cancelPlan(ctx)),
  resume: userProcedure.mutation(({ ctx }) => resumePlan(ctx)),
  pause: userProcedure.input(pauseInput).mutation(({ ctx, input }) => pausePlan(ctx, input)),
  unpause: userProcedure.input(unpauseInput).mutation(({ ctx, input }) => unpausePlan(ctx, input)),
});
