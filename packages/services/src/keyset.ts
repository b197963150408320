import { DomainError } from "@tintype/core/problems";

/** Where a page ends: the next one starts behind it. No OFFSET anywhere: it reads what it skips. */
export type Keyset = { createdAt: Date; id: string };

/** Thirteen digits of milliseconds are enough until the year 2286. */
const pattern = /^(\d{1,13})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const encodeKeyset = ({ createdAt, id }: Keyset): string => `${createdAt.getTime()}_${id}`;

/** @throws DomainError invalid_input when the cursor is not one of ours */
export function decodeKeyset(cursor: string): Keyset {
  const [, time, id] = pattern.exec(cursor) ?? [];
  if (!time || !id) throw invalidCursor();
  return { createdAt: new Date(Number(time)), id };
}

export const invalidCursor = () =>
  new DomainError({
    code: "invalid_input",
    issues: [{ field: "cursor", rule: "invalid_format" }],
  });

/** Cuts the one row too many that was asked for to know whether there is another page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  items: readonly Item[],
): { items: Item[]; nextCursor: string | null } {
  const last = rows[limit - 1];
  return {
    items: items.slice(0, limit),
    nextCursor: rows.length > limit && last ? cursorOf(last) : null,
  };
}
