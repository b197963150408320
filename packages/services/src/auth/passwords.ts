import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { type PasswordOwner, ruleOfWeak } from "@tintype/core/password-rules";
import { passwordStrength } from "@tintype/core/password-strength";
import { DomainError, OutageError } from "@tintype/core/problems";
import { createFairQueue, QueueFull } from "../fair-queue.ts";

/** argon2id; OWASP's first choice: 19 MiB, two passes, one lane. About 30 ms of one thread of the pool. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Half of the processors at most: hashing must leave room for all that is not signing in. */
const defaults = {
  running: Math.max(1, Math.floor(availableParallelism() / 2)),
  waitingPerKey: 20,
  waitingInAll: 200,
};
const RETRY_SECONDS = 2;

/** Takes any password: for those that nobody chooses, such as the published ones of the demo accounts. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/**
 * An account that does not exist is checked against a hash of nothing anybody knows, so that its refusal
 * takes as long as that of a wrong password.
 */
export async function verifyPassword(
  passwordHash: string | null | undefined,
  password: string,
): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await dummyHash()), password);
  return matches && typeof passwordHash === "string";
}

let dummy: Promise<string> | undefined;
const dummyHash = () => {
  dummy ??= hashPassword(crypto.randomUUID());
  return dummy;
};

/**
 * Passwords of requests: hashed in a small queue of their own, in turns between those who ask. `turn` names who asks,
 * a known device or a network address.
 * @throws DomainError too_many_attempts when the same one asks too much at once
 * @throws OutageError busy when too many ask
 */
export type Passwords = {
  /**
   * The hash of a password that somebody has chosen, and the only way to one: no form can forget the rule.
   * @throws DomainError invalid_input when it is easy to guess
   */
  choose(password: string, owner: PasswordOwner, turn: string): Promise<string>;
  verify(passwordHash: string | null | undefined, password: string, turn: string): Promise<boolean>;
};

export function createPasswords(options: Partial<typeof defaults> = {}): Passwords {
  const queue = createFairQueue({ ...defaults, ...options });
  const inTurn = <T>(turn: string, work: () => Promise<T>): Promise<T> =>
    queue.run(turn, work).catch((error: unknown) => {
      throw error instanceof QueueFull ? refusalOf(error) : error;
    });
  return {
    choose: async (password, owner, turn) => {
      refuseWeak(password, owner);
      return inTurn(turn, () => hashPassword(password));
    },
    verify: (passwordHash, password, turn) =>
      inTurn(turn, () => verifyPassword(passwordHash, password)),
  };
}

function refuseWeak(password: string, owner: PasswordOwner): void {
  const { reason } = passwordStrength(password, owner);
  if (reason === null) return;
  const issues = [{ field: "password", rule: ruleOfWeak(reason) }];
  throw new DomainError({ code: "invalid_input", issues });
}

const refusalOf = ({ reason }: QueueFull): Error =>
  reason === "key"
    ? new DomainError({ code: "too_many_attempts", retryAfterSeconds: RETRY_SECONDS })
    : new OutageError(
        { code: "busy", retryAfterSeconds: RETRY_SECONDS },
        "too many passwords wait to be checked",
      );
