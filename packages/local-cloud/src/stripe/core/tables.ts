import type { Stripe } from "stripe";
import type { FormTree } from "./form.ts";

/** Everything the emulator knows, by the `object` of what it is. Public objects are Stripe's own. */
export type Tables = {
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  product: Stripe.Product;
  price: Stripe.Price;
  payment_method: Stripe.PaymentMethod;
  payment_intent: Stripe.PaymentIntent;
  setup_intent: Stripe.SetupIntent;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  dispute: Stripe.Dispute;
  balance_transaction: Stripe.BalanceTransaction;
  subscription: Stripe.Subscription;
  subscription_schedule: Stripe.SubscriptionSchedule;
  invoice: Stripe.Invoice;
  invoiceitem: Stripe.InvoiceItem;
  invoice_payment: Stripe.InvoicePayment;
  "checkout.session": Stripe.Checkout.Session;
  "billing_portal.session": Stripe.BillingPortal.Session;
  "billing_portal.configuration": Stripe.BillingPortal.Configuration;
  "test_helpers.test_clock": Stripe.TestHelpers.TestClock;
  event: Stripe.EventBase;
  webhook_endpoint: Stripe.WebhookEndpoint;
  // What Stripe keeps to itself.
  card: CardOnFile;
  order: CheckoutOrder;
  delivery: Delivery;
  task: Task;
  answer: StoredAnswer;
  setting: Setting;
};

export type TableName = keyof Tables;

/** How the card behind a payment method behaves; its id is the payment method's. */
export type CardOnFile = {
  id: string;
  behaviour: string;
  /** Confirmed by its holder for payments to come, so that off-session ones need no confirmation. */
  authenticated: boolean;
};

/** What a Checkout session was asked to make; its id is the session's. */
export type CheckoutOrder = {
  id: string;
  params: FormTree;
  lines: Stripe.LineItem[];
  /** What a payment was tried with, known to the outside only once the session is complete. */
  intent: string | null;
  subscription: string | null;
  /** The buyer ticked the box that keeps the card; not there before anybody has pressed Pay. */
  keepsMethod?: boolean;
};

export type DeliveryAttempt = {
  /** Milliseconds since 1970, by the emulator's clock. */
  at: number;
  /** Null when no answer came. */
  status: number | null;
  error: string | null;
};

/** One event on its way to one endpoint. */
export type Delivery = {
  id: string;
  event: string;
  type: string;
  endpoint: string;
  state: "pending" | "delivered" | "failed";
  /** Milliseconds since 1970, by the machine's clock: not before. */
  notBefore: number;
  attempts: DeliveryAttempt[];
};

/** Something that happens by itself when the time has come. */
export type Task = {
  id: string;
  kind: TaskKind;
  subject: string;
  /** Seconds since 1970, on its clock. */
  at: number;
  /** A test clock, or null for the emulator's own time. */
  clock: string | null;
};

export type TaskKind =
  | "session.expire"
  | "debit.settle"
  | "refund.fail"
  | "invoice.finalize"
  | "invoice.collect"
  | "invoice.upcoming"
  | "subscription.renew"
  | "subscription.incomplete"
  | "subscription.trial_reminder"
  | "update.expire"
  | "schedule.step";

/** The answer to a request with an Idempotency-Key. */
export type StoredAnswer = {
  id: string;
  request: string;
  /** The hash of its parameters. */
  params: string;
  status: number;
  body: string;
  requestId: string;
  /** Seconds since 1970. */
  at: number;
};

export type Setting = { id: string; value: string };
