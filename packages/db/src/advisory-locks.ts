/**
 * The numbers of PostgreSQL's advisory locks, all in one place: two tasks with one number would wait for each
 * other for no reason. Any numbers do that no other application of the database is likely to use.
 */
export const advisoryLocks = {
  /** One process brings the database up to date, the others wait. */
  migration: 7_450_218,
  /** Processes that grant rights at once would collide in the catalog. */
  mailRights: 7_450_219,
  /** One process proves the books. */
  books: 7_450_220,
} as const;
