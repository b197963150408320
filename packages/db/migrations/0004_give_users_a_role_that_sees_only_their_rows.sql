-- Custom: what drizzle-kit cannot express.
--
-- Row-level security: what a signed-in user's request may see and touch, whatever its `where` says. The matrix is
-- seed 002's; docs/decisions/0006 says how it is meant, and src/rls.test.ts attacks every cell of it. The rights on
-- tables and columns stand in sql/000_rights.sql; sql/010_row_level_security.sql switches the security on.
--
-- Roles belong to the whole server, not to a database, so another database may have created it already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tintype_user') THEN
    CREATE ROLE tintype_user NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
--> statement-breakpoint
DO $$
BEGIN
  EXECUTE format('GRANT tintype_user TO %I', current_user);
EXCEPTION
  WHEN OTHERS THEN
    -- A superuser may become any role without a grant; two migrations at once may also collide here.
    IF NOT pg_has_role(current_user, 'tintype_user', 'USAGE') THEN RAISE; END IF;
END
$$;
--> statement-breakpoint
-- The user of this transaction; null, which equals nobody's id, when there is none. A setting that was local to an
-- earlier transaction of the connection is left behind as an empty text.
CREATE FUNCTION current_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::uuid;
--> statement-breakpoint
CREATE POLICY user_selects_self ON users FOR SELECT TO tintype_user USING (id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_updates_self ON users FOR UPDATE TO tintype_user
  USING (id = current_user_id()) WITH CHECK (id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON wallets FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON credit_grants FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON credit_events FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON credit_entries FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON assets FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
-- A place for an upload, below the user's own prefix: whoever could name another's object would be handed a signed
-- address of it. That its bytes are good, or that a job made it, only the service can say.
CREATE POLICY user_inserts_own ON assets FOR INSERT TO tintype_user WITH CHECK (
  user_id = current_user_id() AND kind = 'upload' AND status = 'pending' AND bucket = 'uploads'
  AND starts_with(object_key, user_id || '/' || id || '/') AND thumbnail_key IS NULL AND job_id IS NULL
);
--> statement-breakpoint
CREATE POLICY user_updates_own ON assets FOR UPDATE TO tintype_user
  USING (user_id = current_user_id()) WITH CHECK (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_deletes_own ON assets FOR DELETE TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_own ON generation_jobs FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
-- Only a fresh job, and only one whose price the ledger already holds: a user cannot write a hold, so no job is free.
CREATE POLICY user_inserts_own ON generation_jobs FOR INSERT TO tintype_user WITH CHECK (
  user_id = current_user_id() AND status = 'queued' AND attempt = 0 AND settle_seq IS NULL
  AND EXISTS (
    SELECT FROM credit_events AS hold
    WHERE hold.user_id = generation_jobs.user_id AND hold.seq = generation_jobs.hold_seq
      AND hold.kind = 'hold' AND hold.job_id = generation_jobs.id
      AND hold.available_change = -generation_jobs.credits
  )
);
--> statement-breakpoint
CREATE POLICY user_selects_own ON job_events FOR SELECT TO tintype_user USING (user_id = current_user_id());
--> statement-breakpoint
CREATE POLICY user_selects_all ON prices FOR SELECT TO tintype_user USING (true);
--> statement-breakpoint
CREATE POLICY user_selects_all ON plans FOR SELECT TO tintype_user USING (true);
--> statement-breakpoint
CREATE POLICY user_selects_all ON packs FOR SELECT TO tintype_user USING (true);
--> statement-breakpoint
CREATE POLICY user_selects_all ON catalogue_state FOR SELECT TO tintype_user USING (true);
