import { update } from "../core/events.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { addressFrom, attach, createPaymentMethod, detach } from "../payments/payment-methods.ts";

const CREATE = ["type", "card", "sepa_debit", "billing_details", "metadata", "allow_redisplay"];

function change({ world, params, id }: Call) {
  params.allowOnly(["billing_details", "card", "metadata", "allow_redisplay"]);
  const before = world.must("payment_method", id());
  const billing = params.group("billing_details").allowOnly(["address", "email", "name", "phone"]);
  const card = params.group("card").allowOnly(["exp_month", "exp_year"]);
  const details = before.billing_details;
  const changed = {
    metadata: params.metadata(before.metadata ?? {}),
    billing_details: {
      ...details,
      address: billing.has("address")
        ? addressFrom(billing.group("address"), details.address)
        : details.address,
      email: billing.nullable("email") ?? details.email,
      name: billing.nullable("name") ?? details.name,
      phone: billing.nullable("phone") ?? details.phone,
    },
    ...(before.card
      ? {
          card: {
            ...before.card,
            exp_month: card.integer("exp_month") ?? before.card.exp_month,
            exp_year: card.integer("exp_year") ?? before.card.exp_year,
          },
        }
      : {}),
  };
  return update(world, "payment_method", id(), changed, "payment_method.updated");
}

export const paymentMethodRoutes: Routes = {
  "POST /v1/payment_methods": ({ world, params }) =>
    createPaymentMethod(world, params.allowOnly(CREATE)),
  "GET /v1/payment_methods": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "type", "customer"]);
    const [customer, type] = [params.text("customer"), params.text("type")];
    const rows = world.store
      .all("payment_method")
      .filter(
        (method) =>
          (customer === undefined ? method.customer !== null : method.customer === customer) &&
          (type === undefined || method.type === type),
      );
    return pageOf(params, rows, "/v1/payment_methods");
  },
  "GET /v1/payment_methods/:id": ({ world, id }) => world.must("payment_method", id()),
  "POST /v1/payment_methods/:id": change,
  "POST /v1/payment_methods/:id/attach": ({ world, params, id }) =>
    attach(world, id(), params.allowOnly(["customer"]).required("customer")),
  "POST /v1/payment_methods/:id/detach": ({ world, params, id }) => {
    params.allowOnly([]);
    return detach(world, id());
  },
};
