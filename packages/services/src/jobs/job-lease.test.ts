import { claimJob } from "@tintype/db/job-functions";
import { expect, test } from "vitest";
import type { ServiceContext, Signals } from "../context.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { holdLease } from "./job-lease.ts";
import { submitJob } from "./submit-job.ts";

const { userWithCredits, workerContext, clock } = useTestServices();

type Db = ServiceContext["db"];
type Execute = (values: unknown) => Promise<unknown>;

/** The same database, whose first answer comes late: it was given, but is still on its way. */
function withLateAnswer(db: Db, underWay: () => void, arrival: Promise<void>): Db {
  let late = true;
  const select = (fields: never) => ({
    from: (source: never) => ({
      prepare: (name: string) => {
        const statement = db.select(fields).from(source).prepare(name) as { execute: Execute };
        const execute: Execute = async (values) => {
          const answer = await statement.execute(values);
          if (!late) return answer;
          late = false;
          underWay();
          await arrival;
          return answer;
        };
        return { execute };
      },
    }),
  });
  return Object.create(db, { select: { value: select } }) as Db;
}

/** Signals that a test sends by hand. */
function signalsByHand(): Signals & { send: () => void } {
  let heard: () => void = () => undefined;
  return {
    jobQueued: () => undefined,
    userChanged: () => undefined,
    onJobQueued: () => () => undefined,
    onUserChanged: (_userId, listener) => {
      heard = listener;
      return () => undefined;
    },
    send: () => heard(),
  };
}

test("a cancel that comes while a heartbeat is under way is heard right after it", async () => {
  const user = await userWithCredits(20);
  const { id: jobId } = await submitJob(user, await imageRequest(user));
  const claimed = await claimJob(user.db, {
    workerId: "w",
    concurrency: 2,
    leaseSeconds: 15,
    now: clock.now(),
  });
  if (!claimed) throw new Error("nothing was claimed");
  const underWay = Promise.withResolvers<void>();
  const arrival = Promise.withResolvers<void>();
  const signals = signalsByHand();
  const db = withLateAnswer(user.db, underWay.resolve, arrival.promise);
  const lease = holdLease({ ...workerContext(), db, signals }, { ...claimed, workerId: "w" }, 600);
  const aborted = new Promise((resolve) => {
    lease.signal.addEventListener("abort", () => resolve(lease.signal.reason), { once: true });
  });

  signals.send();
  await underWay.promise;
  await cancelJob(user, { jobId });
  signals.send();
  arrival.resolve();

  expect(await aborted).toBe("cancel");
  await lease.close();
});
