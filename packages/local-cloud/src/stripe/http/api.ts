import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { StripeError } from "../core/errors.ts";
import { type FormTree, parseForm } from "../core/form.ts";
import { Params } from "../core/params.ts";
import { API_VERSION, type World } from "../core/world.ts";
import { expand, type Inclusions } from "./expand.ts";
import { type Answer, rememberAnswer, rememberedAnswer } from "./idempotency.ts";
import type { Call, Handler, routerOf } from "./routes.ts";

export type Api = {
  world: World;
  /** Undefined: every key that looks like one of Stripe's tests. */
  secretKey: string | undefined;
  route: ReturnType<typeof routerOf>;
  inclusions: Inclusions;
  /** Does what has become due, so that an answer never shows the past. */
  catchUp: () => void;
  /** After every call that may have made events. */
  committed: () => void;
};

type Reply = Answer & { headers: Record<string, string> };

const isRefusal = (error: unknown) => error instanceof StripeError && error.keepsChanges;

/** Answers one call of the API, and every failure as the JSON that SDKs understand. */
export function answerApi(api: Api, request: IncomingMessage, body: string): Reply {
  const requestId = api.world.id("req");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "request-id": requestId,
    "stripe-version": versionOf(request),
  };
  try {
    authenticate(api, request);
    return answerOnce(api, request, body, requestId, headers);
  } catch (error) {
    return { ...failure(error), headers };
  }
}

function answerOnce(
  api: Api,
  request: IncomingMessage,
  body: string,
  requestId: string,
  headers: Record<string, string>,
): Reply {
  const method = request.method ?? "GET";
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const found = api.route(method, path);
  if (!found) throw unknownRoute(method, path);
  const form = method === "POST" ? body : query || body;
  const key = method === "POST" ? request.headers["idempotency-key"] : undefined;
  const name = `${method} ${path}`;
  if (typeof key === "string") {
    headers["idempotency-key"] = key;
    const before = rememberedAnswer(api.world, key, name, form);
    if (before) {
      const replayed = { "idempotent-replayed": "true", "original-request": before.requestId };
      return { status: before.status, body: before.body, headers: { ...headers, ...replayed } };
    }
  }
  api.catchUp();
  api.world.request = { id: requestId, idempotency_key: typeof key === "string" ? key : null };
  const answer = run(api, found, parseForm(form));
  if (typeof key === "string") rememberAnswer(api.world, key, name, form, { ...answer, requestId });
  return { ...answer, headers };
}

function run(
  api: Api,
  { handler, id }: { handler: Handler; id: Call["id"] },
  tree: FormTree,
): Answer {
  const { world } = api;
  try {
    const { expand: _, ...rest } = tree;
    const params = new Params(rest);
    const paths = new Params(tree).texts("expand") ?? [];
    const body = world.store.transaction(() => {
      const result = handler({ world, params, id });
      return JSON.stringify(expand(world, api.inclusions, result, paths), null, 2);
    }, isRefusal);
    api.committed();
    return { status: 200, body };
  } catch (error) {
    if (isRefusal(error)) api.committed();
    else world.fresh.length = 0;
    return failure(error);
  } finally {
    world.request = null;
  }
}

function authenticate({ secretKey }: Api, request: IncomingMessage): void {
  const [scheme = "", credentials = ""] = (request.headers.authorization ?? "").split(" ");
  const key =
    scheme === "Basic"
      ? (Buffer.from(credentials, "base64").toString().split(":")[0] ?? "")
      : credentials;
  if (secretKey === undefined ? /^(sk|rk)_test_\w+$/.test(key) : isSame(key, secretKey)) return;
  throw new StripeError(
    401,
    "invalid_request_error",
    key
      ? `Invalid API Key provided: ${key.slice(0, 8)}****`
      : "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
  );
}

/** Of digests, which are equally long. */
function isSame(shown: string, expected: string): boolean {
  const digest = (key: string) => createHash("sha256").update(key).digest();
  return timingSafeEqual(digest(shown), digest(expected));
}

const versionOf = (request: IncomingMessage) =>
  String(request.headers["stripe-version"] ?? API_VERSION);

const unknownRoute = (method: string, path: string) =>
  new StripeError(
    404,
    "invalid_request_error",
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  );

/** This server only ever runs at a desk, where the stack helps more than it gives away. */
function failure(error: unknown): Answer {
  const known =
    error instanceof StripeError
      ? error
      : new StripeError(
          500,
          "api_error",
          error instanceof Error ? (error.stack ?? error.message) : String(error),
        );
  return { status: known.status, body: JSON.stringify(known, null, 2) };
}
