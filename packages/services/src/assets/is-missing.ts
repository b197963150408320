/** Whether the store has no such object. In the storage's own words, by name: services know only its types. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === "StorageError" &&
  "reason" in error &&
  error.reason === "not_found";
