import { randomUUID } from "node:crypto";
import type { Answer } from "./answers.ts";
import type { Caller } from "./caller.ts";
import type { Person } from "./person.ts";

const CREDITS = 1_800;

function eventOf(type: string, object: object): string {
  const created = Math.floor(Date.now() / 1_000);
  return JSON.stringify({
    ...{ id: `evt_${randomUUID()}`, object: "event", type, created, data: { object } },
    api_version: "2026-10-28.endive",
  });
}

/**
 * A pack that somebody has paid, of which the provider tells twice, by two events and one of them in two deliveries at
 * the same time, and again until both are booked.
 */
export class Payment {
  readonly #person: Person;
  readonly #intent = `pi_${randomUUID()}`;
  readonly #bodies: { body: string; isBooked: boolean; sent: number }[];

  constructor(person: Person) {
    this.#person = person;
    const { userId, n } = person;
    const metadata = {
      ...{ userId, userEmail: `bench-${n}@example.com`, kind: "pack", code: "bundle_30m" },
      credits: String(CREDITS),
    };
    const paid = { currency: "usd", metadata };
    const session = {
      ...{ id: `cs_${randomUUID()}`, object: "checkout.session", mode: "payment", ...paid },
      ...{ payment_status: "paid", payment_intent: this.#intent, amount_total: 1_900 },
    };
    const intent = {
      ...{ id: this.#intent, object: "payment_intent", status: "succeeded", ...paid },
      amount_received: 1_900,
    };
    this.#bodies = [
      eventOf("checkout.session.completed", session),
      eventOf("payment_intent.succeeded", intent),
    ].map((body) => ({ body, isBooked: false, sent: 0 }));
    person.coming.set(this.#intent, CREDITS);
    person.open += 1;
  }

  get isBooked(): boolean {
    return this.#bodies.every(({ isBooked }) => isBooked);
  }

  /** @returns what is wrong with the answers */
  async tell(caller: Caller): Promise<string[]> {
    this.#person.asked += 1;
    const complaints = await Promise.all(
      this.#bodies
        .filter(({ isBooked }) => !isBooked)
        .map(async (told, index) => {
          told.sent += 1;
          const copies = index === 0 ? 2 : 1;
          const answers = await Promise.all(
            Array.from({ length: copies }, () => caller.tell(told.body)),
          );
          return this.#judge(told, answers);
        }),
    );
    if (this.isBooked) {
      this.#person.credit(this.#intent, CREDITS, "payments");
      this.#person.open -= 1;
    }
    return complaints.flat();
  }

  #judge(told: { isBooked: boolean; sent: number }, answers: Answer[]): string[] {
    const outcomes = answers.flatMap((answer) =>
      answer.kind === "data" ? [(answer.data as { outcome?: unknown }).outcome] : [],
    );
    told.isBooked = outcomes.length > 0;
    const applied = outcomes.filter((outcome) => outcome === "applied").length;
    const isWhole = outcomes.length === answers.length && told.sent === 1;
    const isRight =
      outcomes.every((outcome) => outcome === "applied" || outcome === "duplicate") &&
      applied <= 1 &&
      (applied === 1 || !isWhole);
    return [
      ...answers.flatMap((answer) => (answer.kind === "wrong" ? [answer.why] : [])),
      ...(isRight ? [] : [`payment ${this.#intent}: ${outcomes.join()}`]),
    ];
  }
}
