import { OutageError, outageOf } from "@tintype/core/problems";

const RETRY_SECONDS = 5;

/**
 * A failure of the store as trouble of ours: no attempt of a job is used up by it. What the store answers about one
 * object (it is not there, it is too large) stays what it is, for it would be answered again.
 */
export async function fromStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && error.name === "StorageError") throw error;
    throw outageOf(error) ?? asOutage(error);
  }
}

const asOutage = (cause: unknown) =>
  new OutageError(
    { code: "unavailable", retryAfterSeconds: RETRY_SECONDS },
    "the store cannot be used",
    { cause },
  );

/**
 * Does it until it works, with a pause after each trouble of ours. What was rendered is worth waiting for: until the
 * signal says that nobody wants it, or that it is somebody else's.
 */
export async function untilOutageEnds<T>(
  work: () => Promise<T>,
  {
    signal,
    pause,
    onTrouble,
  }: {
    signal: AbortSignal;
    pause: () => Promise<void>;
    onTrouble: (error: unknown) => void;
  },
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (outageOf(error) === null || signal.aborted) throw error;
      onTrouble(error);
    }
    await pause();
    signal.throwIfAborted();
  }
}
