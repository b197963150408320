CREATE TABLE "renewals" (
	"user_id" uuid NOT NULL,
	"invoice_reference" text NOT NULL,
	"subscription_reference" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_error" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "renewals_pkey" PRIMARY KEY("user_id","invoice_reference"),
	CONSTRAINT "renewals_not_negative" CHECK ("renewals"."attempts" >= 0)
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "refund_told_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "failed_payments" ADD COLUMN "processing_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "renewals_due" ON "renewals" USING btree ("next_attempt_at") WHERE "renewals"."next_attempt_at" is not null;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_refund_ordered" CHECK ("payments"."refund_ordered_cents" between 0 and "payments"."paid_cents" and ("payments"."refund_ordered_cents" is null or "payments"."refund_ordered_at" is not null));