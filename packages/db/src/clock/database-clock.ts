import { connect } from "../client.ts";
import { askDatabaseTime } from "./database-time.ts";
import { movedMs } from "./moved-on-purpose.ts";

/** Beyond this the clock of a machine is wrong, not merely another one's. */
export const MAX_SKEW_MS = 2_000;
const EVERY_MS = 3_000;
const SAMPLES = 3;
/** A measurement that may be further off than this tells nothing, unless there is nothing better. */
const VAGUE_MS = 250;
/** Beyond this nobody can say whether two clocks agree. */
const TOO_VAGUE_MS = 1_000;
/** What a good clock loses or wins in a second, many times over. */
const DRIFT_PER_MS = 0.001;
/** After so long without a measurement nobody knows how the clocks stand. */
const STALE_MS = 60_000;
/** Answers further apart than this have an outage between them: ours, the database's or the network's. */
const GAP_MS = 7_500;
const STATEMENT_MS = 3_000;
/** After a measurement that failed: the outage's end is to be known soon. */
const RETRY_MS = 1_000;

export type ClockReading = {
  /** This machine's clock minus the database's, in milliseconds: positive when ours is ahead. */
  skewMs: number;
  /** The most by which that may be wrong: half the way there and back. */
  withinMs: number;
  /** Since the last measurement that told anything. */
  ageMs: number;
  /** The database has answered again and again for so long. */
  inContactMs: number;
  /** When the last outage ended, by the database's clock; null when there was none since the start. */
  outageEndedAt: Date | null;
  /** The two clocks agree within two seconds, as far as is known. */
  agrees: boolean;
};

/**
 * The database's time, of which all processes have the same. Between two measurements it goes on with this machine's
 * steady clock, so that nothing anybody does to the machine's time of day moves it.
 */
export type DatabaseClock = {
  now: () => Date;
  read: () => ClockReading;
  close: () => Promise<void>;
};

export type ClockOptions = {
  /** Told once when the database cannot be asked any more, until it can again. */
  onError: (error: unknown) => void;
  /** Told after a measurement that the clocks no longer agree, or do again. */
  onChange?: (reading: ClockReading) => void;
  /** Milliseconds between two measurements. */
  everyMs?: number;
  /** This machine's time of day, in milliseconds since 1970. */
  wall?: () => number;
  /** Milliseconds since whenever; nobody can set it. */
  steady?: () => number;
};

/**
 * Measures on a connection of its own, so that a busy pool does not pass for a slow network.
 * @throws what the database answers when it cannot be asked at the start
 */
export async function openDatabaseClock(
  databaseUrl: string,
  options: ClockOptions,
): Promise<DatabaseClock> {
  const { db, close } = connect(databaseUrl, {
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_MS,
    applicationName: "tintype-clock",
  });
  try {
    const clock = await startClock(() => askDatabaseTime(db), options);
    return {
      ...clock,
      close: async () => {
        await clock.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Measurement = { database: number; steady: number; withinMs: number };

/** @param ask the other clock, in milliseconds since 1970; rejects when it cannot be reached */
export async function startClock(
  ask: () => Promise<number>,
  options: ClockOptions,
): Promise<DatabaseClock> {
  const { steady = steadyNow, everyMs = EVERY_MS } = options;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const state = new ClockState(await measure(ask, steady), options);
  let failed = false;
  const round = async () => {
    try {
      state.learn(await measure(ask, steady));
      failed = false;
    } catch (error) {
      if (!(closed || failed)) options.onError(error);
      failed = true;
    }
    state.tellChange();
    if (!closed) timer = later(failed ? Math.min(RETRY_MS, everyMs) : everyMs);
  };
  let running = Promise.resolve();
  const later = (ms: number) => {
    const next = setTimeout(() => {
      running = round();
    }, ms);
    // A process with nothing else to do may end.
    return next.unref();
  };
  state.tellChange();
  timer = later(everyMs);
  return {
    now: () => new Date(state.now() + movedMs()),
    read: () => state.read(),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** The answer was given somewhere on the way: taken for the middle, it is wrong by half the way at most. */
async function measure(ask: () => Promise<number>, steady: () => number): Promise<Measurement> {
  let best: Measurement | undefined;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sent = steady();
    const database = await ask();
    const withinMs = (steady() - sent) / 2;
    if (!Number.isFinite(database)) throw new Error("the database did not say what time it is");
    if (!best || withinMs < best.withinMs) best = { database, steady: sent + withinMs, withinMs };
  }
  return best as Measurement;
}

/** What the measurements have told so far. */
class ClockState {
  readonly #wall: () => number;
  readonly #steady: () => number;
  readonly #onChange: ((reading: ClockReading) => void) | undefined;
  #base: Measurement;
  #last: Measurement;
  #inContactSince: number;
  #outageEndedAt: Date | null = null;
  #told = true;

  constructor(first: Measurement, { wall = Date.now, steady, onChange }: ClockOptions) {
    this.#wall = wall;
    this.#steady = steady ?? steadyNow;
    this.#onChange = onChange;
    this.#base = first;
    this.#last = first;
    this.#inContactSince = first.steady;
  }

  /** Of the database, whatever was moved on purpose. */
  now = (): number => this.#base.database + this.#steady() - this.#base.steady;

  learn(measured: Measurement): void {
    const grownMs = (measured.steady - this.#base.steady) * DRIFT_PER_MS;
    if (measured.withinMs <= Math.max(VAGUE_MS, this.#base.withinMs + grownMs))
      this.#base = measured;
    // A machine that slept counts no time meanwhile; the database's tells.
    const gapMs = Math.max(
      measured.steady - this.#last.steady,
      measured.database - this.#last.database,
    );
    this.#last = measured;
    if (gapMs <= GAP_MS) return;
    this.#inContactSince = measured.steady;
    this.#outageEndedAt = new Date(measured.database + movedMs());
  }

  read(): ClockReading {
    const steady = this.#steady();
    const skewMs = this.#wall() - movedMs() - this.now();
    const ageMs = steady - this.#base.steady;
    const isAway = steady - this.#last.steady > GAP_MS;
    return {
      skewMs,
      ageMs,
      withinMs: this.#base.withinMs,
      inContactMs: isAway ? 0 : steady - this.#inContactSince,
      outageEndedAt: this.#outageEndedAt,
      agrees:
        Math.abs(skewMs) <= MAX_SKEW_MS && this.#base.withinMs <= TOO_VAGUE_MS && ageMs <= STALE_MS,
    };
  }

  tellChange(): void {
    const reading = this.read();
    if (reading.agrees === this.#told) return;
    this.#told = reading.agrees;
    this.#onChange?.(reading);
  }
}

const steadyNow = (): number => performance.now();
