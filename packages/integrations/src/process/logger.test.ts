import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

test("of many failures in one, the log says what each of them was, without the parameters", () => {
  const lines: string[] = [];
  const logger = createLogger("test", "info", { write: (line) => void lines.push(line) });
  const query = new Error("Failed query: select $1\nparams: secret@example.com");
  const failures = Array.from(
    { length: 12 },
    (_, index) => new Error(`user ${index}`, { cause: query }),
  );
  logger.error({ err: new AggregateError(failures, "12 of 20 users failed") }, "task failed");
  const { err } = JSON.parse(lines.join(""));
  expect(err).toMatchObject({ type: "AggregateError", message: "12 of 20 users failed" });
  expect(err.errors).toHaveLength(10);
  expect(err.errors[9]).toMatchObject({
    message: "user 9",
    cause: { message: "Failed query: select $1\nparams: (left out)" },
  });
  expect(lines.join("")).not.toContain("secret");
});
