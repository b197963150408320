import { readFile } from "node:fs/promises";
import { OutageError } from "@tintype/core/problems";
import { connect } from "@tintype/db/client";
import {
  claimJob,
  completeJob,
  type Fence,
  failJob,
  heartbeatJob,
} from "@tintype/db/job-functions";
import {
  creditEvents,
  generationJobs,
  jobEvents,
  jobLanes,
  prices,
  wallets,
} from "@tintype/db/schema";
import type { GeneratedFile, Generator } from "@tintype/integrations/generators/generator";
import { and, asc, eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { imageRequest, useTestServices, walletOf } from "../testing.ts";
import { cancelJob } from "./cancel-job.ts";
import { getJob } from "./get-job.ts";
import { getReceipt } from "./get-receipt.ts";
import { reapJobs } from "./reap-jobs.ts";
import { runNextJob, type Worker } from "./run-next-job.ts";
import { submitJob } from "./submit-job.ts";

const services = useTestServices({ maxConnections: 20 });
const { userWithCredits, clock, workerContext, findViolations } = services;

const photo = new URL("../../../../fixtures/coffee.png", import.meta.url);
async function onePicture(): Promise<GeneratedFile> {
  return { bytes: await readFile(photo), contentType: "image/png", width: 600, height: 400 };
}

/** A provider that does what a test tells it, in place of the real generator. */
function scriptedWorker(id: string, generate: Generator["generate"]): Worker {
  return {
    id,
    generator: {
      name: "local",
      limits: { videoSeconds: 15 },
      generate,
      close: () => Promise.resolve(),
    },
    heartbeatSeconds: 5,
    stopping: new AbortController().signal,
    pause: async () => undefined,
    onError: () => undefined,
  };
}
const delivers = (id: string) => scriptedWorker(id, async () => [await onePicture()]);
const fails = (code: string) =>
  scriptedWorker("fails", () => Promise.reject(Object.assign(new Error(code), { code })));

async function submitted(credits = 20): Promise<[ServiceContext<UserActor>, string]> {
  const ctx = await userWithCredits(credits);
  const { id } = await submitJob(ctx, await imageRequest(ctx));
  return [ctx, id];
}
const eventsOf = ({ db }: ServiceContext<UserActor>, jobId: string) =>
  db
    .select({ kind: jobEvents.kind, attempt: jobEvents.attempt })
    .from(jobEvents)
    .where(eq(jobEvents.jobId, jobId))
    .orderBy(asc(jobEvents.seq));
const settlementsOf = ({ db, actor }: ServiceContext<UserActor>, jobId: string) =>
  db
    .select({ kind: creditEvents.kind })
    .from(creditEvents)
    .where(
      and(
        eq(creditEvents.userId, actor.userId),
        eq(creditEvents.jobId, jobId),
        inArray(creditEvents.kind, ["capture", "release"]),
      ),
    );

const claim = (workerId: string) =>
  claimJob(services.parts.database.db, {
    workerId,
    concurrency: 2,
    leaseSeconds: 15,
    now: clock.now(),
  });

test("a delivered job is charged once, its files are the owner's, and the receipt adds up", async () => {
  const [ctx, jobId] = await submitted();
  expect(await runNextJob(workerContext(), delivers("w"))).toBe("completed");

  const job = await getJob(ctx, { jobId });
  expect(job).toMatchObject({ status: "completed", chargedCredits: 5, progress: 100 });
  expect(job.outputs).toMatchObject([{ kind: "output", width: 600, contentType: "image/png" }]);
  const [output] = job.outputs;
  const answer = await fetch(output?.url ?? "");
  expect(answer.status).toBe(200);
  expect((await fetch(output?.thumbnailUrl ?? "")).headers.get("content-type")).toBe("image/webp");
  expect(await walletOf(ctx)).toMatchObject({ available: 15, held: 0 });
  expect(await getReceipt(ctx, { jobId })).toMatchObject({
    held: 5,
    charged: 5,
    released: 0,
    events: [
      { kind: "hold", entries: [{ amount: 5, source: "purchase", to: "held" }] },
      { kind: "capture", entries: [{ amount: 5, source: "purchase", to: "spent" }] },
    ],
  });
});

test("a failure that another attempt can heal is tried again, then given up and refunded", async () => {
  const [ctx, jobId] = await submitted();
  const worker = fails("provider_failed");
  expect(await runNextJob(workerContext(), worker)).toBe("requeued");
  expect(await runNextJob(workerContext(), worker)).toBeNull(); // not due yet
  clock.advanceSeconds(2);
  expect(await runNextJob(workerContext(), worker)).toBe("requeued");
  clock.advanceSeconds(4);
  expect(await runNextJob(workerContext(), worker)).toBe("failed");

  expect(await getJob(ctx, { jobId })).toMatchObject({
    status: "failed",
    attempt: 3,
    chargedCredits: 0,
    failure: { code: "provider_failed" },
  });
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
  expect((await eventsOf(ctx, jobId)).map(({ kind }) => kind)).toEqual([
    "queued",
    "claimed",
    "requeued",
    "claimed",
    "requeued",
    "claimed",
    "failed",
  ]);
});

test("a generator that delivers nothing has failed: the job is not completed empty", async () => {
  const [ctx, jobId] = await submitted();
  const worker = scriptedWorker("empty", () => Promise.resolve([]));
  for (const outcome of ["requeued", "requeued", "failed"]) {
    expect(await runNextJob(workerContext(), worker)).toBe(outcome);
    clock.advanceSeconds(200);
  }
  expect(await getJob(ctx, { jobId })).toMatchObject({ failure: { code: "provider_failed" } });
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
});

test("what cannot be learnt from a job does not cost its result", async () => {
  const [ctx, jobId] = await submitted();
  const worker = delivers("w");
  const errors: unknown[] = [];
  const refuse = () => {
    throw new Error("no estimates today");
  };
  const db = Object.create(ctx.db, { insert: { value: refuse } }) as typeof ctx.db;
  const onError = (error: unknown) => void errors.push(error);
  const outcome = await runNextJob({ ...workerContext(), db }, { ...worker, onError });

  expect(outcome).toBe("completed");
  expect(errors).toMatchObject([{ message: "no estimates today" }]);
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "completed", attempt: 1 });
});

