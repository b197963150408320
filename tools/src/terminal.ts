import { styleText } from "node:util";
import { demoAccounts } from "@tintype/services/demo-accounts";
import type { RunningStack } from "./stack.ts";

const COLORS = { server: "cyan", worker: "magenta", web: "green" } as const;
const NAME_WIDTH = 6;
/** As pino numbers it. */
const ERROR_LEVEL = 50;

/** One line of a program's output, with its name in front. */
export function printLine(name: string, line: string): void {
  const color = COLORS[name as keyof typeof COLORS] ?? "gray";
  console.log(
    `${styleText(color, name.padEnd(NAME_WIDTH))} ${styleText("gray", "│")} ${readable(line)}`,
  );
}

/** Our programs log JSON for machines; at the desk the message comes first, then what belongs to it. */
export function readable(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { level, time, service, pid, hostname, msg, ...rest } = JSON.parse(line);
    if (typeof msg !== "string") return line;
    const details = Object.entries(rest).map(([name, value]) =>
      styleText("gray", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`),
    );
    const message = level >= ERROR_LEVEL ? styleText("red", msg) : msg;
    return [message, ...details].join(" ");
  } catch {
    return line; // It only looked like JSON.
  }
}

/** What somebody needs who just started it: where it is, and how to get in. */
export function readyMessage(
  stack: Pick<RunningStack, "table" | "hasDemoAccounts">,
  seconds: number,
): string {
  const [app, ...others] = stack.table;
  const accounts = stack.hasDemoAccounts ? demoRows() : [];
  const labels = [...stack.table, ...accounts].map(([label]) => label.length);
  const width = Math.max(...labels);
  const row = ([label, value]: [string, string]) => `  ${label.padEnd(width)}  ${value}`;
  return [
    "",
    styleText("bold", `  Tintype is ready after ${seconds.toFixed(1)} s`),
    "",
    ...(app ? [styleText(["bold", "green"], row(app))] : []),
    ...others.map(row),
    "",
    ...accounts.map(row),
    ...(accounts.length > 0 ? [""] : []),
    styleText("gray", "  Ctrl-C stops everything. Data stays in .tintype/"),
    "",
  ].join("\n");
}

const demoRows = () =>
  Object.entries(demoAccounts).map(([label, { email, password }]): [string, string] => [
    label === "admin" ? "Demo admin" : "Demo user",
    `${email} / ${password}`,
  ]);
