import {
  lastLines,
  type Program,
  type ProgramOptions,
  startProgram,
} from "../processes/program.ts";
import type { Backing } from "./backing-services.ts";

/** What runs. Programs are stopped before the services they use. */
export class Parts {
  readonly #programs: Program[] = [];
  readonly #backing: Backing[] = [];
  readonly #failure = Promise.withResolvers<string>();
  #isStopping = false;

  launch(options: ProgramOptions): void {
    const program = startProgram(options);
    this.#programs.push(program);
    void program.exited.then((reason) => {
      this.#fail(`${program.name} ended (${reason}).`, lastLines(program.log()));
    });
  }

  add(backing: Backing): Backing {
    this.#backing.push(backing);
    void backing.exited?.then((reason) => {
      this.#fail(`${backing.urls[0]?.[0]} ended (${reason}).`, "");
    });
    return backing;
  }

  /** Resolves with what to tell when a part ends that nobody stopped. */
  get failed(): Promise<string> {
    return this.#failure.promise;
  }

  /** Rejects when a part does not come up, or another ends while it does. */
  async ready(): Promise<void> {
    const failure = this.failed.then((message) => {
      throw new Error(message);
    });
    await Promise.race([Promise.all(this.#programs.map(({ ready }) => ready)), failure]);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#programs.map((program) => program.stop()));
    await Promise.all(this.#backing.map((backing) => backing.stop()));
  }

  #fail(message: string, log: string): void {
    if (!this.#isStopping)
      this.#failure.resolve(log ? `${message} Its last words:\n${log}` : message);
  }
}
