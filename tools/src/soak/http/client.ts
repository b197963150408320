import { writeFileSync } from "node:fs";
import { dice } from "../dice.ts";
import { Caller, type Counts } from "./caller.ts";
import { Lane } from "./lane.ts";
import { type Account, Person } from "./person.ts";
import { watch } from "./stream.ts";

/** What the supervisor sends to a client process. */
export type Orders = {
  url: string;
  /** The numbers of its users, one list for each of its lanes. */
  lanes: number[][];
  admin: number;
  priceId: string;
  codes: { code: string; credits: number }[];
  seed: number;
  answers: number;
  /** Where it leaves what it knows at its end. */
  reportFile: string;
};
export type Report = { accounts: Account[]; complaints: string[]; events: number };

const REPORT_MS = 100;
const COMPLAINTS_KEPT = 200;
const STREAMS = 2;

// A client process of the soak over HTTP: asks for its users until it has its share of answers, and then until
// everything that it has asked for is certain.
const orders = await new Promise<Orders>((resolve) => process.once("message", resolve));
const die = () => process.exit(1);
process.once("disconnect", die);

const caller = new Caller(orders.url);
const complaints: string[] = [];
const complain = (what: string) => {
  if (complaints.length < COMPLAINTS_KEPT) complaints.push(what);
};
const progress = () => process.send?.(caller.counts satisfies Counts);
const reporting = setInterval(progress, REPORT_MS);

const over = new AbortController();
const lanes = orders.lanes.map((numbers, index) => {
  const people = numbers.map((n) => new Person(n));
  const { admin, priceId, codes, seed } = orders;
  const settings = { ...{ people, admin, priceId, codes }, die: dice(seed * 1_000 + index) };
  return { people, lane: new Lane({ ...settings, caller, complain }) };
});
// A few are enough: each sends fifty jobs whenever something changes.
const streams = lanes
  .slice(0, STREAMS)
  .map(({ people: [first] }) => watch(caller, first as Person, { signal: over.signal, complain }));
await Promise.all(
  lanes.map(async ({ lane }) => {
    while (caller.counts.answers < orders.answers) await lane.step();
    await lane.finish();
  }),
);
over.abort();
const events = (await Promise.all(streams)).reduce((sum, each) => sum + each, 0);
const accounts = lanes.flatMap(({ people }) => people.map((person) => person.close()));
writeFileSync(orders.reportFile, JSON.stringify({ accounts, complaints, events } satisfies Report));
clearInterval(reporting);
progress();
process.off("disconnect", die);
process.disconnect?.();
// Connections that are kept for a next request must not keep a process alive that has none.
process.exit();
