import type { Locale } from "@tintype/core/auth";
import type { PriceUnit } from "@tintype/core/catalogue";
import type { CreditAccount, CreditEventKind, CreditSource } from "@tintype/core/credits";
import type {
  CameraMove,
  GenerationFailureCode,
  JobKind,
  ModelPreset,
  ModelTier,
  PosePreset,
  ProgressStage,
  QualityTier,
  ScenePreset,
} from "@tintype/core/generation";
import type { JobStatus } from "@tintype/core/jobs";
import type { ProblemCode } from "@tintype/core/problems";
import type en from "../locales/en.json";
import type ru from "../locales/ru.json";

type Explained = { title: string; advice: string };

/**
 * Every word of the product that a person may meet. A code without a text does not compile.
 * (This app is compiled whole each time: an incremental build of TypeScript 7 overlooks changed JSON.)
 */
type Needed = {
  problems: Record<ProblemCode, Explained>;
  failures: Record<GenerationFailureCode, Explained>;
  stages: Record<ProgressStage, string>;
  statuses: Record<JobStatus, string>;
  kinds: Record<JobKind, string>;
  models: Record<ModelPreset, string>;
  poses: Record<PosePreset, string>;
  scenes: Record<ScenePreset, string>;
  modelTiers: Record<ModelTier, Explained>;
  qualityTiers: Record<QualityTier, string>;
  cameraMoves: Record<CameraMove, string>;
  creditEvents: Record<CreditEventKind, string>;
  creditSources: Record<CreditSource, string>;
  creditAccounts: Record<CreditAccount, string>;
  languages: Record<Locale, string>;
  price: { rate: Record<PriceUnit, string> };
};

type Covers<Texts extends Needed> = Texts;

/** The keys of `t`: those of English, which is what is shown when another language lacks one. */
export type Texts = Covers<typeof en>;
export type RussianTexts = Covers<typeof ru>;
