import { setTimeout as delay } from "node:timers/promises";
import type { Dice } from "../dice.ts";
import type { Caller } from "./caller.ts";
import * as deeds from "./deeds.ts";
import { anyLook, balance, type Look } from "./looks.ts";
import { Payment } from "./payment.ts";
import type { Choices, Person } from "./person.ts";

/** The server takes no more calls in one request. */
const BATCH = 20;
/** Of an administrator's in one burst. */
const GIVEN = 6;
/** While something is to be asked again, nothing else is to stand in its way. */
const LOOKS_IN_TROUBLE = 4;
/** Batches of the cheapest reads that come all at once. */
const FLOCK = 20;
/** After an answer that was none, as `Retry-After` wishes: half of it to one and a half. */
const PAUSE_MS = 500;
const PAUSE_SPREAD_MS = 1_000;

export type LaneSettings = {
  people: readonly Person[];
  /** The administrator who gives credits to them. */
  admin: number;
  priceId: string;
  codes: readonly { code: string; credits: number }[];
  die: Dice;
  caller: Caller;
  complain: (what: string) => void;
};

/**
 * Asks for a few users of its own, all that can be asked at the same time: a batch of changes, a batch of reads, a batch
 * of an administrator's, webhooks. What ends without a certain answer is asked again until there is one.
 */
export class Lane {
  readonly #settings: LaneSettings;
  /** Without a certain answer yet. */
  readonly #open = new Set<deeds.Deed>();
  readonly #payments = new Set<Payment>();
  readonly #codesLeft: { person: Person; code: { code: string; credits: number } }[];
  #isTroubled = false;

  constructor(settings: LaneSettings) {
    this.#settings = settings;
    const { people, codes } = settings;
    this.#codesLeft = people.flatMap((person) => codes.map((code) => ({ person, code })));
  }

  /** One burst, about one of its users; what an earlier one has left open comes first and alone. */
  async step(): Promise<void> {
    if (!this.#isCertain) return this.#again();
    const { die, people } = this.#settings;
    const person = die.pick(people);
    // Now and then nothing is under way but reads, whose answers are known exactly then.
    if (die.below(5) === 0) return this.#burst(person, [], [], BATCH);
    if (die.below(4) === 0) this.#payments.add(new Payment(person));
    const changes = this.#newOnes(BATCH, () => this.#invent(person));
    const given = this.#newOnes(GIVEN, () => deeds.adjust(die.pick(people), die));
    const flock = Array.from({ length: die.below(2) * FLOCK }, () => this.#flock(person));
    await Promise.all([this.#burst(person, changes, given, BATCH), ...flock]);
  }

  /** Asks for what is left, until everything is certain. */
  async finish(): Promise<void> {
    while (!this.#isCertain) await this.#again();
  }

  get #isCertain(): boolean {
    return this.#open.size === 0 && this.#payments.size === 0;
  }

  #again(): Promise<void> {
    const open = [...this.#open];
    const person = open[0]?.person ?? (this.#settings.people[0] as Person);
    const changes = open.filter((deed) => deed.person === person && !isOfAdmin(deed));
    const given = open.filter(isOfAdmin);
    return this.#burst(person, changes, given, LOOKS_IN_TROUBLE);
  }

  #newOnes(count: number, invent: () => deeds.Deed | null): deeds.Deed[] {
    const made = Array.from({ length: count }, invent).filter((deed) => deed !== null);
    for (const deed of made) {
      this.#open.add(deed);
      deed.person.open += 1;
    }
    return made;
  }

  #invent(person: Person): deeds.Deed | null {
    const { die, priceId } = this.#settings;
    const roll = die.below(100);
    if (roll < 30) return deeds.submit(person, priceId);
    if (roll < 55) return this.#cancelOne(person) ?? deeds.submit(person, priceId);
    if (roll < 70) return deeds.upload(person, die);
    if (roll < 90) return this.#choose(person);
    if (roll < 95) return deeds.alter(person, die, priceId);
    const at = this.#codesLeft.findIndex((left) => left.person === person);
    const [left] = at < 0 ? [] : this.#codesLeft.splice(at, 1);
    return left ? deeds.redeem(person, left.code) : null;
  }

  #cancelOne(person: Person): deeds.Deed | null {
    const isFree = (id: string) => !person.cancelled.has(id) && !person.cancelling.has(id);
    const jobId = person.jobs.find(isFree);
    return jobId === undefined ? null : deeds.cancel(person, jobId);
  }

  #choose(person: Person): deeds.Deed | null {
    const name = this.#settings.die.pick(Object.keys(person.possible)) as keyof Choices;
    return person.possible[name].length > 1 ? null : deeds.choose(person, name, this.#settings.die);
  }

  async #burst(
    person: Person,
    changes: deeds.Deed[],
    given: deeds.Deed[],
    looks: number,
  ): Promise<void> {
    this.#isTroubled = false;
    const { die } = this.#settings;
    await Promise.all([
      this.#ask(person.n, changes),
      this.#look(
        person,
        Array.from({ length: looks }, () => anyLook(person, die)),
      ),
      this.#ask(this.#settings.admin, given),
      ...[...this.#payments].map((payment) => this.#tell(payment)),
    ]);
    if (this.#isTroubled) await delay(PAUSE_MS + this.#settings.die.below(PAUSE_SPREAD_MS));
  }

  /** Some are sent twice in the same batch. */
  async #ask(n: number, batch: readonly deeds.Deed[]): Promise<void> {
    const { caller, die } = this.#settings;
    const room = BATCH - batch.length;
    const twice = batch.filter(() => die.below(10) === 0).slice(0, room);
    const calls = [...batch, ...twice];
    for (const deed of batch) {
      deed.sent += 1;
      deed.person.asked += 1;
    }
    const answers = await caller.ask(n, "mutation", calls);
    for (const deed of batch) {
      this.#settle(
        deed,
        answers.filter((_, index) => calls[index] === deed),
      );
    }
  }

  #settle(deed: deeds.Deed, answers: Awaited<ReturnType<Caller["ask"]>>): void {
    const { complain } = this.#settings;
    for (const answer of answers) {
      if (answer.kind === "wrong") complain(`${deed.procedure}: ${answer.why}`);
    }
    if (answers.some(({ kind }) => kind === "unknown" || kind === "wrong")) {
      this.#isTroubled = true;
      return;
    }
    this.#open.delete(deed);
    deed.person.open -= 1;
    const complaint = deed.settle(answers);
    if (complaint) complain(complaint);
  }

  #flock = (person: Person): Promise<void> =>
    this.#look(
      person,
      Array.from({ length: BATCH }, () => balance(person)),
    );

  async #look(person: Person, looks: readonly Look[]): Promise<void> {
    const { caller, complain } = this.#settings;
    const answers = await caller.ask(person.n, "query", looks);
    for (const [index, answer] of answers.entries()) {
      const look = looks[index];
      if (answer.kind === "unknown") this.#isTroubled = true;
      else if (answer.kind === "data") {
        const complaint = look?.check(answer.data as never);
        if (complaint) complain(`${look?.procedure}: ${complaint}`);
      } else complain(`${look?.procedure}: ${"why" in answer ? answer.why : answer.code}`);
    }
  }

  async #tell(payment: Payment): Promise<void> {
    const complaints = await payment.tell(this.#settings.caller);
    for (const complaint of complaints) this.#settings.complain(complaint);
    if (payment.isBooked) this.#payments.delete(payment);
    else this.#isTroubled = true;
  }
}

const isOfAdmin = ({ procedure }: deeds.Deed): boolean => procedure.startsWith("admin.");
