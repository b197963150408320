import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { LoadMore } from "../../components/load-more.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Asset } from "../../lib/api-types.ts";
import { type AssetFilter, assetsQuery } from "../../lib/queries.ts";
import { AssetGrid } from "./asset-grid.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { EmptyLibrary } from "./empty-library.tsx";
import { GridSkeleton } from "./grid-skeleton.tsx";
import { keepExisting, nothingSelected } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";

/** Everything the user has: what was made and what it was made from. */
export function Library({ filter }: { filter: AssetFilter }) {
  const [selection, setSelection] = useState(nothingSelected);
  const [deleting, setDeleting] = useState(false);
  const list = useInfiniteQuery(assetsQuery(filter));
  const assets: Asset[] = useMemo(
    () => list.data?.pages.flatMap(({ items }) => items) ?? [],
    [list.data],
  );
  const order = useMemo(() => assets.map(({ id }) => id), [assets]);
  const selected = keepExisting(selection, order);
  const chosen = assets.filter(({ id }) => selected.ids.has(id));

  if (list.error && !list.data) {
    return <ProblemNote error={list.error} onRetry={list.refetch} />;
  }
  if (!list.data) return <GridSkeleton />;
  if (assets.length === 0) return <EmptyLibrary />;
  return (
    <>
      <AssetGrid
        assets={assets}
        selection={selected}
        onSelect={setSelection}
        onDelete={() => setDeleting(true)}
      />
      <LoadMore list={list} />
      <SelectionBar
        chosen={chosen}
        onClear={() => setSelection(nothingSelected)}
        onDelete={() => setDeleting(true)}
      />
      <DeleteDialog
        ids={chosen.map(({ id }) => id)}
        opened={deleting && chosen.length > 0}
        onClose={() => setDeleting(false)}
        onDeleted={() => {
          setDeleting(false);
          setSelection(nothingSelected);
        }}
      />
    </>
  );
}
