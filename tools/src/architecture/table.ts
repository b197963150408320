/** A workspace package, by its name without "@tintype/". */
export type PackageRule = {
  /** Packages of ours it may import in production code. */
  imports: string[];
  /** Of these, the ones of which only types may come: nothing of them runs here. */
  typesOnly?: string[];
  /** Modules of a package that are off limits although the package is not. */
  forbidden?: RegExp;
  /** The outside packages it may depend on; undefined leaves the choice open. */
  outside?: string[];
};

/** The dependency table of docs/architecture, as data. What is not listed may not be imported. */
export const architecture: Record<string, PackageRule> = {
  core: {
    imports: [],
    // Computing alone, in Node and browser alike: schemas, and how hard a password is to guess (decision 26).
    outside: [
      ...["zod", "@zxcvbn-ts/core"],
      ...["@zxcvbn-ts/language-common", "@zxcvbn-ts/language-en"],
    ],
  },
  db: { imports: ["core"], outside: ["drizzle-orm", "postgres"] },
  studio: { imports: ["core"] },
  integrations: { imports: ["core", "studio"] },
  services: {
    imports: ["core", "db", "integrations"],
    typesOnly: ["integrations"],
    outside: ["@lucia-auth/adapter-drizzle", "@node-rs/argon2", "drizzle-orm", "lucia", "pg-boss"],
  },
  // zod, because a refused input arrives as its error and leaves as a problem.
  api: { imports: ["core", "services"], outside: ["@trpc/server", "zod"] },
  server: {
    imports: ["api", "core", "db", "integrations", "services"],
    forbidden:
      /^@tintype\/db\/(schema|sql-function|credit-functions|job-functions|reward-functions)/,
  },
  worker: {
    imports: ["core", "db", "integrations", "services"],
    forbidden:
      /^@tintype\/db\/(schema|sql-function|credit-functions|job-functions|reward-functions)/,
  },
  web: { imports: ["core", "api"], typesOnly: ["api"] },
  "local-cloud": { imports: [] },
  // The tools start and test everything, so they may reach everything.
  tools: {
    imports: ["api", "core", "db", "integrations", "local-cloud", "server", "services", "worker"],
  },
};

/** What tests and their helpers may import beside the above: they run on real parts. */
export const testImports = ["local-cloud", "db", "integrations", "services", "studio", "core"];

/** In the SPA, from the ground up. A layer imports itself and what is below it. */
export const webLayers = ["lib", "components", "features", "routes"];

export const MAX_LINES = 250;
