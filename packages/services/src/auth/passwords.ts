import { hash, verify } from "@node-rs/argon2";

/** argon2id; OWASP's first choice: 19 MiB, two passes, one lane. About 30 ms of one thread of the pool. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

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
