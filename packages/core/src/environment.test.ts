import { expect, test } from "vitest";
import { z } from "zod";
import { databaseVariables, parseEnvironment, processVariables } from "./environment.ts";

const schema = z.object({ ...databaseVariables, ...processVariables });

test("every variable that is missing or wrong is named", () => {
  const wrong = () => parseEnvironment(schema, { DATABASE_URL: "mysql://x", PUBLIC_URL: "" });
  expect(wrong).toThrow(/DATABASE_URL/);
  expect(wrong).toThrow(/PUBLIC_URL/);
});

test("an address is reduced to its origin, and blanks take the default", () => {
  const env = parseEnvironment(schema, {
    DATABASE_URL: "postgres://localhost/tintype",
    PUBLIC_URL: "https://studio.example/some/page?x=1",
    HOST: "",
  });
  expect(env).toMatchObject({ PUBLIC_URL: "https://studio.example", HOST: "127.0.0.1" });
});
