CREATE TYPE "public"."consistency_run_kind" AS ENUM('full', 'incremental');--> statement-breakpoint
CREATE TABLE "consistency_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "consistency_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" "consistency_run_kind" NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL,
	"events_checked" bigint NOT NULL,
	"violations" integer NOT NULL,
	"details" jsonb NOT NULL,
	CONSTRAINT "consistency_runs_counts_not_negative" CHECK ("consistency_runs"."violations" >= 0 and "consistency_runs"."events_checked" >= 0),
	CONSTRAINT "consistency_runs_details_limited" CHECK (jsonb_array_length("consistency_runs"."details") <= 100)
);
--> statement-breakpoint
CREATE TABLE "credit_checks" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"checked_seq" bigint DEFAULT 0 NOT NULL,
	"issued" bigint DEFAULT 0 NOT NULL,
	"available" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"spent" bigint DEFAULT 0 NOT NULL,
	"expired" bigint DEFAULT 0 NOT NULL,
	"frozen" bigint DEFAULT 0 NOT NULL,
	"reversed" bigint DEFAULT 0 NOT NULL,
	"owed" bigint DEFAULT 0 NOT NULL,
	"grants_print" numeric DEFAULT '0' NOT NULL,
	CONSTRAINT "credit_checks_checked_seq_not_negative" CHECK ("credit_checks"."checked_seq" >= 0)
);
--> statement-breakpoint
ALTER TABLE "credit_checks" ADD CONSTRAINT "credit_checks_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consistency_runs_kind_finished_at" ON "consistency_runs" USING btree ("kind","finished_at");