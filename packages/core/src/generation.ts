import { z } from "zod";
import { inputText } from "./text.ts";

/** What a job makes. */
export const jobKinds = ["image", "video"] as const;
export type JobKind = (typeof jobKinds)[number];

/** Model tier = how much effort the render takes; quality tier = how large and clean the result is. Both from seed 000. */
export const modelTiers = ["standard", "pro", "ultra"] as const;
export type ModelTier = (typeof modelTiers)[number];
export const qualityTiers = ["watermark", "standard", "hd", "ultra_hd", "studio"] as const;
export type QualityTier = (typeof qualityTiers)[number];

export const modelPresets = ["product_v1", "fashion_model_v1"] as const;
export type ModelPreset = (typeof modelPresets)[number];
export const posePresets = ["standing", "floating", "mirrored", "close_up"] as const;
export type PosePreset = (typeof posePresets)[number];
export const scenePresets = [
  "studio",
  "podium",
  "marble",
  "wood_table",
  "outdoor_bokeh",
  "dark",
  "pastel",
] as const;
export type ScenePreset = (typeof scenePresets)[number];
export const aspectRatios = ["1:1", "4:5", "3:2", "16:9", "9:16"] as const;
export type AspectRatio = (typeof aspectRatios)[number];
export const cameraMoves = ["orbit", "dolly", "pan"] as const;
export type CameraMove = (typeof cameraMoves)[number];

/** Long side of an image in pixels, by quality tier. `watermark` also carries a visible mark. */
export const qualityPixels: Record<QualityTier, number> = {
  watermark: 768,
  standard: 1024,
  hd: 1536,
  ultra_hd: 2048,
  studio: 3072,
};

/** Long side of a video in pixels, by quality tier: even numbers that H.264 level 4 allows. */
export const videoPixels: Record<QualityTier, number> = {
  watermark: 640,
  standard: 1280,
  hd: 1280,
  ultra_hd: 1920,
  studio: 1920,
};

export const limits = {
  promptCharacters: 2_000,
  imagesPerJob: 4,
  videoSeconds: 60,
} as const;

const look = {
  prompt: inputText({ max: limits.promptCharacters, isProse: true }).default(""),
  model: z.enum(modelPresets).default("product_v1"),
  pose: z.enum(posePresets).default("standing"),
  scene: z.enum(scenePresets).default("studio"),
  modelTier: z.enum(modelTiers).default("standard"),
  qualityTier: z.enum(qualityTiers).default("standard"),
  aspectRatio: z.enum(aspectRatios).default("1:1"),
  /** Same seed, same picture. The n-th picture of a job uses seed + n. */
  seed: z.int().min(0).max(2_147_483_000).default(1),
};

export const imageSettings = z.object({
  kind: z.literal("image"),
  ...look,
  count: z.int().min(1).max(limits.imagesPerJob).default(1),
});
export const videoSettings = z.object({
  kind: z.literal("video"),
  ...look,
  durationSeconds: z.int().min(1).max(limits.videoSeconds).default(5),
  cameraMove: z.enum(cameraMoves).default("orbit"),
});

/** Everything that decides what is generated and what it costs, without the photo. */
export const generationSettings = z.discriminatedUnion("kind", [imageSettings, videoSettings]);
export type ImageSettings = z.infer<typeof imageSettings>;
export type VideoSettings = z.infer<typeof videoSettings>;
export type GenerationSettings = z.infer<typeof generationSettings>;

/** Steps a generator reports; the SPA has a text for each. */
export const progressStages = [
  "reading",
  "cutting_out",
  "upscaling",
  "building_scene",
  "lighting",
  "rendering",
  "encoding",
  "storing",
] as const;
export type ProgressStage = (typeof progressStages)[number];

/** Why a generator could not deliver. */
export const generationFailureCodes = [
  "subject_not_found",
  "input_unreadable",
  "settings_unsupported",
  "provider_unavailable",
  "provider_failed",
  "worker_lost",
  "deadline_exceeded",
] as const;
export type GenerationFailureCode = (typeof generationFailureCodes)[number];

/** Another attempt can help after these; after the others it would only cost time. */
const retryableFailures: readonly GenerationFailureCode[] = [
  "provider_unavailable",
  "provider_failed",
  "worker_lost",
];
export const isRetryable = (code: GenerationFailureCode): boolean =>
  retryableFailures.includes(code);

/** What an attempt's error carries as its code when nobody knows whether the provider did the work. */
export const outcomeUnknown = "outcome_unknown";
