import { StripeError } from "../core/errors.ts";
import { authenticatePage } from "../pages/authenticate-page.ts";
import { checkoutPage } from "../pages/checkout-page.ts";
import { invoicePage, receiptPage } from "../pages/invoice-page.ts";
import { html, page } from "../pages/layout.ts";
import type { PageAnswer, PageCall } from "../pages/page-call.ts";
import { portalPage } from "../pages/portal-page.ts";

const PAGES: [prefix: string, answer: (call: PageCall) => PageAnswer][] = [
  ["/c/pay/", checkoutPage],
  ["/authenticate/", authenticatePage],
  ["/invoices/", invoicePage],
  ["/receipts/", receiptPage],
  ["/p/session/", portalPage],
];

/** The hosted page of a path, or undefined when the path is not one of a page. */
export function pageOf(path: string): ((call: Omit<PageCall, "id">) => PageAnswer) | undefined {
  const found = PAGES.find(([prefix]) => path.startsWith(prefix));
  if (!found) return undefined;
  const [prefix, answer] = found;
  const id = decodeURIComponent(path.slice(prefix.length));
  return (call) => {
    try {
      return answer({ ...call, id });
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      const body = page("Not found", html`<section><h1>${error.message}</h1></section>`);
      return { kind: "page", body, status: error.status };
    }
  };
}
