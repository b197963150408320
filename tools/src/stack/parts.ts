import {
  lastLines,
  type Program,
  type ProgramOptions,
  startProgram,
} from "../processes/program.ts";
import type { Backing, RunningBacking } from "./backing-services.ts";
import { Backoff } from "./backoff.ts";

export type PartsOptions = {
  /** For people: what has ended and is started again. */
  say?: (line: string) => void;
  /** Before the first new start; each further one waits twice as long, up to half a minute. 1 second when not given. */
  firstDelayMs?: number;
};

/** A program that runs, and what is known of it since its first start. */
type Slot = { options: ProgramOptions; program: Program; backoff: Backoff; wasReady: boolean };

/**
 * What runs. A part that ends before it was ever ready ends the start; one that dies later is started again, and the others
 * go on. Programs are stopped before the services they use.
 */
export class Parts {
  readonly #slots: Slot[] = [];
  readonly #backing: Backing[] = [];
  readonly #failure = Promise.withResolvers<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #reviving = new Set<Promise<void>>();
  readonly #options: PartsOptions;
  #isStopping = false;

  constructor(options: PartsOptions = {}) {
    this.#options = options;
  }

  launch(options: ProgramOptions): void {
    const backoff = new Backoff(this.#options.firstDelayMs);
    const slot: Slot = { options, program: startProgram(options), backoff, wasReady: false };
    this.#slots.push(slot);
    this.#watch(slot);
  }

  #watch(slot: Slot): void {
    const { program } = slot;
    program.ready.then(
      () => {
        if (slot.wasReady) this.#say(`${program.name} is ready again.`);
        slot.wasReady = true;
        slot.backoff.isUp();
      },
      () => undefined, // Whoever waits for the start hears of it; later, the end of the program is what counts.
    );
    void program.exited.then((reason) => {
      const log = lastLines(program.log());
      if (!slot.wasReady) return this.#fail(`${program.name} ended (${reason}).`, log);
      this.#again(`${program.name} ended (${reason}).`, slot.backoff, () => {
        slot.program = startProgram(slot.options);
        this.#watch(slot);
      });
    });
  }

  add(backing: Backing): Backing {
    this.#backing.push(backing);
    this.#watchBacking(backing, new Backoff(this.#options.firstDelayMs));
    return backing;
  }

  #watchBacking(backing: Backing, backoff: Backoff): void {
    const name = backing.urls[0]?.[0];
    backoff.isUp();
    void backing.exited?.then((reason) => {
      const { revive } = backing;
      if (!revive) return this.#fail(`${name} ended (${reason}).`, "");
      this.#reviveLater(`${name} ended (${reason}).`, backing, revive, backoff);
    });
  }

  #reviveLater(
    message: string,
    backing: Backing,
    revive: () => Promise<RunningBacking>,
    backoff: Backoff,
  ): void {
    this.#again(message, backoff, () => {
      const name = backing.urls[0]?.[0];
      const reviving = revive().then(
        (running) => {
          Object.assign(backing, running);
          this.#say(`${name} is ready again.`);
          this.#watchBacking(backing, backoff);
        },
        (error: unknown) =>
          this.#reviveLater(`${name} did not start (${error}).`, backing, revive, backoff),
      );
      this.#reviving.add(reviving);
      void reviving.finally(() => this.#reviving.delete(reviving));
    });
  }

  #again(message: string, backoff: Backoff, start: () => void): void {
    if (this.#isStopping) return;
    const delayMs = backoff.next();
    this.#say(`${message} Starting it again in ${delayMs / 1_000} s.`);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      start();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Resolves with what to tell when a part ends during the start, or for good. */
  get failed(): Promise<string> {
    return this.#failure.promise;
  }

  /** Rejects when a part does not come up, or another ends while it does. */
  async ready(): Promise<void> {
    const failure = this.failed.then((message) => {
      throw new Error(message);
    });
    await Promise.race([Promise.all(this.#slots.map(({ program }) => program.ready)), failure]);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#slots.map(({ program }) => program.stop()));
    // One that is being started just now would outlive us.
    await Promise.all(this.#reviving);
    await Promise.all(this.#backing.map((backing) => backing.stop()));
  }

  #say(line: string): void {
    if (!this.#isStopping) this.#options.say?.(line);
  }

  #fail(message: string, log: string): void {
    if (!this.#isStopping)
      this.#failure.resolve(log ? `${message} Its last words:\n${log}` : message);
  }
}
