import { z } from "zod";
import { cleanFileName, FILE_NAME_CHARACTERS } from "./file-names.ts";

/** What moves the letters around it: it makes `invoice_gpj.exe` of `invoice_exe.jpg`, and nobody sees it. */
const BIDI_CONTROLS = "\\u202a-\\u202e\\u2066-\\u2069";

/** One line. The database keeps no NUL and no half of a surrogate pair; other controls are typed by nobody. */
const LINE = new RegExp(`^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}${BIDI_CONTROLS}]*$`, "u");
/** The same with line breaks and tabs. */
const PROSE = /^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u;
/** Something to see: spaces and invisible characters alone are no text. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const ALL_BIDI_CONTROLS = new RegExp(`[${BIDI_CONTROLS}]`, "gu");
const LINE_BREAK = /\r\n?|[\u2028\u2029]/g;

type TextOptions = {
  min?: number;
  max: number;
  /** For prompts and reasons: line breaks stay; what moves letters around, which chats copy along, is taken out. */
  isProse?: boolean;
  letters?: "upper" | "lower";
  /** Spaces at the ends stay: of a password, and of what programs make, such as a cursor. */
  keepsSpaces?: boolean;
  /** What a person is told of a text that is too short or too long, where there is no form to say it. */
  words?: { tooShort: string; tooLong: string };
};

/**
 * The only way in for text (packages/api/src/inputs.test.ts refuses any other): Unicode in its composed form (NFC),
 * bounded, and such that PostgreSQL (`text` and `jsonb`) and Stripe can hold it. Lengths are in UTF-16 units, as those
 * of a form's field.
 */
export function inputText(options: TextOptions) {
  const { min = 0, max, isProse = false, letters, keepsSpaces = false, words } = options;
  let text = isProse
    ? z
        .string()
        .regex(/^\P{Cs}*$/u, { abort: true })
        .overwrite((raw) => raw.replace(LINE_BREAK, "\n").replace(ALL_BIDI_CONTROLS, ""))
    : z.string();
  text = keepsSpaces ? text : text.trim();
  text = text.regex(isProse ? PROSE : LINE, { abort: true }).normalize("NFC");
  if (letters === "upper") text = text.toUpperCase();
  if (letters === "lower") text = text.toLowerCase();
  text = text.min(min, { abort: true, ...(words && { error: words.tooShort }) });
  text = text.max(max, words?.tooLong);
  return min > 0 && !keepsSpaces ? text.regex(VISIBLE, words?.tooShort) : text;
}

/** The name of a file is nothing for its owner to correct: it is cleaned and shortened, never refused. */
export const inputFileName = z
  .string()
  .overwrite(cleanFileName)
  .regex(LINE)
  // A code point has two UTF-16 units at most.
  .max(FILE_NAME_CHARACTERS * 2);

/** @returns whether a schema for strings is one of `inputText`, whatever was added to it */
export function isInputText(schema: z.core.$ZodString): boolean {
  const checks = (schema._zod.def.checks ?? []).map((check) => check._zod.def);
  const isOurs = checks.some(
    (check) => "pattern" in check && [LINE, PROSE].includes(check.pattern as RegExp),
  );
  return isOurs && checks.some(({ check }) => check === "max_length");
}
