export * from "./assets.ts";
export * from "./catalogue.ts";
export * from "./consistency.ts";
export * from "./credits.ts";
export * from "./jobs.ts";
export * from "./users.ts";
