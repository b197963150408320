DROP INDEX "overage_charges_period";--> statement-breakpoint
CREATE INDEX "overage_charges_created" ON "overage_charges" USING btree ("user_id","created_at");