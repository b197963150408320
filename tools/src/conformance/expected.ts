/**
 * The one place that says which cases there must be: the list of design/credits.md, and behind it what building the
 * payments has added.
 */
export type ExpectedGroup = {
  letter: string;
  name: string;
  cases: readonly string[];
};

export const expectedGroups: readonly ExpectedGroup[] = [
  {
    letter: "W",
    name: "Webhooks",
    cases: [
      "same event twice",
      "in parallel",
      "after restart",
      "same payment, other event id",
      "checkout.completed and payment_intent.succeeded grant once",
      "invoice.paid before subscription.created",
      "crash after commit before 200",
      "20 days late",
      "Redis down",
      "forged or expired signature",
      "letters in order, each thrice",
      "letters in any order, twice and late",
    ],
  },
  {
    letter: "C",
    name: "Concurrency",
    cases: [
      "one credit, two requests",
      "N tabs at the spend cap",
      "rate limit 10/h with 11 in parallel",
      "promo code redeemed twice",
      "two workers, one job",
      "callback and poll settle together",
      "cancel against complete",
      "expiry against settlement",
    ],
  },
  {
    letter: "S",
    name: "Settlement",
    cases: [
      "timeout, then late success",
      "two of four images",
      "video 3.4 s of 5 s",
      "provider makes it longer",
      "resume after crash uses actuals",
      "the refund itself fails once",
      "price row changes between quote and run",
      "plan changes mid-job",
      "grant expires mid-job",
    ],
  },
  {
    letter: "R",
    name: "Reversal",
    cases: [
      "full refund, unspent",
      "partial ×3, cumulative",
      "refund after spend → debt",
      "dispute → freeze",
      "won → restored once",
      "won, then refund",
      "refund + dispute ≤ 100 %",
      "referral reward reversed",
      "refund while a job holds those credits",
      "subscription invoice refunded",
      "refund by an admin, pressed often",
      "two admins at once",
      "refund whose answer is lost",
      "taken back by the buyer",
      "refund refused",
      "two disputes on one payment",
      "two disputes in any order",
      "two disputes and a refund",
      "debt beside credits",
      "overage invoice refunded",
      "overage invoice disputed",
      "unspent share of a year refunded",
      "two lines of a year in one payment",
      "spending while a refund is on its way",
    ],
  },
  {
    letter: "P",
    name: "Periods",
    cases: [
      "renewal keeps packs and promos",
      "rollover cap",
      "rollover into the right bucket",
      "down→up→down",
      "three upgrades in a period",
      "annual, monthly grants incl. 31 January",
      "failed renewal and recovery",
      "renewal twice, late, on two nodes",
      "DST and time zones",
      "renewal without a gap",
      "renewal paid once in every race",
      "what is not to be collected",
      "renewal that takes days",
    ],
  },
  {
    letter: "T",
    name: "Top-up and overage",
    cases: [
      "decline loop",
      "burst",
      "monthly cap",
      "never enables itself",
      "overage cap with 10 in flight",
      "late settlement at the cap",
      "one alert per crossing",
      "yearly plan, monthly limit and bill",
    ],
  },
  {
    letter: "A",
    name: "Abuse",
    cases: [
      "self-referral",
      "welcome on re-registration",
      "streak twice over midnight",
      "another user's job, receipt, asset, URL",
      "upload bombs",
    ],
  },
];
