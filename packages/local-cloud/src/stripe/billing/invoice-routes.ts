import { invalid, missingParam } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { createdFilter, LIST_PARAMS, pageInOrder, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { collect, collectLater, methodFor, payInvoice } from "./collection.ts";
import { markUncollectible, voidInvoice } from "./invoice-closing.ts";
import { dueIn, requireStatus, subscriptionOf } from "./invoice-relations.ts";
import { draftInvoice, finalizeInvoice, finalizeLater } from "./invoices.ts";

const ASKED = [
  ...["auto_advance", "collection_method", "days_until_due", "due_date", "description", "footer"],
  ...["default_payment_method", "metadata"],
];
const CREATE = [...ASKED, "customer", "subscription", "currency", "pending_invoice_items_behavior"];

function create({ world, params }: Call) {
  params.allowOnly(CREATE);
  const customer = world.customer(params.required("customer"), "customer");
  const subscription = params.text("subscription");
  const method = params.choice("collection_method", ["charge_automatically", "send_invoice"]);
  const days = params.natural("days_until_due");
  const pending = params.choice("pending_invoice_items_behavior", ["include", "exclude"]);
  if (subscription && pending) {
    throw invalid(
      "You may only specify one of these parameters: pending_invoice_items_behavior, subscription.",
    );
  }
  if (method === "send_invoice" && days === undefined && !params.has("due_date")) {
    throw missingParam("days_until_due");
  }
  const invoice = draftInvoice(
    world,
    {
      customer,
      currency: params.text("currency") ?? customer.currency ?? "usd",
      reason: "manual",
      lines: [],
      subscription: subscription ? world.must("subscription", subscription, "subscription") : null,
      collection_method: method ?? "charge_automatically",
      default_payment_method: params.nullable("default_payment_method") ?? null,
      description: params.nullable("description") ?? null,
      footer: params.nullable("footer") ?? null,
      metadata: params.metadata(),
      due_date:
        params.integer("due_date") ?? (days === undefined ? null : dueIn(world, customer, days)),
    },
    subscription !== undefined || pending === "include",
  );
  if (!params.boolean("auto_advance")) return invoice;
  return finalizeLater(world, invoice.id, world.settings.draftSeconds);
}

function change({ world, params, id }: Call) {
  const invoice = world.must("invoice", id());
  params.allowOnly(ASKED);
  if (
    invoice.status !== "draft" &&
    params
      .names()
      .some(
        (name) =>
          name !== "metadata" && name !== "auto_advance" && name !== "default_payment_method",
      )
  ) {
    requireStatus(invoice, ["draft"], "Finalized invoices can't be updated in this way");
  }
  const advance = params.boolean("auto_advance");
  const changed = {
    metadata: params.metadata(invoice.metadata ?? {}),
    description: params.nullable("description") ?? invoice.description,
    footer: params.nullable("footer") ?? invoice.footer,
    default_payment_method:
      params.nullable("default_payment_method") ?? invoice.default_payment_method,
    ...(advance === undefined ? {} : { auto_advance: advance }),
  };
  const updated = update(world, "invoice", id(), changed, "invoice.updated");
  if (!advance || updated.status !== "draft") return updated;
  return finalizeLater(world, id(), world.settings.draftSeconds);
}

function remove({ world, id }: Call) {
  const invoice = world.must("invoice", id());
  requireStatus(invoice, ["draft"], "You can only delete draft invoices.");
  if (subscriptionOf(invoice)) {
    throw invalid("You cannot delete invoices that are attached to a subscription.");
  }
  for (const item of world.store.all("invoiceitem")) {
    if (item.invoice === invoice.id) world.store.remove("invoiceitem", item.id);
  }
  world.unschedule("invoice.finalize", invoice.id);
  world.store.remove("invoice", invoice.id);
  emit(world, "invoice.deleted", invoice);
  return { id: invoice.id, object: "invoice", deleted: true };
}

function finalize({ world, params, id }: Call) {
  const advance = params.allowOnly(["auto_advance"]).boolean("auto_advance");
  if (advance !== undefined) world.change("invoice", id(), { auto_advance: advance });
  const invoice = finalizeInvoice(world, id());
  const collects = invoice.auto_advance && invoice.collection_method === "charge_automatically";
  if (!collects || invoice.status !== "open") return invoice;
  const { collectSeconds, draftSeconds } = world.settings;
  const hasMethod = methodFor(world, invoice) !== null;
  if (hasMethod && collectSeconds === 0) return collect(world, id());
  // Without a method there is time to name one; then the attempt fails as it does at Stripe.
  collectLater(world, invoice, hasMethod ? collectSeconds : draftSeconds);
  return world.must("invoice", id());
}

function list({ world, params }: Call) {
  params.allowOnly([
    ...LIST_PARAMS,
    "customer",
    "subscription",
    "status",
    "collection_method",
    "created",
  ]);
  const [customer, subscription, status] = ["customer", "subscription", "status"].map((name) =>
    params.text(name),
  );
  const isAsked = createdFilter(params);
  const rows = world.store
    .all("invoice")
    .filter(
      (invoice) =>
        isAsked(invoice) &&
        (customer === undefined || invoice.customer === customer) &&
        (subscription === undefined || subscriptionOf(invoice) === subscription) &&
        (status === undefined || invoice.status === status),
    );
  return pageOf(params, rows, "/v1/invoices");
}

function listPayments({ world, params }: Call) {
  params.allowOnly([...LIST_PARAMS, "invoice", "status", "payment", "created"]);
  const [invoice, status] = [params.text("invoice"), params.text("status")];
  const payment = params.group("payment").allowOnly(["type", "payment_intent"]);
  const intent = payment.text("payment_intent");
  const rows = world.store
    .all("invoice_payment")
    .filter(
      (each) =>
        (invoice === undefined || each.invoice === invoice) &&
        (status === undefined || each.status === status) &&
        (intent === undefined || each.payment.payment_intent === intent),
    );
  return pageOf(params, rows, "/v1/invoice_payments");
}

export const invoiceRoutes: Routes = {
  "POST /v1/invoices": create,
  "GET /v1/invoices": list,
  "GET /v1/invoices/:id": ({ world, id }) => world.must("invoice", id()),
  "POST /v1/invoices/:id": change,
  "DELETE /v1/invoices/:id": remove,
  "POST /v1/invoices/:id/finalize": finalize,
  "POST /v1/invoices/:id/pay": ({ world, params, id }) => {
    params.allowOnly(["payment_method", "paid_out_of_band", "off_session", "forgive"]);
    const method = params.text("payment_method");
    const elsewhere = params.boolean("paid_out_of_band") ?? false;
    return payInvoice(world, id(), { ...(method ? { method } : {}), elsewhere });
  },
  "POST /v1/invoices/:id/void": ({ world, id }) => voidInvoice(world, id()),
  "POST /v1/invoices/:id/mark_uncollectible": ({ world, id }) => markUncollectible(world, id()),
  "POST /v1/invoices/:id/send": ({ world, id }) => {
    const draft = world.must("invoice", id());
    const invoice = draft.status === "draft" ? finalizeInvoice(world, id()) : draft;
    if (invoice.collection_method !== "send_invoice") {
      throw invalid(
        "You can only manually send an invoice if its collection method is 'send_invoice'.",
      );
    }
    emit(world, "invoice.sent", invoice);
    return invoice;
  },
  "GET /v1/invoices/:id/lines": ({ world, params, id }) => {
    params.allowOnly(LIST_PARAMS);
    return pageInOrder(
      params,
      world.must("invoice", id()).lines.data,
      `/v1/invoices/${id()}/lines`,
    );
  },
  "GET /v1/invoice_payments": listPayments,
  "GET /v1/invoice_payments/:id": ({ world, id }) => world.must("invoice_payment", id()),
};
