import { installation } from "@tintype/db/schema";
import { expect, test } from "vitest";
import { readyUpload, useTestServices } from "../testing.ts";
import { MARK_KEY } from "./orphans/store-mark.ts";
import { sweepOrphans } from "./sweep-orphans.ts";

const { userWithCredits, workerContext, newId } = useTestServices();
const inAMonth = () => ({
  ...workerContext(),
  now: () => new Date(Date.now() + 30 * 24 * 3_600_000),
});

test("an empty database does not tie itself to a bucket full of another's files; the first sweep of the right one moves nothing", async () => {
  const ctx = await userWithCredits(0);
  const strange = { bucket: "uploads", key: `${newId()}/${newId()}/image.png` } as const;
  await ctx.storage.write({ ...strange, bytes: new Uint8Array([1]), contentType: "image/png" });

  expect(await sweepOrphans(inAMonth(), { maxPercent: 10 })).toMatchObject({ outcome: "refused" });
  expect(await ctx.storage.head({ bucket: "uploads", key: MARK_KEY })).toBeNull();

  for (let each = 0; each < 9; each++) await readyUpload(ctx);
  expect(await sweepOrphans(inAMonth(), { maxPercent: 10 })).toEqual({ outcome: "marked" });
  expect(await ctx.storage.head(strange)).not.toBeNull();
  expect((await ctx.db.select().from(installation))[0]?.storeMark).not.toBeNull();

  expect(await sweepOrphans(inAMonth(), { maxPercent: 10 })).toMatchObject({
    swept: { uploads: { moved: 1 } },
  });
});
