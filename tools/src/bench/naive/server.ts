import { serve } from "@hono/node-server";
import { trpcServer } from "@hono/trpc-server";
import { submitJobInput } from "@tintype/core/jobs";
import * as schema from "@tintype/db/schema";
import { initTRPC, TRPCError } from "@trpc/server";
import { drizzle } from "drizzle-orm/postgres-js";
import { Hono } from "hono";
import postgres from "postgres";
import { userOf } from "./session.ts";
import { naiveSubmit } from "./submit.ts";

// The same request over the same framework, with every library as its documentation shows it first.
const { DATABASE_URL, PORT, JOBS_PER_HOUR } = process.env;
if (!DATABASE_URL) throw new Error("DATABASE_URL is missing");
const db = drizzle(postgres(DATABASE_URL), { schema, casing: "snake_case" });

const t = initTRPC.context<{ userId: string | null }>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.userId === null) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { userId: ctx.userId } });
});
const router = t.router({
  jobs: t.router({
    submit: signedIn
      .input(submitJobInput)
      .mutation(({ ctx, input }) =>
        naiveSubmit(db, { userId: ctx.userId, input, jobsPerHour: Number(JOBS_PER_HOUR) }),
      ),
  }),
});

const app = new Hono().use(
  "/trpc/*",
  trpcServer({
    router,
    endpoint: "/trpc",
    createContext: async ({ req }) => ({ userId: await userOf(db, req.headers.get("cookie")) }),
  }),
);
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT) }, () => {
  process.stdout.write("listening\n");
});
// Ends with whoever started it: their end closes the pipe.
process.stdin.resume().once("end", () => process.exit());
