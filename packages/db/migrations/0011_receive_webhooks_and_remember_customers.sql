CREATE TYPE "public"."webhook_outcome" AS ENUM('applied', 'ignored', 'unknown_user');--> statement-breakpoint
CREATE TABLE "failed_payments" (
	"user_id" uuid NOT NULL,
	"invoice_reference" text NOT NULL,
	"subscription_reference" text,
	"amount_due_cents" bigint NOT NULL,
	"retry_count" integer NOT NULL,
	"next_retry_at" timestamp with time zone,
	"pay_url" text,
	"failed_at" timestamp with time zone NOT NULL,
	"resolved_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "failed_payments_pkey" PRIMARY KEY("user_id","invoice_reference"),
	CONSTRAINT "failed_payments_not_negative" CHECK (least("failed_payments"."amount_due_cents", "failed_payments"."retry_count") >= 0)
);
--> statement-breakpoint
CREATE TABLE "stripe_customers" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"customer_id" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "stripe_customers_customer_id" UNIQUE("customer_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"processed_at" timestamp with time zone,
	"outcome" "webhook_outcome",
	"attempts" integer DEFAULT 1 NOT NULL,
	"last_error" text,
	CONSTRAINT "webhook_events_outcome" CHECK (("webhook_events"."processed_at" is null) = ("webhook_events"."outcome" is null) and ("webhook_events"."processed_at" is null or "webhook_events"."last_error" is null))
);
--> statement-breakpoint
ALTER TABLE "failed_payments" ADD CONSTRAINT "failed_payments_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_customers" ADD CONSTRAINT "stripe_customers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_events_received_at" ON "webhook_events" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "webhook_events_waiting" ON "webhook_events" USING btree ("received_at") WHERE "webhook_events"."processed_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_events_with_payload" ON "webhook_events" USING btree ("processed_at") WHERE "webhook_events"."processed_at" is not null and "webhook_events"."payload" is not null;--> statement-breakpoint
CREATE POLICY user_selects_own ON stripe_customers FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON failed_payments FOR SELECT TO tintype_user USING (user_id = current_user_id());
