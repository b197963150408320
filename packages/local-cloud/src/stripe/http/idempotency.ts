import { createHash } from "node:crypto";
import { StripeError } from "../core/errors.ts";
import type { StoredAnswer } from "../core/tables.ts";
import type { World } from "../core/world.ts";

const KEPT_SECONDS = 24 * 60 * 60;
const MAX_KEY_LENGTH = 255;

export type Answer = { status: number; body: string };

/** The first answer to a key is the answer to it for a day, whatever it was. */
export function rememberedAnswer(
  world: World,
  key: string,
  request: string,
  form: string,
): StoredAnswer | undefined {
  if (key.length > MAX_KEY_LENGTH) {
    throw new StripeError(400, "idempotency_error", "Idempotency keys have up to 255 characters.");
  }
  const before = world.store.get("answer", key);
  if (!before || before.at + KEPT_SECONDS < world.now()) return undefined;
  if (before.request !== request) {
    throw reused(`with the same endpoint they were first used for ('${before.request}' here)`, key);
  }
  if (before.params !== hash(form)) {
    throw reused("with the same parameters they were first used with", key);
  }
  return before;
}

export function rememberAnswer(
  world: World,
  key: string,
  request: string,
  form: string,
  answer: Answer & { requestId: string },
): void {
  const stored = { ...answer, id: key, request, params: hash(form), at: world.now() };
  world.store.transaction(() => world.store.put("answer", stored));
}

/** The SDK sends a key with every call: those of yesterday only fill the journal. */
export function forgetAnswers(world: World): void {
  for (const { id, at } of world.store.all("answer")) {
    if (at + KEPT_SECONDS < world.now()) world.store.remove("answer", id);
  }
}

const hash = (form: string) => createHash("sha256").update(form).digest("hex");

const reused = (how: string, key: string) =>
  new StripeError(
    400,
    "idempotency_error",
    `Keys for idempotent requests can only be used ${how}. Try using a key other than '${key}' if you meant to execute a different request.`,
  );
