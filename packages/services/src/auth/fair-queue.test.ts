import { expect, test } from "vitest";
import { createFairQueue } from "../fair-queue.ts";
import { createPasswords } from "./passwords.ts";

/** Works that end when they are told to. */
function controlled() {
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      order.push(name);
      ends.push(() => resolve(name));
    });
  /** Ends what runs, one after another, until nothing is left. */
  const drain = async (works: Promise<unknown>[]) => {
    const all = Promise.allSettled(works);
    let isDone = false;
    void all.then(() => {
      isDone = true;
    });
    while (!isDone) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    return all;
  };
  return { order, work, drain };
}

test("a key with many works waiting delays a key with one by a single turn", async () => {
  const queue = createFairQueue({ running: 1, waitingPerKey: 10, waitingInAll: 20 });
  const { order, work, drain } = controlled();
  const flood = [1, 2, 3, 4].map((each) => queue.run("flood", work(`flood ${each}`)));
  const one = queue.run("one", work("one"));
  await drain([...flood, one]);
  expect(order).toEqual(["flood 1", "flood 2", "one", "flood 3", "flood 4"]);
});

test("no more run at once than may, also when some fail", async () => {
  const queue = createFairQueue({ running: 2, waitingPerKey: 50, waitingInAll: 50 });
  let [running, most] = [0, 0];
  const works = Array.from({ length: 20 }, (_, each) =>
    queue.run(String(each % 3), async () => {
      running++;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running--;
      if (each % 4 === 0) throw new Error("planned");
      return each;
    }),
  );
  const ended = await Promise.allSettled(works);
  expect(most).toBe(2);
  expect(ended.filter(({ status }) => status === "rejected")).toHaveLength(5);
});

test("the queue is bounded for each key and in all, and a place that was left is free again", async () => {
  const queue = createFairQueue({ running: 1, waitingPerKey: 2, waitingInAll: 3 });
  const { work, drain } = controlled();
  const running = queue.run("a", work("a"));
  const waiting = [queue.run("a", work("a")), queue.run("a", work("a"))];
  await expect(queue.run("a", work("a"))).rejects.toMatchObject({ reason: "key" });
  waiting.push(queue.run("b", work("b")));
  await expect(queue.run("c", work("c"))).rejects.toMatchObject({ reason: "all" });
  await drain([running, ...waiting]);
  await drain([queue.run("c", work("c"))]);
});

test("a flood of passwords from one address leaves another at most one turn behind, and is told to wait", async () => {
  const passwords = createPasswords({ running: 1, waitingPerKey: 3, waitingInAll: 5 });
  const ended: string[] = [];
  const verify = (turn: string) =>
    passwords.verify(null, "wrong", turn).finally(() => ended.push(turn));
  const flood = Array.from({ length: 5 }, () => verify("flood"));
  const outcomes = Promise.allSettled([...flood, verify("owner"), verify("else"), verify("late")]);
  const codes = (await outcomes).map((each) =>
    each.status === "fulfilled" ? "done" : each.reason.problem.code,
  );
  expect(codes).toEqual([
    ...Array(4).fill("done"),
    "too_many_attempts",
    ...["done", "done", "busy"],
  ]);
  const worked = ended.filter((turn) => turn !== "late").slice(1);
  expect(worked.indexOf("owner")).toBeLessThan(3);
});
