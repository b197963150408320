CREATE TYPE "public"."asset_kind" AS ENUM('upload', 'output');--> statement-breakpoint
CREATE TYPE "public"."asset_status" AS ENUM('pending', 'ready');--> statement-breakpoint
CREATE TYPE "public"."bucket" AS ENUM('uploads', 'outputs');--> statement-breakpoint
CREATE TYPE "public"."catalogue_name" AS ENUM('studio', 'packs', 'wallet');--> statement-breakpoint
CREATE TYPE "public"."job_kind" AS ENUM('image', 'video');--> statement-breakpoint
CREATE TYPE "public"."model_tier" AS ENUM('standard', 'pro', 'ultra');--> statement-breakpoint
CREATE TYPE "public"."plan_interval" AS ENUM('month', 'year');--> statement-breakpoint
CREATE TYPE "public"."price_unit" AS ENUM('second', 'image', 'use');--> statement-breakpoint
CREATE TYPE "public"."quality_tier" AS ENUM('watermark', 'standard', 'hd', 'ultra_hd', 'studio');--> statement-breakpoint
CREATE TYPE "public"."actor_kind" AS ENUM('user', 'admin', 'system');--> statement-breakpoint
CREATE TYPE "public"."credit_account" AS ENUM('issued', 'available', 'held', 'spent', 'expired', 'frozen', 'reversed', 'owed');--> statement-breakpoint
CREATE TYPE "public"."credit_category" AS ENUM('paid', 'promo');--> statement-breakpoint
CREATE TYPE "public"."credit_event_kind" AS ENUM('grant', 'hold', 'capture', 'release', 'expire', 'freeze', 'unfreeze', 'clawback', 'reinstate', 'adjustment', 'repayment');--> statement-breakpoint
CREATE TYPE "public"."credit_source" AS ENUM('purchase', 'allowance', 'rollover', 'welcome', 'promo', 'referral', 'streak', 'adjustment', 'compensation', 'migration', 'overage');--> statement-breakpoint
CREATE TYPE "public"."generation_failure" AS ENUM('subject_not_found', 'input_unreadable', 'settings_unsupported', 'provider_unavailable', 'provider_failed', 'worker_lost', 'deadline_exceeded');--> statement-breakpoint
CREATE TYPE "public"."job_event_kind" AS ENUM('queued', 'claimed', 'requeued', 'cancel_requested', 'reconciling', 'completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."job_status" AS ENUM('queued', 'processing', 'reconciling', 'completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."progress_stage" AS ENUM('reading', 'cutting_out', 'upscaling', 'building_scene', 'lighting', 'rendering', 'encoding', 'storing');--> statement-breakpoint
CREATE TYPE "public"."locale_code" AS ENUM('en', 'ru');--> statement-breakpoint
CREATE TYPE "public"."sign_in_attempt_scope" AS ENUM('account', 'address');--> statement-breakpoint
CREATE TYPE "public"."user_role" AS ENUM('user', 'admin');--> statement-breakpoint
CREATE TABLE "assets" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" "asset_kind" NOT NULL,
	"status" "asset_status" NOT NULL,
	"bucket" "bucket" NOT NULL,
	"object_key" text NOT NULL,
	"thumbnail_key" text,
	"content_type" text NOT NULL,
	"byte_size" bigint NOT NULL,
	"width" integer,
	"height" integer,
	"duration_ms" integer,
	"file_name" text NOT NULL,
	"job_id" uuid,
	"position" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"purged_at" timestamp with time zone,
	CONSTRAINT "assets_pkey" PRIMARY KEY("user_id","id"),
	CONSTRAINT "assets_byte_size_not_negative" CHECK ("assets"."byte_size" >= 0)
);
--> statement-breakpoint
CREATE TABLE "catalogue_state" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"name" "catalogue_name" NOT NULL,
	"welcome_credits" integer NOT NULL,
	"welcome_expires_days" integer,
	"referral_credits" integer NOT NULL,
	"streak_credits" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "catalogue_state_single_row" CHECK ("catalogue_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "packs" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"price_cents" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"credits" integer NOT NULL,
	"position" smallint NOT NULL,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"price_cents" integer NOT NULL,
	"currency" char(3) NOT NULL,
	"interval" "plan_interval" NOT NULL,
	"allowance_credits" integer NOT NULL,
	"position" smallint NOT NULL,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" "job_kind" NOT NULL,
	"model_tier" "model_tier" NOT NULL,
	"quality_tier" "quality_tier" NOT NULL,
	"unit" "price_unit" NOT NULL,
	"milli_credits_per_unit" integer NOT NULL,
	"multiplier_percent" integer NOT NULL,
	"base_price_micros" bigint NOT NULL,
	"cancel_fee_percent" smallint DEFAULT 0 NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone,
	CONSTRAINT "prices_tier_valid_from" UNIQUE("kind","model_tier","quality_tier","valid_from"),
	CONSTRAINT "prices_positive" CHECK ("prices"."milli_credits_per_unit" > 0 and "prices"."multiplier_percent" > 0),
	CONSTRAINT "prices_cancel_fee_percent" CHECK ("prices"."cancel_fee_percent" between 0 and 100),
	CONSTRAINT "prices_valid_until_after_from" CHECK ("prices"."valid_until" is null or "prices"."valid_until" > "prices"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "credit_entries" (
	"user_id" uuid NOT NULL,
	"event_seq" bigint NOT NULL,
	"line" smallint NOT NULL,
	"grant_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"from_account" "credit_account" NOT NULL,
	"to_account" "credit_account" NOT NULL,
	CONSTRAINT "credit_entries_pkey" PRIMARY KEY("user_id","event_seq","line"),
	CONSTRAINT "credit_entries_amount_positive" CHECK ("credit_entries"."amount" > 0),
	CONSTRAINT "credit_entries_accounts_differ" CHECK ("credit_entries"."from_account" <> "credit_entries"."to_account")
);
--> statement-breakpoint
CREATE TABLE "credit_events" (
	"user_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"kind" "credit_event_kind" NOT NULL,
	"idempotency_key" text NOT NULL,
	"job_id" uuid,
	"actor_kind" "actor_kind" NOT NULL,
	"actor_id" text NOT NULL,
	"reason" text,
	"available_change" bigint NOT NULL,
	"available_after" bigint NOT NULL,
	"held_after" bigint NOT NULL,
	"owed_after" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "credit_events_pkey" PRIMARY KEY("user_id","seq"),
	CONSTRAINT "credit_events_idempotency_key" UNIQUE("user_id","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "credit_grants" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source" "credit_source" NOT NULL,
	"category" "credit_category" NOT NULL,
	"amount" bigint NOT NULL,
	"available" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"spent" bigint DEFAULT 0 NOT NULL,
	"expired" bigint DEFAULT 0 NOT NULL,
	"frozen" bigint DEFAULT 0 NOT NULL,
	"reversed" bigint DEFAULT 0 NOT NULL,
	"owed" bigint DEFAULT 0 NOT NULL,
	"priority" smallint DEFAULT 50 NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"cost_basis_cents" bigint DEFAULT 0 NOT NULL,
	"currency" char(3) DEFAULT 'usd' NOT NULL,
	"payment_reference" text,
	"period_reference" text,
	"issued_seq" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "credit_grants_pkey" PRIMARY KEY("user_id","id"),
	CONSTRAINT "credit_grants_amount_positive" CHECK ("credit_grants"."amount" > 0),
	CONSTRAINT "credit_grants_accounts_add_up" CHECK ("credit_grants"."available" + "credit_grants"."held" + "credit_grants"."spent" + "credit_grants"."expired" + "credit_grants"."frozen" + "credit_grants"."reversed" + "credit_grants"."owed" = "credit_grants"."amount"),
	CONSTRAINT "credit_grants_accounts_not_negative" CHECK (least("credit_grants"."available", "credit_grants"."held", "credit_grants"."spent", "credit_grants"."expired", "credit_grants"."frozen", "credit_grants"."reversed", "credit_grants"."owed") >= 0),
	CONSTRAINT "credit_grants_expires_after_effective" CHECK ("credit_grants"."expires_at" is null or "credit_grants"."expires_at" > "credit_grants"."effective_at")
);
--> statement-breakpoint
CREATE TABLE "wallets" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"available" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"owed" bigint DEFAULT 0 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "wallets_available_not_negative" CHECK ("wallets"."available" >= 0),
	CONSTRAINT "wallets_held_not_negative" CHECK ("wallets"."held" >= 0),
	CONSTRAINT "wallets_owed_not_negative" CHECK ("wallets"."owed" >= 0)
);
--> statement-breakpoint
CREATE TABLE "generation_estimates" (
	"key" text PRIMARY KEY NOT NULL,
	"kind" "job_kind" NOT NULL,
	"model_tier" "model_tier" NOT NULL,
	"quality_tier" "quality_tier" NOT NULL,
	"ms_per_unit" integer NOT NULL,
	"samples" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "generation_jobs" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"kind" "job_kind" NOT NULL,
	"status" "job_status" NOT NULL,
	"settings" jsonb NOT NULL,
	"request_hash" text NOT NULL,
	"input_asset_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"price_id" uuid NOT NULL,
	"unit" "price_unit" NOT NULL,
	"units" integer NOT NULL,
	"milli_credits_per_unit" integer NOT NULL,
	"multiplier_percent" integer NOT NULL,
	"cancel_fee_percent" smallint NOT NULL,
	"credits" bigint NOT NULL,
	"hold_seq" bigint NOT NULL,
	"settle_seq" bigint,
	"charged_credits" bigint,
	"delivered_units" integer,
	"attempt" smallint DEFAULT 0 NOT NULL,
	"max_attempts" smallint NOT NULL,
	"available_at" timestamp with time zone NOT NULL,
	"worker_id" text,
	"lease_expires_at" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"progress" smallint DEFAULT 0 NOT NULL,
	"stage" "progress_stage",
	"failure_code" "generation_failure",
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"deadline_at" timestamp with time zone NOT NULL,
	CONSTRAINT "generation_jobs_pkey" PRIMARY KEY("user_id","id"),
	CONSTRAINT "generation_jobs_credits_not_negative" CHECK ("generation_jobs"."credits" >= 0),
	CONSTRAINT "generation_jobs_charged_within_held" CHECK ("generation_jobs"."charged_credits" is null or "generation_jobs"."charged_credits" between 0 and "generation_jobs"."credits"),
	CONSTRAINT "generation_jobs_progress_percent" CHECK ("generation_jobs"."progress" between 0 and 100),
	CONSTRAINT "generation_jobs_ended_is_settled" CHECK (("generation_jobs"."status" in ('completed', 'failed', 'cancelled')) = ("generation_jobs"."charged_credits" is not null))
);
--> statement-breakpoint
CREATE TABLE "job_events" (
	"user_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"seq" smallint NOT NULL,
	"kind" "job_event_kind" NOT NULL,
	"attempt" smallint NOT NULL,
	"worker_id" text,
	"failure_code" "generation_failure",
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "job_events_pkey" PRIMARY KEY("user_id","job_id","seq")
);
--> statement-breakpoint
CREATE TABLE "job_lanes" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"next_due_at" timestamp with time zone,
	"processing" integer DEFAULT 0 NOT NULL,
	"last_claimed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "job_lanes_processing_not_negative" CHECK ("job_lanes"."processing" >= 0)
);
--> statement-breakpoint
CREATE TABLE "password_reset_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_in_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"scope" "sign_in_attempt_scope" NOT NULL,
	"subject" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"password_hash" text,
	"role" "user_role" DEFAULT 'user' NOT NULL,
	"locale" "locale_code" DEFAULT 'en' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "users_email_key" UNIQUE("email"),
	CONSTRAINT "users_email_lower_case" CHECK ("users"."email" = lower("users"."email"))
);
--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_event_fkey" FOREIGN KEY ("user_id","event_seq") REFERENCES "public"."credit_events"("user_id","seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_entries" ADD CONSTRAINT "credit_entries_grant_fkey" FOREIGN KEY ("user_id","grant_id") REFERENCES "public"."credit_grants"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_events" ADD CONSTRAINT "credit_events_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation_jobs" ADD CONSTRAINT "generation_jobs_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation_jobs" ADD CONSTRAINT "generation_jobs_price_id_prices_id_fk" FOREIGN KEY ("price_id") REFERENCES "public"."prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation_jobs" ADD CONSTRAINT "generation_jobs_input_asset_fkey" FOREIGN KEY ("user_id","input_asset_id") REFERENCES "public"."assets"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_events" ADD CONSTRAINT "job_events_job_fkey" FOREIGN KEY ("user_id","job_id") REFERENCES "public"."generation_jobs"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_lanes" ADD CONSTRAINT "job_lanes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_reset_tokens" ADD CONSTRAINT "password_reset_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "assets_user_id_created_at" ON "assets" USING btree ("user_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "assets"."deleted_at" is null and "assets"."status" = 'ready';--> statement-breakpoint
CREATE UNIQUE INDEX "assets_job_output" ON "assets" USING btree ("user_id","job_id","position") WHERE "assets"."job_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_pending_created_at" ON "assets" USING btree ("created_at") WHERE "assets"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "assets_to_purge" ON "assets" USING btree ("deleted_at") WHERE "assets"."deleted_at" is not null and "assets"."purged_at" is null;--> statement-breakpoint
CREATE INDEX "credit_entries_grant_id" ON "credit_entries" USING btree ("user_id","grant_id");--> statement-breakpoint
CREATE INDEX "credit_events_job_id" ON "credit_events" USING btree ("user_id","job_id") WHERE "credit_events"."job_id" is not null;--> statement-breakpoint
CREATE INDEX "credit_grants_spendable" ON "credit_grants" USING btree ("user_id","priority","expires_at") WHERE "credit_grants"."available" > 0;--> statement-breakpoint
CREATE INDEX "generation_jobs_user_id_created_at" ON "generation_jobs" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "generation_jobs_queue" ON "generation_jobs" USING btree ("user_id","available_at","id") WHERE "generation_jobs"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "generation_jobs_leases" ON "generation_jobs" USING btree ("lease_expires_at") WHERE "generation_jobs"."status" = 'processing';--> statement-breakpoint
CREATE INDEX "generation_jobs_processing_by_user" ON "generation_jobs" USING btree ("user_id") WHERE "generation_jobs"."status" = 'processing';--> statement-breakpoint
CREATE INDEX "generation_jobs_deadlines" ON "generation_jobs" USING btree ("deadline_at") WHERE "generation_jobs"."status" in ('queued', 'processing', 'reconciling');--> statement-breakpoint
CREATE INDEX "generation_jobs_unfinished_input" ON "generation_jobs" USING btree ("user_id","input_asset_id") WHERE "generation_jobs"."status" in ('queued', 'processing', 'reconciling');--> statement-breakpoint
CREATE INDEX "job_lanes_turn" ON "job_lanes" USING btree ("last_claimed_at") WHERE "job_lanes"."next_due_at" is not null;--> statement-breakpoint
CREATE INDEX "password_reset_tokens_user_id" ON "password_reset_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_user_id" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires_at" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_scope_subject_created_at" ON "sign_in_attempts" USING btree ("scope","subject","created_at");