CREATE TYPE "public"."dispute_status" AS ENUM('none', 'open', 'won', 'lost');--> statement-breakpoint
CREATE TYPE "public"."payment_kind" AS ENUM('pack', 'plan', 'top_up', 'overage');--> statement-breakpoint
CREATE TYPE "public"."subscription_status" AS ENUM('active', 'past_due', 'paused', 'cancelled');--> statement-breakpoint
ALTER TYPE "public"."credit_event_kind" ADD VALUE 'rollover';--> statement-breakpoint
CREATE TABLE "paid_periods" (
	"user_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"subscription_reference" text NOT NULL,
	"plan_code" text NOT NULL,
	"payment_reference" text NOT NULL,
	"paid_cents" bigint DEFAULT 0 NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"allowance_credits" integer NOT NULL,
	"months" smallint DEFAULT 1 NOT NULL,
	"months_granted" smallint DEFAULT 0 NOT NULL,
	"next_grant_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "paid_periods_pkey" PRIMARY KEY("user_id","reference"),
	CONSTRAINT "paid_periods_months" CHECK ("paid_periods"."months_granted" between 0 and "paid_periods"."months")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"user_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"kind" "payment_kind" NOT NULL,
	"product_code" text,
	"paid_cents" bigint DEFAULT 0 NOT NULL,
	"currency" char(3) NOT NULL,
	"refunded_cents" bigint DEFAULT 0 NOT NULL,
	"disputed_cents" bigint DEFAULT 0 NOT NULL,
	"dispute_status" "dispute_status" DEFAULT 'none' NOT NULL,
	"dispute_at" timestamp with time zone,
	"paid_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "payments_pkey" PRIMARY KEY("user_id","reference"),
	CONSTRAINT "payments_not_negative" CHECK (least("payments"."paid_cents", "payments"."refunded_cents", "payments"."disputed_cents") >= 0)
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"user_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"plan_code" text NOT NULL,
	"interval" "plan_interval" NOT NULL,
	"status" "subscription_status" NOT NULL,
	"period_start" timestamp with time zone NOT NULL,
	"period_end" timestamp with time zone NOT NULL,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"next_plan_code" text,
	"state_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "subscriptions_pkey" PRIMARY KEY("user_id","reference"),
	CONSTRAINT "subscriptions_period" CHECK ("subscriptions"."period_end" > "subscriptions"."period_start")
);
--> statement-breakpoint
CREATE TABLE "expiry_notices" (
	"user_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"days" smallint NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	CONSTRAINT "expiry_notices_pkey" PRIMARY KEY("user_id","grant_id","days","expires_at")
);
--> statement-breakpoint
CREATE TABLE "overage_charges" (
	"user_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"period_reference" text NOT NULL,
	"model_tier" "model_tier" NOT NULL,
	"credits" bigint NOT NULL,
	"held_cents" bigint NOT NULL,
	"captured_credits" bigint,
	"billed_cents" bigint,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	"payment_reference" text,
	CONSTRAINT "overage_charges_pkey" PRIMARY KEY("user_id","job_id"),
	CONSTRAINT "overage_charges_positive" CHECK ("overage_charges"."credits" > 0 and "overage_charges"."held_cents" > 0),
	CONSTRAINT "overage_charges_billed_within_held" CHECK ("overage_charges"."billed_cents" between 0 and "overage_charges"."held_cents" and "overage_charges"."captured_credits" between 0 and "overage_charges"."credits")
);
--> statement-breakpoint
CREATE TABLE "user_preferences" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"overage_limit_cents" bigint,
	"email_notifications" boolean DEFAULT true NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "user_preferences_overage_limit" CHECK ("user_preferences"."overage_limit_cents" between 0 and 100000)
);
--> statement-breakpoint
CREATE TABLE "promo_codes" (
	"code" text PRIMARY KEY NOT NULL,
	"credits" integer NOT NULL,
	"credits_expire_days" integer,
	"budget" integer NOT NULL,
	"redeemed" integer DEFAULT 0 NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone,
	"created_by" text NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "promo_codes_capitals" CHECK ("promo_codes"."code" = upper("promo_codes"."code")),
	CONSTRAINT "promo_codes_credits_positive" CHECK ("promo_codes"."credits" > 0),
	CONSTRAINT "promo_codes_within_budget" CHECK ("promo_codes"."redeemed" between 0 and "promo_codes"."budget"),
	CONSTRAINT "promo_codes_ends_after_start" CHECK ("promo_codes"."ends_at" is null or "promo_codes"."ends_at" > "promo_codes"."starts_at")
);
--> statement-breakpoint
CREATE TABLE "referral_codes" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "referral_codes_code_key" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "referrals" (
	"referee_id" uuid PRIMARY KEY NOT NULL,
	"referrer_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"payment_reference" text,
	"rewarded_at" timestamp with time zone,
	CONSTRAINT "referrals_not_self" CHECK ("referrals"."referee_id" <> "referrals"."referrer_id")
);
--> statement-breakpoint
CREATE TABLE "streaks" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"last_day" date NOT NULL,
	"days" integer NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "welcomed_addresses" (
	"address_hash" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credit_grants" ADD COLUMN "rolled_over_from" uuid;--> statement-breakpoint
ALTER TABLE "paid_periods" ADD CONSTRAINT "paid_periods_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expiry_notices" ADD CONSTRAINT "expiry_notices_grant_fkey" FOREIGN KEY ("user_id","grant_id") REFERENCES "public"."credit_grants"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "overage_charges" ADD CONSTRAINT "overage_charges_grant_fkey" FOREIGN KEY ("user_id","grant_id") REFERENCES "public"."credit_grants"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD CONSTRAINT "user_preferences_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referral_codes" ADD CONSTRAINT "referral_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referrals" ADD CONSTRAINT "referrals_referee_id_users_id_fk" FOREIGN KEY ("referee_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referrals" ADD CONSTRAINT "referrals_referrer_id_users_id_fk" FOREIGN KEY ("referrer_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "streaks" ADD CONSTRAINT "streaks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "paid_periods_due" ON "paid_periods" USING btree ("next_grant_at") WHERE "paid_periods"."next_grant_at" is not null;--> statement-breakpoint
CREATE INDEX "paid_periods_subscription" ON "paid_periods" USING btree ("user_id","subscription_reference","starts_at");--> statement-breakpoint
CREATE INDEX "payments_paid_at" ON "payments" USING btree ("user_id","paid_at");--> statement-breakpoint
CREATE INDEX "overage_charges_period" ON "overage_charges" USING btree ("user_id","period_reference");--> statement-breakpoint
CREATE INDEX "referrals_referrer" ON "referrals" USING btree ("referrer_id");--> statement-breakpoint
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_rolled_over_from_fkey" FOREIGN KEY ("user_id","rolled_over_from") REFERENCES "public"."credit_grants"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credit_grants_rolled_over_once" ON "credit_grants" USING btree ("user_id","rolled_over_from") WHERE "credit_grants"."rolled_over_from" is not null;--> statement-breakpoint
CREATE INDEX "credit_grants_period" ON "credit_grants" USING btree ("user_id","period_reference") WHERE "credit_grants"."period_reference" is not null;--> statement-breakpoint
-- Custom from here: who sees what, and a function whose parameters change.
CREATE POLICY user_selects_own ON user_preferences FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_inserts_own ON user_preferences FOR INSERT TO tintype_user WITH CHECK (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_updates_own ON user_preferences FOR UPDATE TO tintype_user
  USING (user_id = current_user_id()) WITH CHECK (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_deletes_own ON user_preferences FOR DELETE TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON overage_charges FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON payments FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON subscriptions FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON paid_periods FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON referral_codes FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON streaks FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
-- The new one takes what the user agreed to pay beyond the wallet.
DROP FUNCTION IF EXISTS submit_job(
  uuid, uuid, job_kind, jsonb, text, uuid, text, uuid, bigint, integer, integer, model_tier, quality_tier, smallint,
  timestamptz, integer, integer, timestamptz
);
