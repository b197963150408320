import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { claimJob, reapJob } from "@tintype/db/job-functions";
import type { Answer, Operation } from "@tintype/db/testing/model/operation";
import { perform } from "@tintype/db/testing/model/perform";
import { type Dice, dice } from "./dice.ts";
import { type Asked, openJournal, readJournal } from "./journal.ts";
import { Requests, type World } from "./requests.ts";
import { Wire } from "./wire.ts";

/** What the supervisor sends to a new client, and what it hears: how many calls were answered, how many repeated. */
export type Orders = {
  databaseUrl: string;
  journalFile: string;
  world: World;
  seed: number;
  lanes: number;
  operations: number;
};
export type Progress = { acknowledged: number; retries: number };

const LEASE_SECONDS = 3;
const REPORT_EVERY = 50;

// A client process of the soak: asks, writes down what was answered, and is killed in the middle of it.
const orders = await new Promise<Orders>((resolve) => process.once("message", resolve));
// Without a supervisor there is nothing to do.
const die = () => process.exit(1);
process.once("disconnect", die);
const progress: Progress = { acknowledged: 0, retries: 0 };
const report = () => process.send?.({ ...progress, retries: wire.retries });

const unfinished: Asked[] = [];
for await (const line of readJournal(orders.journalFile)) {
  if ("wrong" in line) continue;
  if (line.answer === undefined) unfinished.push(line.asked);
  else progress.acknowledged += 1;
}
const journal = openJournal(orders.journalFile);
const wire = new Wire(orders.databaseUrl, orders.lanes);

/** Asks for it, sometimes twice at once, and writes the answer down before anything else is asked for. */
async function ask(asked: Asked, isTwice: boolean): Promise<Answer> {
  const user = orders.world.users[asked.user];
  if (!user) throw new Error(`there is no user ${asked.user}`);
  const once = () => wire.ask((db) => perform(db, user, asked.operation));
  const [answer = null] = await Promise.all(isTwice ? [once(), once()] : [once()]);
  journal.write({ acknowledged: asked.id, answer });
  progress.acknowledged += 1;
  if (progress.acknowledged % REPORT_EVERY === 0) report();
  return answer;
}

async function askAnew(user: number, operation: Operation, { below }: Dice): Promise<Answer> {
  const asked = { id: randomUUID(), user, operation };
  journal.write({ asked });
  const answer = await ask(asked, below(20) === 0);
  if (operation.do === "submit" && below(40) === 0) await askAltered(user, operation);
  return answer;
}

/** A known job with another request must be refused, whatever became of the first. */
async function askAltered(index: number, operation: Extract<Operation, { do: "submit" }>) {
  const user = orders.world.users[index];
  const other = { ...operation, requestHash: "other", overageCents: 0, quotedCredits: 0 };
  if (!user) return;
  const answer = await wire.ask((db) => perform(db, user, other));
  const text = JSON.stringify(answer);
  if (text.includes("created") || text.includes("existing")) journal.write({ wrong: text });
}

/** Takes the next job as a worker does, and ends it, or leaves it to the reaper. */
async function work(lane: string, die: Dice): Promise<void> {
  const now = new Date();
  if (die.below(6) === 0) {
    await wire.ask((db) => reapJob(db, { skip: [], now, blamelessUntil: null }));
    return;
  }
  const limits = { concurrency: 50, leaseSeconds: LEASE_SECONDS };
  const claimed = await wire.ask((db) => claimJob(db, { workerId: lane, ...limits, now }));
  if (!claimed) {
    await delay(5);
    return;
  }
  const user = orders.world.users.findIndex(({ userId }) => userId === claimed.userId);
  const { jobId, attempt } = claimed;
  const fence = { jobId, attempt, workerId: lane, now: Date.now() };
  const isLeft = die.below(50) === 0;
  if (isLeft) return;
  const operation: Operation =
    die.below(4) > 0
      ? { do: "complete", ...fence, delivered: die.below(5) }
      : { do: "fail", ...fence, code: "provider_failed", retryable: die.below(2) === 0 };
  await askAnew(user, operation, die);
}

async function runLane(index: number): Promise<void> {
  const lane = `${process.pid}-${index}`;
  const die = dice(orders.seed * 1_000 + index);
  const requests = new Requests(orders.world, die, randomUUID);
  // What the process before us was killed over.
  for (let next = unfinished.pop(); next; next = unfinished.pop()) await ask(next, false);
  while (progress.acknowledged < orders.operations) {
    if (die.below(5) < 2) await work(lane, die);
    else {
      const { user, operation } = requests.next(Date.now());
      await askAnew(user, operation, die);
    }
  }
}

try {
  await Promise.all(Array.from({ length: orders.lanes }, (_, index) => runLane(index)));
} catch (error) {
  console.error(error);
  journal.write({ wrong: String((error as Error).cause ?? error) });
  process.exitCode = 1;
}
await wire.close();
journal.close();
report();
process.off("disconnect", die);
process.disconnect?.();
