/** What the tests' global setup starts and hands to every test file through vitest's `inject`. */
export type TestS3 = {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
};
export type TestSmtp = {
  /** smtp://host:port, no authentication. */
  url: string;
  /** Base of the inbox page and of its JSON: `GET {inboxUrl}/api/messages?to=`. */
  inboxUrl: string;
};

declare module "vitest" {
  interface ProvidedContext {
    /** Superuser on the database "postgres" of an empty server. */
    postgresUrl: string;
    s3: TestS3;
    smtp: TestSmtp;
    /** When the clock of services stands still at first: ISO 8601. */
    testClock: string;
    /** Which random lives the model of the ledger is to live, how many, and whether to look for the smallest that fails. */
    ledgerModel: { seed: number; lives: number; shrink: boolean };
  }
}
