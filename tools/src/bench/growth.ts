import { randomUUID } from "node:crypto";
import { connect } from "@tintype/db/client";
import { balanceOfUser } from "@tintype/db/credit-functions";
import { claimJob } from "@tintype/db/job-functions";
import type { ServiceContext, UserActor } from "@tintype/services/context";
import { listHistory } from "@tintype/services/credits/list-history";
import { submitOne } from "./contestants.ts";
import type { BenchDatabase } from "./database.ts";
import { anyOf, userId } from "./requests.ts";
import { median } from "./statistics.ts";

const CALLS = 400;
/** The first calls fill caches and plans. */
const WARM_UP = 50;

export type HotTimes = { balance: number; hold: number; history: number; claim: number };

/** Milliseconds of one call of each hot query, by one client through our own code. */
export async function measureHotQueries(database: BenchDatabase): Promise<HotTimes> {
  const { db, close } = connect(database.url, { maxConnections: 1 });
  const anyone = () => userId(anyOf(database.users));
  const reader = (): ServiceContext<UserActor> =>
    ({ db, actor: { kind: "user", userId: anyone(), role: "user" } }) as ServiceContext<UserActor>;
  const claim = { workerId: randomUUID(), concurrency: 2, leaseSeconds: 15 };
  try {
    return {
      balance: await timeOf(() => balanceOfUser(db, { userId: anyone(), now: new Date() })),
      history: await timeOf(() => listHistory(reader(), { limit: 24 })),
      hold: await timeOf(() => submitOne(db, database)),
      claim: await timeOf(() => claimJob(db, { ...claim, now: new Date() })),
    };
  } finally {
    await close();
  }
}

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const durations = [];
  for (let n = 0; n < WARM_UP + CALLS; n++) {
    const started = performance.now();
    await call();
    durations.push(performance.now() - started);
  }
  return median(durations.slice(WARM_UP));
}
