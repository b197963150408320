import { z } from "zod";
import { email } from "./auth.ts";
import { creditCategories } from "./credits.ts";
import { instant } from "./instant.ts";
import { inputText } from "./text.ts";

/** What one file may bring: larger ones are to be cut in two, so that a mistake stays small. */
export const importLimits = { rows: 100_000, fileBytes: 20 * 1024 * 1024 } as const;

const wholeNumber = (minimum: number, maximum: number) =>
  inputText({ max: 20 })
    .regex(/^\d+$/, "must be a whole number, in digits only")
    .transform(Number)
    .pipe(
      z
        .int()
        .min(minimum, `must be at least ${minimum}`)
        .max(maximum, `must be at most ${maximum}`),
    );

/** A day counts to its end, by UTC. */
const endOfDay = z.iso
  .date()
  .transform((day) => new Date(Date.parse(day) + 86_400_000).toISOString())
  .pipe(instant);
const never = z.literal("").transform(() => null);
const expiry = inputText({ max: 40 }).pipe(
  z.union([never, endOfDay, instant], {
    error: "must be empty, a day as 2027-01-31 or a time as 2027-01-31T12:00:00Z",
  }),
);

/** One line of a file with balances from another system: text in every column, as a file has it. */
export const creditImportRow = z.object({
  /** Of the other system, once in its life: what makes importing again harmless. */
  externalId: inputText({
    ...{ min: 1, max: 100 },
    words: { tooShort: "is missing", tooLong: "is too long" },
  }),
  email,
  credits: wholeNumber(1, 100_000_000),
  category: z.preprocess((text) => text || "paid", z.enum(creditCategories)),
  expiresAt: expiry.default(null),
  /** What the user paid for all of it, in US cents. */
  costBasisCents: z.preprocess((text) => text || "0", wholeNumber(0, 1_000_000_000)),
  note: inputText({ max: 500, isProse: true }).default(""),
});
export type CreditImportRow = z.infer<typeof creditImportRow>;

export const importColumns = Object.keys(creditImportRow.shape);
export const requiredImportColumns = ["externalId", "email", "credits"] as const;

/** A line of the file with its number there; the first one after the header is 2. */
export type ImportLine = { line: number; values: Record<string, string> };
export type ImportOutcome = {
  line: number;
  externalId: string;
  email: string;
  /** `waiting`: until somebody confirms that the address is theirs. */
  outcome:
    | "granted"
    | "would_be_granted"
    | "already_granted"
    | "waiting"
    | "would_wait"
    | "already_waiting"
    | "failed";
  /** What was given, or what is wrong, in words. */
  explanation: string;
};
