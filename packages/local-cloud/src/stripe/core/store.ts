import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import type { TableName, Tables } from "./tables.ts";

type Row = { id: string };
type Change = [table: TableName, id: string, value: Row | null];

/**
 * All objects, in memory and in a journal: one line a transaction, appended when it commits. A line
 * that a crash cut short is the transaction that never was. At the start the journal is read and
 * written anew without history. Objects in it are never changed in place, only replaced.
 */
export class Store {
  readonly #tables = new Map<TableName, Map<string, Row>>();
  readonly #ids = new Map<string, TableName>();
  readonly #file: string;
  #journal: number;
  /** What the open transaction replaced, newest last: undoing goes backwards. */
  #undo: [TableName, string, Row | undefined][] | null = null;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, "journal.jsonl");
    if (existsSync(this.#file)) this.#replay(readFileSync(this.#file, "utf8"));
    this.#compact();
    this.#journal = openSync(this.#file, "a");
  }

  close(): void {
    closeSync(this.#journal);
  }

  get<N extends TableName>(table: N, id: string): Tables[N] | undefined {
    return this.#tables.get(table)?.get(id) as Tables[N] | undefined;
  }

  /** In the order of their making. */
  all<N extends TableName>(table: N): Tables[N][] {
    return [...this.each(table)];
  }

  /** The same while nothing of the table is added or removed. */
  each<N extends TableName>(table: N): Iterable<Tables[N]> {
    return (this.#tables.get(table)?.values() ?? []) as Iterable<Tables[N]>;
  }

  /** The object of any kind. */
  find(id: string): Row | undefined {
    const table = this.#ids.get(id);
    return table && this.#tables.get(table)?.get(id);
  }

  put<N extends TableName>(table: N, value: Tables[N]): void {
    this.#undo?.push([table, value.id, this.get(table, value.id)]);
    this.#set(table, value.id, value);
  }

  remove(table: TableName, id: string): void {
    this.#undo?.push([table, id, this.get(table, id)]);
    this.#set(table, id, null);
  }

  /**
   * All of it or nothing; inside of another one, its part of it. `keep` decides which failures leave
   * their changes behind.
   */
  transaction<T>(work: () => T, keep: (error: unknown) => boolean = () => false): T {
    if (this.#undo) return this.#part(this.#undo, work);
    this.#undo = [];
    try {
      const result = work();
      this.#commit(this.#undo);
      return result;
    } catch (error) {
      if (keep(error)) this.#commit(this.#undo);
      else this.#rollBack(this.#undo);
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  #part<T>(undo: [TableName, string, Row | undefined][], work: () => T): T {
    const start = undo.length;
    try {
      return work();
    } catch (error) {
      this.#rollBack(undo.splice(start));
      throw error;
    }
  }

  #commit(undo: [TableName, string, Row | undefined][]): void {
    const changed = new Map<string, Change>();
    for (const [table, id] of undo) {
      changed.set(`${table} ${id}`, [table, id, this.get(table, id) ?? null]);
    }
    if (changed.size) writeSync(this.#journal, `${JSON.stringify([...changed.values()])}\n`);
  }

  #rollBack(undo: [TableName, string, Row | undefined][]): void {
    for (const [table, id, before] of undo.toReversed()) this.#set(table, id, before ?? null);
  }

  #set(table: TableName, id: string, value: Row | null): void {
    let rows = this.#tables.get(table);
    if (!rows) {
      rows = new Map();
      this.#tables.set(table, rows);
    }
    if (value) {
      rows.set(id, value);
      if (!HIDDEN.has(table)) this.#ids.set(id, table);
    } else {
      rows.delete(id);
      if (!HIDDEN.has(table)) this.#ids.delete(id);
    }
  }

  #replay(text: string): void {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      for (const [table, id, value] of readLine(line)) this.#set(table, id, value);
    }
  }

  /** Renamed into place, so a crash leaves the old journal or the new one. */
  #compact(): void {
    const lines = [...this.#tables].flatMap(([table, rows]) =>
      [...rows].map(([id, value]) => `${JSON.stringify([[table, id, value]])}\n`),
    );
    writeFileSync(`${this.#file}.new`, lines.join(""));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** Their ids are another object's, or nobody's business. */
const HIDDEN = new Set<TableName>(["card", "order", "delivery", "task", "answer", "setting"]);

function readLine(line: string): Change[] {
  try {
    return JSON.parse(line) as Change[];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
