import { longRun } from "./long-run.ts";
import { type HttpSoakResult, runHttpSoak } from "./soak/http/run.ts";
import { readOptions, type Soaks, usage } from "./soak/options.ts";
import { runSoak, type SoakResult } from "./soak/run.ts";

// npm run soak: a million random operations from several processes, which are killed in the middle of it, as is
// PostgreSQL; then every acknowledged one must be in the ledger, once, and the books must balance. And the same with
// bursts of requests over HTTP, while the server is killed.
await longRun({
  ...{ readOptions, usage, run },
  title: ({ functions, http }) => {
    const parts = [
      ...(functions ? [`${functions.operations} operations, seed ${functions.seed}`] : []),
      ...(http ? [`${http.answers} answers over HTTP, seed ${http.seed}`] : []),
    ];
    return parts.join("; ");
  },
  report: ({ functions, http }) => [
    ...(functions ? reportOf(functions) : []),
    ...(http ? reportOfHttp(http) : []),
  ],
});

async function run({ functions, http }: Soaks, log: (line: string) => void, signal: AbortSignal) {
  const results = {
    functions: functions && (await runSoak(functions, log, signal)),
    http: http && (await runHttpSoak(http, log, signal)),
  };
  const problems = [results.functions, results.http].flatMap((each) => each?.problems ?? []);
  return { ...results, problems };
}

function booksOf({ problems }: { problems: string[] }): string {
  return problems.length === 0 ? "books balanced" : `${problems.length} problems`;
}

function reportOf(result: SoakResult): string[] {
  const { acknowledged, kills, restarts, retries, seconds, overspent, lost } = result;
  const counts = `${acknowledged} operations, ${kills} clients killed, ${restarts} restarts of PostgreSQL, ${retries} retries`;
  const speed = `${seconds.toFixed(0)} s, ${Math.round(acknowledged / seconds)} operations a second`;
  return [`${counts}, ${speed}`, `${overspent} overspent, ${lost} lost, ${booksOf(result)}`];
}

function reportOfHttp(result: HttpSoakResult): string[] {
  const { answers, acknowledged, events, retries, kills, restarts, seconds } = result;
  const { lost, foreign, overspent } = result;
  const strikes = `${kills} times the server killed, ${restarts} restarts of PostgreSQL, ${retries} retries`;
  const speed = `${seconds.toFixed(0)} s, ${Math.round(answers / seconds)} answers a second`;
  return [
    `${answers} answers over HTTP, ${events} messages of streams, ${strikes}, ${speed}`,
    `${result.peakPerConnection} statements waiting per connection at the peak`,
    `${acknowledged} changes acknowledged, ${lost} of them lost; ${foreign} foreign, ${overspent} overspent, ${booksOf(result)}`,
  ];
}
