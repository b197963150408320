import { signUpInput } from "@tintype/core/auth";
import type { PasswordStrength } from "@tintype/core/password-rules";
import { passwordStrength } from "@tintype/core/password-strength";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

type Listener = (event: { data: unknown }) => void;
let listen: Listener = () => {};
let answer: { id: number; strength: PasswordStrength } | null = null;

beforeAll(async () => {
  vi.stubGlobal("self", {
    addEventListener: (_: string, listener: Listener) => {
      listen = listener;
    },
    postMessage: (message: NonNullable<typeof answer>) => {
      answer = message;
    },
  });
  await import("./strength-worker.ts");
});
afterAll(() => vi.unstubAllGlobals());

const part = fc.constantFrom(
  "anna",
  "Petrova",
  "1990",
  "qwerty",
  "пароль",
  "é",
  "e\u0301",
  " ",
  "-",
  "7!x",
  "anna@example.com",
);
const address = fc.constantFrom(
  "Anna.Petrova@Example.com",
  " anna@example.com ",
  "qwerty7@x.example",
);

test("the browser, with what was typed, and the server, with what has come in, find the same", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), address, (parts, email) => {
      const typed = { email, password: parts.join("") };
      const sent = signUpInput.safeParse(typed);
      fc.pre(sent.success);
      listen({ data: { id: 7, password: typed.password, owner: { email } } });
      const decided = passwordStrength(sent.data?.password ?? "", {
        email: sent.data?.email ?? "",
      });
      expect(answer).toEqual({ id: 7, strength: decided });
    }),
    { numRuns: 300 },
  );
});
