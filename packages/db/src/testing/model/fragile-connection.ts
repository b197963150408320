import { connect as openSocket, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { applicationRole, type Db } from "../../client.ts";
import * as schema from "../../schema/index.ts";

/** Where the wire breaks: in the middle of the request, or right after it, so that the answer is lost. */
export type Cut = "in_request" | "after_request";

const POLL_MS = 2;
const LOST = /^(CONNECTION_|ECONNRESET|EPIPE)/;

/**
 * Makes one call over a connection of its own that breaks while the call is on its way.
 * @returns "lost", or the answer if it came all the same; in any case the server has ended the call
 */
export async function callAndLose<T>(
  databaseUrl: string,
  cut: Cut,
  call: (db: Db) => Promise<T>,
  control: Db,
): Promise<{ value: T } | "lost"> {
  const { hostname, port } = new URL(databaseUrl);
  let wire: Socket | undefined;
  const options = {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: "fragile", role: applicationRole },
    // Known to postgres.js, though not to its types: the socket to use, open.
    socket: async () => {
      wire = await openWire(hostname, Number(port));
      return wire;
    },
  };
  const client = postgres(databaseUrl, options);
  try {
    const [backend] = await client<{ pid: number }[]>`select pg_backend_pid() as pid`;
    if (wire) breakOnExecute(wire, cut);
    const answer = await call(drizzle(client, { schema, casing: "snake_case" })).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (isLost(error)) return "lost" as const;
        throw error;
      },
    );
    await untilGone(control, backend?.pid ?? 0);
    return answer;
  } finally {
    await client.end({ timeout: 0 });
  }
}

function isLost(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return LOST.test(code ?? "") || (cause !== undefined && isLost(cause));
}

const openWire = (host: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = openSocket(port, host);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });

/** A statement is parsed first, in a write of its own; it is the wish to execute it that gets lost. */
function breakOnExecute(socket: Socket, cut: Cut): void {
  const write = socket.write.bind(socket) as (chunk: Uint8Array, done?: () => void) => boolean;
  socket.write = ((chunk: Uint8Array) => {
    if (!messageTypes(chunk).includes("E")) return write(chunk);
    const sent = cut === "in_request" ? chunk.subarray(0, chunk.length / 2) : chunk;
    return write(sent, () => socket.destroy());
  }) as Socket["write"];
}

/** A message of the PostgreSQL protocol is a letter, then the length of the rest, itself counted. */
function messageTypes(chunk: Uint8Array): string[] {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const types: string[] = [];
  for (let at = 0; at + 5 <= chunk.byteLength; at += 1 + view.getInt32(at + 1)) {
    types.push(String.fromCharCode(view.getUint8(at)));
  }
  return types;
}

/** A call whose caller is gone still runs to its end; only then is it known what it did. */
async function untilGone(control: Db, pid: number): Promise<void> {
  for (;;) {
    const rows = await control.execute(sql`select pid from pg_stat_activity where pid = ${pid}`);
    if (rows.length === 0) return;
    await delay(POLL_MS);
  }
}
