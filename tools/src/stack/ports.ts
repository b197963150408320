import { freePort } from "@tintype/local-cloud/ports";

/** Where each part listens if nobody else does. */
const preferredPorts = {
  web: 5173,
  api: 4000,
  workerHealth: 4001,
  s3: 4566,
  smtp: 1025,
  inbox: 8025,
  stripe: 12111,
  postgres: 5433,
};

export type Ports = typeof preferredPorts;

/**
 * "preferred" for the desk, where addresses are remembered; "free" for tests, which run beside it.
 * @param apiPort the operator's PORT: taken as it is, because somebody counts on it
 */
export async function choosePorts(
  choice: "preferred" | "free",
  apiPort: string | undefined,
): Promise<Ports> {
  const chosen = { ...preferredPorts };
  const taken = new Set<number>();
  for (const name of Object.keys(chosen) as (keyof Ports)[]) {
    let port = await freePort(choice === "preferred" ? preferredPorts[name] : undefined);
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    chosen[name] = port;
  }
  return apiPort ? { ...chosen, api: Number(apiPort) } : chosen;
}
