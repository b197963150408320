import {
  type AspectRatio,
  aspectRatios,
  type CameraMove,
  cameraMoves,
  type JobKind,
  jobKinds,
  limits,
  type ModelPreset,
  type ModelTier,
  modelPresets,
  modelTiers,
  type PosePreset,
  posePresets,
  type QualityTier,
  qualityTiers,
  type ScenePreset,
  scenePresets,
} from "@tintype/core/generation";
import type { Settings } from "./api-types.ts";

/** Everything the form holds: both kinds at once, so that switching to video and back loses nothing. */
export type DraftSettings = {
  kind: JobKind;
  prompt: string;
  model: ModelPreset;
  pose: PosePreset;
  scene: ScenePreset;
  modelTier: ModelTier;
  qualityTier: QualityTier;
  aspectRatio: AspectRatio;
  seed: number;
  count: number;
  durationSeconds: number;
  cameraMove: CameraMove;
};

export const largestSeed = 2_147_483_000;
export const randomSeed = (): number => Math.floor(Math.random() * largestSeed);

export const defaultSettings = (): DraftSettings => ({
  kind: "image",
  prompt: "",
  model: "product_v1",
  pose: "standing",
  scene: "studio",
  modelTier: "standard",
  qualityTier: "standard",
  aspectRatio: "1:1",
  seed: randomSeed(),
  count: 1,
  durationSeconds: 5,
  cameraMove: "orbit",
});

/** The part of the draft that is sent. */
export function toSettings(draft: DraftSettings): Settings {
  const { kind, count, durationSeconds, cameraMove, prompt, ...rest } = draft;
  const look = { ...rest, prompt: prompt.trim() };
  if (kind === "image") return { kind, ...look, count };
  return { kind, ...look, durationSeconds, cameraMove };
}

const oneOf = <T extends string>(options: readonly T[], value: unknown, otherwise: T): T =>
  options.find((option) => option === value) ?? otherwise;

const within = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === "number" && Number.isInteger(value) && value >= low && value <= high
    ? value
    : otherwise;

/** Makes a valid draft of anything: what an older version of this page stored may no longer fit. */
export function readSettings(stored: Partial<Record<string, unknown>>): DraftSettings {
  const base = defaultSettings();
  return {
    kind: oneOf(jobKinds, stored.kind, base.kind),
    prompt: typeof stored.prompt === "string" ? stored.prompt : base.prompt,
    model: oneOf(modelPresets, stored.model, base.model),
    pose: oneOf(posePresets, stored.pose, base.pose),
    scene: oneOf(scenePresets, stored.scene, base.scene),
    modelTier: oneOf(modelTiers, stored.modelTier, base.modelTier),
    qualityTier: oneOf(qualityTiers, stored.qualityTier, base.qualityTier),
    aspectRatio: oneOf(aspectRatios, stored.aspectRatio, base.aspectRatio),
    seed: within(stored.seed, 0, largestSeed, base.seed),
    count: within(stored.count, 1, limits.imagesPerJob, base.count),
    durationSeconds: within(stored.durationSeconds, 1, limits.videoSeconds, base.durationSeconds),
    cameraMove: oneOf(cameraMoves, stored.cameraMove, base.cameraMove),
  };
}
