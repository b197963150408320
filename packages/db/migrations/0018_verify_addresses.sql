CREATE TABLE "credit_claims" (
	"external_id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"credits" bigint NOT NULL,
	"category" "credit_category" NOT NULL,
	"expires_at" timestamp with time zone,
	"cost_basis_cents" bigint NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"claimed_by" uuid,
	"claimed_at" timestamp with time zone,
	CONSTRAINT "credit_claims_credits_positive" CHECK ("credit_claims"."credits" > 0),
	CONSTRAINT "credit_claims_email_lower_case" CHECK ("credit_claims"."email" = lower("credit_claims"."email")),
	CONSTRAINT "credit_claims_claimed_whole" CHECK (("credit_claims"."claimed_by" is null) = ("credit_claims"."claimed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "email_verification_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "verified_email" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "awaits_verification" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credit_claims" ADD CONSTRAINT "credit_claims_claimed_by_users_id_fk" FOREIGN KEY ("claimed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "email_verification_tokens" ADD CONSTRAINT "email_verification_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credit_claims_email" ON "credit_claims" USING btree ("email");--> statement-breakpoint
CREATE INDEX "email_verification_tokens_user_id" ON "email_verification_tokens" USING btree ("user_id");