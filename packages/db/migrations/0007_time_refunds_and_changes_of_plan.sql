ALTER TABLE "paid_periods" ADD COLUMN "changed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "paid_periods" ADD COLUMN "previous_allowance_credits" integer;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "refund_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "paid_periods" ADD CONSTRAINT "paid_periods_change" CHECK (("paid_periods"."changed_at" is null) = ("paid_periods"."previous_allowance_credits" is null));