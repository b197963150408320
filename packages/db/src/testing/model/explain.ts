import { isDeepStrictEqual } from "node:util";
import { applyOperation } from "./apply.ts";
import type { Ledger, LedgerView, ModelEvent } from "./ledger.ts";
import type { Answer, Operation } from "./operation.ts";

/** One call that was made; without an answer nobody knows whether it took effect. */
export type Attempt = {
  operation: Operation;
  answer?: { value: Answer };
  /** The call that had returned before this one was made. */
  after?: Attempt;
};

export type Seen = LedgerView & { events: ModelEvent[] };

/**
 * Looks for one order of the calls, one after the other, that explains every answer, every event with its entries,
 * and the books at the end. Calls that nobody heard of again may have happened or not.
 * @returns the ledger after that order
 * @throws an error that tells the calls and how far an explanation goes, when there is none
 */
export function explain(before: Ledger, attempts: readonly Attempt[], seen: Seen): Ledger {
  const search = new Search(before, attempts, seen);
  const found = search.from(before, new Set(attempts));
  if (found) return found;
  throw new Error(search.report());
}

class Search {
  #attempts: readonly Attempt[];
  #seen: Seen;
  #start: number;
  /** The ledger that explains the most events. */
  #best: Ledger;
  #bestProblem = "no call fits first";
  /** States that lead nowhere, or the calls that change nothing would be tried in every order. */
  #dead = new Set<string>();

  constructor(before: Ledger, attempts: readonly Attempt[], seen: Seen) {
    this.#attempts = attempts;
    this.#seen = seen;
    this.#start = before.log.length;
    this.#best = before;
  }

  from(ledger: Ledger, open: ReadonlySet<Attempt>): Ledger | null {
    const isDone = [...open].every(({ answer }) => !answer);
    if (isDone && this.#isTheEnd(ledger)) return ledger;
    const state = this.#nameOf(ledger, open);
    if (this.#dead.has(state)) return null;
    for (const attempt of open) {
      if (attempt.after && open.has(attempt.after)) continue;
      const next =
        this.#take(ledger, attempt, false) ??
        (attempt.operation.do === "redeem" ? this.#take(ledger, attempt, true) : null);
      if (!next) continue;
      const rest = new Set(open);
      rest.delete(attempt);
      const found = this.from(next, rest);
      if (found) return found;
    }
    this.#dead.add(state);
    return null;
  }

  /** @returns the ledger after this call, if it then looks as it was seen to look */
  #take(ledger: Ledger, { operation, answer }: Attempt, isUsedUp: boolean): Ledger | null {
    const next = ledger.clone();
    const expected = applyOperation(next, operation, isUsedUp);
    const events = next.log.slice(ledger.log.length);
    const position = ledger.log.length - this.#start;
    const seen = this.#seen.events.slice(position, position + events.length);
    const isExplained = isDeepStrictEqual(events, seen);
    if (isExplained && (!answer || isDeepStrictEqual(expected, answer.value))) {
      if (next.log.length > this.#best.log.length) this.#best = next;
      return next;
    }
    if (ledger.log.length === this.#best.log.length) {
      const told = { operation, expected, answer, events, seen };
      this.#bestProblem = JSON.stringify(told, null, 1);
    }
    return null;
  }

  #isTheEnd(ledger: Ledger): boolean {
    if (ledger.log.length - this.#start !== this.#seen.events.length) return false;
    return isDeepStrictEqual(sorted(ledger.view()), sorted(this.#seen));
  }

  #nameOf(ledger: Ledger, open: ReadonlySet<Attempt>): string {
    const left = this.#attempts.map((attempt) => (open.has(attempt) ? "1" : "0")).join("");
    return `${left} ${JSON.stringify(ledger.view())}`;
  }

  report(): string {
    const calls = this.#attempts.map(({ operation, answer }) =>
      JSON.stringify({ ...operation, answer: answer ? answer.value : "never came" }),
    );
    const events = this.#seen.events.map((event) => JSON.stringify(event));
    const explained = this.#best.log.length - this.#start;
    const { wallet, grants, jobs, charges } = sorted(this.#seen);
    return [
      "no order of these calls explains the books:",
      ...calls,
      `events (the first ${explained} can be explained):`,
      ...events,
      "the books, as seen and as the model has them at its best:",
      JSON.stringify({ wallet, grants, jobs, charges }),
      JSON.stringify(sorted(this.#best.view())),
      `what did not fit: ${this.#bestProblem}`,
    ].join("\n");
  }
}

function sorted({ wallet, grants, jobs, charges }: LedgerView): LedgerView {
  return {
    wallet,
    grants: grants.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    jobs: jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    charges: charges.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1)),
  };
}
