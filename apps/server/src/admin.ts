import { connect } from "@tintype/db/client";
import {
  grantAdmin,
  listAdmins,
  type RoleChange,
  revokeAdmin,
} from "@tintype/services/admin/administrators";
import { readMigrationEnv } from "./env.ts";

const USAGE = "admin.ts grant EMAIL | revoke EMAIL | list";
const words: Record<"grant" | "revoke", Record<RoleChange, string>> = {
  grant: {
    changed: "is an administrator now; open pages see it within ten seconds",
    unchanged: "is an administrator already",
    no_such_user: "is nobody's address here: sign up with it first",
  },
  revoke: {
    changed: "is no administrator any more and is signed out within ten seconds",
    unchanged: "is no administrator",
    no_such_user: "is nobody's address here",
  },
};

/** Administrators by the operator's hand: the only way to the first one. */
async function administer(): Promise<void> {
  const [command, email] = process.argv.slice(2);
  if (command !== "list" && (!isChange(command) || email === undefined))
    throw new Error(`which command? ${USAGE}`);
  const { db, close } = connect(readMigrationEnv().DATABASE_URL, { maxConnections: 1 });
  try {
    if (!isChange(command) || email === undefined) {
      const admins = await listAdmins({ db });
      const lines = admins.map((admin) => admin.email);
      process.stdout.write(`${lines.join("\n") || "There is no administrator yet."}\n`);
      return;
    }
    const change = command === "grant" ? grantAdmin : revokeAdmin;
    const outcome = await change({ db }, email);
    process.stdout.write(`${email} ${words[command][outcome]}.\n`);
    if (outcome === "no_such_user") process.exitCode = 1;
  } finally {
    await close();
  }
}

const isChange = (command: string | undefined): command is "grant" | "revoke" =>
  command === "grant" || command === "revoke";

await administer().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
