import { createLogger } from "@tintype/integrations/process/logger";
import { useTestServices } from "@tintype/services/testing";
import { describe, expect, test } from "vitest";
import { cronRoutes } from "./cron-routes.ts";
import { createMetrics } from "./metrics.ts";
import type { Services } from "./services.ts";

const SECRET = "a secret of an outside clock";
const { contextFor } = useTestServices();

function call(secret: string | undefined, authorization?: string) {
  const services = contextFor({ kind: "system", name: "test" }) as unknown as Services;
  const logger = createLogger("test", "silent");
  const routes = cronRoutes({ services, secret, logger, metrics: createMetrics() });
  const headers = authorization === undefined ? {} : { authorization };
  return routes.request("/rollover", { method: "POST", headers });
}

describe("POST /cron/rollover", () => {
  test("does what is due for whoever shows the secret, any number of times", async () => {
    for (let times = 0; times < 2; times += 1) {
      const response = await call(SECRET, `Bearer ${SECRET}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ granted: 0, rolledOver: 0 });
    }
  });

  test.each([
    ["nothing", undefined],
    ["another secret", "Bearer another"],
    ["the secret and more", `Bearer ${SECRET}x`],
    ["its beginning", `Bearer ${SECRET.slice(0, -1)}`],
    ["no bearer", SECRET],
    ["an empty one", "Bearer "],
  ])("refuses %s in words", async (_, authorization) => {
    const response = await call(SECRET, authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.text()).toContain("CRON_SECRET");
  });

  test("is closed to everybody while no secret is set, also to an empty one", async () => {
    for (const authorization of [undefined, "Bearer ", "Bearer undefined"]) {
      const response = await call(undefined, authorization);
      expect(response.status).toBe(503);
      expect(await response.text()).toContain("CRON_SECRET is not set");
    }
  });
});
