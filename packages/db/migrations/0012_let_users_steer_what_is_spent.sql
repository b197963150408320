CREATE TYPE "public"."spend_scope" AS ENUM('free', 'included', 'all', 'all_and_overage');--> statement-breakpoint
CREATE TYPE "public"."top_up_status" AS ENUM('asking', 'charged', 'paid', 'declined');--> statement-breakpoint
CREATE TABLE "overage_alerts" (
	"user_id" uuid NOT NULL,
	"period_reference" text NOT NULL,
	"limit_cents" bigint NOT NULL,
	"percent" integer NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "overage_alerts_pkey" PRIMARY KEY("user_id","period_reference","limit_cents","percent")
);
--> statement-breakpoint
CREATE TABLE "overage_bills" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"invoice_reference" text,
	"failed_at" timestamp with time zone,
	"paid_at" timestamp with time zone,
	"payment_reference" text,
	CONSTRAINT "overage_bills_pkey" PRIMARY KEY("user_id","id"),
	CONSTRAINT "overage_bills_amount" CHECK ("overage_bills"."amount_cents" > 0 and "overage_bills"."attempts" >= 0),
	CONSTRAINT "overage_bills_paid" CHECK (("overage_bills"."paid_at" is null) = ("overage_bills"."payment_reference" is null))
);
--> statement-breakpoint
CREATE TABLE "low_balance_notices" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"noted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "top_ups" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"pack_code" text NOT NULL,
	"credits" integer NOT NULL,
	"price_cents" bigint NOT NULL,
	"status" "top_up_status" DEFAULT 'asking' NOT NULL,
	"reason" text,
	"payment_reference" text,
	"asked_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "top_ups_pkey" PRIMARY KEY("user_id","id"),
	CONSTRAINT "top_ups_positive" CHECK ("top_ups"."credits" > 0 and "top_ups"."price_cents" > 0),
	CONSTRAINT "top_ups_reason" CHECK (("top_ups"."status" = 'declined') = ("top_ups"."reason" is not null))
);
--> statement-breakpoint
ALTER TABLE "overage_charges" ADD COLUMN "bill_id" uuid;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD COLUMN "spend_scope" "spend_scope" DEFAULT 'all_and_overage' NOT NULL;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD COLUMN "top_up_enabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD COLUMN "top_up_threshold_credits" integer;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD COLUMN "top_up_pack_code" text;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD COLUMN "top_up_monthly_cap_cents" bigint;--> statement-breakpoint
ALTER TABLE "overage_alerts" ADD CONSTRAINT "overage_alerts_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "overage_bills" ADD CONSTRAINT "overage_bills_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "low_balance_notices" ADD CONSTRAINT "low_balance_notices_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "overage_bills_waiting" ON "overage_bills" USING btree ("next_attempt_at") WHERE "overage_bills"."next_attempt_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "top_ups_one_in_flight" ON "top_ups" USING btree ("user_id") WHERE "top_ups"."status" in ('asking', 'charged');--> statement-breakpoint
CREATE INDEX "top_ups_waiting" ON "top_ups" USING btree ("next_attempt_at") WHERE "top_ups"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "top_ups_asked_at" ON "top_ups" USING btree ("user_id","asked_at");--> statement-breakpoint
ALTER TABLE "overage_charges" ADD CONSTRAINT "overage_charges_bill_fkey" FOREIGN KEY ("user_id","bill_id") REFERENCES "public"."overage_bills"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "overage_charges_unbilled" ON "overage_charges" USING btree ("user_id","created_at") WHERE "overage_charges"."bill_id" is null and "overage_charges"."billed_cents" > 0;--> statement-breakpoint
CREATE INDEX "user_preferences_top_up_on" ON "user_preferences" USING btree ("user_id") WHERE "user_preferences"."top_up_enabled_at" is not null;--> statement-breakpoint
ALTER TABLE "user_preferences" ADD CONSTRAINT "user_preferences_top_up" CHECK (("user_preferences"."top_up_enabled_at" is null or num_nulls("user_preferences"."top_up_threshold_credits", "user_preferences"."top_up_pack_code", "user_preferences"."top_up_monthly_cap_cents") = 0) and "user_preferences"."top_up_threshold_credits" between 1 and 100000 and "user_preferences"."top_up_monthly_cap_cents" between 0 and 100000);--> statement-breakpoint
CREATE POLICY user_selects_own ON overage_bills FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON top_ups FOR SELECT TO tintype_user USING (user_id = current_user_id());
