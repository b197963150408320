ALTER TABLE "payments" ADD COLUMN "refund_ordered_cents" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "refund_ordered_at" timestamp with time zone;