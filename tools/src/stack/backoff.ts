const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;
/** Up for so long, a part counts as healthy: its next death is the first again. */
const HEALTHY_MS = 60_000;

/** How long to wait before a part is started again: twice as long each time, up to half a minute. */
export class Backoff {
  readonly #firstDelayMs: number;
  readonly #now: () => number;
  #deaths = 0;
  #upSince: number | undefined;

  constructor(firstDelayMs = FIRST_DELAY_MS, now: () => number = () => performance.now()) {
    this.#firstDelayMs = firstDelayMs;
    this.#now = now;
  }

  isUp(): void {
    this.#upSince = this.#now();
  }

  /** Milliseconds until the next start. */
  next(): number {
    const wasHealthy = this.#upSince !== undefined && this.#now() - this.#upSince >= HEALTHY_MS;
    this.#upSince = undefined;
    this.#deaths = wasHealthy ? 1 : this.#deaths + 1;
    return Math.min(MAX_DELAY_MS, this.#firstDelayMs * 2 ** (this.#deaths - 1));
  }
}
