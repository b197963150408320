import { applyExpiry } from "./apply-expiry.ts";
import { applyGrant, applyRedeem, applyRollOver, applyTake } from "./apply-grants.ts";
import { applyDispute, applyReversal } from "./apply-payments.ts";
import { applySubmit } from "./apply-submit.ts";
import {
  applyCancel,
  applyClaim,
  applyDelivery,
  applyFail,
  applyFailUnknown,
  applyReap,
  applyReconcile,
} from "./apply-work.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer, Operation } from "./operation.ts";

/**
 * What the ledger must do when nobody else is there. Changes `ledger`.
 * @param isUsedUp of a promo code: the one thing that other users decide
 */
export function applyOperation(ledger: Ledger, operation: Operation, isUsedUp: boolean): Answer {
  switch (operation.do) {
    case "grant":
      return applyGrant(ledger, operation);
    case "redeem":
      return applyRedeem(ledger, operation, isUsedUp);
    case "submit":
      return applySubmit(ledger, operation);
    case "claim":
      return applyClaim(ledger, operation.jobId, operation.workerId);
    case "complete":
    case "settle_unknown":
      return applyDelivery(ledger, operation);
    case "fail":
      return applyFail(ledger, operation);
    case "fail_unknown":
      return applyFailUnknown(ledger, operation);
    case "reconcile":
      return applyReconcile(ledger, operation);
    case "cancel":
      return applyCancel(ledger, operation.jobId, operation.now);
    case "reap":
    case "deadline":
      return applyReap(ledger, operation.jobId, operation.do === "deadline", operation.now);
    case "expire":
      return applyExpiry(ledger, operation.now);
    case "reverse":
      return applyReversal(ledger, operation);
    case "freeze":
    case "unfreeze":
      return applyDispute(ledger, operation);
    case "roll_over":
      return applyRollOver(ledger, operation);
    case "take":
      return applyTake(ledger, operation);
  }
}
