import { assetId, userId } from "../../bench/requests.ts";

/** `bench.fill` gives everybody five grants of ten million. */
export const FILLED = 50_000_000;
/** The n-th person gets n times this beyond it, so that a total says whose it is. */
const APART = 10_000_000;

/** What somebody is given at the beginning: the middle of a span that nothing in a soak leaves. */
export const endowmentOf = (n: number): number => n * APART + APART / 2;
/** The person to whom so many credits belong. */
export const ownerOf = (total: number): number => Math.floor((total - FILLED) / APART);

export type Choices = { locale: "en" | "ru"; emailNotifications: boolean; timeZone: string };
/** `asked`: sent, and not answered with certainty yet. */
export type Fate = "asked" | "done" | "refused";

/** What a client process knows at its end, and the audit holds against the database. */
export type Account = {
  n: number;
  /** Beyond what was given at the beginning. */
  credits: number;
  /** By id; of the jobs that are there, those that were cancelled. */
  uploads: Record<string, Fate>;
  jobs: Record<string, Fate>;
  cancelled: string[];
  /** By idempotency key: what each has given. */
  moves: Record<string, number>;
  /** By the provider's reference, each one grant. */
  payments: Record<string, number>;
  choices: Choices;
};

/**
 * One user, as whoever asks for them must believe they are. Nobody else asks for them, so every answer is known
 * exactly, but for what is still being asked.
 */
export class Person {
  readonly n: number;
  readonly userId: string;
  readonly assetId: string;
  readonly account: Account;
  readonly cancelled = new Set<string>();
  /** Credits that are on their way: by the key of what gives them. */
  readonly coming = new Map<string, number>();
  /** Jobs that are asked to be cancelled. */
  readonly cancelling = new Set<string>();
  /** Of each choice all values that it may have at the moment. */
  readonly possible: { [Name in keyof Choices]: Choices[Name][] };
  /** The highest number of an event of their ledger that any answer has shown. */
  version = 0;
  /** Grows with everything that is asked: two equal values enclose a time in which nothing was. */
  asked = 0;
  /** So much of what was asked has no certain answer yet. */
  open = 0;

  constructor(n: number) {
    this.n = n;
    this.userId = userId(n);
    this.assetId = assetId(n);
    const choices: Choices = { locale: "en", emailNotifications: true, timeZone: "UTC" };
    const records = { uploads: {}, jobs: {}, cancelled: [], moves: {}, payments: {} };
    this.account = { n, credits: 0, ...records, choices };
    this.possible = {
      locale: [choices.locale],
      emailNotifications: [choices.emailNotifications],
      timeZone: [choices.timeZone],
    };
  }

  get total(): number {
    return FILLED + endowmentOf(this.n) + this.account.credits;
  }

  /** The most that the total can be: all that is on its way has arrived. */
  get totalWithComing(): number {
    return [...this.coming.values()].reduce((sum, amount) => sum + amount, this.total);
  }

  /** Jobs that are there for certain. */
  get jobs(): string[] {
    return Object.keys(this.account.jobs).filter((id) => this.account.jobs[id] === "done");
  }

  get uploads(): string[] {
    return Object.keys(this.account.uploads).filter((id) => this.account.uploads[id] === "done");
  }

  credit(key: string, amount: number, book: "moves" | "payments"): void {
    this.coming.delete(key);
    this.account.credits += amount;
    this.account[book][key] = amount;
  }

  close = (): Account => ({ ...this.account, cancelled: [...this.cancelled] });
}
