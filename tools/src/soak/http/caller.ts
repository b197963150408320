import { headersOf } from "../../bench/requests.ts";
import { signatureOf } from "../../flood/post-box.ts";
import { type Answer, readBatch } from "./answers.ts";

export const WEBHOOK_SECRET = "whsec_soak";
/** Nobody waits longer than this: connections are waited for 3 s, statements for 8.5 s, and some calls have several. */
const PATIENCE_MS = 60_000;

export type Call = { procedure: string; input?: unknown };
export type Counts = {
  /** Calls with a certain answer. */
  answers: number;
  /** Calls that have to be made again. */
  retries: number;
  inFlight: number;
  peakInFlight: number;
};

/** Asks the server as browsers do, and takes every end of a request for what it is. */
export class Caller {
  readonly counts: Counts = { answers: 0, retries: 0, inFlight: 0, peakInFlight: 0 };
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** All in one batch, as the n-th user. */
  async ask(n: number, type: "query" | "mutation", calls: readonly Call[]): Promise<Answer[]> {
    if (calls.length === 0) return [];
    const inputs = Object.fromEntries(
      calls.flatMap(({ input }, index) => (input === undefined ? [] : [[index, input]])),
    );
    const text = JSON.stringify(inputs);
    const path = `/trpc/${calls.map(({ procedure }) => procedure).join(",")}?batch=1`;
    const answers = await (type === "query"
      ? this.#send(`${path}&input=${encodeURIComponent(text)}`, { headers: headersOf(n) }, calls)
      : this.#send(path, { method: "POST", headers: headersOf(n), body: text }, calls));
    return this.#count(answers);
  }

  /** Signed when it is sent: a signature is good for five minutes. */
  async tell(body: string): Promise<Answer> {
    const headers = { "stripe-signature": signatureOf(body, WEBHOOK_SECRET) };
    const [answer] = await this.#fetch("/webhooks/stripe", { method: "POST", headers, body }, 1, {
      read: (status, text) => {
        if (status === 200) return [{ kind: "data", data: JSON.parse(text) as unknown }];
        const why = `webhook: ${status} ${text}`;
        return [{ kind: status === 503 ? "unknown" : "wrong", why }];
      },
    });
    return this.#count([answer as Answer])[0] as Answer;
  }

  /** An event stream of the n-th user; null when there is none to be had at the moment. */
  async open(n: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
    try {
      const headers = { ...headersOf(n), accept: "text/event-stream" };
      const answer = await fetch(`${this.#url}/trpc/jobs.watch`, { headers, signal });
      return answer.status === 200 ? answer.body : null;
    } catch {
      // The server has gone for a moment.
      return null;
    }
  }

  #send(path: string, init: RequestInit, calls: readonly Call[]): Promise<Answer[]> {
    const headers = { ...init.headers, "content-type": "application/json", origin: this.#url };
    return this.#fetch(path, { ...init, headers }, calls.length, {
      read: (status, text) => readBatch(status, text, calls.length),
    });
  }

  async #fetch(
    path: string,
    init: RequestInit,
    calls: number,
    { read }: { read: (status: number, body: string) => Answer[] },
  ): Promise<Answer[]> {
    const { counts } = this;
    counts.inFlight += calls;
    counts.peakInFlight = Math.max(counts.peakInFlight, counts.inFlight);
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(`${this.#url}${path}`, { ...init, signal });
      return read(answer.status, await answer.text());
    } catch (error) {
      const { name, message, cause } = error as Error;
      const why = `${message} ${cause instanceof Error ? cause.message : ""}`;
      // The server was killed; but no answer at all is a fault of its own.
      const kind = name === "TimeoutError" ? "wrong" : "unknown";
      return Array.from({ length: calls }, () => ({ kind, why }));
    } finally {
      counts.inFlight -= calls;
    }
  }

  #count(answers: Answer[]): Answer[] {
    for (const { kind } of answers) {
      if (kind === "data" || kind === "refusal") this.counts.answers += 1;
      else this.counts.retries += 1;
    }
    return answers;
  }
}
