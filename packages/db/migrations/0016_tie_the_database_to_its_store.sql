CREATE TABLE "installation" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"store_mark" uuid,
	"next_store_mark" uuid,
	"marked_at" timestamp with time zone,
	"sweeping_until" timestamp with time zone,
	CONSTRAINT "installation_single_row" CHECK ("installation"."id" = 1)
);
