import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "./caller.ts";
import { isOfPerson } from "./deeds.ts";
import { checkBalance } from "./looks.ts";
import type { Person } from "./person.ts";

const PAUSE_MS = 200;
type Event = { type?: string; job?: { id: string }; balance?: never };

/** Watches what the server tells somebody by itself, and opens the stream again whenever it ends. */
export async function watch(
  caller: Caller,
  person: Person,
  { signal, complain }: { signal: AbortSignal; complain: (what: string) => void },
): Promise<number> {
  let events = 0;
  while (!signal.aborted) {
    const stream = await caller.open(person.n, signal);
    try {
      if (stream)
        for await (const event of eventsOf(stream)) {
          events += 1;
          const complaint = judge(person, event);
          if (complaint) complain(`stream: ${complaint}`);
        }
    } catch {
      // It was cut, by the server's end or ours.
    }
    await delay(PAUSE_MS);
  }
  return events;
}

/** A state that was read a moment ago: only whose it is, is certain. */
function judge(person: Person, { type, job, balance }: Event): string | null {
  if (type === "job" && job) {
    const isTheirs = job.id in person.account.jobs && isOfPerson(person, job);
    return isTheirs ? null : `foreign: job ${job.id} for ${person.n}`;
  }
  if (type !== "balance" || !balance) return null;
  const complaint = checkBalance(person)(balance);
  return complaint?.startsWith("foreign") ? complaint : null;
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const part of stream) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: {")) yield JSON.parse(line.slice("data: ".length)) as Event;
    }
  }
}
