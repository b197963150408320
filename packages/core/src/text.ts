import { z } from "zod";

/**
 * What somebody typed, in a form PostgreSQL can keep as `text` and as `jsonb`: every character whole, none of
 * them NUL. A form cannot send such text; a script can, and must be told so instead of breaking a query.
 */
export const typedText = z
  .string()
  .trim()
  .regex(/^[^\0\p{Cs}]*$/u);
