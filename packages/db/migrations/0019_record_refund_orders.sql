CREATE TYPE "public"."refund_order_state" AS ENUM('ordered', 'accepted', 'confirmed', 'refused', 'key_expired');--> statement-breakpoint
CREATE TABLE "refund_orders" (
	"user_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"payment_reference" text NOT NULL,
	"state" "refund_order_state" NOT NULL,
	"cents" bigint NOT NULL,
	"refunded_after_cents" bigint NOT NULL,
	"earlier_refunded_after_cents" bigint,
	"earlier_ordered_at" timestamp with time zone,
	"ordered_by" text NOT NULL,
	"note" text NOT NULL,
	"ordered_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "refund_orders_pkey" PRIMARY KEY("user_id","request_id"),
	CONSTRAINT "refund_orders_cents" CHECK ("refund_orders"."cents" > 0 and "refund_orders"."refunded_after_cents" >= "refund_orders"."cents"),
	CONSTRAINT "refund_orders_earlier" CHECK (("refund_orders"."earlier_refunded_after_cents" is null) = ("refund_orders"."earlier_ordered_at" is null)),
	CONSTRAINT "refund_orders_waits" CHECK (("refund_orders"."state" = 'ordered') = ("refund_orders"."next_attempt_at" is not null) and "refund_orders"."attempts" >= 0)
);
--> statement-breakpoint
ALTER TABLE "refund_orders" ADD CONSTRAINT "refund_orders_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund_orders" ADD CONSTRAINT "refund_orders_payment_fkey" FOREIGN KEY ("user_id","payment_reference") REFERENCES "public"."payments"("user_id","reference") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "refund_orders_payment" ON "refund_orders" USING btree ("user_id","payment_reference");--> statement-breakpoint
CREATE INDEX "refund_orders_due" ON "refund_orders" USING btree ("next_attempt_at") WHERE "refund_orders"."next_attempt_at" is not null;--> statement-breakpoint
-- Until now the orders were rows of the queue (pg-boss, schema `pgboss`), which is not there before the first start.
DO $$
BEGIN
  IF to_regclass('pgboss.job') IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO refund_orders (
    user_id, request_id, payment_reference, state, cents, refunded_after_cents, earlier_refunded_after_cents,
    earlier_ordered_at, ordered_by, note, ordered_at, next_attempt_at, updated_at
  )
  SELECT p.user_id, j.id, p.reference, j.order_state, (j.data ->> 'cents')::bigint,
    (j.data ->> 'refundedAfterCents')::bigint, (j.data -> 'earlier' ->> 'refundedAfterCents')::bigint,
    (j.data -> 'earlier' ->> 'orderedAt')::timestamptz, j.data ->> 'orderedBy', j.data ->> 'note',
    (j.data ->> 'orderedAt')::timestamptz, CASE j.order_state WHEN 'ordered' THEN now() END, now()
  FROM (
    SELECT id, data, CASE
      WHEN state = 'completed' THEN 'accepted'
      WHEN state IN ('cancelled', 'failed') THEN 'refused'
      ELSE 'ordered'
    END::refund_order_state AS order_state
    FROM pgboss.job
    WHERE name = 'refund'
  ) j
  JOIN payments p ON p.user_id = (j.data ->> 'userId')::uuid AND p.reference = j.data ->> 'paymentReference';
END
$$;--> statement-breakpoint
-- A promise whose order the queue has lost: asked for by nobody, given back when its key has surely expired.
INSERT INTO refund_orders (
  user_id, request_id, payment_reference, state, cents, refunded_after_cents, ordered_by, note, ordered_at,
  next_attempt_at, updated_at
)
SELECT user_id, gen_random_uuid(), reference, 'ordered', refund_ordered_cents - refunded_cents, refund_ordered_cents,
  'unknown', 'the order was lost', refund_ordered_at, refund_ordered_at + interval '21 hours', now()
FROM payments p
WHERE refund_ordered_cents > refunded_cents AND NOT EXISTS (
  SELECT FROM refund_orders o
  WHERE o.user_id = p.user_id AND o.payment_reference = p.reference AND o.refunded_after_cents = p.refund_ordered_cents
    AND o.state IN ('ordered', 'accepted')
);
