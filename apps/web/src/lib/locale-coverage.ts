import type { Locale } from "@tintype/core/auth";
import type { SubscriptionStatus } from "@tintype/core/billing";
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
import type { HistoryGroup } from "@tintype/core/history";
import type { JobStatus } from "@tintype/core/jobs";
import type { ProblemCode } from "@tintype/core/problems";
import type en from "../locales/en.json";
import type enBilling from "../locales/en-billing.json";
import type enMember from "../locales/en-member.json";
import type enMoney from "../locales/en-money.json";
import type enPricing from "../locales/en-pricing.json";
import type enProblems from "../locales/en-problems.json";
import type enVisitor from "../locales/en-visitor.json";
import type enWallet from "../locales/en-wallet.json";
import type ru from "../locales/ru.json";
import type ruBilling from "../locales/ru-billing.json";
import type ruMember from "../locales/ru-member.json";
import type ruMoney from "../locales/ru-money.json";
import type ruPricing from "../locales/ru-pricing.json";
import type ruProblems from "../locales/ru-problems.json";
import type ruVisitor from "../locales/ru-visitor.json";
import type ruWallet from "../locales/ru-wallet.json";

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
  creditExplanations: Record<CreditEventKind, string>;
  creditSources: Record<CreditSource, string>;
  creditAccounts: Record<CreditAccount, string>;
  history: { filters: Record<HistoryGroup | "all", string> };
  languages: Record<Locale, string>;
  price: { rate: Record<PriceUnit, string> };
  billing: { status: Record<SubscriptionStatus, string> };
};

/** Both languages say all of it; the keys of `t` are those of English, which is shown when another lacks one. */
type Covered<English extends Needed, Russian extends Needed> = Russian extends Needed
  ? English
  : never;
export type Texts = Covered<
  typeof en &
    typeof enProblems &
    typeof enVisitor &
    typeof enMoney &
    typeof enBilling &
    typeof enMember &
    typeof enPricing &
    typeof enWallet,
  typeof ru &
    typeof ruProblems &
    typeof ruVisitor &
    typeof ruMoney &
    typeof ruBilling &
    typeof ruMember &
    typeof ruPricing &
    typeof ruWallet
>;
