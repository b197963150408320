import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createModelDatabase, createPlayer } from "@tintype/db/testing/model/model-database";
import type { Operation } from "@tintype/db/testing/model/operation";
import { perform } from "@tintype/db/testing/model/perform";
import postgres from "postgres";
import { expect, inject, test } from "vitest";
import { audit } from "./audit.ts";
import { openJournal, readJournal } from "./journal.ts";
import { readOptions, type SoakOptions } from "./options.ts";
import { runSoak, strikesOf } from "./run.ts";

const SOAK_TIMEOUT_MS = 120_000;
const optionsOf = (...argv: string[]): SoakOptions => {
  const { functions } = readOptions(["--functions", ...argv]);
  if (!functions) throw new Error("the functions were asked for");
  return functions;
};

test(
  "clients and PostgreSQL killed in mid-flight: 0 overspent, 0 lost, books balanced",
  async () => {
    const options = optionsOf("--operations", "3000", "--users", "40", "--clients", "2");
    const lines: string[] = [];
    const result = await runSoak(options, (line) => lines.push(line), new AbortController().signal);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ overspent: 0, lost: 0, kills: 1, restarts: 1 });
    expect(result.acknowledged).toBeGreaterThanOrEqual(3_000);
    expect(lines.join()).toMatch(/SIGKILL to a client.*PostgreSQL: kill/);
  },
  SOAK_TIMEOUT_MS,
);

test("the audit finds what is lost, what was spent twice and what must never have been answered", async () => {
  const database = await createModelDatabase(inject("postgresUrl"));
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-audit-"));
  try {
    const user = { userId: crypto.randomUUID(), assetId: crypto.randomUUID() };
    const now = Date.now();
    await createPlayer(database.db, { ...user, overageLimitCents: null, now: new Date(now) });
    const grant = (key: string): Operation => ({
      ...{ do: "grant", key, grantId: crypto.randomUUID(), source: "purchase", category: "paid" },
      ...{
        amount: 10,
        priority: 50,
        costBasisCents: 0,
        expiresAt: null,
        payment: null,
        period: null,
      },
      now,
    });
    const journalFile = path.join(dir, "client-0.jsonl");
    const journal = openJournal(journalFile);
    for (const key of ["kept", "lost", "in flight"]) {
      const operation = grant(key);
      journal.write({ asked: { id: key, user: 0, operation } });
      if (key === "in flight") continue;
      const answer =
        key === "kept"
          ? await perform(database.db, user, operation)
          : { outcome: "granted", seq: 2 };
      journal.write({ acknowledged: key, answer });
    }
    expect(await audit(database.url, [journalFile], [user])).toEqual({
      ...{ acknowledged: 2, overspent: 0, lost: 1 },
      problems: [`lost: ${user.userId} lost 10`],
    });

    journal.write({ wrong: "a reused id was accepted" });
    journal.close();
    const owner = postgres(database.url, { max: 1 });
    await owner`drop table soak_promises`;
    await owner`alter table wallets drop constraint wallets_available_not_negative`;
    await owner`update wallets set available = -5`;
    await owner.end();
    const { overspent, problems } = await audit(database.url, [journalFile], [user]);
    expect(overspent).toBe(1);
    expect(problems).toContain("a reused id was accepted");
    expect(problems.join()).toContain("I1 wallet differs from its entries");
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await database.drop();
  }
});

test("a journal that death has cut short tells what was in flight", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-journal-"));
  const file = path.join(dir, "journal.jsonl");
  const journal = openJournal(file);
  const asked = { id: "1", user: 0, operation: { do: "expire", now: 0 } } as const;
  journal.write({ asked });
  journal.close();
  const read = async (name: string) => {
    const lines: unknown[] = [];
    for await (const line of readJournal(name)) lines.push(line);
    return lines;
  };
  expect(await read(file)).toEqual([{ asked }]);
  expect(await read(`${file}.none`)).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
});

test("strikes are spread over the run, on clients and PostgreSQL in turn", () => {
  const strikes = strikesOf(optionsOf());
  expect(strikes.filter(({ what }) => what === "client")).toHaveLength(20);
  expect(strikes.filter(({ what }) => what !== "client")).toHaveLength(10);
  expect(strikes.at(-1)?.after).toBeLessThan(1_000_000);
  expect(() => readOptions(["--operations", "many"])).toThrow("whole number");
});
