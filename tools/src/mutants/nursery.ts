import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { applyEdit } from "@tintype/db/testing/model/plant";
import type { PlantedBug } from "@tintype/db/testing/model/planted-bugs";
import { rootDir } from "../stack/web-build.ts";

/** What the ledger's rules are tested by, the quickest and the strictest first. */
const SUITES = [
  ["packages/db/src/ledger-races.test.ts"],
  [
    "packages/db/src/ledger.test.ts",
    "packages/db/src/ledger-model.test.ts",
    "packages/db/src/rollover.test.ts",
    "packages/core/src",
  ],
  ["packages/services/conformance"],
];
const COPIED = [
  "packages",
  "apps/server",
  "apps/worker",
  "tools",
  "package.json",
  "vitest.config.ts",
  "tsconfig.base.json",
];

type Report = {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
};

/** A copy of the repository in which bugs may grow. */
export class Nursery {
  readonly #dir: string;
  #running: ChildProcess | undefined;
  #isStopped = false;
  /** Suites that were seen to be green without a bug. */
  readonly #healthy = new Set<string>();

  constructor() {
    // Not below node_modules: there Node takes no TypeScript, and the programs that tests start would not start.
    this.#dir = mkdtempSync(path.join(tmpdir(), "tintype-mutants-"));
    for (const name of COPIED) {
      const target = path.join(this.#dir, name);
      cpSync(path.join(rootDir, name), target, { recursive: true, verbatimSymlinks: true });
    }
    symlinkSync(path.join(rootDir, "node_modules"), path.join(this.#dir, "node_modules"));
  }

  /**
   * Plants a bug, runs the tests until one fails, and takes the bug out again.
   * @param suites files and folders that are run together, one list after the other
   * @returns that test, or null
   * @throws Error when one fails without the bug, here in the copy: then it would catch anything
   */
  async plant(
    bug: PlantedBug,
    suites: readonly (readonly string[])[] = SUITES,
  ): Promise<string | null> {
    await this.#ensureHealthy(suites);
    const originals = new Map<string, string>();
    const write = (file: string, text: string) => writeFileSync(path.join(this.#dir, file), text);
    for (const edit of [...bug.edits, ...this.#statementsOf(bug)]) {
      const text = readFileSync(path.join(this.#dir, edit.file), "utf8");
      if (!originals.has(edit.file)) originals.set(edit.file, text);
      write(edit.file, edit.find === "" ? `${text}\n${edit.replace}\n` : applyEdit(text, edit));
    }
    let caughtBy: string | null = null;
    for (const suite of suites) {
      if (this.#isStopped) break;
      caughtBy = await this.#firstFailure(suite);
      if (caughtBy) break;
    }
    for (const [file, text] of originals) write(file, text);
    return caughtBy;
  }

  async #ensureHealthy(suites: readonly (readonly string[])[]): Promise<void> {
    for (const suite of suites) {
      const name = suite.join(" ");
      if (this.#healthy.has(name) || this.#isStopped) continue;
      const failed = await this.#firstFailure(suite);
      if (failed) throw new Error(`without any bug this fails in the copy: ${failed}`);
      this.#healthy.add(name);
    }
  }

  /** Statements are applied with the functions: after the last migration. */
  #statementsOf({ edits, statements = [] }: PlantedBug) {
    const [first] = edits;
    if (!first || statements.length === 0) return [];
    // The functions are applied again with every start: what is gone already must not be missed.
    const text = statements.map(
      (each) => `${each.replace(/(constraint|index) /, "$1 if exists ")};`,
    );
    return [{ file: first.file, find: "", replace: text.join("\n") }];
  }

  async #firstFailure(suite: readonly string[]): Promise<string | null> {
    const report = path.join(this.#dir, "report.json");
    rmSync(report, { force: true });
    const reporters = ["--bail=1", "--reporter=json", `--outputFile=${report}`];
    const args = ["run", "--project", "unit", ...reporters, ...suite];
    // That it fails is enough; the smallest life that does would take as long again.
    const env = { ...process.env, MODEL_SHRINK: "no" };
    const vitest = path.join(rootDir, "node_modules/.bin/vitest");
    this.#running = spawn(vitest, args, { cwd: this.#dir, env, stdio: "ignore" });
    const [code] = (await once(this.#running, "exit")) as [number | null];
    if (code === 0 || this.#isStopped) return null;
    return failureIn(JSON.parse(readFileSync(report, "utf8")) as Report);
  }

  stop(): void {
    this.#isStopped = true;
    this.#running?.kill();
  }

  remove = (): void => rmSync(this.#dir, { recursive: true, force: true });
}

/** @throws when nothing failed although the run did: a suite that cannot run catches nothing */
export function failureIn({ testResults }: Report): string {
  for (const { assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed) return failed.fullName;
  }
  const broken = testResults.find(({ message }) => message !== "");
  throw new Error(`the tests could not run: ${broken?.message ?? "no report"}`);
}
