import type { Stripe } from "stripe";
import { invoiceOfIntent } from "../billing/invoice-relations.ts";
import { answerBank } from "../payments/bank.ts";
import { successUrl } from "./checkout-page.ts";
import { html, money, page } from "./layout.ts";
import { attempt, type PageAnswer, type PageCall, redirect, show } from "./page-call.ts";

/** Where the bank asks the holder of a card: 3-D Secure. */
export function authenticatePage(call: PageCall): PageAnswer {
  const { world, id, method, form } = call;
  const intent = intentOf(call);
  if (method !== "POST") return show(question(intent));
  const agrees = form.get("answer") === "complete";
  const returnUrl = intent.next_action?.redirect_to_url?.return_url ?? null;
  const result = attempt(() => call.act(() => answerBank(world, id, agrees)));
  const problem = "refusal" in result ? result.refusal : problemOf(intentOf(call));
  const order = world.store.all("order").find((each) => each.intent === id);
  if (order) {
    const session = world.must("checkout.session", order.id);
    if (session.status === "complete") return redirect(successUrl(session));
    return redirect(`/c/pay/${order.id}?problem=${encodeURIComponent(problem ?? "")}`);
  }
  if (returnUrl) return redirect(withResult(returnUrl, intent, problem === undefined));
  const invoice = invoiceOfIntent(world, id);
  if (invoice && problem === undefined) return redirect(`/invoices/${invoice.id}`);
  const words = problem ?? "Your bank has confirmed it. You can close this page.";
  return show(page("Your bank", html`<section><h1>${words}</h1></section>`));
}

const intentOf = ({ world, id }: PageCall): Stripe.PaymentIntent | Stripe.SetupIntent =>
  world.store.get("setup_intent", id) ?? world.must("payment_intent", id);

function problemOf(intent: Stripe.PaymentIntent | Stripe.SetupIntent): string | undefined {
  const error =
    intent.object === "payment_intent" ? intent.last_payment_error : intent.last_setup_error;
  return intent.status === "requires_payment_method" ? (error?.message ?? "Declined.") : undefined;
}

function question(intent: Stripe.PaymentIntent | Stripe.SetupIntent): string {
  const what =
    intent.object === "payment_intent"
      ? `a payment of ${money(intent.amount, intent.currency)}`
      : "saving your card for later payments";
  return page(
    "Your bank",
    html`<form class="box" method="post"><h1>Your bank asks</h1><p>Do you confirm ${what} to Tintype?</p>
<div class="row"><button class="main" name="answer" value="complete">Complete</button>
<button name="answer" value="fail">Fail</button></div></form>`,
  );
}

/** As Stripe sends people back. */
function withResult(
  returnUrl: string,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
  succeeded: boolean,
): string {
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? "");
  url.searchParams.set("redirect_status", succeeded ? "succeeded" : "failed");
  return url.href;
}
