import type { Stripe } from "stripe";
import { submit } from "../checkout/payment.ts";
import { payForm } from "./card-form.ts";
import { alert, cardFields, type Html, html, money, NOTHING, page, TEST_CARDS } from "./layout.ts";
import { attempt, type PageAnswer, type PageCall, redirect, show } from "./page-call.ts";

type Session = Stripe.Checkout.Session;

/** GET shows what is bought and asks for a card, POST pays with it. */
export function checkoutPage(call: PageCall): PageAnswer {
  const { world, id, method } = call;
  const session = world.must("checkout.session", id);
  if (session.status !== "open") return closed(session);
  if (method !== "POST")
    return show(checkout(call, session, call.query.get("problem") ?? undefined));
  const result = attempt(() =>
    call.act(() => submit(world, id, payForm(world, formOf(call.form)), call.form.has("save"))),
  );
  if ("refusal" in result) return show(checkout(call, session, result.refusal), 402);
  const outcome = result.value;
  if (outcome.kind === "declined") return show(checkout(call, session, outcome.message), 402);
  if (outcome.kind === "asks") return redirect(`/authenticate/${outcome.intent}`);
  return redirect(successUrl(session));
}

export const successUrl = (session: Session): string =>
  (session.success_url ?? "/").replaceAll("{CHECKOUT_SESSION_ID}", session.id);

export const formOf = (form: URLSearchParams) => {
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const [expiry, cvc, email, name] = ["expiry", "cvc", "email", "name"].map(text);
  return {
    number: text("number") ?? "",
    ...(expiry ? { expiry } : {}),
    ...(cvc ? { cvc } : {}),
    ...(email ? { email } : {}),
    ...(name ? { name } : {}),
  };
};

const titleOf = ({ mode }: Session) =>
  mode === "setup" ? "Save your card" : mode === "subscription" ? "Subscribe" : "Pay";

function checkout({ world, id, form }: PageCall, session: Session, problem?: string): string {
  const { lines } = world.must("order", id);
  const title = titleOf(session);
  const saves = session.mode === "setup";
  const email = form.get("email") ?? session.customer_details?.email;
  const total = money(session.amount_total ?? 0, session.currency ?? "usd");
  const body = html`<section aria-labelledby="what"><h1 id="what">${title}</h1>
${saves ? REUSE : html`<p class="total">${total}</p>`}
<ul>${lines.map(lineRow)}</ul>${backLink(session)}</section>
<form class="box" method="post"><h2>Your card</h2>${alert(problem)}${cardFields(email, true, form.get("name"))}${saveBox(session, form)}
<button class="main" type="submit">${saves ? "Save" : `${title} ${total}`}</button>${TEST_CARDS}</form>`;
  return page(`${title} – Checkout`, body, "two");
}

/** What Stripe says where a card is saved for payments without its holder. */
const REUSE = html`<p class="soft">By saving your card you allow Tintype to charge it for future payments, as you have agreed with them. Nothing is charged now.</p>`;

/** Not ticked unless the buyer does: that is the consent. */
const saveBox = ({ saved_payment_method_options: saved }: Session, form: URLSearchParams): Html =>
  saved?.payment_method_save === "enabled"
    ? html`<label class="check"><input type="checkbox" name="save" ${form.has("save") ? "checked" : ""}>Save my payment information for future purchases</label>`
    : NOTHING;

const lineRow = (line: Stripe.LineItem): Html => {
  const { recurring } = line.price ?? {};
  const every = recurring
    ? `every ${recurring.interval_count > 1 ? `${recurring.interval_count} ` : ""}${recurring.interval}`
    : "";
  return html`<li><span>${line.description} × ${line.quantity}<br><span class="soft">${every}</span></span><strong>${money(line.amount_total, line.currency)}</strong></li>`;
};

const backLink = ({ cancel_url, mode }: Session): Html =>
  cancel_url
    ? html`<p class="row"><a href="${cancel_url}">← Back without ${mode === "setup" ? "saving" : "paying"}</a></p>`
    : NOTHING;

function closed(session: Session): PageAnswer {
  const done = session.mode === "setup" ? "Your card is saved already." : "This was paid already.";
  const words = session.status === "complete" ? done : "This page has expired.";
  const next = session.status === "complete" ? successUrl(session) : session.cancel_url;
  const link = next ? html`<p><a href="${next}">Go on</a></p>` : NOTHING;
  return show(page("Checkout", html`<section><h1>${words}</h1>${link}</section>`), 410);
}
