import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type DatabaseSignals, openSignals } from "./signals.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
let errors: unknown[] = [];
const open = (): Promise<DatabaseSignals> =>
  openSignals(database.url, (error) => void errors.push(error));
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.drop());

const heardBy = (signals: DatabaseSignals, userId: string) =>
  new Promise<void>((resolve) => {
    signals.onUserChanged(userId, resolve);
  });

test("what is signalled just before closing still arrives, and what comes afterwards is no error", async () => {
  errors = [];
  const [worker, server] = [await open(), await open()];
  const userId = randomUUID();
  const heard = heardBy(server, userId);

  worker.userChanged(userId);
  await worker.close();
  await heard;

  worker.userChanged(userId);
  worker.jobQueued();
  await server.close();
  expect(errors).toEqual([]);
});

test("listeners are woken when their connection is back: something may have happened meanwhile", async () => {
  const [worker, server] = [await open(), await open()];
  const userId = randomUUID();
  const woken = Promise.all([
    heardBy(server, userId),
    new Promise<void>((resolve) => {
      server.onJobQueued(resolve);
    }),
  ]);

  const admin = postgres(database.url, { max: 1 });
  await admin`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'tintype-signals'`;
  await admin.end();
  await woken;

  const again = heardBy(server, userId);
  worker.userChanged(userId);
  await again;
  await Promise.all([worker.close(), server.close()]);
});

test("ending one subscription twice leaves those that came after it alone", async () => {
  const signals = await open();
  const userId = randomUUID();
  const end = signals.onUserChanged(userId, () => undefined);
  end();
  const heard = heardBy(signals, userId);
  end();
  signals.userChanged(userId);
  await heard;
  await signals.close();
});
