import { cardError } from "../core/errors.ts";

/** How the bank behind a test number answers. */
export type Behaviour =
  | {
      kind: "pays";
      disputedAs?: string;
      isInquiry?: boolean;
      /** The bank sends refunds back, some time after they were made. */
      refundsFail?: boolean;
    }
  | {
      kind: "declines";
      code: string;
      declineCode: string | null;
      message: string;
      onlyCharges?: boolean;
    }
  /** `always`: being set up for later does not help. */
  | { kind: "asks"; always: boolean; thenDeclines?: string }
  /** A bank debit: known only days later. */
  | { kind: "debits"; outcome: "pays" | "fails" };

type TestCard = {
  number: string;
  brand: "visa" | "mastercard" | "amex";
  /** After `pm_card_` and `tok_`. */
  names: string[];
  behaviour: Behaviour;
};

const PAYS: Behaviour = { kind: "pays" };

const declined = (declineCode: string, message = "Your card was declined."): Behaviour => ({
  kind: "declines",
  code: "card_declined",
  declineCode,
  message,
});

const refused = (code: string, message: string, declineCode: string | null = null): Behaviour => ({
  kind: "declines",
  code,
  declineCode,
  message,
});

const visa = (number: string, names: string[], behaviour: Behaviour): TestCard => ({
  number,
  brand: "visa",
  names,
  behaviour,
});

// Numbers and names as https://docs.stripe.com/testing lists them.
const CARDS: TestCard[] = [
  visa("4242424242424242", ["visa", "us"], PAYS),
  visa("4000056655665556", ["visa_debit"], PAYS),
  visa("4000000000000077", ["bypassPending"], PAYS),
  { number: "5555555555554444", brand: "mastercard", names: ["mastercard"], behaviour: PAYS },
  { number: "378282246310005", brand: "amex", names: ["amex"], behaviour: PAYS },
  visa("4000000000000002", ["chargeDeclined", "visa_chargeDeclined"], declined("generic_decline")),
  visa(
    "4000000000009995",
    ["chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"],
    declined("insufficient_funds", "Your card has insufficient funds."),
  ),
  visa("4000000000009987", ["visa_chargeDeclinedLostCard"], declined("lost_card")),
  visa("4000000000009979", ["visa_chargeDeclinedStolenCard"], declined("stolen_card")),
  visa(
    "4000000000000069",
    ["chargeDeclinedExpiredCard"],
    refused("expired_card", "Your card has expired.", "expired_card"),
  ),
  visa(
    "4000000000000127",
    ["chargeDeclinedIncorrectCvc"],
    refused("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"),
  ),
  visa(
    "4000000000000119",
    ["chargeDeclinedProcessingError"],
    refused(
      "processing_error",
      "An error occurred while processing your card. Try again in a little bit.",
      "processing_error",
    ),
  ),
  visa("4000000000000341", ["chargeCustomerFail"], {
    kind: "declines",
    code: "card_declined",
    declineCode: "generic_decline",
    message: "Your card was declined.",
    onlyCharges: true,
  }),
  visa("4000002500003155", ["authenticationRequiredOnSetup"], { kind: "asks", always: false }),
  visa("4000002760003184", ["authenticationRequired"], { kind: "asks", always: true }),
  visa("4000000000003220", ["threeDSecure2Required"], { kind: "asks", always: true }),
  visa("4000008260003178", ["authenticationRequiredChargeDeclinedInsufficientFunds"], {
    kind: "asks",
    always: false,
    thenDeclines: "insufficient_funds",
  }),
  visa("4000000000000259", ["createDispute"], { kind: "pays", disputedAs: "fraudulent" }),
  visa("4000000000002685", ["createDisputeProductNotReceived"], {
    kind: "pays",
    disputedAs: "product_not_received",
  }),
  visa("4000000000001976", ["createDisputeInquiry"], {
    kind: "pays",
    disputedAs: "general",
    isInquiry: true,
  }),
  visa("4000000000005126", ["refundFail"], { kind: "pays", refundsFail: true }),
];

const byNumber = new Map(CARDS.map((card) => [card.number, card]));
const byName = new Map(CARDS.flatMap((card) => card.names.map((name) => [name, card] as const)));

/** The card of a number; Stripe takes only its own test numbers in test mode, and so do we. */
export function cardOfNumber(typed: string): TestCard {
  const card = byNumber.get(typed.replace(/[\s-]/g, ""));
  if (card) return card;
  throw cardError("Your card number is incorrect.", {
    code: "incorrect_number",
    param: "number",
  });
}

/** The card of `pm_card_visa`, `tok_visa` and their like. */
export const cardOfToken = (token: string): TestCard | undefined =>
  byName.get(token.replace(/^(pm_card|tok)_/, ""));

/** Debit accounts that fail after a while; every other one pays. */
const FAILING_ACCOUNTS = ["AT861904300235473202", "IT60X0542811101000000123456"];

/** Kept with a payment method: a card's number, or the account of a debit. */
export function behaviourOf(kept: string): Behaviour {
  const card = byNumber.get(kept);
  if (card) return card.behaviour;
  return { kind: "debits", outcome: FAILING_ACCOUNTS.includes(kept) ? "fails" : "pays" };
}
