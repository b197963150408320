import {
  collectAgain,
  finalizeAndCollect,
  invoicePaymentFailed,
  invoicePaymentSettled,
} from "../billing/collection.ts";
import { endSubscription, expireIncomplete } from "../billing/lifecycle.ts";
import { tellUpcoming } from "../billing/previews.ts";
import {
  expirePending,
  subscriptionInvoiceClosed,
  subscriptionPaid,
  subscriptionUnpaid,
} from "../billing/reactions.ts";
import { renew } from "../billing/renewals.ts";
import { stepSchedule } from "../billing/schedules.ts";
import { sessionPaid, sessionSaved, sessionUnpaid } from "../checkout/completion.ts";
import { expireSession } from "../checkout/payment.ts";
import type { TaskHandlers } from "../core/agenda.ts";
import { emit } from "../core/events.ts";
import type { Reactions } from "../core/world.ts";
import { settleDebit } from "../payments/pay.ts";
import { failRefund } from "../payments/refunds.ts";

/** Who listens to what happens: an invoice to its payment, a subscription to its invoice. */
export const reactions: Reactions = {
  paymentSettled: (world, intent) => {
    invoicePaymentSettled(world, intent);
    sessionPaid(world, intent);
  },
  paymentFailed: (world, intent) => {
    invoicePaymentFailed(world, intent);
    sessionUnpaid(world, intent);
  },
  setupSettled: sessionSaved,
  invoicePaid: subscriptionPaid,
  invoiceFailed: subscriptionUnpaid,
  invoiceClosed: subscriptionInvoiceClosed,
  customerGone: (world, subscription) => void endSubscription(world, subscription.id, {}),
};

export const tasks: TaskHandlers = {
  "session.expire": (world, id) => {
    if (world.store.get("checkout.session", id)?.status === "open") expireSession(world, id);
  },
  "debit.settle": settleDebit,
  "refund.fail": failRefund,
  "invoice.finalize": finalizeAndCollect,
  "invoice.collect": collectAgain,
  "invoice.upcoming": tellUpcoming,
  "subscription.renew": renew,
  "subscription.incomplete": expireIncomplete,
  "subscription.trial_reminder": (world, id) => {
    const subscription = world.store.get("subscription", id);
    if (subscription?.status === "trialing") {
      emit(world, "customer.subscription.trial_will_end", subscription);
    }
  },
  "update.expire": expirePending,
  "schedule.step": stepSchedule,
};