test("a photo without a subject is refunded at once, without another try", async () => {
  const [ctx, jobId] = await submitted();
  expect(await runNextJob(workerContext(), fails("subject_not_found"))).toBe("failed");
  expect(await getJob(ctx, { jobId })).toMatchObject({ failure: { code: "subject_not_found" } });
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
});

/** A store that refuses as many calls of one kind as it is told to. */
function outage(call: "read" | "write", refusals: number) {
  let left = refusals;
  const context = workerContext();
  const refuse = (request: never) => {
    if (left-- > 0) return Promise.reject(new Error("connect ECONNREFUSED"));
    return context.storage[call](request) as never;
  };
  return { ...context, storage: { ...context.storage, [call]: refuse } };
}

test("a store that is away when the photo is read costs no attempt, however often", async () => {
  const [ctx, jobId] = await submitted();
  const away = outage("read", 6);
  for (let tries = 0; tries < 6; tries += 1) {
    expect(await runNextJob(away, delivers("w"))).toBe("put_back");
    clock.advanceSeconds(64);
  }
  const job = await getJob(ctx, { jobId });
  expect(job.maxAttempts - job.attempt).toBe(3);
  expect(await runNextJob(away, delivers("w"))).toBe("completed");
  expect(await settlementsOf(ctx, jobId)).toEqual([{ kind: "capture" }]);
});

test("what was rendered is stored when the store is back, and is not rendered again", async () => {
  const [ctx, jobId] = await submitted();
  let rendered = 0;
  const worker = scriptedWorker("w", async () => {
    rendered += 1;
    return [await onePicture()];
  });
  expect(await runNextJob(outage("write", 20), worker)).toBe("completed");
  expect(rendered).toBe(1);
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "completed", attempt: 1 });
});

