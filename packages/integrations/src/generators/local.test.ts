import { readFile } from "node:fs/promises";
import { generationSettings } from "@tintype/core/generation";
import { afterAll, expect, test } from "vitest";
import { GenerationFailure, type GenerationProgress } from "./generator.ts";
import { createLocalGenerator } from "./local.ts";

const generator = createLocalGenerator();
afterAll(() => generator.close());

const fixture = (name: string) =>
  readFile(new URL(`../../../../fixtures/${name}`, import.meta.url));
const request = async (photo: string, settings: Record<string, unknown> = {}) => ({
  name: "job",
  attempt: 1,
  settings: generationSettings.parse({ kind: "image", qualityTier: "watermark", ...settings }),
  input: await fixture(photo),
});
const quiet = { signal: new AbortController().signal, onProgress: () => {} };

test("a photo becomes a picture, with progress on the way", async () => {
  const progress: GenerationProgress[] = [];
  const files = await generator.generate(await request("coffee.png"), {
    ...quiet,
    onProgress: (step) => progress.push(step),
  });
  expect(files).toMatchObject([{ contentType: "image/jpeg", width: 768, height: 768 }]);
  expect(progress[0]).toEqual({ percent: 0, stage: "reading" });
  expect(progress.length).toBeGreaterThan(3);
});

test("the studio's refusal becomes a generation failure with the same code", async () => {
  const attempt = generator.generate(await request("chelsea.png"), quiet);
  await expect(attempt).rejects.toBeInstanceOf(GenerationFailure);
  await expect(attempt).rejects.toMatchObject({ code: "subject_not_found" });
});

test("a job that was cancelled before it began does not begin", async () => {
  const attempt = generator.generate(await request("coffee.png"), {
    ...quiet,
    signal: AbortSignal.abort(new Error("cancelled")),
  });
  await expect(attempt).rejects.toThrow("cancelled");
});
