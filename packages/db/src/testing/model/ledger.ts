import type {
  Allocation,
  Bucket,
  CreditAccount,
  CreditEventKind,
  GrantState,
} from "@tintype/core/credits";

export type ModelGrant = GrantState &
  Bucket & {
    source: string;
    amount: number;
    payment: string | null;
    period: string | null;
    rolledOverFrom: string | null;
    isFrozen: boolean;
  };
export type ModelJob = {
  id: string;
  requestHash: string;
  status: string;
  attempt: number;
  maxAttempts: number;
  workerId: string | null;
  isCancelRequested: boolean;
  /** The provider is still asked about it. */
  isUnknown: boolean;
  failureCode: string | null;
  credits: number;
  holdSeq: number;
  settleSeq: number | null;
  charged: number | null;
  delivered: number | null;
  milliCreditsPerUnit: number;
  multiplierPercent: number;
  cancelFeePercent: number;
};
export type ModelCharge = {
  jobId: string;
  grantId: string;
  period: string;
  credits: number;
  heldCents: number;
  captured: number | null;
  billedCents: number | null;
};
export type ModelEntry = {
  grantId: string;
  from: CreditAccount;
  to: CreditAccount;
  amount: number;
};
export type ModelEvent = {
  seq: number;
  kind: CreditEventKind;
  key: string;
  jobId: string | null;
  actorKind: "user" | "admin" | "system";
  availableChange: number;
  available: number;
  held: number;
  owed: number;
  at: number;
  entries: ModelEntry[];
};
export type Wallet = { available: number; held: number; owed: number; seq: number };

/** What can be seen of a ledger from outside; the database is read into the same shape. */
export type LedgerView = {
  wallet: Wallet;
  grants: ModelGrant[];
  jobs: ModelJob[];
  charges: ModelCharge[];
};

type EventHead = Pick<ModelEvent, "kind" | "key" | "at"> &
  Partial<Pick<ModelEvent, "jobId" | "actorKind">>;

/** One user's books in memory. The rules that move credits are in core; this only writes down what they say. */
export class Ledger {
  grants: ModelGrant[] = [];
  jobs: ModelJob[] = [];
  charges: ModelCharge[] = [];
  /** Every event so far; entries of the log are never changed. */
  log: ModelEvent[] = [];
  /** Which grants of a hold were taken, in the order taken. */
  readonly allocations: Map<string, Allocation[]>;
  readonly seqOfKey: Map<string, number>;
  /** What of a grant ran out by the clock, and not otherwise: only that may roll over. */
  readonly lapsed: Map<string, number>;
  /** The most that may be spent beyond the wallet; null: nothing. */
  overageLimitCents: number | null;

  constructor(overageLimitCents: number | null, from?: Ledger) {
    this.overageLimitCents = overageLimitCents;
    this.allocations = new Map(from?.allocations);
    this.seqOfKey = new Map(from?.seqOfKey);
    this.lapsed = new Map(from?.lapsed);
  }

  /** A copy to try something on. */
  clone(): Ledger {
    const copy = new Ledger(this.overageLimitCents, this);
    copy.grants = this.grants.map((grant) => ({ ...grant }));
    copy.jobs = this.jobs.map((job) => ({ ...job }));
    copy.charges = this.charges.map((charge) => ({ ...charge }));
    copy.log = this.log.slice();
    return copy;
  }

  get wallet(): Wallet {
    const sum = (account: "available" | "held" | "owed") =>
      this.grants.reduce((total, grant) => total + grant[account], 0);
    return {
      available: sum("available"),
      held: sum("held"),
      owed: sum("owed"),
      seq: this.log.length,
    };
  }

  view(): LedgerView {
    const { wallet, grants, jobs, charges } = this;
    return { wallet, grants, jobs, charges };
  }

  grant(id: string): ModelGrant {
    const found = this.grants.find((each) => each.id === id);
    if (!found) throw new Error(`the model has no grant ${id}`);
    return found;
  }

  inOrderOfIssue(): ModelGrant[] {
    return this.grants.toSorted((a, b) => a.issuedSeq - b.issuedSeq || (a.id < b.id ? -1 : 1));
  }

  /** Moves credits and writes the event down. @returns its number; null when nothing moves */
  post(head: EventHead, transfers: readonly ModelEntry[]): number | null {
    const entries = transfers.filter(({ amount }) => amount > 0);
    if (entries.length === 0) return null;
    const before = this.wallet;
    for (const { grantId, from, to, amount } of entries) {
      const grant = this.grant(grantId);
      if (from !== "issued") grant[from] -= amount;
      if (to !== "issued") grant[to] += amount;
    }
    const { available, held, owed } = this.wallet;
    const seq = before.seq + 1;
    const availableChange = available - before.available;
    const { jobId = null, actorKind = "system", ...rest } = head;
    this.log.push({
      ...{ seq, ...rest, jobId, actorKind },
      ...{ availableChange, available, held, owed, entries },
    });
    this.seqOfKey.set(head.key, seq);
    return seq;
  }

  /** A bucket with nothing in it yet; the event that issues it fills it. */
  open(grant: Omit<ModelGrant, keyof GrantState | "issuedSeq">): void {
    const empty = { available: 0, held: 0, spent: 0, expired: 0, frozen: 0, reversed: 0, owed: 0 };
    this.grants.push({ ...empty, reversalTarget: 0, ...grant, issuedSeq: this.log.length + 1 });
  }
}
