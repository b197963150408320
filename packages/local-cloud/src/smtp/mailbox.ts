import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A caught mail, as a person would want to see it. */
export type CaughtMail = {
  id: string;
  /** ISO 8601, UTC. */
  receivedAt: string;
  from: string;
  /** The envelope's recipients, in lower case: where it was really going. */
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** By their names in lower case; of one that comes twice, the last. */
  headers: Record<string, string>;
};

/** Names sort by time, so the newest are the last of a sorted listing. */
const fileOf = (mail: CaughtMail) => `${mail.receivedAt.replaceAll(":", "-")}-${mail.id}.json`;

/** The last mails, newest first, one JSON file each. Survives a restart. */
export class Mailbox {
  readonly #dir: string;
  readonly #capacity: number;
  readonly #mails: CaughtMail[];
  readonly #listeners = new Set<() => void>();

  constructor(dir: string, capacity: number) {
    this.#dir = path.resolve(dir);
    this.#capacity = capacity;
    mkdirSync(this.#dir, { recursive: true });
    const names = readdirSync(this.#dir).filter((name) => name.endsWith(".json"));
    this.#mails = names
      .sort()
      .reverse()
      .map((name) => JSON.parse(readFileSync(path.join(this.#dir, name), "utf8")) as CaughtMail);
  }

  add(content: Omit<CaughtMail, "id" | "receivedAt">): void {
    const mail = { ...content, id: randomUUID(), receivedAt: this.#nextTime() };
    const incoming = path.join(this.#dir, `${mail.id}.incoming`);
    writeFileSync(incoming, JSON.stringify(mail));
    renameSync(incoming, path.join(this.#dir, fileOf(mail)));
    this.#mails.unshift(mail);
    for (const old of this.#mails.splice(this.#capacity)) {
      rmSync(path.join(this.#dir, fileOf(old)), { force: true });
    }
    for (const listener of this.#listeners) listener();
  }

  /** Later than the mail before by a millisecond at least, so that the order survives a restart. */
  #nextTime(): string {
    const [newest] = this.#mails;
    const earliest = newest ? Date.parse(newest.receivedAt) + 1 : 0;
    return new Date(Math.max(Date.now(), earliest)).toISOString();
  }

  /** Newest first; only those to `recipient` when given. */
  list(recipient?: string): CaughtMail[] {
    const wanted = recipient?.toLowerCase();
    return wanted ? this.#mails.filter(({ to }) => to.includes(wanted)) : [...this.#mails];
  }

  find(id: string): CaughtMail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  /** The newest mail to `recipient`, waiting for one if there is none. Throws when none comes. */
  waitFor(recipient: string, timeoutMs: number): Promise<CaughtMail> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`no mail to ${recipient} came within ${timeoutMs} ms`));
      }, timeoutMs);
      const look = () => {
        const [newest] = this.list(recipient);
        if (!newest) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve(newest);
      };
      this.#listeners.add(look);
      look();
    });
  }
}
