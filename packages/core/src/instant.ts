import { z } from "zod";

/** Years of four digits: others are written in a way that PostgreSQL does not read. */
const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** A moment as JSON carries it: ISO 8601 with its offset, so that nobody's clock or zone decides what was meant. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getTime() >= FIRST && moment.getTime() <= LAST);
