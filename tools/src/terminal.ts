import { styleText } from "node:util";
import type { RunningStack } from "./stack.ts";

const COLORS = { server: "cyan", worker: "magenta", web: "green" } as const;
const NAME_WIDTH = 6;

/** One line of a program's output, with its name in front. */
export function printLine(name: string, line: string): void {
  const color = COLORS[name as keyof typeof COLORS] ?? "gray";
  console.log(`${styleText(color, name.padEnd(NAME_WIDTH))} ${styleText("gray", "│")} ${line}`);
}

/** The accounts that the seed makes. */
const DEMO_ACCOUNTS: [string, string][] = [
  ["User", "demo@tintype.local / demo-demo-demo"],
  ["Admin", "admin@tintype.local / admin-admin-admin"],
];

/** What somebody needs who just started it: where it is, and how to get in. */
export function readyMessage(stack: Pick<RunningStack, "table">, seconds: number): string {
  const [app, ...others] = stack.table;
  const labels = [...stack.table, ...DEMO_ACCOUNTS].map(([label]) => label.length);
  const width = Math.max(...labels);
  const row = ([label, value]: [string, string]) => `  ${label.padEnd(width)}  ${value}`;
  return [
    "",
    styleText("bold", `  Tintype is ready after ${seconds.toFixed(1)} s`),
    "",
    ...(app ? [styleText(["bold", "green"], row(app))] : []),
    ...others.map(row),
    "",
    ...DEMO_ACCOUNTS.map(row),
    "",
    styleText("gray", "  Ctrl-C stops everything. Data stays in .tintype/"),
    "",
  ].join("\n");
}
