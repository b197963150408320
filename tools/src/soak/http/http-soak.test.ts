import { expect, test } from "vitest";
import { readOptions } from "../options.ts";
import { runHttpSoak } from "./run.ts";

const SOAK_TIMEOUT_MS = 300_000;

test(
  "bursts of many users over HTTP, server and PostgreSQL killed: what was acknowledged is there once, and only that",
  async () => {
    const { http } = readOptions(["--http", "--answers", "1500", "--restarts", "1"]);
    if (!http) throw new Error("it was asked for");
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const result = await runHttpSoak(http, log, new AbortController().signal);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ lost: 0, foreign: 0, overspent: 0, kills: 1, restarts: 1 });
    expect(result.answers).toBeGreaterThanOrEqual(1_500);
    expect(result.acknowledged).toBeGreaterThan(50);
    expect(result.peakPerConnection).toBeGreaterThan(150);
    expect(lines.join()).toMatch(/SIGKILL to the server/);
    expect(lines.join()).toMatch(/PostgreSQL: kill/);
  },
  SOAK_TIMEOUT_MS,
);
