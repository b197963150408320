import { z } from "zod";

/** A moment as JSON carries it: ISO 8601 with its offset, so that nobody's clock or zone decides what was meant. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
