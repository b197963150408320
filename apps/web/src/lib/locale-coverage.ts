import type { Locale, UserRole } from "@tintype/core/auth";
import type { CatalogueName, PriceUnit } from "@tintype/core/catalogue";
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

export type Texts = typeof import("../locales/en.json");
type RussianTexts = typeof import("../locales/ru.json");

type Explained = { title: string; advice: string };

/** Every word of the product that a person may meet. A code without a text does not compile. */
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
};

type Covers<Locale extends Needed> = Locale;

/** Exists to be checked by the compiler: both languages cover everything that core can say. */
export type LocaleCoverage = [Covers<Texts>, Covers<RussianTexts>];

/** Units with plural forms are checked by the locale test; this names them for the code that uses them. */
export type CountedUnit = PriceUnit;
export type { CatalogueName, UserRole };
