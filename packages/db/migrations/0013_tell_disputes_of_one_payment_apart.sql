ALTER TYPE "public"."dispute_status" RENAME TO "payment_dispute_status";--> statement-breakpoint
CREATE TYPE "public"."dispute_status" AS ENUM('open', 'won', 'lost');--> statement-breakpoint
CREATE TABLE "disputes" (
	"user_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"payment_reference" text NOT NULL,
	"disputed_cents" bigint DEFAULT 0 NOT NULL,
	"status" "dispute_status" NOT NULL,
	"state_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "disputes_pkey" PRIMARY KEY("user_id","reference"),
	CONSTRAINT "disputes_not_negative" CHECK ("disputes"."disputed_cents" >= 0)
);
--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_payment_fkey" FOREIGN KEY ("user_id","payment_reference") REFERENCES "public"."payments"("user_id","reference") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "disputes_payment" ON "disputes" USING btree ("user_id","payment_reference");--> statement-breakpoint
CREATE POLICY user_selects_own ON disputes FOR SELECT TO tintype_user USING (user_id = current_user_id());--> statement-breakpoint
-- The inbox still has what the provider said about each dispute: its newest state, under the provider's name for it.
WITH told AS (
	SELECT p.user_id, p.reference AS payment_reference, p.updated_at, e.occurred_at,
		e.payload #>> '{data,object,id}' AS reference,
		(e.payload #>> '{data,object,amount}')::bigint AS disputed_cents,
		(CASE
			WHEN e.payload #>> '{data,object,status}' IN ('won', 'prevented') THEN 'won'
			WHEN e.payload #>> '{data,object,status}' = 'lost' THEN 'lost'
			ELSE 'open'
		END)::dispute_status AS status
	FROM webhook_events e JOIN payments p ON p.reference = e.payload #>> '{data,object,payment_intent}'
	WHERE e.type LIKE 'charge.dispute.%' AND e.outcome = 'applied' AND p.dispute_status <> 'none'
		AND e.payload #>> '{data,object,status}' NOT LIKE 'warning%'
)
INSERT INTO disputes (user_id, reference, payment_reference, disputed_cents, status, state_at, updated_at)
SELECT DISTINCT ON (user_id, reference) user_id, reference, payment_reference, disputed_cents, status, occurred_at, updated_at
FROM told ORDER BY user_id, reference, occurred_at DESC, status DESC, disputed_cents DESC;--> statement-breakpoint
-- What it has forgotten is known as one dispute, which is named after its payment.
INSERT INTO disputes (user_id, reference, payment_reference, disputed_cents, status, state_at, updated_at)
SELECT user_id, 'of ' || reference, reference, disputed_cents, dispute_status::text::dispute_status,
	coalesce(dispute_at, updated_at), updated_at
FROM payments p WHERE dispute_status <> 'none' AND NOT EXISTS (
	SELECT FROM disputes d WHERE d.user_id = p.user_id AND d.payment_reference = p.reference
);--> statement-breakpoint
ALTER TABLE "payments" DROP CONSTRAINT "payments_not_negative";--> statement-breakpoint
ALTER TABLE "payments" DROP COLUMN "disputed_cents";--> statement-breakpoint
ALTER TABLE "payments" DROP COLUMN "dispute_status";--> statement-breakpoint
ALTER TABLE "payments" DROP COLUMN "dispute_at";--> statement-breakpoint
DROP TYPE "public"."payment_dispute_status";--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_not_negative" CHECK (least("payments"."paid_cents", "payments"."refunded_cents") >= 0);
