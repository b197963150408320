import type { AdminActor, ServiceContext } from "../context.ts";
import type { useTestServices } from "../testing.ts";

/** An administrator of the test's own: who they are matters only in the records. */
export const testAdmin = (
  contextFor: ReturnType<typeof useTestServices>["contextFor"],
): ServiceContext<AdminActor> =>
  contextFor<AdminActor>({
    kind: "user",
    userId: "0196f0f0-0000-7000-8000-00000000000a",
    role: "admin",
  });
