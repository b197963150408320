import type { Stripe } from "stripe";
import { invalid } from "../core/errors.ts";
import { emit, update } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { createdFilter, LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";
import { DISPUTE_FEE, moveBalance } from "./balance.ts";

export type Complaint = {
  reason: string;
  /** Only a question: no money is taken yet, and the charge can still be refunded. */
  isInquiry: boolean;
  /** All that is neither refunded nor disputed when not given: a charge can be disputed in parts. */
  amount?: number;
};

const EVIDENCE_DAYS = 9;

const EVIDENCE_TEXTS = [
  ...["access_activity_log", "billing_address", "cancellation_policy_disclosure"],
  ...["cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip"],
  ...["duplicate_charge_explanation", "duplicate_charge_id", "product_description"],
  ...["refund_policy_disclosure", "refund_refusal_explanation", "service_date"],
  ...["shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number"],
  ...["cancellation_policy", "customer_communication", "customer_signature", "receipt"],
  ...["duplicate_charge_documentation", "refund_policy", "service_documentation"],
  ...["shipping_documentation", "uncategorized_file", "uncategorized_text"],
];

/** The holder complains to the bank. A chargeback takes the money at once. */
export function openDispute(world: World, chargeId: string, complaint: Complaint): Stripe.Dispute {
  const charge = world.must("charge", chargeId);
  const left = charge.amount_captured - charge.amount_refunded - takenByDisputes(world, chargeId);
  const amount = complaint.amount ?? left;
  if (!charge.paid || amount <= 0 || amount > left) {
    throw invalid(`Charge ${chargeId} cannot be disputed.`, { param: "charge" });
  }
  const created = world.now();
  const dispute: Stripe.Dispute = {
    id: world.id("du"),
    object: "dispute",
    amount,
    balance_transactions: [],
    charge: chargeId,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: Object.fromEntries(
      [...EVIDENCE_TEXTS, "enhanced_evidence"].map((name) => [
        name,
        name === "enhanced_evidence" ? {} : null,
      ]),
    ) as unknown as Stripe.Dispute.Evidence,
    evidence_details: {
      due_by: created + EVIDENCE_DAYS * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "manual",
    },
    intended_submission_method: null,
    is_charge_refundable: complaint.isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: "10.4",
    payment_intent: idOrNull(charge.payment_intent),
    reason: complaint.reason,
    status: complaint.isInquiry ? "warning_needs_response" : "needs_response",
  };
  world.store.put("dispute", dispute);
  world.change("charge", chargeId, { disputed: true });
  if (complaint.isInquiry) {
    emit(world, "charge.dispute.created", dispute);
    return dispute;
  }
  const withdrawn = move(world, dispute, -amount, DISPUTE_FEE, "Chargeback withdrawal");
  emit(world, "charge.dispute.created", withdrawn);
  emit(world, "charge.dispute.funds_withdrawn", withdrawn);
  return withdrawn;
}

/** What the bank holds or has given back; an inquiry only asks, and what was won has come back to us. */
const takenByDisputes = (world: World, chargeId: string): number =>
  world.store
    .all("dispute")
    .filter(({ charge, status }) => charge === chargeId && !/^warning_|^won$/.test(status))
    .reduce((sum, { amount }) => sum + amount, 0);

function move(
  world: World,
  dispute: Stripe.Dispute,
  amount: number,
  fee: number,
  what: string,
): Stripe.Dispute {
  const transaction = moveBalance(world, {
    amount,
    fee,
    currency: dispute.currency,
    source: dispute.id,
    type: "adjustment",
    category: amount < 0 ? "dispute" : "dispute_reversal",
    description: `${what} for ${idOf(dispute.charge)}`,
  });
  const balance_transactions = [...dispute.balance_transactions, transaction];
  return world.change("dispute", dispute.id, { balance_transactions });
}

const OPEN = ["needs_response", "under_review", "warning_needs_response", "warning_under_review"];

/** The bank has decided, or we have given in. Won: the money comes back, the fee too. */
export function closeDispute(world: World, id: string, outcome: "won" | "lost"): Stripe.Dispute {
  const before = world.must("dispute", id);
  if (!OPEN.includes(before.status)) {
    throw invalid("This dispute is already closed", { code: "dispute_already_closed" });
  }
  const isInquiry = before.status.startsWith("warning_");
  const status = isInquiry ? "warning_closed" : outcome;
  let dispute = world.change("dispute", id, {
    status,
    is_charge_refundable: isInquiry || outcome === "won",
  });
  if (status === "won") {
    dispute = move(world, dispute, dispute.amount, -DISPUTE_FEE, "Chargeback reversal");
    emit(world, "charge.dispute.funds_reinstated", dispute);
  }
  emit(world, "charge.dispute.closed", dispute, before);
  return dispute;
}

function submitEvidence(world: World, id: string, params: Params): Stripe.Dispute {
  const before = world.must("dispute", id);
  const evidence = params.group("evidence").allowOnly(EVIDENCE_TEXTS);
  const given = Object.fromEntries(
    evidence.names().map((name) => [name, evidence.nullable(name) ?? null]),
  );
  const hasEvidence = evidence.names().length > 0;
  if (hasEvidence && !OPEN.includes(before.status)) {
    throw invalid("This dispute is already closed", { code: "dispute_already_closed" });
  }
  const submitted = hasEvidence && params.boolean("submit") !== false;
  const isInquiry = before.status.startsWith("warning_");
  const details = before.evidence_details;
  const change: Partial<Stripe.Dispute> = {
    metadata: params.metadata(before.metadata),
    evidence: { ...before.evidence, ...given },
    evidence_details: {
      ...details,
      has_evidence: details.has_evidence || hasEvidence,
      submission_count: details.submission_count + (submitted ? 1 : 0),
    },
    ...(submitted ? { status: isInquiry ? "warning_under_review" : "under_review" } : {}),
  };
  const dispute = update(world, "dispute", id, change, "charge.dispute.updated");
  // The words with which Stripe's test mode decides a dispute.
  const verdict = submitted ? evidence.text("uncategorized_text") : undefined;
  if (verdict === "winning_evidence") return closeDispute(world, id, "won");
  if (verdict === "losing_evidence") return closeDispute(world, id, "lost");
  return dispute;
}

export const disputeRoutes: Routes = {
  "GET /v1/disputes": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "charge", "payment_intent", "created"]);
    const [charge, intent] = [params.text("charge"), params.text("payment_intent")];
    const isAsked = createdFilter(params);
    const rows = world.store
      .all("dispute")
      .filter(
        (dispute) =>
          isAsked(dispute) &&
          (charge === undefined || dispute.charge === charge) &&
          (intent === undefined || dispute.payment_intent === intent),
      );
    return pageOf(params, rows, "/v1/disputes");
  },
  "GET /v1/disputes/:id": ({ world, id }) => world.must("dispute", id()),
  "POST /v1/disputes/:id": ({ world, params, id }) =>
    submitEvidence(world, id(), params.allowOnly(["evidence", "metadata", "submit"])),
  "POST /v1/disputes/:id/close": ({ world, params, id }) => {
    params.allowOnly([]);
    return closeDispute(world, id(), "lost");
  },
};
