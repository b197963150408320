ALTER TABLE "credit_grants" ADD COLUMN "reversal_target" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "credit_grants" ADD COLUMN "frozen_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "credit_grants_payment" ON "credit_grants" USING btree ("user_id","payment_reference") WHERE "credit_grants"."payment_reference" is not null;--> statement-breakpoint
ALTER TABLE "credit_grants" ADD CONSTRAINT "credit_grants_reversal_within_amount" CHECK ("credit_grants"."reversal_target" between 0 and "credit_grants"."amount");