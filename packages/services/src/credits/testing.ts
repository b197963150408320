import { readFile } from "node:fs/promises";
import type { GeneratedFile } from "@tintype/integrations/generators/generator";
import type { ServiceContext, UserActor } from "../context.ts";
import type { Worker } from "../jobs/run-next-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest } from "../testing.ts";

const photo = new URL("../../../../fixtures/coffee.png", import.meta.url);

/** A provider that makes so many pictures of those it was asked for. */
export const delivers = (pictures: number): Worker => ({
  id: "test",
  generator: {
    name: "local",
    limits: { videoSeconds: 15 },
    generate: async () => {
      const bytes = await readFile(photo);
      const picture: GeneratedFile = { bytes, contentType: "image/png", width: 600, height: 400 };
      return Array.from({ length: pictures }, () => picture);
    },
    close: () => Promise.resolve(),
  },
  heartbeatSeconds: 5,
  stopping: new AbortController().signal,
  pause: async () => undefined,
  onError: () => undefined,
});

/** A job for so many pictures, at five credits each. @returns its id */
export async function orderPictures(
  ctx: ServiceContext<UserActor>,
  pictures: number,
): Promise<string> {
  const plain = await imageRequest(ctx);
  if (plain.settings.kind !== "image") throw new Error("the plainest request is an image");
  const settings = { ...plain.settings, count: pictures };
  return (await submitJob(ctx, { ...plain, settings, credits: 5 * pictures })).id;
}

/** A file that is written in parts, as a whole. */
export async function wholeFile(parts: AsyncIterable<string>): Promise<string> {
  let file = "";
  for await (const part of parts) file += part;
  return file;
}
