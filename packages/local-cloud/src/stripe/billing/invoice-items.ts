import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, listOf, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { totalsOf } from "./invoice-shape.ts";
import { itemLine, itemOf, type NewItem } from "./lines.ts";

const CREATE = [
  ...[
    "customer",
    "amount",
    "currency",
    "description",
    "discountable",
    "invoice",
    "metadata",
    "period",
  ],
  ...["price_data", "pricing", "quantity", "subscription", "unit_amount_decimal"],
];

/** What an invoice item was asked to cost: a sum, or a price times a quantity. */
export function askedItem(world: World, params: Params, customer: Stripe.Customer): NewItem {
  const now = world.now(world.clockOf(customer.id));
  const quantity = params.natural("quantity") ?? 1;
  const priceId = params.group("pricing").text("price");
  const price = priceId ? world.must("price", priceId, "pricing[price]") : undefined;
  const data = params.group("price_data");
  const unit =
    price?.unit_amount ?? data.integer("unit_amount") ?? params.integer("unit_amount_decimal");
  const amount = params.integer("amount") ?? (unit === undefined ? undefined : unit * quantity);
  if (amount === undefined) throw missingParam("amount");
  const period = params.group("period");
  const currency = price?.currency ?? data.text("currency") ?? params.text("currency");
  if (!currency && !customer.currency) throw missingParam("currency");
  return {
    customer: customer.id,
    amount,
    currency: (currency ?? customer.currency ?? "usd").toLowerCase(),
    description: params.nullable("description") ?? null,
    period: { start: period.integer("start") ?? now, end: period.integer("end") ?? now },
    quantity,
    subscription: params.text("subscription") ?? null,
    metadata: params.metadata(),
    discountable: params.boolean("discountable") ?? true,
    ...(price ? { price } : {}),
  };
}

function editableInvoice(world: World, id: string): Stripe.Invoice {
  const invoice = world.must("invoice", id, "invoice");
  if (invoice.status === "draft") return invoice;
  throw invalid("This invoice is no longer editable", { code: "invoice_not_editable" });
}

/** Puts a line on a draft, takes it off, or writes it anew. */
function setLine(world: World, invoiceId: string, itemId: string, item: Stripe.InvoiceItem | null) {
  const invoice = editableInvoice(world, invoiceId);
  const kept = invoice.lines.data.filter(
    ({ parent }) =>
      (parent?.invoice_item_details ?? parent?.subscription_item_details)?.invoice_item !== itemId,
  );
  const lines = item ? [...kept, { ...itemLine(world, item), invoice: invoiceId }] : kept;
  const list = listOf(lines, invoice.lines.url);
  update(world, "invoice", invoiceId, { lines: list, ...totalsOf(lines) }, "invoice.updated");
}

function create({ world, params }: Call) {
  params.allowOnly(CREATE);
  const customer = world.customer(params.required("customer"), "customer");
  const invoice = params.text("invoice");
  const subscription = params.text("subscription");
  if (subscription) world.must("subscription", subscription, "subscription");
  const item = itemOf(world, { ...askedItem(world, params, customer), invoice: invoice ?? null });
  world.store.put("invoiceitem", item);
  emit(world, "invoiceitem.created", item);
  if (invoice) setLine(world, invoice, item.id, item);
  return item;
}

function change({ world, params, id }: Call) {
  params.allowOnly(["amount", "description", "metadata", "quantity"]);
  const before = world.must("invoiceitem", id());
  const amount = params.integer("amount") ?? before.amount;
  const item = world.change("invoiceitem", id(), {
    amount,
    net_amount: amount,
    quantity: params.natural("quantity") ?? before.quantity,
    description: params.nullable("description") ?? before.description,
    metadata: params.metadata(before.metadata ?? {}),
  });
  if (before.invoice) setLine(world, idOf(before.invoice), id(), item);
  return item;
}

export const invoiceItemRoutes: Routes = {
  "POST /v1/invoiceitems": create,
  "GET /v1/invoiceitems": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "customer", "invoice", "pending", "created"]);
    const [customer, invoice] = [params.text("customer"), params.text("invoice")];
    const pending = params.boolean("pending");
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("invoiceitem")
      .filter(
        (item) =>
          isAsked({ created: item.date }) &&
          (customer === undefined || item.customer === customer) &&
          (invoice === undefined || item.invoice === invoice) &&
          (pending === undefined || (item.invoice === null) === pending),
      );
    return pageOf(params, rows, "/v1/invoiceitems");
  },
  "GET /v1/invoiceitems/:id": ({ world, id }) => world.must("invoiceitem", id()),
  "POST /v1/invoiceitems/:id": change,
  "DELETE /v1/invoiceitems/:id": ({ world, id }) => {
    const item = world.must("invoiceitem", id());
    if (item.invoice) setLine(world, idOf(item.invoice), item.id, null);
    world.store.remove("invoiceitem", item.id);
    emit(world, "invoiceitem.deleted", item);
    return { id: item.id, object: "invoiceitem", deleted: true };
  },
};