test("a completion whose answer was lost is not undone: the files stay the user's", async () => {
  const [ctx, jobId] = await submitted();
  const context = workerContext();
  let lost = 0;
  const select = (fields: never) => ({
    from: (source: never) => ({
      prepare: (name: string) => {
        const statement = ctx.db.select(fields).from(source).prepare(name) as {
          execute: (values: unknown) => Promise<unknown>;
        };
        return {
          execute: async (values: unknown) => {
            const answer = await statement.execute(values);
            if (name !== "complete_job" || lost > 0) return answer;
            lost += 1;
            throw new OutageError({ code: "unavailable", retryAfterSeconds: 1 }, "connection lost");
          },
        };
      },
      where: (condition: never) => ctx.db.select(fields).from(source).where(condition),
    }),
  });
  const db = Object.create(ctx.db, { select: { value: select } }) as typeof ctx.db;
  expect(await runNextJob({ ...context, db }, delivers("w"))).toBe("completed");
  expect(lost).toBe(1);
  const { outputs } = await getJob(ctx, { jobId });
  expect((await fetch(outputs[0]?.url ?? "")).status).toBe(200);
});

test("two users whose jobs have the same id have different names to a provider", async () => {
  const names: string[] = [];
  const worker = scriptedWorker("w", async ({ name }) => {
    names.push(name);
    return [await onePicture()];
  });
  const users = [await userWithCredits(20), await userWithCredits(20)];
  const { id } = await imageRequest(users[0] as ServiceContext<UserActor>);
  for (const user of users) await submitJob(user, { ...(await imageRequest(user)), id });
  await runNextJob(workerContext(), worker);
  await runNextJob(workerContext(), worker);
  expect(names.toSorted()).toEqual(users.map(({ actor }) => `${actor.userId}/${id}`).toSorted());
});

/** Everything a worker may say about a job, as somebody who no longer has it. */
async function everyCallOf(db: ServiceContext["db"], fence: Fence) {
  const now = clock.now();
  const failure = { failureCode: "provider_failed" as const, retryable: true, backoffSeconds: 0 };
  return [
    await heartbeatJob(db, { ...fence, leaseSeconds: 15, progress: 50, stage: null, now }),
    (await completeJob(db, { ...fence, deliveredUnits: 1, outputs: [], now })).outcome,
    await failJob(db, { ...fence, ...failure, now }),
  ];
}

/** The same database, of which the functions find nobody as long as the test says so. */
function refusing(db: ServiceContext["db"], isAway: () => boolean): ServiceContext["db"] {
  type Statement = { execute: (values: unknown) => Promise<unknown> };
  type Query = { prepare: (name: string) => Statement };
  const select = (fields: never) => ({
    from: (source: never) => {
      const query = db.select(fields).from(source) as unknown as Query;
      const prepare = query.prepare.bind(query);
      return Object.assign(query, {
        prepare: (name: string) => {
          const statement = prepare(name);
          const execute: Statement["execute"] = async (values) => {
            if (!isAway()) return statement.execute(values);
            throw new OutageError({ code: "unavailable", retryAfterSeconds: 5 }, name);
          };
          return { execute };
        },
      });
    },
  });
  return Object.create(db, { select: { value: select } }) as ServiceContext["db"];
}

test("a silent worker's job goes to another, and the zombie can neither renew, finish nor fail it", async () => {
  const [ctx, jobId] = await submitted();
  const zombie = await claim("zombie");
  if (!zombie) throw new Error("nothing was claimed");
  const fence = { ...zombie, workerId: "zombie" };

  clock.advanceSeconds(16);
  expect(await reapJobs(workerContext())).toMatchObject([{ jobId, outcome: "requeued" }]);
  expect(await everyCallOf(ctx.db, fence)).toEqual(["lost", "lost", "lost"]);

  clock.advanceSeconds(2);
  const heir = await claim("heir");
  expect(heir).toMatchObject({ jobId, attempt: 2 });
  expect(await everyCallOf(ctx.db, fence)).toEqual(["lost", "lost", "lost"]);
  // Not even under the heir's name, nor with the heir's attempt under its own.
  expect(await everyCallOf(ctx.db, { ...fence, workerId: "heir" })).toEqual([
    "lost",
    "lost",
    "lost",
  ]);
  expect(await everyCallOf(ctx.db, { ...fence, attempt: 2 })).toEqual(["lost", "lost", "lost"]);

  const done = { ...fence, attempt: 2, workerId: "heir", deliveredUnits: 1, outputs: [] };
  expect(await completeJob(ctx.db, { ...done, now: clock.now() })).toMatchObject({
    outcome: "completed",
  });
  expect(await settlementsOf(ctx, jobId)).toEqual([{ kind: "capture" }]);
});

