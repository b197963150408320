import { expect, test } from "vitest";
import { launchers } from "./launcher.ts";

const chainOf = (...commands: string[]) =>
  commands.map((command, index) => ({
    pid: 100 - index,
    parentPid: 99 - index,
    startedAt: "",
    command,
  }));

test("all links of npm run dev are watched, and not the shell it was typed in", () => {
  const links = [
    "sh -c node tools/src/dev.ts",
    "/usr/bin/node /root/.npm/_npx/1/node_modules/.bin/pnpm run app:dev",
    "sh -c pnpm run app:dev",
    "npm exec pnpm@12.21.0 run app:dev",
    "sh -c npx --yes pnpm@12.21.0 run app:dev",
    "npm run dev",
  ];
  const chain = chainOf(...links, "-bash", "/usr/sbin/sshd");
  expect(launchers(chain).map(({ command }) => command)).toEqual(links);
});

test("started by hand, there is nobody to watch", () => {
  expect(launchers(chainOf("-bash", "node /srv/vitest.mjs"))).toEqual([]);
});
