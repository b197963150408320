import { type DestinationStream, type Logger, pino } from "pino";

/** A failed query carries its parameters (addresses, hashes) in its message and its stack. */
const withoutParameters = (text: string | undefined) =>
  text?.replaceAll(/\nparams: [\s\S]*?(?=\n {4}at |$)/g, "\nparams: (left out)");

type LoggedError = {
  type: string;
  message: string;
  stack?: string;
  code?: unknown;
  cause?: LoggedError;
  errors?: LoggedError[];
};

/** Of many failures in one: enough to see what they have in common. */
const MAX_ERRORS = 10;

/** Only what is known to be harmless: the fields an SDK hangs on its errors may hold whole requests. */
function describe(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "not an Error" };
  const stack = withoutParameters(error.stack);
  return {
    type: error.name,
    message: withoutParameters(error.message) ?? "",
    ...(stack !== undefined && { stack }),
    ...("code" in error && { code: error.code }),
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, MAX_ERRORS).map(describe),
    }),
  };
}

export type { Logger } from "pino";

/** One JSON line per event on standard output. `service` names the process. */
export function createLogger(
  service: string,
  level: string,
  destination?: DestinationStream,
): Logger {
  const options = { level, base: { service }, serializers: { err: describe } };
  return destination ? pino(options, destination) : pino(options);
}
