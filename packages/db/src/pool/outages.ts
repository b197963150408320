import { OutageError } from "@tintype/core/problems";

/** Seconds after which callers should try again, said in `Retry-After`. */
const RETRY_BUSY_SECONDS = 1;
const RETRY_UNAVAILABLE_SECONDS = 5;

/** The server works, but what the statement needs is taken: 55P03 lock timeout, 40P01 deadlock, 40001
 * serialization, 53300 too many connections, 53400 configuration limit. */
const BUSY = /^(55P03|40P01|40001|53300|53400)$/;

/** Server going or starting (57P01-57P03), statement or transaction cut off by a timeout (57014, 25P03, 25P04),
 * a standby that took over and may only be read (25006), disk or memory gone (53100, 53200), I/O error (58030),
 * connection exceptions (class 08) and what Node and postgres.js say of sockets. */
const UNAVAILABLE =
  /^(57P0[1-5]|57014|25P0[34]|25006|53100|53200|58030|08...|CONNECTION_\w+|CONNECT_TIMEOUT|ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;

export const busy = (message: string, options?: ErrorOptions): OutageError =>
  new OutageError({ code: "busy", retryAfterSeconds: RETRY_BUSY_SECONDS }, message, options);

export const unavailable = (message: string, options?: ErrorOptions): OutageError =>
  new OutageError(
    { code: "unavailable", retryAfterSeconds: RETRY_UNAVAILABLE_SECONDS },
    message,
    options,
  );

/** An error of the driver as what it means to callers: an outage where it is one, else the error itself. */
export function fromDriver(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OutageError) return error;
  const code = codeOf(error);
  if (BUSY.test(code)) return busy(`the database is busy (${code})`, { cause: error });
  if (UNAVAILABLE.test(code)) {
    return unavailable(`the database is unavailable (${code})`, { cause: error });
  }
  return error;
}

/** Why there is no connection: an outage in any case, whatever the server gave as its reason. */
export function notConnected(error: unknown): unknown {
  const known = fromDriver(error);
  if (known instanceof OutageError) return known;
  return unavailable("the database cannot be connected to", { cause: error });
}

/** An `AggregateError` of Node (every address of a host was tried) carries its code itself. */
const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "";
