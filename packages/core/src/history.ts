import { z } from "zod";
import type { PriceBreakdown } from "./catalogue.ts";
import type { CreditAccount, CreditCategory, CreditEventKind, CreditSource } from "./credits.ts";
import type { GenerationFailureCode, JobKind } from "./generation.ts";
import { instant } from "./instant.ts";
import type { JobStatus } from "./jobs.ts";
import { inputText } from "./text.ts";

/** What a user may look for in the history; setting aside is no end of credits, so a hold is in none of them. */
export const historyGroups = ["added", "spent", "returned", "expired", "taken_back"] as const;
export type HistoryGroup = (typeof historyGroups)[number];

/** `change`: only those events of the kind that gave more to spend, or left less. */
type GroupRule = { group: HistoryGroup; change?: "more" | "less" };

/** Where each kind of event is found. A kind without a line here does not compile. */
const groupsOfKind: Record<CreditEventKind, readonly GroupRule[]> = {
  grant: [{ group: "added" }],
  hold: [],
  // Less delivered than asked for: spent and returned by one event.
  capture: [{ group: "spent" }, { group: "returned", change: "more" }],
  release: [{ group: "returned" }],
  expire: [{ group: "expired" }],
  rollover: [{ group: "added" }],
  freeze: [{ group: "taken_back" }],
  unfreeze: [{ group: "returned" }],
  clawback: [{ group: "taken_back" }],
  reinstate: [{ group: "returned" }],
  adjustment: [
    { group: "added", change: "more" },
    { group: "taken_back", change: "less" },
  ],
  repayment: [{ group: "taken_back" }],
};

export type KindRule = { kind: CreditEventKind; change?: "more" | "less" };

export const kindsOfGroup = (group: HistoryGroup): KindRule[] =>
  Object.entries(groupsOfKind).flatMap(([kind, rules]) =>
    rules
      .filter((rule) => rule.group === group)
      .map(({ change }) => ({ kind: kind as CreditEventKind, ...(change && { change }) })),
  );

/** Passed on in UTC: zod knows offsets that PostgreSQL refuses. */
const moment = instant.transform((time) => time.toISOString());
const filterFields = {
  show: z.enum(historyGroups).optional(),
  from: moment.optional(),
  /** The first moment that does not belong to it any more. */
  to: moment.optional(),
};
export const historyFilter = z.object(filterFields);
export type HistoryFilter = z.infer<typeof historyFilter>;

export const historyInput = z.object({
  ...filterFields,
  cursor: inputText({ max: 100, keepsSpaces: true }).optional(),
  limit: z.int().min(1).max(100).default(25),
});
export type HistoryInput = z.infer<typeof historyInput>;

/** Of a file with the history: what is older is exported by choosing earlier dates. */
export const EXPORT_MAX_LINES = 100_000;

/** One line of the user's history. */
export type CreditEventView = {
  seq: number;
  kind: CreditEventKind;
  /** Signed change of what may be spent. */
  change: number;
  /** Credits that left a hold with this event, and how many of them were spent; the others went back. */
  unheld: number;
  spent: number;
  availableAfter: number;
  heldAfter: number;
  owedAfter: number;
  jobId: string | null;
  jobKind: JobKind | null;
  jobStatus: JobStatus | null;
  /** Where the credits came from; null for a job, and where they came from several sources. */
  source: CreditSource | null;
  reason: string | null;
  createdAt: Date;
};

/** One transfer inside an event: credits of one grant that moved from one account to another. */
export type CreditEntryView = {
  grantId: string;
  source: CreditSource;
  expiresAt: Date | null;
  amount: number;
  from: CreditAccount;
  to: CreditAccount;
};

/** What a job was to cost, what was delivered, and what came back. */
export type JobCost = {
  jobId: string;
  status: JobStatus;
  breakdown: PriceBreakdown;
  held: number;
  charged: number;
  released: number;
  deliveredUnits: number | null;
  failureCode: GenerationFailureCode | null;
};

/** Which grants paid for a job, what the quote was, what came back. */
export type JobReceipt = JobCost & {
  events: (CreditEventView & { entries: CreditEntryView[] })[];
};

export const creditReceiptInput = z.object({ seq: z.int().min(1) });

/** A transfer with all that is known about the grant it moved. */
export type ReceiptEntryView = CreditEntryView & {
  category: CreditCategory;
  /** What was paid for so many credits of the grant, in cents of `currency`, rounded down. */
  costCents: number;
  currency: string;
  /** The event that issued the grant. */
  issuedSeq: number;
  issuedAt: Date;
  /** Where all credits of the grant are today. */
  today: Record<Exclude<CreditAccount, "issued">, number>;
};

export type CreditReceipt = {
  event: CreditEventView;
  /** Whose doing it was. Which administrator is nobody's business but ours. */
  actor: "user" | "admin" | "system";
  entries: ReceiptEntryView[];
  /** For an event of a job: what the job was to cost and what came of it. */
  job: JobCost | null;
  /** All events of that job, this one among them, in the order in which they happened. */
  jobEvents: { seq: number; kind: CreditEventKind; createdAt: Date }[];
};

/** The part of a grant's price that so many of its credits cost: whole cents, rounded down. */
export const costOf = (
  credits: number,
  grant: { amount: number; costBasisCents: number },
): number => Number((BigInt(credits) * BigInt(grant.costBasisCents)) / BigInt(grant.amount));
