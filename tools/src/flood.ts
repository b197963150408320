import { type FloodOptions, readOptions, usage } from "./flood/options.ts";
import { type FloodResult, runFlood } from "./flood/run.ts";
import { platformProblem } from "./platform.ts";
import { whenLauncherDies } from "./processes/launcher.ts";

// npm run flood: what people buy, refund and dispute is told to our server by ten thousand webhooks in random order, a
// fifth of them repeats; then every balance must be what Stripe's own books say.
const options = optionsOrExit();
const stopping = new AbortController();
const stop = () => stopping.abort(new Error("stopped; nothing was audited"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
whenLauncherDies(stop);

console.log(`${options.deliveries} deliveries, seed ${options.seed}`);
try {
  const result = await runFlood(options, console.log, stopping.signal);
  for (const line of linesOf(result)) console.log(line);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// An open socket must not keep a finished run alive.
process.exit();

function optionsOrExit(): FloodOptions {
  const problem = platformProblem();
  try {
    if (problem) throw new Error(problem);
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

function linesOf({ deliveries, events, buyers, seconds, problems }: FloodResult): string[] {
  const again = deliveries - events;
  const what = `${deliveries} deliveries of ${events} events (${again} a second time) about ${buyers} buyers`;
  return [
    ...problems.slice(0, 20),
    `${what}, ${seconds.toFixed(0)} s, ${Math.round(deliveries / seconds)} a second`,
    problems.length === 0
      ? "every balance equals Stripe's own books, nothing granted twice, nothing waits, books balanced"
      : `${problems.length} problems`,
  ];
}
