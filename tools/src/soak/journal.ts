import { closeSync, createReadStream, existsSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Answer, Operation } from "@tintype/db/testing/model/operation";

/** A call of a client: before it is made, and once it was answered. A killed client leaves the file as it was. */
export type Asked = { id: string; user: number; operation: Operation };
export type Line =
  | { asked: Asked }
  | { acknowledged: string; answer: Answer }
  /** An answer that must never come. */
  | { wrong: string };

export type Journal = { write: (line: Line) => void; close: () => void };

/** Appends; what has been written survives the death of the writer, though not of the machine. */
export function openJournal(file: string): Journal {
  const handle = openSync(file, "a");
  return {
    write: (line) => void writeSync(handle, `${JSON.stringify(line)}\n`),
    close: () => closeSync(handle),
  };
}

/** The calls that were answered with their answers, then those that never were. */
export async function* readJournal(
  file: string,
): AsyncGenerator<{ asked: Asked; answer?: Answer } | { wrong: string }> {
  if (!existsSync(file)) return;
  const open = new Map<string, Asked>();
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = parse(text);
    if (!line) continue;
    if ("wrong" in line) yield line;
    else if ("asked" in line) open.set(line.asked.id, line.asked);
    else {
      const asked = open.get(line.acknowledged);
      open.delete(line.acknowledged);
      if (asked) yield { asked, answer: line.answer };
    }
  }
  for (const asked of open.values()) yield { asked };
}

function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // A line that its writer's death has cut short says nothing.
    return null;
  }
}
