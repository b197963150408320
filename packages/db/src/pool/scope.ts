import { AsyncLocalStorage } from "node:async_hooks";

/** Set in the work of a transaction, as long as it lasts. */
export const transactionScope = new AsyncLocalStorage<{ pool: object; isOpen: boolean }>();
