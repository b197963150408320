import { randomBytes } from "node:crypto";
import type { AssetView, UploadTicket } from "@tintype/core/assets";
import type { GenerationSettings } from "@tintype/core/generation";
import { uuidv7 } from "@tintype/core/ids";
import type { JobView, Quote } from "@tintype/core/jobs";
import type { Problem } from "@tintype/core/problems";
import type { Account } from "./stack.ts";

export class ApiProblem extends Error {
  readonly problem: Problem | null;
  readonly status: number;

  constructor(status: number, problem: Problem | null, message: string) {
    super(problem ? problem.code : message);
    this.status = status;
    this.problem = problem;
  }
}

export const newId = () => uuidv7(Date.now(), randomBytes(10));

/** Talks to the API as a browser does: over HTTP, with a cookie and an Origin. */
export class ApiClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #cookies = new Map<string, string>();

  /** @param headers of every request: what a proxy in front would write */
  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  query<T>(procedure: string, input?: unknown): Promise<T> {
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return this.#send(`/trpc/${procedure}${query}`, { method: "GET" });
  }

  mutate<T>(procedure: string, input?: unknown): Promise<T> {
    return this.#send(`/trpc/${procedure}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: input === undefined ? null : JSON.stringify(input),
    });
  }

  async signUp(account: Account): Promise<this> {
    await this.mutate("auth.signUp", { ...account, locale: "en" });
    return this;
  }

  async signIn(account: Account): Promise<this> {
    await this.mutate("auth.signIn", account);
    return this;
  }

  /** Takes a file all the way: ticket, browser-style form post to the store, confirmation. */
  async upload(bytes: Uint8Array, contentType: string, fileName = "photo"): Promise<AssetView> {
    const ticket = await this.mutate<UploadTicket>("assets.createUpload", {
      id: newId(),
      fileName,
      contentType,
      byteSize: bytes.byteLength,
    });
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) form.set(name, value);
    form.set("file", new Blob([new Uint8Array(bytes)], { type: contentType }), fileName);
    const stored = await fetch(ticket.url, { method: "POST", body: form });
    if (!stored.ok) throw new Error(`the store answered ${stored.status}: ${await stored.text()}`);
    return this.mutate<AssetView>("assets.confirmUpload", { assetId: ticket.assetId });
  }

  async generate(inputAssetId: string, settings: Partial<GenerationSettings>): Promise<JobView> {
    const quote = await this.query<Quote>("jobs.quote", { settings });
    const { priceId, credits } = quote;
    // What the button would say and its press would agree to.
    const overageCents = quote.overage?.cents ?? 0;
    return this.mutate<JobView>("jobs.submit", {
      id: newId(),
      inputAssetId,
      settings,
      priceId,
      credits,
      overageCents,
    });
  }

  async #send<T>(path: string, init: RequestInit): Promise<T> {
    const cookie = [...this.#cookies.values()].join("; ");
    const response = await fetch(this.#url + path, {
      ...init,
      headers: { ...this.#headers, ...init.headers, cookie, origin: this.#url },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      this.#cookies.set(pair.split("=")[0] ?? "", pair);
    }
    const body = (await response.json()) as {
      result?: { data?: T };
      error?: { message: string; data?: { problem?: Problem | null } };
    };
    if (!body.error) return body.result?.data as T;
    throw new ApiProblem(response.status, body.error.data?.problem ?? null, body.error.message);
  }
}
