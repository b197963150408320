import { platformProblem } from "./platform.ts";
import { whenLauncherDies } from "./processes/launcher.ts";

type LongRun<Options, Result extends { problems: string[] }> = {
  /** @throws Error in words for the terminal */
  readOptions: (argv: readonly string[]) => Options;
  usage: string;
  /** Said before anything is done: what somebody needs who wants the same run again. */
  title: (options: Options) => string;
  /** @throws the reason of `signal` when that ends it early */
  run: (options: Options, log: (line: string) => void, signal: AbortSignal) => Promise<Result>;
  /** Said at the end, below the first problems. */
  report: (result: Result) => string[];
};

const PROBLEMS_SHOWN = 20;

/**
 * The frame of a command that works for minutes and judges what it did: it can be stopped at any moment, and its exit
 * code is 0 when there was nothing to complain of, 1 when there was or it was stopped, 2 when it was asked wrongly.
 * Ends the process.
 */
export async function longRun<Options, Result extends { problems: string[] }>(
  command: LongRun<Options, Result>,
): Promise<never> {
  const options = optionsOrExit(command);
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error("stopped; nothing was audited"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  whenLauncherDies(stop);

  console.log(command.title(options));
  try {
    const result = await command.run(options, console.log, stopping.signal);
    const lines = [...result.problems.slice(0, PROBLEMS_SHOWN), ...command.report(result)];
    for (const line of lines) console.log(line);
    process.exitCode = result.problems.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  // An open socket must not keep a finished run alive.
  process.exit();
}

function optionsOrExit<Options>({
  readOptions,
  usage,
}: Pick<LongRun<Options, never>, "readOptions" | "usage">): Options {
  const problem = platformProblem();
  try {
    if (problem) throw new Error(problem);
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
