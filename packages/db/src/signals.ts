import postgres from "postgres";

/** One NOTIFY per channel per this many milliseconds, however busy the process is. */
const COALESCE_MS = 10;
/** PostgreSQL refuses payloads of 8,000 bytes; a user id with its comma is 37. */
const USERS_PER_MESSAGE = 200;
const JOBS_CHANNEL = "tintype_job_queued";
const USERS_CHANNEL = "tintype_user_changed";

export type DatabaseSignals = {
  jobQueued: () => void;
  userChanged: (userId: string) => void;
  onJobQueued: (listener: () => void) => () => void;
  onUserChanged: (userId: string, listener: () => void) => () => void;
  close: () => Promise<void>;
};

type Listeners = Set<() => void>;

/**
 * Wakes waiting processes through LISTEN/NOTIFY on a connection of its own (a pooler in between would break
 * it). Carries ids only and may lose a message while reconnecting: all listeners are woken when it is back,
 * and every listener also polls.
 */
export async function openSignals(
  databaseUrl: string,
  onError: (error: unknown) => void,
): Promise<DatabaseSignals> {
  const client = postgres(databaseUrl, {
    max: 1,
    idle_timeout: 0,
    // A statement of the driver's own, whose failure nobody could catch.
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: "tintype-signals" },
  });
  const jobListeners: Listeners = new Set();
  const userListeners = new Map<string, Listeners>();

  const callJobs = () => callAll(jobListeners);
  await client.listen(JOBS_CHANNEL, callJobs, callJobs);
  await client.listen(
    USERS_CHANNEL,
    (payload) => {
      for (const userId of payload.split(",")) callAll(userListeners.get(userId) ?? []);
    },
    () => {
      for (const listeners of [...userListeners.values()]) callAll(listeners);
    },
  );

  const outgoing = coalesce(async (jobQueued, userIds) => {
    const messages = jobQueued ? [client.notify(JOBS_CHANNEL, "")] : [];
    for (let start = 0; start < userIds.length; start += USERS_PER_MESSAGE) {
      const payload = userIds.slice(start, start + USERS_PER_MESSAGE).join(",");
      messages.push(client.notify(USERS_CHANNEL, payload));
    }
    await Promise.all(messages).catch(onError);
  });

  return {
    jobQueued: outgoing.jobQueued,
    userChanged: outgoing.userChanged,
    onJobQueued: (listener) => addTo(jobListeners, listener),
    onUserChanged: (userId, listener) => {
      const listeners = userListeners.get(userId) ?? new Set();
      userListeners.set(userId, listeners);
      const remove = addTo(listeners, listener);
      return () => {
        remove();
        const unused = listeners.size === 0 && userListeners.get(userId) === listeners;
        if (unused) userListeners.delete(userId);
      };
    },
    close: async () => {
      await outgoing.finish();
      await client.end({ timeout: 2 });
    },
  };
}

function coalesce(send: (jobQueued: boolean, userIds: string[]) => Promise<void>) {
  let finished = false;
  const underWay = new Set<Promise<void>>();
  let jobQueued = false;
  let userIds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    const batch = [...userIds];
    const queued = jobQueued;
    userIds = new Set();
    jobQueued = false;
    const sending = send(queued, batch).finally(() => underWay.delete(sending));
    underWay.add(sending);
  };
  const schedule = () => {
    if (!finished) timer ??= setTimeout(flush, COALESCE_MS);
  };
  return {
    jobQueued: () => {
      jobQueued = true;
      schedule();
    },
    userChanged: (userId: string) => {
      userIds.add(userId);
      schedule();
    },
    /** Sends what is waiting, and nothing that comes later. */
    finish: async () => {
      finished = true;
      if (timer !== undefined) {
        clearTimeout(timer);
        flush();
      }
      await Promise.all(underWay);
    },
  };
}

function callAll(listeners: Iterable<() => void>): void {
  for (const listener of [...listeners]) listener();
}

function addTo(listeners: Listeners, listener: () => void): () => void {
  // Two subscribers may bring the same function; each gets an entry of its own.
  const entry = () => listener();
  listeners.add(entry);
  return () => listeners.delete(entry);
}
