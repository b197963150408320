import type { Stripe } from "stripe";
import { isOver } from "../billing/lifecycle.ts";
import { periodOf } from "../billing/subscription-items.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import {
  addCard,
  cancelPlan,
  makeDefault,
  offered,
  type Portal,
  portalOf,
  previewPlan,
  removeCard,
  renewPlan,
  switchPlan,
} from "../portal/portal-actions.ts";
import { formOf } from "./checkout-page.ts";
import {
  alert,
  cardFields,
  day,
  type Html,
  html,
  money,
  NOTHING,
  page,
  TEST_CARDS,
} from "./layout.ts";
import { attempt, type PageAnswer, type PageCall, redirect, show } from "./page-call.ts";

/** What customers do themselves: plan, cards, invoices. */
export function portalPage(call: PageCall): PageAnswer {
  const { world, id, method, form } = call;
  const portal = portalOf(world, id);
  if (method !== "POST") return show(portalHtml(world, portal));
  const subscription = form.get("subscription") ?? "";
  const price = form.get("price") ?? "";
  if (form.get("action") === "preview") {
    const preview = attempt(() => previewPlan(world, portal, subscription, price));
    if ("refusal" in preview) return show(portalHtml(world, portal, preview.refusal), 400);
    return show(previewHtml(world, portal, subscription, preview.value));
  }
  const result = attempt(() => call.act(() => act(world, portal, form, subscription, price)));
  if ("refusal" in result) return show(portalHtml(world, portal, result.refusal), 402);
  return redirect(`/p/session/${id}`);
}

function act(
  world: World,
  portal: Portal,
  form: URLSearchParams,
  subscription: string,
  price: string,
): void {
  const method = form.get("method") ?? "";
  const action = form.get("action");
  if (action === "cancel") cancelPlan(world, portal, subscription);
  if (action === "renew") renewPlan(world, portal, subscription);
  if (action === "switch") switchPlan(world, portal, subscription, price);
  if (action === "card") addCard(world, portal, formOf(form));
  if (action === "default") makeDefault(world, portal, method);
  if (action === "remove") removeCard(world, portal, method);
}

const planName = (world: World, price: Stripe.Price): string =>
  `${world.store.get("product", idOf(price.product))?.name ?? "Plan"}, ${money(price.unit_amount ?? 0, price.currency)} a ${price.recurring?.interval}`;

/** One button that does one thing. */
const button = (
  action: string,
  label: string,
  fields: Record<string, string>,
): Html => html`<form method="post">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button name="action" value="${action}">${label}</button></form>`;

function planHtml(world: World, portal: Portal, subscription: Stripe.Subscription): Html {
  const [item] = subscription.items.data;
  const { end } = periodOf(subscription);
  const fields = { subscription: subscription.id };
  const others = offered(world, portal).filter((price) => price.id !== item?.price.id);
  const words = subscription.cancel_at
    ? `Ends on ${day(subscription.cancel_at)}`
    : `Renews on ${day(end)}`;
  const canCancel = portal.features.subscription_cancel.enabled;
  return html`<li><span><strong>${item ? planName(world, item.price) : "Plan"}</strong><br>
<span class="soft">${words} · ${subscription.status}</span></span>
${subscription.cancel_at ? button("renew", "Keep plan", fields) : canCancel ? button("cancel", "Cancel plan", fields) : NOTHING}</li>
${
  others.length
    ? html`<li><form method="post"><input type="hidden" name="subscription" value="${subscription.id}">
<label>Switch to<select name="price">${others.map((price) => html`<option value="${price.id}">${planName(world, price)}</option>`)}</select></label>
<button name="action" value="preview">See what it costs</button></form></li>`
    : NOTHING
}`;
}

function cardHtml(method: Stripe.PaymentMethod, isDefault: boolean): Html {
  const fields = { method: method.id };
  return html`<li><span>${method.card?.brand ?? "Bank debit"} ending in ${method.card?.last4 ?? method.sepa_debit?.last4}
<span class="soft">${isDefault ? "default" : ""}</span></span>
<span class="row">${isDefault ? NOTHING : button("default", "Make default", fields)}${button("remove", "Remove", fields)}</span></li>`;
}

const invoiceHtml = (invoice: Stripe.Invoice): Html => html`<li><span>${day(invoice.created)}<br>
<span class="soft">${invoice.number} · ${invoice.status}</span></span><span class="row">${money(invoice.total, invoice.currency)}
<a href="${invoice.hosted_invoice_url}">View</a> <a href="${invoice.invoice_pdf}">PDF</a></span></li>`;

function portalHtml(world: World, portal: Portal, problem?: string): string {
  const { customer, session, features } = portal;
  const mine = <T extends { customer?: unknown }>(rows: T[]) =>
    rows.filter((row) => row.customer === customer.id);
  const plans = mine(world.store.all("subscription")).filter((each) => !isOver(each));
  const cards = mine(world.store.all("payment_method"));
  const invoices = mine(world.store.all("invoice")).filter(({ number }) => number !== null);
  const main = idOrNull(customer.invoice_settings.default_payment_method);
  const list = (rows: Html[], none: string) =>
    rows.length ? html`<ul>${rows}</ul>` : html`<p class="soft">${none}</p>`;
  const body = html`<div><h1>Your billing</h1><p class="soft">${customer.email}</p>${alert(problem)}
${session.return_url ? html`<p><a href="${session.return_url}">← Back to Tintype</a></p>` : NOTHING}</div>
<section><h2>Plan</h2>${list(
    plans.map((plan) => planHtml(world, portal, plan)),
    "No plan.",
  )}</section>
<section><h2>Cards</h2>${list(
    cards.map((card) => cardHtml(card, card.id === main)),
    "No card saved.",
  )}
${
  features.payment_method_update.enabled
    ? html`<details><summary>Add a card</summary><form method="post">${cardFields(null, false)}
<button class="main" name="action" value="card">Save card</button>${TEST_CARDS}</form></details>`
    : NOTHING
}</section>
${features.invoice_history.enabled ? html`<section><h2>Invoices</h2>${list(invoices.toReversed().map(invoiceHtml), "No invoices yet.")}</section>` : NOTHING}`;
  return page("Your billing", body);
}

function previewHtml(
  world: World,
  portal: Portal,
  subscription: string,
  { now, withNext, later, currency, price }: ReturnType<typeof previewPlan>,
): string {
  const next = withNext
    ? html`<li><span>With your next invoice</span><strong>${money(withNext, currency)}</strong></li>`
    : NOTHING;
  const body = html`<section><h1>Switch plan</h1><p>${planName(world, price)}</p><ul>
<li><span>To pay now</span><strong>${money(Math.max(0, now), currency)}</strong></li>${next}
<li><span>Each ${price.recurring?.interval}</span><strong>${money(later, currency)}</strong></li></ul>
<div class="row">${button("switch", "Confirm", { subscription, price: price.id })}
<a class="button" href="/p/session/${portal.session.id}">Keep my plan</a></div></section>`;
  return page("Switch plan", body);
}