test("a poison job that kills every worker ends after its last attempt and is refunded", async () => {
  const [ctx, jobId] = await submitted();
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(await claim(`victim-${attempt}`)).toMatchObject({ jobId, attempt });
    clock.advanceSeconds(60);
    await reapJobs(workerContext());
    clock.advanceSeconds(60);
  }
  expect(await claim("survivor")).toBeNull();
  expect(await getJob(ctx, { jobId })).toMatchObject({
    status: "failed",
    failure: { code: "worker_lost" },
  });
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
});

test("a lease that lapsed while the database was away costs the job no attempt, and only that one", async () => {
  const [, jobId] = await submitted();
  for (let outage = 1; outage <= 4; outage += 1) {
    expect(await claim(`worker-${outage}`)).toMatchObject({ jobId, attempt: outage });
    clock.advanceSeconds(60);
    expect(await reapJobs(workerContext(), clock.now())).toMatchObject([{ outcome: "requeued" }]);
  }
  // From here on its workers have died by themselves.
  const outageEndedAt = clock.now();
  for (const outcome of ["requeued", "requeued", "failed"]) {
    expect(await claim("victim")).toMatchObject({ jobId });
    clock.advanceSeconds(60);
    expect(await reapJobs(workerContext(), outageEndedAt)).toMatchObject([{ jobId, outcome }]);
  }
});

test("a worker that was cut off from the database for longer than its lease gives the job back by itself", async () => {
  const [ctx, jobId] = await submitted();
  let isAway = false;
  let triesLeft = 0;
  const { db, signals } = workerContext();
  const cutOff = {
    ...workerContext(),
    db: refusing(db, () => isAway && triesLeft-- > 0),
    signals: { ...signals, onUserChanged: (_: string, listener: () => void) => hear(listener) },
  };
  let beat: () => void = () => undefined;
  const hear = (listener: () => void) => {
    beat = listener;
    return () => undefined;
  };
  const worker = scriptedWorker("cut off", async (_, { signal }) => {
    isAway = true;
    triesLeft = 3;
    clock.advanceSeconds(16);
    beat();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    throw signal.reason;
  });
  expect(await runNextJob(cutOff, worker)).toBe("put_back");
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "queued" });
  const [row] = await ctx.db
    .select({ attempt: generationJobs.attempt, maxAttempts: generationJobs.maxAttempts })
    .from(generationJobs)
    .where(eq(generationJobs.id, jobId));
  expect(row).toEqual({ attempt: 1, maxAttempts: 4 });
  clock.advanceSeconds(60);
  expect(await runNextJob(workerContext(), delivers("w"))).toBe("completed");
});

test("what was rendered while the database was away for longer than a lease is delivered when it is back, and not rendered again", async () => {
  const [ctx, jobId] = await submitted();
  let [isAway, pauses, rendered] = [false, 0, 0];
  let beat: () => void = () => undefined;
  const { db, signals } = workerContext();
  const hear = (listener: () => void) => {
    beat = listener;
    return () => undefined;
  };
  const cutOff = {
    ...workerContext(),
    db: refusing(db, () => isAway),
    signals: { ...signals, onUserChanged: (_: string, listener: () => void) => hear(listener) },
  };
  const worker: Worker = {
    ...scriptedWorker("cut off", async (_, { signal }) => {
      rendered += 1;
      isAway = true;
      clock.advanceSeconds(16);
      const isSilent = new Promise((resolve) => signal.addEventListener("abort", resolve));
      beat();
      await isSilent;
      return [await onePicture()];
    }),
    pause: async () => {
      pauses += 1;
      isAway = pauses < 3;
    },
  };
  expect(await runNextJob(cutOff, worker)).toBe("completed");
  expect([rendered, pauses]).toEqual([1, 3]);
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "completed", attempt: 1 });
});

