import type { Stripe } from "stripe";
import { invalid, noSuch } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import { Params } from "../core/params.ts";
import { idOf, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { addressFrom, attach, paymentMethodOf } from "../payments/payment-methods.ts";

const TEXTS = ["name", "email", "phone", "description"] as const;
const ASKED = [
  ...TEXTS,
  ...["address", "metadata", "invoice_settings", "preferred_locales", "shipping", "tax_exempt"],
];

export type NewCustomer = Partial<
  Pick<Stripe.Customer, "name" | "email" | "metadata" | "test_clock">
>;

export function newCustomer(world: World, asked: NewCustomer): Stripe.Customer {
  const clock = asked.test_clock ? idOf(asked.test_clock) : null;
  const customer: Stripe.Customer = {
    id: world.id("cus"),
    object: "customer",
    address: null,
    balance: 0,
    created: world.now(clock),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: world.id("").slice(1, 9).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: clock,
    ...asked,
  };
  world.store.put("customer", customer);
  return customer;
}

function changeOf(world: World, before: Stripe.Customer, params: Params): Partial<Stripe.Customer> {
  const change: Partial<Stripe.Customer> = { metadata: params.metadata(before.metadata) };
  for (const name of TEXTS) {
    const value = params.nullable(name);
    if (value !== undefined) change[name] = value;
  }
  if (params.has("address")) change.address = addressFrom(params.group("address"), before.address);
  const locales = params.texts("preferred_locales");
  if (locales) change.preferred_locales = locales;
  const settings = params.group("invoice_settings");
  settings.allowOnly(["default_payment_method", "footer"]);
  const method = settings.nullable("default_payment_method");
  if (method !== undefined) {
    change.invoice_settings = {
      ...before.invoice_settings,
      default_payment_method: method && ownedMethod(world, before.id, method),
    };
  }
  return change;
}

function ownedMethod(world: World, customer: string, id: string): string {
  const param = "invoice_settings[default_payment_method]";
  const method = world.must("payment_method", id, param);
  if (method.customer === customer) return id;
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param },
  );
}

function create({ world, params }: Call): object {
  params.allowOnly([...ASKED, "payment_method", "source", "test_clock"]);
  const clock = params.text("test_clock");
  if (clock !== undefined) world.must("test_helpers.test_clock", clock, "test_clock");
  const customer = newCustomer(world, clock === undefined ? {} : { test_clock: clock });
  // `payment_method` is attached first, so that invoice_settings may name it: also as pm_card_visa.
  const given = params.text("payment_method") ?? params.text("source");
  const settings = params.group("invoice_settings");
  let asDefault = settings.text("default_payment_method");
  if (given !== undefined) {
    const method = attach(world, paymentMethodOf(world, given).id, customer.id);
    if (asDefault === given || params.has("source")) asDefault = method.id;
  }
  const tree =
    asDefault === undefined ? {} : { invoice_settings: { default_payment_method: asDefault } };
  const change = changeOf(world, customer, new Params({ ...params.tree, ...tree }));
  const made = world.change("customer", customer.id, change);
  emit(world, "customer.created", made);
  return made;
}

function remove({ world, id }: Call): object {
  const customer = world.customer(id());
  for (const subscription of world.store.all("subscription")) {
    const isOver = ["canceled", "incomplete_expired"].includes(subscription.status);
    if (subscription.customer === customer.id && !isOver) {
      world.reactions.customerGone(world, subscription);
    }
  }
  for (const method of world.store.all("payment_method")) {
    if (method.customer === customer.id)
      world.change("payment_method", method.id, { customer: null });
  }
  for (const invoice of world.store.all("invoice")) {
    if (invoice.customer !== customer.id) continue;
    world.unschedule("invoice.finalize", invoice.id);
    world.unschedule("invoice.collect", invoice.id);
  }
  const deleted: Stripe.DeletedCustomer = { id: customer.id, object: "customer", deleted: true };
  world.store.put("customer", deleted);
  emit(world, "customer.deleted", customer);
  return deleted;
}

function list({ world, params }: Call): object {
  params.allowOnly([...LIST_PARAMS, "email", "created", "test_clock"]);
  const [email, clock] = [params.text("email"), params.text("test_clock")];
  const isAsked = createdFilter(params);
  const rows = world.store
    .all("customer")
    .filter((customer): customer is Stripe.Customer => !customer.deleted)
    .filter(
      (customer) =>
        isAsked(customer) &&
        (email === undefined || customer.email === email) &&
        (clock === undefined ? !customer.test_clock : customer.test_clock === clock),
    );
  return pageOf(params, rows, "/v1/customers");
}

const methodsOf = (world: World, customer: string, type: string | undefined) =>
  world.store
    .all("payment_method")
    .filter(
      (method) => method.customer === customer && (type === undefined || method.type === type),
    );

export const customerRoutes: Routes = {
  "POST /v1/customers": create,
  "GET /v1/customers": list,
  "GET /v1/customers/:id": ({ world, id }) => world.must("customer", id()),
  "POST /v1/customers/:id": ({ world, params, id }) => {
    const change = changeOf(world, world.customer(id()), params.allowOnly(ASKED));
    return update(world, "customer", id(), change, "customer.updated");
  },
  "DELETE /v1/customers/:id": remove,
  "GET /v1/customers/:id/payment_methods": ({ world, params, id }) => {
    params.allowOnly([...LIST_PARAMS, "type"]);
    const rows = methodsOf(world, world.customer(id()).id, params.text("type"));
    return pageOf(params, rows, `/v1/customers/${id()}/payment_methods`);
  },
  "GET /v1/customers/:id/payment_methods/:method": ({ world, id }) => {
    const method = world.must("payment_method", id("method"));
    if (method.customer !== id()) throw noSuch("PaymentMethod", id("method"));
    return method;
  },
};
