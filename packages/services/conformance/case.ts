import { type TestContext, test } from "vitest";

/** One line of the conformance table: what we guarantee, and the public bug or the rule that asked for it. */
export type ConformanceCase = { id: string; guarantee: string; answers: string };

declare module "vitest" {
  interface TaskMeta {
    /** Travels from the test's process to the reporters, which print the table. */
    conformance?: ConformanceCase;
  }
}

/**
 * One case of the conformance suite of design/credits.md, as a test that is named after it.
 * @param id its number there: "R1"
 * @param answers the public bug it would have caught, or the rule it holds: "open-saas#688: another event id
 * doubled the credits"
 */
export function conformanceCase(
  id: string,
  guarantee: string,
  answers: string,
  run: (context: TestContext) => Promise<void> | void,
): void {
  test(`${id} ${guarantee}`, { meta: { conformance: { id, guarantee, answers } } }, run);
}
