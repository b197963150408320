import { randomUUID } from "node:crypto";
import { connect } from "@tintype/db/client";
import { grantCredits } from "@tintype/db/credit-functions";
import { promoCodes } from "@tintype/db/schema";
import postgres from "postgres";
import { createBenchDatabase } from "../../bench/database.ts";
import { userId } from "../../bench/requests.ts";
import { endowmentOf } from "./person.ts";

export type World = {
  databaseUrl: string;
  /** Users from 1 on; the last is an administrator and has no lane. */
  users: number;
  admin: number;
  priceId: string;
  codes: { code: string; credits: number }[];
};

const CODES = [
  { code: "SOAK-1", credits: 3 },
  { code: "SOAK-2", credits: 4 },
];

/** The product's database with users who are signed in, each with a balance that says whose it is. */
export async function createWorld(serverUrl: string, users: number): Promise<World> {
  const name = `soak_${randomUUID().replaceAll("-", "")}`;
  const admin = users + 1;
  const filled = await createBenchDatabase(serverUrl, { name, users: admin, jobsPerUser: 0 });
  const now = new Date();
  const connection = connect(filled.url, { maxConnections: 4 });
  const owner = postgres(filled.url, { max: 1, onnotice: () => undefined });
  try {
    await owner`update users set role = 'admin' where id = ${userId(admin)}`;
    await connection.db.insert(promoCodes).values(
      CODES.map((code) => ({
        ...{ ...code, budget: users, creditsExpireDays: null, note: "soak", createdBy: "soak" },
        ...{ startsAt: new Date(0), createdAt: now },
      })),
    );
    for (let n = 1; n <= users; n += 1) {
      await grantCredits(connection.db, {
        ...{ userId: userId(n), grantId: randomUUID(), source: "purchase", category: "paid" },
        ...{ amount: endowmentOf(n), idempotencyKey: "endowment", now, expiresAt: null },
        ...{ actorKind: "system", actorId: "soak", priority: 50, costBasisCents: 0 },
        ...{ currency: "usd", paymentReference: null, periodReference: null, reason: null },
      });
    }
  } finally {
    await connection.close();
    await owner.end({ timeout: 5 });
  }
  return { databaseUrl: filled.url, users, admin, priceId: filled.priceId, codes: CODES };
}
