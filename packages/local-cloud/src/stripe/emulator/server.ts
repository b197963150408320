import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { foreignCaller } from "../../foreign-caller.ts";
import { nextTaskAt, runDue } from "../core/agenda.ts";
import { invalid, StripeError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { type Api, answerApi } from "../http/api.ts";
import { forgetAnswers } from "../http/idempotency.ts";
import { routerOf } from "../http/routes.ts";
import type { PageAnswer } from "../pages/page-call.ts";
import type { Deliveries } from "../webhooks/deliveries.ts";
import { answerControl } from "./control-routes.ts";
import { type Controls, controlsOf, isCardError } from "./controls.ts";
import { pageOf } from "./pages.ts";
import { tasks } from "./reactions.ts";
import { inclusions, routesWith } from "./routes.ts";

const MAX_WAIT_MS = 60_000;

/** The machine around the world: time that goes by, events that go out, calls that come in. */
export class Emulator {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly controls: Controls;
  readonly #api: Api;
  readonly #onClockMoved: (seconds: number) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    world: World,
    deliveries: Deliveries,
    secretKey: string | undefined,
    onClockMoved: (seconds: number) => void = () => {},
  ) {
    this.world = world;
    this.deliveries = deliveries;
    this.#onClockMoved = onClockMoved;
    onClockMoved(world.movedSeconds());
    this.controls = controlsOf(this, tasks);
    this.#api = {
      world,
      secretKey,
      route: routerOf(routesWith(tasks)),
      inclusions,
      catchUp: () => this.catchUp(),
      committed: () => this.#committed(),
    };
    world.store.transaction(() => forgetAnswers(world));
    this.catchUp();
  }

  /** Changes the world from outside of the API: a page, a control of a test. */
  act<T>(work: (world: World) => T, keep: (error: unknown) => boolean = () => false): T {
    this.catchUp();
    try {
      const before = this.world.movedSeconds();
      const result = this.world.store.transaction(() => work(this.world), keep);
      const moved = this.world.movedSeconds();
      if (moved !== before) this.#onClockMoved(moved);
      this.#committed();
      return result;
    } catch (error) {
      if (keep(error)) this.#committed();
      else this.world.fresh.length = 0;
      throw error;
    }
  }

  /** Does what has become due on the emulator's own clock. */
  catchUp(): void {
    const { world } = this;
    const until = world.now();
    if ((nextTaskAt(world) ?? Number.POSITIVE_INFINITY) > until) return;
    world.store.transaction(() => runDue(world, tasks, null, until));
    this.#committed();
  }

  #committed(): void {
    this.deliveries.enqueue(this.world.fresh.splice(0));
    clearTimeout(this.#timer);
    const next = nextTaskAt(this.world);
    if (next === undefined) return;
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, next * 1_000 - this.world.milliseconds()));
    this.#timer = setTimeout(() => this.#tick(), waitMs);
    this.#timer.unref();
  }

  #tick(): void {
    this.catchUp();
    this.#committed();
  }

  /** Never fails: what nobody expected is shown, for this server only ever runs at a desk. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(stack);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = foreignCaller(request);
    if (refusal !== undefined) return sendText(response, 403, refusal);
    const body = await text(request);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://emulator");
    const hosted = pageOf(pathname);
    if (pathname.startsWith("/_emulator/")) {
      if (request.method !== "POST") return sendText(response, 405, "Controls are called by POST.");
      await this.#control(response, pathname.slice("/_emulator/".length), body);
    } else if (hosted) {
      this.catchUp();
      const form = new URLSearchParams(body);
      const act = <T>(work: () => T) => this.act(work, isCardError);
      const method = request.method ?? "GET";
      sendPage(response, hosted({ world: this.world, method, query: searchParams, form, act }));
    } else {
      const { status, body: json, headers } = answerApi(this.#api, request, body);
      response.writeHead(status, headers).end(json);
    }
  }

  async #control(response: ServerResponse, name: string, body: string): Promise<void> {
    try {
      const asked = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
      sendJson(response, 200, await answerControl(this.controls, name, asked));
    } catch (error) {
      const known = error instanceof SyntaxError ? invalid("The body is not JSON.") : error;
      if (!(known instanceof StripeError)) throw known;
      sendJson(response, known.status, known);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function sendText(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${words}\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function sendPage(response: ServerResponse, answer: PageAnswer): void {
  if (answer.kind === "redirect") {
    response.writeHead(303, { location: answer.to }).end();
  } else if (answer.kind === "pdf") {
    const disposition = `attachment; filename="${answer.name}"`;
    const type = "application/pdf";
    response.writeHead(200, { "content-type": type, "content-disposition": disposition });
    response.end(answer.body);
  } else {
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    response.writeHead(answer.status ?? 200, headers).end(answer.body);
  }
}
