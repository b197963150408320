import { email as emailInput } from "@tintype/core/auth";
import { sessions, users } from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import type { ServiceContext } from "../context.ts";

type RoleContext = Pick<ServiceContext, "db">;
export type RoleChange = "changed" | "unchanged" | "no_such_user";

/** Who signed up under the address may do everything from now on: the way to the first administrator, by the operator's hand. */
export const grantAdmin = (ctx: RoleContext, email: string): Promise<RoleChange> =>
  changeRole(ctx, email, "admin");

/** Ends their sessions, too. */
export const revokeAdmin = (ctx: RoleContext, email: string): Promise<RoleChange> =>
  changeRole(ctx, email, "user");

export const listAdmins = ({ db }: RoleContext): Promise<{ email: string }[]> =>
  db
    .select({ email: users.email })
    .from(users)
    .where(eq(users.role, "admin"))
    .orderBy(asc(users.email));

async function changeRole(
  { db }: RoleContext,
  address: string,
  role: "admin" | "user",
): Promise<RoleChange> {
  const parsed = emailInput.safeParse(address);
  if (!parsed.success) return "no_such_user";
  const email = parsed.data;
  return db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.email, email)).for("update");
    if (!user) return "no_such_user";
    if (user.role === role) return "unchanged";
    await tx.update(users).set({ role }).where(eq(users.id, user.id));
    if (role === "user") await tx.delete(sessions).where(eq(sessions.userId, user.id));
    return "changed";
  });
}