test("a job that is not done by its deadline is refunded by itself, even while a worker has it", async () => {
  const [ctx, jobId] = await submitted();
  const claimed = await claim("slow");
  if (!claimed) throw new Error("nothing was claimed");
  const fence = { ...claimed, workerId: "slow" };
  clock.advanceSeconds(15 * 60);
  const reaped = await Promise.all([reapJobs(workerContext()), reapJobs(workerContext())]);
  expect(reaped.flat()).toMatchObject([{ jobId, outcome: "failed" }]);
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
  const late = { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() };
  expect(await completeJob(ctx.db, late)).toEqual({ outcome: "lost" });
  expect(await getJob(ctx, { jobId })).toMatchObject({ failure: { code: "deadline_exceeded" } });
});

test("a job that cannot be ended is reported, and does not keep the others from their refund", async () => {
  const [broken, brokenId] = await submitted();
  const [ctx, jobId] = await submitted();
  // Damage that only the owner of the database could do: a hold that the wallet knows nothing of.
  const owner = connect(services.parts.database.url, { role: null });
  const held = (amount: number) =>
    owner.db.update(wallets).set({ held: amount }).where(eq(wallets.userId, broken.actor.userId));
  await held(0);
  clock.advanceSeconds(15 * 60);
  expect(await reapJobs(workerContext())).toMatchObject([
    { jobId: brokenId, outcome: "stuck", error: expect.stringContaining("wallets_held") },
    { jobId, outcome: "failed" },
  ]);
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });

  await held(5);
  await owner.close();
  expect(await reapJobs(workerContext())).toMatchObject([{ jobId: brokenId, outcome: "failed" }]);
  expect(await walletOf(broken)).toMatchObject({ available: 20, held: 0 });
});

test("a waiting job is cancelled at once and for nothing", async () => {
  const [ctx, jobId] = await submitted();
  expect(await cancelJob(ctx, { jobId })).toMatchObject({ status: "cancelled", chargedCredits: 0 });
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
  expect(await claim("w")).toBeNull();
  await expect(cancelJob(ctx, { jobId })).rejects.toMatchObject({
    problem: { code: "job_already_ended" },
  });
});

test("a running job hears a cancel through the signal, long before its next heartbeat", async () => {
  const [ctx, jobId] = await submitted();
  const started = Promise.withResolvers<void>();
  const worker = scriptedWorker("w", (_, { signal }) => {
    started.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  });
  const running = runNextJob(workerContext(), { ...worker, heartbeatSeconds: 600 });
  await started.promise;
  expect(await cancelJob(ctx, { jobId })).toMatchObject({ cancelRequested: true });
  expect(await running).toBe("cancelled");
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "cancelled", chargedCredits: 0 });
});

/** Works until its job is taken from it or it is told to stop; says when it has begun. */
function endlessWorker(id: string, stopping = new AbortController()) {
  const started = Promise.withResolvers<void>();
  const worker = scriptedWorker(id, (_, { signal }) => {
    started.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  });
  return {
    worker: { ...worker, heartbeatSeconds: 600, stopping: stopping.signal },
    started: started.promise,
    stop: () => stopping.abort("stopping"),
  };
}

test("a worker that is told to stop hands its job back at once, and that attempt does not count", async () => {
  const [ctx, jobId] = await submitted();
  for (let stops = 1; stops <= 4; stops += 1) {
    const { worker, started, stop } = endlessWorker(`stopped-${stops}`);
    const running = runNextJob(workerContext(), worker);
    await started;
    stop();
    expect(await running).toBe("requeued");
  }
  const worker = fails("provider_failed");
  for (const outcome of ["requeued", "requeued", "failed"]) {
    expect(await runNextJob(workerContext(), worker)).toBe(outcome);
    clock.advanceSeconds(200);
  }
  expect(await walletOf(ctx)).toMatchObject({ available: 20, held: 0 });
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "failed" });
});

test("a heartbeat renews the lease: a job that takes longer stays with its worker", async () => {
  const [ctx] = await submitted();
  const claimed = await claim("steady");
  if (!claimed) throw new Error("nothing was claimed");
  const fence = { ...claimed, workerId: "steady" };
  for (let beats = 1; beats <= 3; beats += 1) {
    clock.advanceSeconds(14);
    expect(await reapJobs(workerContext())).toEqual([]);
    const beat = { ...fence, leaseSeconds: 15, progress: 50, stage: null, now: clock.now() };
    expect(await heartbeatJob(ctx.db, beat)).toBe("ok");
  }
  const done = { ...fence, deliveredUnits: 1, outputs: [], now: clock.now() };
  expect(await completeJob(ctx.db, done)).toMatchObject({ outcome: "completed" });
});

