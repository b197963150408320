import type { Problem } from "@tintype/core/problems";

/** What became of one call. `unknown`: it may have been carried out or not, so the same is asked again. */
export type Answer =
  | { kind: "data"; data: unknown }
  | { kind: "refusal"; code: Problem["code"] }
  | { kind: "unknown"; why: string }
  /** An answer that nobody may get, such as an internal error. */
  | { kind: "wrong"; why: string };

type Error = { message?: string; data?: { httpStatus?: number; problem?: Problem | null } };
type Envelope = { result?: { data?: unknown }; error?: Error };

const SHOWN = 300;

/** One of the answers of a batch. */
function readAnswer(envelope: Envelope | undefined): Answer {
  if (envelope?.result) return { kind: "data", data: envelope.result.data ?? null };
  const { message = "no answer", data } = envelope?.error ?? {};
  const problem = data?.problem;
  if (!problem) return { kind: "wrong", why: `${data?.httpStatus}: ${message}` };
  if (problem.code !== "busy" && problem.code !== "unavailable") {
    return { kind: "refusal", code: problem.code };
  }
  if (data.httpStatus === 503) return { kind: "unknown", why: problem.code };
  return { kind: "wrong", why: `${problem.code} with ${data.httpStatus}` };
}

/** @param body JSON: an answer per call, or one error for all of them */
export function readBatch(status: number, body: string, calls: number): Answer[] {
  const everyone = (answer: Answer) => Array.from({ length: calls }, () => answer);
  try {
    const parsed = JSON.parse(body) as Envelope | Envelope[];
    if (!Array.isArray(parsed)) return everyone(readAnswer(parsed));
    if (parsed.length === calls) return parsed.map(readAnswer);
  } catch {
    // No JSON is no answer of ours.
  }
  return everyone({ kind: "wrong", why: `${status}: ${body.slice(0, SHOWN)}` });
}
