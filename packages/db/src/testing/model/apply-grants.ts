import { createHash } from "node:crypto";
import { compareBurnOrder, EXPIRY_GRACE_MS, rollOver } from "@tintype/core/credits";
import { applyExpiry } from "./apply-expiry.ts";
import { applyReversals, freezeAvailable, repayDebt } from "./apply-payments.ts";
import type { Ledger } from "./ledger.ts";
import type {
  Answer,
  GrantOperation,
  RedeemOperation,
  RollOverOperation,
  TakeOperation,
} from "./operation.ts";

const DAY_MS = 86_400_000;

/** PostgreSQL's `md5(text)::uuid`, which makes the ids of grants that follow from something else. */
export const uuidOf = (text: string): string => {
  const hex = createHash("md5").update(text).digest("hex");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
};

export function applyGrant(
  ledger: Ledger,
  operation: GrantOperation,
  actorKind: "user" | "system" = "system",
): Answer {
  const known = ledger.seqOfKey.get(operation.key);
  if (known !== undefined) return { outcome: "already_granted", seq: known };
  const { grantId, amount, now, key, source, category, priority, costBasisCents } = operation;
  ledger.open({
    ...{ id: grantId, source, category, amount, priority, costBasisCents, effectiveAt: now },
    ...{ expiresAt: operation.expiresAt, payment: operation.payment, period: operation.period },
    ...{ rolledOverFrom: null, isFrozen: false },
  });
  const issue = { grantId, from: "issued", to: "available", amount } as const;
  const seq = ledger.post({ kind: "grant", key, at: now, actorKind }, [issue]);
  repayDebt(ledger, now);
  return { outcome: "granted", seq };
}

export function applyTake(ledger: Ledger, operation: TakeOperation): Answer {
  const { key, grantId, amount, now } = operation;
  const known = ledger.seqOfKey.get(key);
  if (known !== undefined) return { outcome: "already_taken", seq: known };
  applyExpiry(ledger, now);
  const usable = ledger.grants
    .filter(({ id, available }) => available > 0 && (grantId === null || id === grantId))
    .toSorted(compareBurnOrder);
  const available = usable.reduce((sum, grant) => sum + grant.available, 0);
  if (available < amount) return { outcome: "insufficient_credits", available };
  let missing = amount;
  const taken = usable.map((grant) => {
    const slice = Math.min(missing, grant.available);
    missing -= slice;
    return { grantId: grant.id, from: "available", to: "expired", amount: slice } as const;
  });
  const seq = ledger.post({ kind: "adjustment", key, at: now, actorKind: "admin" }, taken);
  return { outcome: "taken", seq };
}

export function applyRollOver(ledger: Ledger, operation: RollOverOperation): Answer {
  const { period, nextPeriod, cap, now } = operation;
  if (now < operation.periodEnd) return { outcome: "not_due", credits: 0 };
  const ofPeriod = ledger
    .inOrderOfIssue()
    .filter((grant) => grant.period === period && grant.source === "allowance");
  const rolledFrom = (id: string) => ledger.grants.find((each) => each.rolledOverFrom === id);
  const before = ofPeriod.reduce((sum, { id }) => sum + (rolledFrom(id)?.amount ?? 0), 0);
  const allowances = ofPeriod
    .filter(({ id }) => !rolledFrom(id))
    .map((each) => ({ ...each, remaining: each.available + (ledger.lapsed.get(each.id) ?? 0) }));
  const rolled = rollOver(allowances, cap - before);
  const isKnown = before > 0;
  if (rolled.length === 0) {
    return { outcome: isKnown ? "already_rolled_over" : "nothing_left", credits: 0 };
  }
  const key = `rollover:${period}${isKnown ? `:${ledger.log.length + 1}` : ""}`;

  const issued = rolled.map(({ grantId: from, amount }) => {
    const id = uuidOf(`rollover:${from}`);
    const { category, priority, payment, isFrozen, ...old } = ledger.grant(from);
    const costBasisCents = Math.floor((old.costBasisCents * amount) / old.amount);
    const expiresAt = Math.max(operation.expiresAt, now + EXPIRY_GRACE_MS);
    ledger.open({
      ...{ id, source: "rollover", category, amount, priority, costBasisCents, payment, isFrozen },
      ...{ effectiveAt: now, expiresAt, period: nextPeriod, rolledOverFrom: from },
    });
    return { grantId: id, from: "issued", to: "available", amount } as const;
  });
  const gone = allowances.map(
    (each) =>
      ({ grantId: each.id, from: "available", to: "expired", amount: each.available }) as const,
  );
  const inOrder = issued.toSorted((a, b) => (a.grantId < b.grantId ? -1 : 1));
  ledger.post({ kind: "rollover", key, at: now }, [...gone, ...inOrder]);
  applyReversals(ledger, { key: `clawback:${key}`, at: now });
  freezeAvailable(ledger, { key: `freeze:${key}`, at: now });
  repayDebt(ledger, now);
  const credits = issued.reduce((sum, { amount }) => sum + amount, 0);
  return { outcome: "rolled_over", credits };
}

/** Whether the code still has something to give depends on the other users; all else does not. */
export function applyRedeem(
  ledger: Ledger,
  { code, key, grantId, now }: RedeemOperation,
  isUsedUp: boolean,
): Answer {
  if (ledger.seqOfKey.has(key)) return { outcome: "already_redeemed" };
  if (isUsedUp) return { outcome: "used_up" };
  const { credits: amount, expireDays } = code;
  const bucket: GrantOperation = {
    ...{ do: "grant", key, grantId, source: "promo", category: "promo", amount, priority: 50 },
    ...{ costBasisCents: 0, payment: null, period: null, now },
    expiresAt: now + expireDays * DAY_MS,
  };
  applyGrant(ledger, bucket, "user");
  return { outcome: "redeemed", credits: amount };
}
