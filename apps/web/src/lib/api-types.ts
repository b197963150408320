import type { AppRouter } from "@tintype/api/router";
import type { inferRouterOutputs } from "@trpc/server";

type Outputs = inferRouterOutputs<AppRouter>;

// The views of core as they arrive over JSON: every date is an ISO string.
export type User = NonNullable<Outputs["auth"]["me"]>;
export type Asset = Outputs["assets"]["get"];
export type Job = Outputs["jobs"]["get"];
export type JobPage = Outputs["jobs"]["list"];
export type QuoteOffer = Outputs["jobs"]["quote"];
export type Receipt = Outputs["jobs"]["receipt"];
export type CatalogueOffer = Outputs["catalogue"]["get"];
export type Balance = Outputs["credits"]["balance"];
/** What `jobs.watch` sends, in core `LiveEvent`. */
export type LiveEvent =
  | { type: "job"; job: Job }
  | { type: "balance"; balance: Balance }
  | { type: "billing"; version: string };
export type CreditEvent = Outputs["credits"]["history"]["items"][number];
export type EventReceipt = Outputs["credits"]["receipt"];
export type JobCost = NonNullable<EventReceipt["job"]>;
export type Wallet = Outputs["credits"]["wallet"];
export type Bucket = Wallet["buckets"][number];
export type Settings = Job["settings"];
export type BillingCatalogue = Outputs["billing"]["catalogue"];
export type SoldPlan = BillingCatalogue["plans"][number];
export type Subscription = NonNullable<Outputs["billing"]["subscription"]>;
export type Payment = Outputs["billing"]["payments"]["items"][number];
export type RefundAnswer = Outputs["billing"]["requestRefund"];
export type Invoice = Outputs["billing"]["invoices"]["items"][number];
export type PlanPreview = Outputs["billing"]["previewChange"];
export type SavedCard = NonNullable<Outputs["billing"]["card"]>;
export type BillingPreferences = Outputs["billing"]["preferences"];
