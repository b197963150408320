import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Attempt, explain } from "./explain.ts";
import { callAndLose } from "./fragile-connection.ts";
import { createCodes, createPlayer, type ModelDatabase, readLedger } from "./model-database.ts";
import type { Operation } from "./operation.ts";
import { perform } from "./perform.ts";
import type { Batch, Call, Life } from "./plan.ts";
import { Player, START } from "./player.ts";

const HOUR = 3_600_000;

/** What was done, to show that the lives are as wild as they are meant to be. */
export type Tally = { lives: number; calls: number; lost: number; events: number };

/**
 * Lives one life against the real functions. After each batch some serial order of the model must explain it, and
 * the books must be proved (I1 to I5); at the end everything acknowledged must still be there, once (I6).
 */
export async function live(database: ModelDatabase, life: Life, tally: Tally): Promise<void> {
  const codes = await createCodes(database.db, randomUUID(), new Date(START));
  const players = life.overageLimits.map((limit) => new Player(limit, database.prices, codes));
  for (const { userId, assetId, ledger } of players) {
    const { overageLimitCents } = ledger;
    await createPlayer(database.db, { userId, assetId, overageLimitCents, now: new Date(START) });
  }
  let now = START;
  for (const batch of life.batches) {
    now += batch.waitHours * HOUR;
    await liveBatch(database, players, batch, now, tally);
    for (const { code, budget } of codes) ensureWithinBudget(players, code, budget);
  }
  for (const { userId, ledger } of players) {
    const { events } = await readLedger(database.db, { userId, after: 0 });
    if (!isDeepStrictEqual(events, ledger.log)) throw new Error(`${userId}: history has changed`);
    tally.events += events.length;
  }
  tally.lives += 1;
}

/** What one user's books cannot tell: how often a code was redeemed in all. */
function ensureWithinBudget(players: readonly Player[], code: string, budget: number): void {
  const redeemed = players.filter(({ userId, ledger }) =>
    ledger.seqOfKey.has(`promo:${code}:${userId}`),
  ).length;
  if (redeemed > budget) throw new Error(`${redeemed} users have redeemed ${code} of ${budget}`);
}

async function liveBatch(
  database: ModelDatabase,
  players: readonly Player[],
  { calls }: Batch,
  now: number,
  tally: Tally,
): Promise<void> {
  const attemptsOf = new Map<Player, Attempt[]>();
  const running = calls.flatMap((call) => {
    const player = players[call.player];
    const operations = player?.operationsOf(call.step, now + call.skewHours * HOUR) ?? [];
    if (!player || operations.length === 0) return [];
    const attempts = attemptsOf.get(player) ?? [];
    attemptsOf.set(player, attempts);
    return Array.from({ length: call.times }, () =>
      perhapsLose(database, player, operations, call, attempts, tally),
    );
  });
  for (const outcome of await Promise.allSettled(running)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
  for (const [player, attempts] of attemptsOf) {
    const { userId, ledger } = player;
    const seen = await readLedger(database.db, { userId, after: ledger.log.length });
    player.ledger = explain(ledger, attempts, seen);
    await database.prove(userId);
  }
}

/** Makes the calls of one step; those whose answer was lost are made again with the same key. */
async function perhapsLose(
  database: ModelDatabase,
  player: Player,
  operations: readonly Operation[],
  { loss }: Call,
  attempts: Attempt[],
  tally: Tally,
): Promise<void> {
  let after: Attempt | undefined;
  for (const operation of operations) {
    let unheard: Promise<unknown> | undefined;
    if (loss) {
      const ask = (db: ModelDatabase["db"]) => perform(db, player, operation);
      // Its failure is looked at as soon as the call that is made again has returned.
      if (loss === "unheard") unheard = ask(database.db).then(noProblem, (error: unknown) => error);
      const answer =
        loss === "unheard" ? "lost" : await callAndLose(database.url, loss, ask, database.db);
      attempts.push({
        operation,
        ...(answer === "lost" ? {} : { answer }),
        ...(after ? { after } : {}),
      });
      tally.lost += 1;
    }
    const value = await perform(database.db, player, operation).catch((error: unknown) => {
      // drizzle's error tells the statement; PostgreSQL's, inside it, what is wrong.
      const { message } = ((error as Error).cause ?? error) as Error;
      throw new Error(`${message}: ${JSON.stringify(operation)}`, { cause: error });
    });
    const problem = await unheard;
    if (problem) throw problem;
    const attempt = { operation, answer: { value }, ...(after ? { after } : {}) };
    attempts.push(attempt);
    tally.calls += 1;
    after = attempt;
  }
}

const noProblem = () => undefined;
