import { invalid, paymentRefused } from "../core/errors.ts";
import { createdFilter, LIST_PARAMS, pageInOrder, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { paymentMethodOf } from "../payments/payment-methods.ts";
import { expireSession, openSession, submit } from "./payment.ts";
import { newSession, SESSION_PARAMS } from "./sessions.ts";

function list({ world, params }: Call) {
  params.allowOnly([
    ...LIST_PARAMS,
    ...["customer", "customer_details", "payment_intent", "subscription", "status", "created"],
  ]);
  const [customer, intent, subscription, status] = [
    ...["customer", "payment_intent", "subscription", "status"],
  ].map((name) => params.text(name));
  const email = params.group("customer_details").text("email");
  const isAsked = createdFilter(params);
  const rows = world.store
    .all("checkout.session")
    .filter(
      (session) =>
        isAsked(session) &&
        (customer === undefined || session.customer === customer) &&
        (intent === undefined || session.payment_intent === intent) &&
        (subscription === undefined || session.subscription === subscription) &&
        (status === undefined || session.status === status) &&
        (email === undefined || session.customer_details?.email === email),
    );
  return pageOf(params, rows, "/v1/checkout/sessions");
}

/** What the hosted page itself calls at Stripe; `stripe trigger` completes sessions with it. */
function confirmPage({ world, params, id }: Call) {
  params.allowOnly(["payment_method", "expected_amount"]);
  const session = openSession(world, id());
  const expected = params.integer("expected_amount");
  if (expected !== undefined && expected !== session.amount_total) {
    throw invalid("The amount of the session has changed.", { param: "expected_amount" });
  }
  const outcome = submit(world, id(), paymentMethodOf(world, params.required("payment_method")));
  if (outcome.kind === "declined") throw paymentRefused(outcome.message, { code: "card_declined" });
  return world.must("checkout.session", id());
}

export const checkoutRoutes: Routes = {
  "POST /v1/checkout/sessions": ({ world, params }) =>
    newSession(world, params.allowOnly(SESSION_PARAMS)),
  "GET /v1/checkout/sessions": list,
  "GET /v1/checkout/sessions/:id": ({ world, id }) => world.must("checkout.session", id()),
  "POST /v1/checkout/sessions/:id": ({ world, params, id }) => {
    const session = world.must("checkout.session", id());
    const metadata = params.allowOnly(["metadata"]).metadata(session.metadata ?? {});
    return world.change("checkout.session", id(), { metadata });
  },
  "POST /v1/checkout/sessions/:id/expire": ({ world, id }) => expireSession(world, id()),
  "GET /v1/checkout/sessions/:id/line_items": ({ world, params, id }) => {
    world.must("checkout.session", id());
    const { lines } = world.must("order", id());
    return pageInOrder(
      params.allowOnly(LIST_PARAMS),
      lines,
      `/v1/checkout/sessions/${id()}/line_items`,
    );
  },
  "GET /v1/payment_pages/:id": ({ world, id }) => world.must("checkout.session", id()),
  "POST /v1/payment_pages/:id/confirm": confirmPage,
};
