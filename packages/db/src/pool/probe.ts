import { outageOf } from "@tintype/core/problems";
import { Connection, type ConnectionSettings } from "./connection.ts";
import { unavailable } from "./outages.ts";

const PROBE_MS = 2_000;

/**
 * Asks whether the server answers at all, on a connection of its own, so that "all connections are in use" can be
 * told from "the database hangs". Callers that ask at the same time share one answer.
 */
export function createProbe(settings: ConnectionSettings): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  return () => {
    asking ??= answers({ ...settings, answerWithinMs: PROBE_MS }).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function answers(settings: ConnectionSettings): Promise<boolean> {
  const connection = new Connection(settings);
  try {
    await connection.send({ text: "select 1", parameters: [], options: {}, asValues: false });
    return true;
  } catch (error) {
    // A refusal, such as "too many connections", is an answer too.
    return outageOf(error)?.problem.code !== "unavailable";
  } finally {
    connection.end(unavailable("the probe is over"));
  }
}
