import { locales, userRoles } from "@tintype/core/auth";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

export const userRole = pgEnum("user_role", userRoles);
export const localeCode = pgEnum("locale_code", locales);
export const signInAttemptScopes = ["account", "address"] as const;
export const signInAttemptScope = pgEnum("sign_in_attempt_scope", signInAttemptScopes);

export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Trimmed and in lower case, so that one address is one account. */
    email: text().notNull().unique("users_email_key"),
    /** The address they have shown to be theirs. Verified is who has this equal to `email`: a new address is not. */
    verifiedEmail: text(),
    /** Whether what is given waits for that; as the operator wanted it when the account was made. */
    awaitsVerification: boolean().notNull().default(false),
    /** argon2id in its PHC string form; null for an account that only signs in through a provider. */
    passwordHash: text(),
    role: userRole().notNull().default("user"),
    locale: localeCode().notNull().default("en"),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [check("users_email_lower_case", sql`${t.email} = lower(${t.email})`)],
);

export const sessions = pgTable(
  "sessions",
  {
    /** SHA-256 of the id in the cookie, in hex: a leaked table signs nobody in. */
    id: text().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [index("sessions_user_id").on(t.userId), index("sessions_expires_at").on(t.expiresAt)],
);

export const passwordResetTokens = pgTable(
  "password_reset_tokens",
  {
    /** SHA-256 of the token in the mailed link, in hex. */
    tokenHash: text().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (t) => [index("password_reset_tokens_user_id").on(t.userId)],
);

export const emailVerificationTokens = pgTable(
  "email_verification_tokens",
  {
    /** SHA-256 of the token in the mailed link, in hex. */
    tokenHash: text().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Where the link was sent: it proves this address and no later one. */
    email: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (t) => [index("email_verification_tokens_user_id").on(t.userId)],
);

/** One row per failed (or running) sign-in attempt; counted inside a window, swept afterwards. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    scope: signInAttemptScope().notNull(),
    /** The e-mail address tried, or the client's network address. */
    subject: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [index("sign_in_attempts_scope_subject_created_at").on(t.scope, t.subject, t.createdAt)],
);

export type UserRow = typeof users.$inferSelect;
