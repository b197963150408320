import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";

/** So many characters whatever it says, so that a reader never finds half of it. */
const WIDTH = 20;

/**
 * The time in a stack whose payments are an emulator's: the machine's, moved by as much as somebody has moved the
 * emulator's clock. It stands in a file, for the programs of the stack (`moved-clock.ts`).
 */
export class StackClock {
  readonly file: string;
  #movedMs = 0;

  constructor(dataDir: string) {
    this.file = path.join(dataDir, "clock");
  }

  now = (): number => Date.now() + this.#movedMs;

  moveTo = (seconds: number): void => {
    this.#movedMs = seconds * 1_000;
    mkdirSync(path.dirname(this.file), { recursive: true });
    const file = openSync(this.file, existsSync(this.file) ? "r+" : "w");
    writeSync(file, String(seconds).padEnd(WIDTH), 0);
    closeSync(file);
  };
}
