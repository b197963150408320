import { readFile } from "node:fs/promises";
import type { FoundAttempt, GeneratedFile } from "@tintype/integrations/generators/generator";
import { GenerationUnknown } from "@tintype/integrations/generators/generator";
import type { Worker } from "../src/jobs/run-next-job.ts";

const photo = new URL("../../../fixtures/coffee.png", import.meta.url);

export async function pictures(count: number): Promise<GeneratedFile[]> {
  const bytes = await readFile(photo);
  return Array.from({ length: count }, () => ({
    bytes,
    contentType: "image/png",
    width: 600,
    height: 400,
  }));
}

export async function videoOf(seconds: number): Promise<GeneratedFile[]> {
  const poster = await readFile(photo);
  const [width, height] = [1280, 720];
  const durationMs = seconds * 1_000;
  return [{ bytes: poster, contentType: "video/mp4", width, height, durationMs, poster }];
}

/** What a provider does in a story: what comes of handing it the work, and what it says when asked later. */
type Story = {
  generate: () => Promise<GeneratedFile[]>;
  find?: () => Promise<FoundAttempt>;
};

/** A worker whose provider is somebody else's machine: it goes on when we lose sight of it. */
export function workerWith({ generate, find }: Story, id = "worker"): Worker {
  return {
    id,
    generator: {
      name: "local",
      limits: { videoSeconds: 15 },
      generate,
      ...(find && { find }),
      close: () => Promise.resolve(),
    },
    heartbeatSeconds: 5,
    stopping: new AbortController().signal,
    pause: async () => undefined,
    onError: () => undefined,
  };
}

/** The line went dead after the work was handed over. */
export const timesOut = () => Promise.reject(new GenerationUnknown("no answer within 180 s"));
export const failsWith = (code: string) => () =>
  Promise.reject(Object.assign(new Error(code), { code }));
