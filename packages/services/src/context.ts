import type { UserRole } from "@tintype/core/auth";
import type { Db, Tx } from "@tintype/db/client";
import type { ImageProcessor } from "@tintype/integrations/images/images";
import type { ObjectStorage } from "@tintype/integrations/storage/storage";
import type { MailMessage } from "./mail/messages.ts";

export type UserActor = { kind: "user"; userId: string; role: UserRole };
export type AdminActor = UserActor & { role: "admin" };
export type SystemActor = { kind: "system"; name: string };
/** A visitor who has not signed in: may sign up, sign in and read the price list. */
export type AnonymousActor = { kind: "anonymous" };
export type Actor = UserActor | SystemActor | AnonymousActor;

/** Puts a letter into the outbox inside the caller's transaction: sent if and only if it commits. */
export type MailOutbox = { enqueue: (tx: Tx, message: MailMessage) => Promise<void> };

/**
 * Wakes those who wait for news, in this process and in others. Call it after the commit, never inside a
 * transaction (NOTIFY there takes a cluster-wide lock). A lost signal costs a second: everybody also polls.
 */
export type Signals = {
  jobQueued: () => void;
  /** Something a browser of this user may show has changed. */
  userChanged: (userId: string) => void;
  /** Both answer with the function that ends the subscription. */
  onJobQueued: (listener: () => void) => () => void;
  onUserChanged: (userId: string, listener: () => void) => () => void;
};

/** Numbers that an operator may change; defaults stand in `core`. */
export type ServiceConfig = {
  publicUrl: string;
  jobsPerHour: number;
  concurrentJobsPerUser: number;
  maxAttempts: number;
  leaseSeconds: number;
  retryBackoffSeconds: number;
  deadlineSeconds: { image: number; video: number };
  /** The generator that takes new jobs, and the longest video it can make. */
  provider: { name: string; videoSeconds: number };
};

/** All a service may reach. Built at the edge, once per request, webhook or job; never imported. */
export type ServiceContext<A extends Actor = Actor> = {
  db: Db;
  actor: A;
  now: () => Date;
  storage: ObjectStorage;
  images: ImageProcessor;
  mail: MailOutbox;
  signals: Signals;
  config: ServiceConfig;
};