/** A running job of 5 credits that keeps 70 % of them, rounded down, when it is cancelled. */
async function runningWithFee() {
  const ctx = await userWithCredits(20);
  const input = await imageRequest(ctx);
  const fee = (percent: number) =>
    ctx.db.update(prices).set({ cancelFeePercent: percent }).where(eq(prices.id, input.priceId));
  await fee(70);
  const { id: jobId } = await submitJob(ctx, input);
  await fee(0);
  return { ctx, jobId };
}

test("cancelling a running job keeps the fee its price row had when it was submitted", async () => {
  const { ctx, jobId } = await runningWithFee();
  const { worker, started } = endlessWorker("w");
  const running = runNextJob(workerContext(), worker);
  await started;
  expect(await cancelJob(ctx, { jobId })).toMatchObject({ cancelFeeCredits: 3 });
  expect(await running).toBe("cancelled");
  expect(await getJob(ctx, { jobId })).toMatchObject({ status: "cancelled", chargedCredits: 3 });
  expect(await walletOf(ctx)).toMatchObject({ available: 17, held: 0 });
});

test("a cancel costs nothing when the attempt failed by itself or its worker died", async () => {
  const crashed = await runningWithFee();
  await claim("victim");
  await cancelJob(crashed.ctx, { jobId: crashed.jobId });
  clock.advanceSeconds(16);
  expect(await reapJobs(workerContext())).toMatchObject([{ outcome: "cancelled" }]);
  expect(await walletOf(crashed.ctx)).toMatchObject({ available: 20, held: 0 });

  const failed = await runningWithFee();
  const worker = scriptedWorker("w", async (_, { signal }) => {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await cancelJob(failed.ctx, { jobId: failed.jobId });
    await aborted;
    throw Object.assign(new Error("no subject"), { code: "subject_not_found" });
  });
  expect(await runNextJob(workerContext(), worker)).toBe("cancelled");
  expect(await walletOf(failed.ctx)).toMatchObject({ available: 20, held: 0 });
});

test("who takes a job wakes the others when the same user has another that is due", async () => {
  const [ctx, jobId] = await submitted();
  const { input } = await getJob(ctx, { jobId });
  await submitJob(ctx, await imageRequest(ctx, input?.id));
  const announcedAtStart: number[] = [];
  let announced = 0;
  const jobQueued = () => {
    announced += 1;
  };
  const worker = scriptedWorker("w", async () => {
    announcedAtStart.push(announced);
    return [await onePicture()];
  });
  const system = workerContext();
  const context = { ...system, signals: { ...system.signals, jobQueued } };
  expect(await runNextJob(context, worker)).toBe("completed");
  announced = 0;
  expect(await runNextJob(context, worker)).toBe("completed");
  expect(announcedAtStart).toEqual([1, 0]);
});

test("users take turns: one user's many jobs do not stand in front of another's first", async () => {
  const many = await userWithCredits(100);
  const first = await imageRequest(many);
  for (let n = 0; n < 5; n += 1) {
    await submitJob(many, await imageRequest(many, first.inputAssetId));
  }
  clock.advanceSeconds(1);
  const [other, otherJob] = await submitted();
  expect(await getJob(other, { jobId: otherJob })).toMatchObject({ queuePosition: 2 });

  const order = [await claim("a"), await claim("b"), await claim("c"), await claim("d")];
  expect(order.map((claimed) => claimed?.userId)).toEqual([
    many.actor.userId,
    other.actor.userId,
    many.actor.userId,
    undefined, // two at once is the most one user may have in work
  ]);
  const lanes = await many.db.select().from(jobLanes).where(eq(jobLanes.userId, many.actor.userId));
  expect(lanes).toMatchObject([{ processing: 2 }]);
});

test("whatever happened above, no job is without its one hold and its one settlement", async () => {
  expect(await findViolations()).toEqual([]);
  const [stuck] = await services.parts.database.db
    .select()
    .from(generationJobs)
    .where(and(eq(generationJobs.status, "completed"), eq(generationJobs.progress, 0)));
  expect(stuck).toBeUndefined();
});
